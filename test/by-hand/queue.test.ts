// `portico queue` before a real storage service.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { runPortico } from '../../packages/portico/src/cli/run-portico.ts';
import type { Input } from '../../packages/portico/src/cli/standard-input.ts';
import { startAzurite } from '../support/azurite.ts';
import { createFakeProgram } from '../support/fake-program.ts';
import { needs } from '../support/requirements.ts';
import { hostJson, temporaryApp } from '../support/temporary-app.ts';

type AppEmulator = typeof import('../../packages/portico/src/host/app-emulator.ts')['appEmulator'];

/** A real one would take the ports of this machine's user. */
const emulators = vi.hoisted(() => ({ make: undefined as AppEmulator | undefined }));
vi.mock('../../packages/portico/src/host/app-emulator.ts', () => ({
  appEmulator: (options: Parameters<AppEmulator>[0]) => emulators.make?.(options),
}));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-queue-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const typed = (text: string, isTty = false): Input => ({ isTty, readAll: async () => Buffer.from(text), readLine: async () => text });

async function portico(words: string[], { environment = {}, stdin = typed(''), workingDirectory = folder } = {}) {
  const program = createFakeProgram({ argv: ['queue', ...words], environment, stdin, workingDirectory });
  return { code: await runPortico(program), stdout: program.stdout.lines, stderr: program.stderr.lines };
}

describe('portico queue refuses, before it opens anything,', () => {
  test.each([
    [['peek', 'orders', '--count', '0'], '--count cannot be "0".', 'It is a number from 1 to 32.'],
    [['peek', 'orders', '--count', '33'], '--count cannot be "33".', 'It is a number from 1 to 32.'],
    [['replay', 'orders', '--count', 'all'], '--count cannot be "all".', 'It is a number from 1 to 1000000.'],
    [
      ['send', 'orders', 'x', '--count', '1'],
      '"portico queue send" has no flag --count.',
      '"portico queue send --help" lists those it has.',
    ],
    [['list', '--yes'], '"portico queue list" has no flag --yes.', '"portico queue list --help" lists those it has.'],
    [['send', 'orders', '@nosuch'], expect.stringMatching(/^The data cannot be read from \S+nosuch: ENOENT/), expect.any(String)],
    [
      ['purge', 'orders'],
      '"portico queue purge" asks before it deletes anything, and there is no terminal to ask at.',
      'Give --yes if that is what you want.',
    ],
    [['list', '--connection', 'Nosuch'], expect.stringContaining('"Nosuch"'), expect.any(String)],
    [['list', '--app', 'nosuch'], expect.stringContaining('Unable to find project root'), expect.any(String)],
  ])('%j', async (words, message, hint) => {
    const { code, stdout, stderr } = await portico(words);
    expect({ code, stdout }).toEqual({ code: words.includes('--connection') ? 1 : 2, stdout: [] });
    expect(stderr[0]?.replace('portico: ', '')).toEqual(message);
    expect(stderr[1]?.replace('  → ', '')).toEqual(hint);
  });
});

