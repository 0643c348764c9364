import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFakeProgram, FakeDescriptor, FakeHost } from '../../../../test/support/fake-program.ts';
import { MemoryKeys } from '../../../../test/support/memory-keys.ts';
import { HostError } from '../core/error.ts';
import { keysUnreadable } from '../core/errors/keys.ts';
import type { FunctionApp } from '../core/function-app.ts';
import { createLogger } from '../core/log.ts';
import type { HostOptions, ReadyReport } from '../host/create-host.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { keepHeapSmall } from '../platform/small-heap.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { runPortico } from './run-portico.ts';
// Loaded beforehand, so that what follows needs nothing from outside.
import './certificate-file.ts';
import './start.ts';

vi.mock('../platform/small-heap.ts', () => ({ keepHeapSmall: vi.fn() }));
vi.mock('../platform/machine.ts', () => ({ outsideAddresses: () => ['192.0.2.7', '198.51.100.7'] }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-start-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A certificate and its key that are no longer valid. */
let expired: string;
beforeAll(async () => {
  const name = [
    { name: 'organizationName', value: 'Example' },
    { name: 'commonName', value: 'alice' },
  ];
  const dates = { notBeforeDate: new Date('2024-01-01T00:00:00Z'), notAfterDate: new Date('2024-01-02T00:00:00Z') };
  const made = await generate(name, { keyType: 'ec', algorithm: 'sha256', ...dates });
  expired = `${made.private}\n${made.cert}`;
});

describe('portico start', () => {
  test('runs the app until a signal, stops it and ends with 0', async () => {
    const { program, exitCode, host } = run('start sub --port 80 --functions a');
    await settled();
    expect(host().options).toMatchObject({ root: '/root of /app/sub', port: 80, functions: ['a'], environment: program.environment });
    expect(host().options).not.toHaveProperty('address');
    expect(keepHeapSmall).not.toHaveBeenCalled();
    await program.clock.advance(100);
    await vi.waitFor(() => expect(keepHeapSmall).toHaveBeenCalledOnce());
    program.send('SIGINT');
    expect(await exitCode).toBe(0);
    expect(host().stopCount).toBe(1);
    expect(program.stdout.lines.join('\n')).toContain(
      '  hello  GET  http://127.0.0.1:7071/api/hello\n\n  handler pid 4711, port 43121\n  ready in 69 ms',
    );
    expect(program.stdout.lines.at(-1)).toMatch(/^..:..:..\.... stopping \(SIGINT\); a second one stops at once$/);
    expect(program.stderr.text).toBe('');
  });

  test('stops what was begun when a signal comes before it is ready', async () => {
    const { program, exitCode, host } = run('start', { ready: new Promise(() => {}) });
    await settled();
    program.send('SIGTERM');
    expect(await exitCode).toBe(0);
    expect(host().stopCount).toBe(1);
  });

  test.each(['start', 'start --attach 4711', 'start --json'])('does not call an interrupted start a failed one: %s', async (line) => {
    const { program, exitCode } = run(line, { readyOnStop: true });
    await settled();
    program.send('SIGINT');
    expect(await exitCode).toBe(0);
    await settled();
    expect(program.stdout.lines.at(-1)).toMatch(/stopping/);
    expect(program.stdout.text).not.toMatch(/not ?ready/i);
  });

  test('ends with 1 and the reason on standard error when the host cannot start', async () => {
    const portInUse = new HostError('PORT_IN_USE', 'service', { message: 'Port 7071 is unavailable.', hint: 'Use another.' });
    const { program, exitCode, host } = run('start', { startFailure: portInUse });
    expect(await exitCode).toBe(1);
    expect(program.stderr.text).toBe('portico: Port 7071 is unavailable.\n  \u00e2\u0086\u0092 Use another.\n');
    expect(host().stopCount).toBe(1);
  });

  test('puts the reason into the NDJSON as well', async () => {
    const portInUse = new HostError('PORT_IN_USE', 'service', { message: 'Port 7071 is unavailable.' });
    const { program, exitCode } = run('start --json', { startFailure: portInUse });
    expect(await exitCode).toBe(1);
    expect(program.stdout.lines.map((line) => JSON.parse(line))).toMatchObject([{ event: 'failed', code: 'PORT_IN_USE' }]);
    expect(program.stderr.lines).toEqual(['portico: Port 7071 is unavailable.']);
  });

  test('ends with 70 and the stack on a fault of its own', async () => {
    const { program, exitCode } = run('start', { startFailure: new TypeError('x is not a function') });
    expect(await exitCode).toBe(70);
    expect(program.stderr.text).toMatch(/^portico: a fault in Portico itself: TypeError: x is not a function\n {4}at /);
  });

  test('ends with 2 on wrong usage, before anything is loaded', async () => {
    const program = createFakeProgram({ argv: ['start', '--bogus'] });
    expect(await runPortico(program)).toBe(2);
    expect(program.stderr.lines[0]).toBe('portico: There is no flag --bogus.');
  });

  test.each([
    ['start --as alice --address 0.0.0.0', {}],
    ['start --as alice --auth', { address: '0.0.0.0' }],
    ['start --client-cert CERT --address 0.0.0.0', {}],
    ['start --client-cert CERT --auth', { address: '0.0.0.0' }],
  ])('refuses to take everybody beyond loopback for one: %s, local settings %j', async (line, local) => {
    const { program, exitCode, host } = run(line.replace('CERT', certificateFile()), { app: { local } });
    expect(await exitCode).toBe(2);
    expect(program.stderr.lines[0]).toBe(
      `portico: With ${line.split(' ')[1]}, whoever reaches 0.0.0.0 would pass for the one it names, from other machines as well.`,
    );
    expect(host().state).toBe('Starting');
  });

  test('hands on the certificate that every request comes with, says whose it is, and that it has expired', async () => {
    const file = certificateFile();
    const { program, exitCode, host } = run(`start --client-cert ${file}`);
    await settled();
    program.send('SIGINT');
    expect(await exitCode).toBe(0);
    expect(host().options.clientCertificate).toMatchObject({ subject: 'O=Example\nCN=alice' });
    expect(program.stdout.text).toContain(
      `! The certificate ${file} expired on 2024-01-02T00:00:00.000Z: a handler that looks at its dates refuses it.\n`,
    );
    expect(program.stdout.text).toContain('\n  every request comes with the certificate O=Example, CN=alice (--client-cert)\n');
  });

  test('asks callers beyond loopback for theirs', async () => {
    const { program, exitCode, host } = run(`start --client-cert ask --cert ${certificateFile()} --address 0.0.0.0`);
    await settled();
    program.send('SIGINT');
    expect(await exitCode).toBe(0);
    expect(host().options).toMatchObject({ clientCertificate: 'ask', https: { cert: expect.any(String) } });
    expect(program.stdout.text).not.toContain('every request');
  });

  test.each([
    ['--client-cert ask', 'portico: --client-cert ask means nothing without --https.'],
    ['--client-cert /none.pem', "portico: The certificate /none.pem cannot be used: ENOENT: no such file or directory, open '/none.pem'"],
  ])('refuses %s', async (flag, message) => {
    const { program, exitCode } = run(`start ${flag}`);
    expect(await exitCode).toBe(2);
    expect(program.stderr.lines[0]).toBe(message);
  });

  test('hands on who the user is and whether keys are asked for', async () => {
    const { program, exitCode, host } = run('start --as alice@example.org,role=reader --enableAuth');
    await settled();
    expect(host().options).toMatchObject({ auth: true, user: { name: 'alice@example.org', roles: ['reader'] } });
    program.send('SIGINT');
    expect(await exitCode).toBe(0);
  });

  test.each([
    ['0.0.0.0', 'http://192.0.2.7:7071, http://198.51.100.7:7071'],
    ['192.0.2.7', 'http://127.0.0.1:7071'],
  ])('names what is open when --no-auth allows an address beyond loopback: %s', async (address, urls) => {
    const { program, exitCode } = run(`start --address ${address} --no-auth`);
    await settled();
    program.send('SIGINT');
    expect(await exitCode).toBe(0);
    expect(program.stdout.text).toContain(`  ! open to other machines at ${urls}, without keys: the admin API and hello\n`);
  });

  test('says which words of func have no meaning here', async () => {
    const { program, exitCode } = run('start --no-build');
    await settled();
    program.send('SIGINT');
    await exitCode;
    expect(program.stdout.text).toContain(
      '! --no-build has no meaning here: nothing is built unless --build says so, or portico.json while files are watched.\n',
    );
  });

  test('shows what the host observes, by the levels of host.json', async () => {
    const config = { logging: { levels: { 'Host.Results': 'debug' } } } as unknown as FunctionApp['config'];
    const { program, exitCode, host } = run('start', { app: { config } });
    await settled();
    host().options.observer?.log({ level: 'debug', category: 'Host.Results', message: 'shown' });
    host().options.observer?.log({ level: 'debug', category: 'Host.Other', message: 'hidden' });
    program.send('SIGINT');
    await exitCode;
    expect(program.stdout.text).toContain('shown');
    expect(program.stdout.text).not.toContain('hidden');
  });
});

describe('portico start where keys are asked for', () => {
  const LINE = '  callers are asked for keys, which are kept in the memory of a test\n';
  let store: MemoryKeys;
  let keys: KeyRing;
  beforeEach(() => {
    store = new MemoryKeys();
    store.functions.set('hello', [
      { name: 'ci', value: 'another' },
      { name: 'default', value: 'secret==' },
    ]);
    keys = new KeyRing({ store, clock: new FakeClock(), log: createLogger({ log: () => {} }, '') });
  });

  async function output(line: string, isTty: boolean) {
    const { program, exitCode } = run(line, { keys, isTty });
    await settled();
    program.send('SIGINT');
    expect(await exitCode).toBe(0);
    return program.stdout.text + program.stderr.text;
  }

  test('shows a person at a terminal URLs to be pasted', async () => {
    const shown = await output('start', true);
    expect(shown).toContain('  hello  GET  http://127.0.0.1:7071/api/hello?code=secret%3D%3D\n');
    expect(shown).toContain(LINE);
  });

  test('takes a key that opens every function where one has none of its own', async () => {
    store.functions.set('hello', []);
    store.host = { master: 'the master', functionKeys: [{ name: 'all', value: 'of the host' }], systemKeys: [] };
    expect(await output('start', true)).toContain('/api/hello?code=of%20the%20host\n');
  });

  test.each([
    ['start', false],
    ['start --json', false],
    ['start --json', true],
    ['start --quiet', true],
  ])('writes no key where others may read it, and reads none: %s, terminal: %s', async (line, isTty) => {
    const shown = await output(line, isTty);
    expect(shown).not.toMatch(/secret|another|code=/);
    expect(store.calls).toEqual([]);
    if (line === 'start') expect(shown).toContain(LINE);
    if (line === 'start --json') expect(JSON.parse(shown.split('\n', 1)[0] as string)).toMatchObject({ keys: 'the memory of a test' });
  });

  test('says in one line why it cannot show them, and runs', async () => {
    store.fault = keysUnreadable('the memory of a test', new Error('gone\nfor good'));
    const shown = await output('start', true);
    expect(shown).toMatch(/\n {2}\S*! the keys cannot be shown: [^\n]*the memory of a test[^\n]*gone[^\n]*\n\n/);
    expect(shown).toContain('GET  http://127.0.0.1:7071/api/hello\n');
    expect(shown).toContain('ready in 69 ms');
  });

  test('does not wait for a store that does not answer', async () => {
    store.gate = new Promise(() => {});
    const { program, exitCode } = run('start', { keys, isTty: true });
    await settled();
    expect(program.stdout.text).toBe('');
    await program.clock.advance(1000);
    await settled();
    program.send('SIGINT');
    expect(await exitCode).toBe(0);
    expect(program.stdout.text).toContain('! the keys cannot be shown: they were not there within 1000 ms');
    expect(program.stdout.text).toContain('GET  http://127.0.0.1:7071/api/hello\n');
  });
});

describe('--ready-file', () => {
  test('is there while the app is ready, and only then', async () => {
    const file = join(folder, 'ready.json');
    const { program, exitCode } = run(`start --ready-file ${file}`);
    await settled();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      url: 'http://127.0.0.1:7071',
      port: 7071,
      pid: 4242,
      handler: { pid: 4711, port: 43121 },
      handlers: [{ pid: 4711, port: 43121 }],
    });
    program.send('SIGINT');
    await exitCode;
    expect(existsSync(file)).toBe(false);
  });

  test('of an earlier run is removed, and not written when the handler does not start', async () => {
    const file = join(folder, 'ready.json');
    writeFileSync(file, '{}');
    const failed = new HostError('X', 'worker', { message: 'It ended with code 1.' });
    const { program, exitCode } = run(`start --ready-file ${file}`, {
      ready: Promise.resolve({ handlers: [], failed, phases: { config: 1, listen: 1, handler: 1 }, totalMs: 3 }),
    });
    await settled();
    expect(existsSync(file)).toBe(false);
    program.send('SIGINT');
    await exitCode;
    expect(program.stdout.text).toContain('not ready: the handler did not start');
  });

  test('is not written while host.json cannot be used', async () => {
    const file = join(folder, 'ready.json');
    const { program, exitCode } = run(`start --ready-file ${file}`, { state: 'Error' });
    await settled();
    expect(existsSync(file)).toBe(false);
    program.send('SIGINT');
    await exitCode;
    expect(program.stdout.text).toContain('not ready: host.json cannot be used');
  });

  test.each(['file/ready.json', 'nosuch/ready.json'])('that cannot be written ends the start with 2: %s', async (path) => {
    writeFileSync(join(folder, 'file'), '');
    const { program, exitCode } = run(`start --ready-file ${folder}/${path}`);
    expect(await exitCode).toBe(2);
    expect(program.stderr.lines[0]).toMatch(`portico: The ready file ${folder}/${path} cannot be written: `);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('that can no longer be written once the app is ready costs a warning', async () => {
    mkdirSync(join(folder, 'sub'));
    const ready = Promise.withResolvers<ReadyReport>();
    const { program, exitCode } = run(`start --ready-file ${folder}/sub/ready.json`, { ready: ready.promise });
    await settled();
    rmSync(join(folder, 'sub'), { recursive: true });
    ready.resolve({ handlers: [{ pid: 4711, port: 43121 }], phases: { config: 1, listen: 1, handler: 1 }, totalMs: 3 });
    await settled();
    program.send('SIGINT');
    expect(await exitCode).toBe(0);
    expect(program.stdout.text).toMatch(/! The ready file .*\/sub\/ready.json cannot be written: /);
  });
});

type Circumstances = {
  app?: Partial<FunctionApp>;
  startFailure?: unknown;
  ready?: Promise<ReadyReport>;
  /** As the real host: what was not ready yet is settled by the stop. */
  readyOnStop?: boolean;
  state?: FakeHost['stateOnceStarted'];
  keys?: KeyRing;
  isTty?: boolean;
};

function run(line: string, { app, startFailure, ready, readyOnStop, state, keys, isTty = false }: Circumstances = {}) {
  let host: FakeHost | undefined;
  const createHost = (options: HostOptions) => {
    host = new FakeHost(options, app);
    host.startFailure = startFailure;
    if (ready) host.ready = ready;
    if (readyOnStop) {
      const { promise, resolve } = Promise.withResolvers<ReadyReport>();
      host.ready = promise;
      host.stop = async () => resolve({ handlers: [], phases: { config: 1, listen: 1, handler: 1 }, totalMs: 3 });
    }
    if (state) host.stateOnceStarted = state;
    host.keys = keys;
    return host;
  };
  const program = createFakeProgram({
    argv: line.split(' '),
    environment: { NO_COLOR: '1' },
    stdout: new FakeDescriptor({ isTty }),
    loadHost: async () => ({ createHost, findAppRoot: (from) => `/root of ${from}` }),
  });
  return { program, exitCode: runPortico(program), host: () => host as FakeHost };
}

function certificateFile(): string {
  const file = join(folder, 'alice.pem');
  writeFileSync(file, expired);
  return file;
}

/** Lets everything happen that can without the outside world. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}
