import { once } from 'node:events';
import { closeSync, copyFileSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { handlerConfig } from '../../../../test/support/handler-config.ts';
import type { HandlerConfig } from '../core/function-app.ts';
import type { LogRecord } from '../core/log.ts';
import { thisMachine } from '../platform/machine.ts';
import { freePort } from '../platform/ports.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { createWorkerProcess, type WorkerProcess } from './process.ts';
import type { WorkerState } from './process-state.ts';

// Does at each start what stands next in the file "plan": exits with that code, or serves; then a path ends it with that code.
const HANDLER = `
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
const [step, ...more] = readFileSync('plan', 'utf8').split(' ');
if (more.length > 0) writeFileSync('plan', more.join(' '));
console.log(step, process.env.FUNCTIONS_CUSTOMHANDLER_WORKER_ID);
if (step !== 'serve') process.exit(Number(step));
createServer((request, response) => {
  if (request.url === '/') response.end();
  else process.exit(Number(request.url.slice(1)));
}).listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');
`;

let root: string;
let clock: FakeClock;
let records: LogRecord[];
let states: WorkerState[];
let worker: WorkerProcess;

function create(plan: string, overrides: Partial<HandlerConfig> = {}): void {
  writeFileSync(join(root, 'plan'), plan);
  const handler = handlerConfig({ arguments: ['handler.mjs'], ...overrides });
  let idCount = 0;
  const random = { fraction: () => 1, uuid: () => `id-${++idCount}` };
  const observer = { log: (record: LogRecord) => void records.push(record) };
  worker = createWorkerProcess({
    handler,
    root,
    environment: { PATH: process.env.PATH ?? '' },
    machine: thisMachine,
    clock,
    observer,
    random,
  });
  worker.onChange((state) => states.push(state));
}

const waitFor = (condition: () => unknown): Promise<void> =>
  vi.waitFor(async () => expect(await condition()).toBeTruthy(), { timeout: 20_000, interval: 5 });

/** Lets time pass in small steps, which the readiness probe needs. */
const untilReady = (): Promise<void> =>
  waitFor(async () => {
    if (worker.state !== 'ready') await clock.advance(2);
    return worker.state === 'ready';
  });

/** Without any time passing. */
const untilFailures = (count: number): Promise<void> => waitFor(() => states.filter((state) => state === 'failed').length === count);

/** Makes the serving handler exit with that code. */
async function exitWith(code: number): Promise<void> {
  await expect(fetch(`http://127.0.0.1:${worker.port}/${code}`)).rejects.toThrow();
}

const printed = (): string[] => records.filter(({ category }) => category === 'Host.Function.Console').map(({ message }) => message);
const withCode = (code: string): LogRecord[] => records.filter((record) => record.code === code);

describe.runIf(process.platform !== 'win32')('handler process', () => {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'portico-process-'));
    writeFileSync(join(root, 'handler.mjs'), HANDLER);
    clock = new FakeClock();
    records = [];
    states = [];
  });

  afterEach(async () => {
    await worker.stop(0);
    rmSync(root, { recursive: true });
  });

  test('is started, answers and is stopped', async () => {
    create('serve');
    expect([worker.state, worker.pid, worker.port]).toEqual(['stopped', undefined, undefined]);
    worker.start();
    worker.start();
    await untilReady();
    expect((await fetch(`http://127.0.0.1:${worker.port}/`)).status).toBe(200);
    // The clock may go on for one step more.
    expect(clock.monotonicMs() - worker.readyAfterMs!).toBeLessThanOrEqual(2);
    expect(records).toContainEqual(
      expect.objectContaining({
        level: 'information',
        message: 'Worker process started and initialized.',
        fields: expect.objectContaining({ pid: worker.pid }),
      }),
    );
    await worker.stop(1000);
    expect(worker.pid).toBeUndefined();
    expect(states).toEqual(['starting', 'ready', 'stopping', 'stopped']);
    expect(printed()).toEqual(['serve id-1']);
  });

  test('is started again after every exit: at once, then later and later', async () => {
    create('1 0 200 3 serve');
    worker.start();
    await untilFailures(2);
    await clock.advance(499);
    expect(worker.state).toBe('failed');
    await clock.advance(1);
    await untilFailures(3);
    await clock.advance(999);
    expect(worker.state).toBe('failed');
    await clock.advance(1);
    await untilFailures(4);
    await clock.advance(2000);
    await untilReady();
    expect(printed()).toEqual(['1 id-1', '0 id-2', '200 id-3', '3 id-4', 'serve id-5']);
    expect(withCode('WORKER_EXITED').map(({ fields }) => fields?.retryInMs)).toEqual([0, 500, 2000]);
    expect(worker.trouble).toBeUndefined();
  });

  test('forgets earlier failures after a healthy minute', async () => {
    create('1 1 serve serve serve');
    worker.start();
    await untilFailures(2);
    await clock.advance(500);
    await untilReady();
    await clock.advance(59_900);
    await exitWith(1);
    await untilFailures(3);
    expect(withCode('WORKER_EXITED').at(-1)?.fields?.retryInMs).toBe(1000);
    await clock.advance(1000);
    await untilReady();
    await clock.advance(60_000);
    await exitWith(1);
    await untilFailures(4);
    expect(withCode('WORKER_EXITED').at(-1)?.fields?.retryInMs).toBe(0);
  });

  test('keeps its port over restarts and tells of a crash what it was doing', async () => {
    create('serve');
    worker.start();
    await untilReady();
    const { port, pid } = worker;
    process.kill(pid!, 'SIGSEGV');
    await untilFailures(1);
    expect(worker.trouble?.message).toContain(`was ended by SIGSEGV`);
    expect(worker.trouble?.message).toContain(`while it served 127.0.0.1:${port}`);
    await untilReady();
    expect(worker.port).toBe(port);
    expect(worker.pid).not.toBe(pid);
  });

  test('may ask for a restart by exit code 200, as often as it likes', async () => {
    create('serve');
    worker.start();
    for (let count = 1; count <= 3; count++) {
      await untilReady();
      await exitWith(200);
      await untilFailures(count);
    }
    await untilReady();
    expect(records.filter(({ message }) => message === 'Language Worker Process exited and needs to be restarted.')).toEqual(
      Array(3).fill(expect.objectContaining({ level: 'information', fields: { retryInMs: 0 } })),
    );
    expect(withCode('WORKER_EXITED')).toEqual([]);
  });

  test('is tried again at once when something was mended, and its failures go on counting', async () => {
    create('1 1 1 1 1 1');
    worker.start();
    for (let failures = 2; failures <= 3; failures++) {
      await untilFailures(failures);
      await clock.advance(500 * 2 ** (failures - 2));
    }
    await untilFailures(4);
    await clock.advance(1000);
    worker.retry();
    await untilFailures(5);
    expect(withCode('WORKER_EXITED').map(({ fields }) => fields?.retryInMs)).toEqual([0, 500, 1000, 2000, 4000]);
    expect(clock.monotonicMs()).toBe(2500);
  });

  test('is not tried again for what changes while it runs or right after its crash: that may be its own work', async () => {
    create('1 1 1 serve');
    worker.start();
    worker.retry();
    await untilFailures(2);
    worker.retry();
    await clock.advance(499);
    worker.retry();
    expect(worker.state).toBe('failed');
    await clock.advance(1);
    await untilFailures(3);
    await clock.advance(1000);
    await untilReady();
    const { pid } = worker;
    worker.retry();
    expect([worker.state, worker.pid]).toEqual(['ready', pid]);
  });

  test.each([
    ['before it was started', async () => {}],
    ['before it was spawned', async () => worker.start()],
    [
      'while it waits for its next start',
      async () => {
        worker.start();
        await untilFailures(2);
      },
    ],
  ])('can be stopped %s, twice', async (_, begin) => {
    create('1');
    await begin();
    await Promise.all([worker.stop(1000), worker.stop(0)]);
    await worker.stop(0);
    expect([worker.state, worker.pid]).toEqual(['stopped', undefined]);
    const { length } = states;
    await clock.advance(60_000);
    expect(states).toHaveLength(length);
  });

  test('can be started again after a stop', async () => {
    create('serve');
    worker.start();
    await worker.stop(0);
    worker.start();
    await untilReady();
  });

  test('waits for a configured port that somebody else holds, and says who', async () => {
    const server = createServer();
    const port = await freePort('127.0.0.1');
    await once(server.listen(port, '127.0.0.1'), 'listening');
    create('serve', { port });
    worker.start();
    await untilFailures(2);
    const owner = process.platform === 'linux' ? `process ${process.pid} (` : 'another process';
    expect(withCode('WORKER_PORT_TAKEN')[0]?.message).toContain(`its port ${port} is taken by ${owner}`);
    await once(server.close(), 'close');
    await clock.advance(500);
    await untilReady();
    expect(worker.port).toBe(port);
  });

  test.runIf(process.platform === 'linux')('is tried again when its program was still being written', async () => {
    create('', { executablePath: './program', arguments: [] });
    copyFileSync('/bin/true', join(root, 'program'));
    const compiler = openSync(join(root, 'program'), 'r+');
    worker.start();
    await untilFailures(2);
    closeSync(compiler);
    await clock.advance(500);
    await untilFailures(3);
    expect(records.filter(({ code }) => code).map(({ code, fields }) => [code, fields?.retryInMs])).toEqual([
      ['WORKER_SPAWN_FAILED', 0],
      ['WORKER_SPAWN_FAILED', 500],
      ['WORKER_EXITED', 1000],
    ]);
  });

  test('says which names in its arguments are not set', async () => {
    create('serve', { arguments: ['handler.mjs', '--key=%NO_SUCH_KEY%'] });
    worker.start();
    await untilReady();
    expect(records).toContainEqual(expect.objectContaining({ level: 'warning', fields: { name: 'NO_SUCH_KEY' } }));
  });
});