describe.skipIf(needs('azurite'))('portico queue', () => {
  let azurite: Awaited<ReturnType<typeof startAzurite>>;
  let environment: Record<string, string>;
  beforeAll(async () => {
    azurite = await startAzurite();
    environment = { AzureWebJobsStorage: azurite.connectionString, Other: azurite.connectionString };
  });
  afterAll(() => azurite.stop());
  beforeEach(async () => {
    for (const name of await names()) await queue('purge', name, '--yes');
  });

  const queue = (...words: string[]) => portico(words, { environment });
  const names = async () => (await queue('list', '--json')).stdout.map((line) => JSON.parse(line).queue as string);
  const texts = async (name: string) => (await queue('peek', name, '--json')).stdout.map((line) => JSON.parse(line).body);

  test('sends a text, a file, what is typed, and bytes; to a queue that is not there as well', async () => {
    writeFileSync(join(folder, 'order.json'), '{"id":1}\n');
    writeFileSync(join(folder, 'bytes'), Buffer.from([0xff, 0]));
    expect(await queue('send', 'orders', 'two words')).toEqual({ code: 0, stdout: ['✓ sent to orders'], stderr: [] });
    await queue('send', 'orders', '@order.json');
    await portico(['send', 'orders', '-'], { environment, stdin: typed('typed') });
    await queue('send', 'orders', '@bytes');
    expect(await texts('orders')).toEqual(['two words', '{"id":1}\n', 'typed', undefined]);
    expect((await queue('peek', 'orders', '--json')).stdout[3]).toContain('"bodyBase64":"/wA="');
  });

  test('shows messages with when they came and how often they were taken', async () => {
    await queue('send', 'orders', 'a\nb\u001b[2J');
    await queue('send', 'orders', 'c', '--connection', 'Other');
    const { stdout } = await queue('peek', 'orders');
    expect(stdout.map((line) => line.replace(/#[0-9a-f]{4}|\d{4}-\d\d-\d\dT[\d:]{8}Z/g, '…'))).toEqual([
      '… …, not taken yet',
      '  a',
      '  b\\x1b[2J',
      '… …, not taken yet',
      '  c',
    ]);
    expect((await queue('peek', 'orders', '--count', '1')).stdout).toHaveLength(3);
    expect(JSON.parse((await queue('peek', 'orders', '--json')).stdout[1]!)).toEqual({
      queue: 'orders',
      id: expect.any(String),
      dequeueCount: 0,
      insertedAt: expect.any(String),
      expiresAt: expect.any(String),
      isEncoded: true,
      body: 'c',
    });
    await queue('purge', 'orders', '--yes');
    expect((await queue('peek', 'orders')).stdout).toEqual(['orders is empty']);
  });

  test('writes and reads as host.json says, and takes the settings of the app', async () => {
    using app = temporaryApp({
      'host.json': hostJson({}, { extensions: { queues: { messageEncoding: 'none' } } }),
      'local.settings.json': { IsEncrypted: false, Values: { AzureWebJobsStorage: azurite.connectionString } },
    });
    expect((await portico(['send', 'orders', 'no base64!', '--app', app.root])).code).toBe(0);
    expect((await portico(['peek', 'orders'], { workingDirectory: app.root })).stdout[1]).toBe('  no base64!');
    expect((await queue('peek', 'orders')).stdout[0]).toMatch(/, not base64, so it would go to the poison queue$/);
  });

  test('does not guess how messages are written while host.json cannot be used', async () => {
    using app = temporaryApp({ 'host.json': '{' });
    for (const words of [
      ['send', 'orders', 'x'],
      ['peek', 'orders'],
    ]) {
      const { code, stderr } = await queue(...words, '--app', app.root);
      expect(code).toBe(1);
      expect(stderr[0]).toMatch(/^portico: host\.json:1:/);
    }
    expect((await queue('list', '--app', app.root)).code).toBe(0);
  });

  test.each(['orders', 'orders-poison'])('puts the messages of a poison queue back, whichever of the two is named: %s', async (name) => {
    for (const text of ['1', '2', '3']) await queue('send', 'orders-poison', text);
    expect((await queue('replay', name, '--count', '1')).stdout).toEqual(['✓ 1 message of orders-poison put back into orders']);
    expect((await queue('replay', name, '--json')).stdout).toEqual(['{"queue":"orders","from":"orders-poison","messageCount":2}']);
    expect((await queue('replay', name)).stdout).toEqual(['orders-poison is empty']);
    expect(await texts('orders')).toEqual(['1', '2', '3']);
  });

  test('starts the emulator for itself where the settings name none and none runs, says so and ends it', async () => {
    using app = temporaryApp();
    let isStopped = false;
    emulators.make = ({ root, log }) => ({
      async start() {
        log.debug('Azurite says something.');
        log.information(root === app.root ? 'The storage emulator is ready: Azurite.' : root);
        return { connectionString: azurite.connectionString, blob: '', queue: '', table: '' };
      },
      async stop() {
        isStopped = true;
      },
    });
    const sent = await portico(['send', 'orders', 'x'], { workingDirectory: app.root });
    expect(sent).toEqual({ code: 0, stdout: ['✓ sent to orders'], stderr: ['The storage emulator is ready: Azurite.'] });
    expect(isStopped).toBe(true);
    expect(await texts('orders')).toEqual(['x']);
  });

  test('says that an emulator runs already, and lets go of it also when the queue is not there', async () => {
    using app = temporaryApp();
    let stopCount = 0;
    emulators.make = ({ log }) => ({
      async start() {
        log.information('A storage emulator runs already: it is used, with the data it has, and left running.');
        return { connectionString: azurite.connectionString, blob: '', queue: '', table: '' };
      },
      stop: async () => void stopCount++,
    });
    const { code, stderr } = await portico(['peek', 'nosuch'], { workingDirectory: app.root });
    expect([code, stopCount]).toEqual([1, 1]);
    expect(stderr.slice(0, 2)).toEqual([
      'A storage emulator runs already: it is used, with the data it has, and left running.',
      'portico: There is no queue "nosuch" in the storage account.',
    ]);
  });

  test('needs an app where only the emulator is left', async () => {
    const { code, stderr } = await portico(['list']);
    expect([code, stderr[0]]).toEqual([2, expect.stringContaining('Unable to find project root')]);
  });

  test('lists queues, and offers to replay what is in a poison queue', async () => {
    await queue('send', 'orders', 'x');
    await queue('send', 'orders-poison', 'x');
    expect((await queue('list')).stdout).toEqual(['orders         1', 'orders-poison  1  portico queue replay orders-poison']);
    expect((await queue('list', '--json')).stdout).toEqual([
      '{"queue":"orders","messageCount":1,"isPoison":false}',
      '{"queue":"orders-poison","messageCount":1,"isPoison":true}',
    ]);
  });

  test.each([
    ['y', 0, ['✓ orders is empty now; it had about 1 message'], ['Delete all messages of orders? Type y and Enter:']],
    ['', 1, [], ['Delete all messages of orders? Type y and Enter:', 'Nothing was deleted.']],
  ])('asks at a terminal before it deletes: "%s" ends with %i', async (answer, code, stdout, stderr) => {
    await queue('send', 'orders', 'x');
    expect(await portico(['purge', 'orders'], { environment, stdin: typed(answer, true) })).toEqual({ code, stdout, stderr });
    expect(await texts('orders')).toHaveLength(code);
  });

  test.each([
    [['peek', 'ordrs'], 1, ['portico: There is no queue "ordrs" in the storage account.', '  → Did you mean "orders"?']],
    [['list', '--app', 'nosuch'], 2, [expect.stringContaining('Unable to find project root'), expect.any(String)]],
    [['send', 'a_b', 'x'], 2, ['portico: "a_b" cannot be the name of a queue.', expect.any(String)]],
  ])('says what is wrong with %j', async (words, code, stderr) => {
    await queue('send', 'orders', 'x');
    expect(await queue(...words)).toEqual({ code, stdout: [], stderr });
  });
});
