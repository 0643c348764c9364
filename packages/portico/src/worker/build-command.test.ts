import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stillRunning } from '../../../../test/support/process-tree.ts';
import { needs } from '../../../../test/support/requirements.ts';
import type { LogRecord } from '../core/log.ts';
import { systemClock } from '../platform/system-clock.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { type BuildEnd, runBuild } from './build-command.ts';

let root: string;
let clock: FakeClock;
let records: LogRecord[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'portico-build-'));
  clock = new FakeClock();
  records = [];
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

type More = Partial<Parameters<typeof runBuild>[0]> & { signal?: AbortSignal };

function build(command: string, { signal = new AbortController().signal, ...more }: More = {}): Promise<BuildEnd> {
  const environment = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };
  const observer = { log: (record: LogRecord) => void records.push(record) };
  return runBuild({ command, root, environment, clock, observer, ...more }, signal);
}

async function failure(command: string, more: More = {}) {
  const end = await build(command, more);
  if (end.how !== 'failed') throw new Error(`It was not a failure: ${end.how}.`);
  expect(end.error.code).toBe('BUILD_FAILED');
  return end.error;
}

/** What ends a group looks again after a pause whether something of it is left: a clock that nobody moves would never come to that. */
const endsGroups = { clock: systemClock };

const waitFor = (condition: () => void): Promise<void> => vi.waitFor(condition, { timeout: 20_000, interval: 5 });

describe.runIf(process.platform !== 'win32')('the build command', () => {
  test('runs in the app with the environment of the handler, and its output is logged as it comes', async () => {
    const environment = { PATH: process.env.PATH ?? '', WORD: 'from settings' };
    const end = await build('echo "$WORD" > made; pwd; echo careful >&2', { environment });
    expect(end).toEqual({ how: 'built', tookMs: 0 });
    expect(readFileSync(join(root, 'made'), 'utf8')).toBe('from settings\n');
    expect(records).toHaveLength(2);
    for (const message of [realpathSync(root), 'careful'])
      expect(records).toContainEqual({ level: 'debug', category: 'Host.Build', message });
  });

  test('tells how long it took', async () => {
    const end = build('echo started; while ! [ -e go ]; do sleep 0.01; done');
    await waitFor(() => expect(records).toHaveLength(1));
    await clock.advance(1500);
    writeFileSync(join(root, 'go'), '');
    expect(await end).toEqual({ how: 'built', tookMs: 1500 });
  });

  test('that fails tells how, where and what it printed', async () => {
    const error = await failure('echo compiling; echo "main.go:3: undefined: x" >&2; exit 2');
    expect(error.message).toContain('"echo compiling; echo "main.go:3: undefined: x" >&2; exit 2" exited with code 2 after 0 ms.');
    expect(error.message).toContain(`Directory: ${root}`);
    expect(error.message).toContain('\n  main.go:3: undefined: x');
    expect(error.kind).toBe('worker');
    expect(error.hint).toContain('The next change tries again.');
  });

  test('that prints much is told with its last 200 lines', async () => {
    const { message } = await failure('seq 1 1000; exit 1');
    expect(message).toContain('Its output:\n  … 800 lines before\n  801\n');
    expect(message.endsWith('\n  1000')).toBe(true);
  });

  test('that prints nothing says so', async () => {
    expect((await failure('false')).message).toContain('It printed nothing.');
  });

  test.each([
    ['nosuch-compiler', /did not find a command/],
    ['touch script; ./script', /chmod \+x/],
    ['kill -9 $$', /memory/],
  ])('%s has a telling hint', async (command, hint) => {
    expect((await failure(command)).hint).toMatch(hint);
  });

  test('cannot run in a folder that is gone', async () => {
    const { message, hint } = await failure('true', { root: join(root, 'gone') });
    expect(message).toContain('could not be started');
    expect(hint).toContain('directory has to exist');
  });

  test('is ended with all that it started when nobody wants it any more', async () => {
    const ending = new AbortController();
    const end = build('sleep 1000 & echo $!; echo $$; wait', { signal: ending.signal, ...endsGroups });
    await waitFor(() => expect(records).toHaveLength(2));
    const pids = records.map(({ message }) => Number(message));
    expect(stillRunning(pids)).toEqual(pids);
    ending.abort();
    expect(await end).toEqual({ how: 'aborted' });
    await waitFor(() => expect(stillRunning(pids)).toEqual([]));
  });

  test('that does not care to end is ended all the same', async () => {
    const ending = new AbortController();
    const end = build("trap '' TERM; echo started; while :; do sleep 0.01; done", { signal: ending.signal });
    await waitFor(() => expect(records).toHaveLength(1));
    ending.abort();
    await clock.advance(5000);
    expect(await end).toEqual({ how: 'aborted' });
  });

  test('is not even started when nobody wants it by then', async () => {
    expect(await build('touch made', { signal: AbortSignal.abort() })).toEqual({ how: 'aborted' });
    expect(existsSync(join(root, 'made'))).toBe(false);
    const ending = new AbortController();
    const end = build('sleep 1000', { signal: ending.signal, ...endsGroups });
    ending.abort();
    expect(await end).toEqual({ how: 'aborted' });
  });

  test.skipIf(needs('go'))('compiles Go, and shows what its compiler says', async () => {
    const environment = {
      PATH: process.env.PATH ?? '',
      HOME: root,
      GOPROXY: 'off',
      GOCACHE: join(tmpdir(), 'portico-go-cache'),
    };
    writeFileSync(join(root, 'go.mod'), 'module handler\n');
    writeFileSync(join(root, 'main.go'), 'package main\n\nfunc main() { undefined() }\n');
    const more = { environment, clock: systemClock };
    expect((await failure('go build -o handler .', more)).message).toMatch(/main\.go:3:\d+: undefined: undefined/);
    writeFileSync(join(root, 'main.go'), 'package main\n\nfunc main() {}\n');
    expect(await build('go build -o handler .', more)).toMatchObject({ how: 'built', tookMs: expect.any(Number) });
    expect(existsSync(join(root, 'handler'))).toBe(true);
  });
});
