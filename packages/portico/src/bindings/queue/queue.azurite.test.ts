// Trigger and output against a real emulator. What takes time to happen is tested with the message loop, in azure/.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../../../../test/support/azurite.ts';
import { needs } from '../../../../../test/support/requirements.ts';
import { until } from '../../../../../test/support/until.ts';
import { decodeBase64 } from '../../core/base64.ts';
import { triggerBindingData } from '../../core/binding-data.ts';
import { HostError } from '../../core/error.ts';
import type { EventScope, InvocationOutcome, Listener, ListenerContext } from '../../core/extension.ts';
import type { BindingMetadata, JsonObject, JsonValue } from '../../core/function-app.ts';
import { whenAborted } from '../../core/when-aborted.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { type TestContextOptions, testContext } from '../../testing/binding-context.ts';
import { queueOutput } from './queue-output.ts';
import { queueTrigger } from './queue-trigger.ts';

const lacking = needs('azurite');

let azurite: Azurite;
let queues: QueueServiceClient;
const listening: Listener[] = [];

beforeAll(async () => {
  if (lacking !== undefined) return;
  azurite = await startAzurite();
  queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
});
afterEach(() => Promise.all(listening.splice(0).map((listener) => listener.stop(AbortSignal.abort()))));
afterAll(() => azurite?.stop());

const never = new AbortController().signal;
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const SUCCEEDED: InvocationOutcome = { status: 'succeeded', invocationId: 'run-1' };
const FAILED: InvocationOutcome = { status: 'failed', invocationId: 'run-1', error: new HostError('X', 'worker', { message: 'no' }) };

/** Of its own for each test. */
const newName = (): string => `q-${crypto.randomUUID()}`;
const base64 = (content: string | Uint8Array): string => Buffer.from(content).toString('base64');

async function madeQueue(...texts: readonly string[]): Promise<QueueClient> {
  const queue = queues.getQueueClient(newName());
  await queue.create();
  for (const text of texts) await queue.sendMessage(text);
  return queue;
}

/** As they are written, in order. */
async function visibleTexts(name: string): Promise<string[]> {
  const { peekedMessageItems } = await queues.getQueueClient(name).peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => messageText);
}

/** Those that are invisible too. */
async function countOf(name: string): Promise<number | undefined> {
  return (await queues.getQueueClient(name).getProperties()).approximateMessagesCount;
}

function bindingOf(queueName: string, more: Partial<BindingMetadata> = {}): BindingMetadata {
  return {
    name: 'm',
    type: 'queueTrigger',
    direction: 'in',
    dataType: undefined,
    cardinality: undefined,
    properties: { queueName },
    ...more,
  };
}

function contextFor({ settings = { AzureWebJobsStorage: azurite.connectionString }, ...options }: TestContextOptions = {}) {
  return testContext({ clock: systemClock, settings, ...options });
}

async function listen(queueName: string, options: TestContextOptions & { binding?: Partial<BindingMetadata> } = {}) {
  const made = contextFor({ hostSection: { maxPollingInterval: '00:00:00.100', ...options.hostSection }, ...options });
  const listener = queueTrigger.createListener(bindingOf(queueName, options.binding), made.context);
  listening.push(listener);
  await listener.start(never);
  return { ...made, listener, warnings: () => made.records.filter(({ level }) => level !== 'debug').map(({ message }) => message) };
}

function scopeOf(data: JsonObject): EventScope {
  const values = triggerBindingData(Object.entries(data), '');
  return {
    functionName: 'Fn',
    invocationId: 'id',
    bind(template) {
      const bound = template.bind(values, { functionName: 'Fn', clock: { now: () => new Date(0) }, random: { uuid: () => 'id' } });
      if ('error' in bound) throw bound.error;
      return bound.text;
    },
  };
}

type Given = { data?: JsonObject; context?: ReturnType<typeof contextFor>['context']; hostSection?: JsonObject; signal?: AbortSignal };

async function write(queueName: string, value: JsonValue, { data = {}, hostSection = {}, context, signal = never }: Given = {}) {
  const binding = bindingOf(queueName, { name: 'q', type: 'queue', direction: 'out' });
  const output = queueOutput.createOutput(binding, context ?? contextFor({ hostSection }).context);
  const bytes = typeof value === 'string' ? decodeBase64(value) : undefined;
  return output.bind(scopeOf(data)).write({ name: 'q', value, bytes, keepsText: false }, signal);
}

describe.skipIf(lacking)('the queue trigger', () => {
  test.each([
    ['text', 'hello'],
    ['nothing', ''],
    ['unicode, quotes and line breaks', 'grüße 世界 😀 "q" \\ \r\n\t\u2028'],
    ['as much as there can be', 'x'.repeat(49_152)],
  ])('gives %s as text, and deletes the message', async (_, content) => {
    const queue = await madeQueue(base64(content));
    const { events, warnings } = await listen(queue.name);
    await until(async () => (await countOf(queue.name)) === 0);
    expect(events.map(({ value }) => value)).toEqual([content]);
    expect(warnings()).toEqual([]);
  });

  test('gives every byte to a binary binding, without a word', async () => {
    const queue = await madeQueue(base64(ALL_BYTES));
    const { events, warnings } = await listen(queue.name, { binding: { dataType: 'binary' } });
    await until(async () => (await countOf(queue.name)) === 0);
    expect(events.map(({ value }) => value)).toEqual([Buffer.from(ALL_BYTES)]);
    expect(warnings()).toEqual([]);
  });

  test('takes text as it is with the encoding none', async () => {
    const queue = await madeQueue('plain <words> & more\r\n', '', ' ');
    const { events } = await listen(queue.name, { hostSection: { messageEncoding: 'none', batchSize: 1, newBatchThreshold: 0 } });
    await until(async () => (await countOf(queue.name)) === 0);
    expect(events.map(({ value }) => value)).toEqual(['plain <words> & more\r\n', '', ' ']);
  });

  test('tries five times and then moves the message to the poison queue, as it is', async () => {
    const text = base64(ALL_BYTES);
    const queue = await madeQueue(text);
    const { events, warnings } = await listen(queue.name, { binding: { dataType: 'binary' }, run: () => FAILED });
    await until(async () => (await countOf(queue.name)) === 0);
    expect(events.map(({ details }) => details?.DequeueCount)).toEqual([1, 2, 3, 4, 5]);
    expect(await visibleTexts(`${queue.name}-poison`)).toEqual([text]);
    expect(warnings().slice(3)).toEqual([
      `Attempt 4/5 failed, next at once; after the last, ${queue.name}-poison.`,
      `Message has reached MaxDequeueCount of 5. Moving message to queue '${queue.name}-poison'.`,
    ]);
  });

  test.each([
    ['what is not base64', 'plain words!'],
    ['what is not UTF-8', '/v8A'],
  ])('moves %s to the poison queue without a call', async (_, text) => {
    const queue = await madeQueue(text);
    const { events } = await listen(queue.name);
    await until(async () => (await countOf(queue.name)) === 0);
    expect(await visibleTexts(`${queue.name}-poison`)).toEqual([text]);
    expect(events).toEqual([]);
  });

  test('makes a message that failed wait as long as host.json says', async () => {
    const queue = await madeQueue(base64('a'));
    const { listener, warnings } = await listen(queue.name, { hostSection: { visibilityTimeout: '01:00:00' }, run: () => FAILED });
    await until(() => warnings().length > 0);
    await listener.stop(never);
    expect([await countOf(queue.name), await visibleTexts(queue.name)]).toEqual([1, []]);
    expect(warnings()).toEqual([`Attempt 1/5 failed, next in 3600 s; after the last, ${queue.name}-poison.`]);
  });

  test('says when a message of a poison queue comes again, and leaves it there', async () => {
    const queue = queues.getQueueClient(`${newName()}-poison`);
    await queue.create();
    await queue.sendMessage(base64('a'));
    const { events, warnings, listener } = await listen(queue.name, { run: () => FAILED });
    await until(() => warnings().length > 0);
    await listener.stop(never);
    expect([events.length, await countOf(queue.name), await visibleTexts(queue.name)]).toEqual([1, 1, []]);
    expect(warnings()).toEqual([
      expect.stringMatching(
        /^Attempt 1 failed\. The queue "q-.*-poison" has no poison queue: .* invisible until 20.*Z, and comes again then\.$/,
      ),
    ]);
  });

  test('gives a message back at once when nobody ran it', async () => {
    const queue = await madeQueue(base64('a'));
    const { events } = await listen(queue.name, {
      run: (event) => (event.details?.DequeueCount === 1 ? { status: 'abandoned' } : SUCCEEDED),
    });
    await until(async () => (await countOf(queue.name)) === 0);
    expect(events).toHaveLength(2);
  });

  test('takes nothing while nobody can run the function', async () => {
    const queue = await madeQueue(base64('a'));
    const made = contextFor({ hostSection: { maxPollingInterval: '00:00:00.100' } });
    made.pause();
    const asked = Promise.withResolvers<void>();
    const whenReady: ListenerContext['whenReady'] = (signal) => {
      asked.resolve();
      return made.context.whenReady(signal);
    };
    const listener = queueTrigger.createListener(bindingOf(queue.name), { ...made.context, whenReady });
    listening.push(listener);
    await listener.start(never);
    await asked.promise;
    expect(await visibleTexts(queue.name)).toHaveLength(1);
    made.resume();
    await until(async () => (await countOf(queue.name)) === 0);
    expect(made.events[0]?.details).toMatchObject({ DequeueCount: 1 });
  });

  test('looks at once when this host sends to the queue', async () => {
    const queue = await madeQueue();
    // Once it has found nothing it would look again in an hour.
    const { context, events } = await listen(queue.name, { clock: standingClock() });
    for (const n of [1, 2, 3, 4]) {
      await write(queue.name, { n }, { context });
      await until(() => events.length === n);
    }
  });

  test('looks at once when this host moves a message to the queue', async () => {
    const queue = await madeQueue();
    const clock = standingClock();
    const failing = await listen(queue.name, { clock, hostSection: { maxDequeueCount: 1 }, run: () => FAILED });
    const poisoned = queueTrigger.createListener(bindingOf(`${queue.name}-poison`), {
      ...failing.context,
      invoke: async (event) => {
        arrived.push(event.value);
        return SUCCEEDED;
      },
    });
    const arrived: unknown[] = [];
    listening.push(poisoned);
    await poisoned.start(never);
    for (const n of [1, 2, 3]) {
      await write(queue.name, n, { context: failing.context });
      await until(() => arrived.length === n);
    }
    expect(arrived).toEqual(['1', '2', '3']);
  });

  test('shares a queue with others, and each message is run once', async () => {
    const contents = Array.from({ length: 60 }, (_, n) => `m${n}`);
    const queue = await madeQueue(...contents.map(base64));
    const both = [await listen(queue.name), await listen(queue.name)];
    await until(async () => (await countOf(queue.name)) === 0);
    const values = both.flatMap(({ events }) => events.map(({ value }) => String(value)));
    expect(values.sort()).toEqual(contents.sort());
  });

  test('finishes what runs when it is stopped, and takes nothing more', async () => {
    const queue = await madeQueue(base64('a'), base64('b'));
    const running = Promise.withResolvers<InvocationOutcome>();
    const { events, listener } = await listen(queue.name, {
      hostSection: { batchSize: 1, newBatchThreshold: 0 },
      run: () => running.promise,
    });
    await until(() => events.length === 1);
    const stopped = listener.stop(never);
    running.resolve(SUCCEEDED);
    await stopped;
    expect(events).toHaveLength(1);
    expect(await visibleTexts(queue.name)).toEqual([base64('b')]);
    expect(await countOf(queue.name)).toBe(1);
  });

  test('gives back what runs when there is no time left', async () => {
    const queue = await madeQueue(base64('a'), base64('b'));
    const run = (_: unknown, signal: AbortSignal): Promise<InvocationOutcome> => whenAborted(signal).then(() => ({ status: 'abandoned' }));
    const { events, listener } = await listen(queue.name, { run });
    await until(() => events.length === 2);
    const outOfTime = new AbortController();
    const stopped = listener.stop(outOfTime.signal);
    outOfTime.abort();
    await stopped;
    expect((await visibleTexts(queue.name)).sort()).toEqual([base64('a'), base64('b')]);
  });

  test('does not mind that a message is gone when it is done', async () => {
    const queue = await madeQueue(base64('a'));
    const { listener, warnings, events } = await listen(queue.name, {
      run: async () => {
        await queue.clearMessages();
        return SUCCEEDED;
      },
    });
    await until(() => events.length === 1);
    await listener.stop(never);
    expect(warnings()).toEqual([]);
  });

  test('waits for a queue that is deleted, and says so once', async () => {
    const queue = await madeQueue(base64('a'));
    const { events, warnings } = await listen(queue.name);
    await until(() => events.length === 1);
    await queue.delete();
    await until(() => warnings().length > 0);
    await queue.create();
    await queue.sendMessage(base64('b'));
    await until(() => events.length === 2);
    expect(warnings()).toEqual([expect.stringContaining(`The queue "${queue.name}" does not exist.`)]);
  });

  test('does not make the queue', async () => {
    const name = newName();
    const { warnings } = await listen(name);
    await until(() => warnings().length > 0);
    expect(await queues.getQueueClient(name).exists()).toBe(false);
  });

  test('outlives storage that goes away while it works', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portico-queue-'));
    let own = await startAzurite({ folder });
    try {
      const name = newName();
      const queue = QueueServiceClient.fromConnectionString(own.connectionString).getQueueClient(name);
      await queue.create();
      await queue.sendMessage(base64('a'));
      const running = Promise.withResolvers<InvocationOutcome>();
      const settings = { AzureWebJobsStorage: own.connectionString };
      const { events, warnings, listener } = await listen(name, { settings, run: () => running.promise });
      await until(() => events.length === 1);
      await own.stop();
      running.resolve(SUCCEEDED);
      await until(() => warnings().length > 0);
      own = await startAzurite({ folder, ports: { blob: own.blobPort, queue: own.queuePort, table: own.tablePort } });
      await until(async () => (await queue.getProperties()).approximateMessagesCount === 0);
      await until(() => warnings().length > 1);
      await listener.stop(never);
      expect(events).toHaveLength(1);
      // It went, and it is back.
      expect(warnings()).toHaveLength(2);
    } finally {
      await Promise.all(listening.splice(0).map((listener) => listener.stop(AbortSignal.abort())));
      await own.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('names what is known of a message', async () => {
    const queue = await madeQueue(base64('{"id":7}'));
    const { events } = await listen(queue.name);
    await until(() => events.length === 1);
    expect([...(events[0]?.bindingData ?? [])].map(([name]) => name)).toEqual([
      'DequeueCount',
      'ExpirationTime',
      'Id',
      'InsertionTime',
      'NextVisibleTime',
      'PopReceipt',
      'QueueTrigger',
    ]);
  });
});

/** Nobody waits for it in vain: what sleeps is woken, or the test fails. */
function standingClock() {
  return {
    now: () => new Date(),
    monotonicMs: () => 0,
    sleep: (_: number, signal: AbortSignal) => whenAborted(signal).then(() => signal.throwIfAborted()),
  };
}

describe.skipIf(lacking)('the queue output', () => {
  test.each<[string, JsonValue, string[]]>([
    ['text', 'hello world', ['hello world']],
    [
      'an object, with line breaks',
      { a: 1, b: { c: [1, 'é'] } },
      ['{\n  "a": 1,\n  "b": {\n    "c": [\n      1,\n      "é"\n    ]\n  }\n}'],
    ],
    ['each element of an array, in order', ['one', { two: 2 }, 3, [4], null], ['one', '{\n  "two": 2\n}', '3', '[\n  4\n]', '']],
    ['nothing for an empty array', [], []],
    ['a number', 42, ['42']],
    ['a boolean', true, ['True']],
    ['an empty message for the empty text', '', ['']],
    ['the bytes that base64 stands for', base64(ALL_BYTES), [Buffer.from(ALL_BYTES).toString('latin1')]],
  ])('sends %s', async (_, value, expected) => {
    const { name } = await madeQueue();
    await write(name, value);
    const sent = (await visibleTexts(name)).map((text) => Buffer.from(text, 'base64'));
    expect(sent).toEqual(expected.map((text) => Buffer.from(text, value === base64(ALL_BYTES) ? 'latin1' : 'utf8')));
  });

  test('sends text as it is with the encoding none', async () => {
    const { name } = await madeQueue();
    await write(name, 'grüße & <so>', { hostSection: { messageEncoding: 'none' } });
    expect(await visibleTexts(name)).toEqual(['grüße & <so>']);
  });

  test('makes the queue with the first message, in small letters', async () => {
    const name = newName();
    await write(name.toUpperCase(), 'hello!');
    expect(await visibleTexts(name)).toEqual([base64('hello!')]);
  });

  test('makes a queue once, however many send to it at the same time', async () => {
    const name = newName();
    await Promise.all(['a!', 'b!', 'c!', 'd!'].map((text) => write(name, text)));
    expect((await visibleTexts(name)).sort()).toEqual(['a!', 'b!', 'c!', 'd!'].map(base64).sort());
  });

  test('sends to the queue that the event names', async () => {
    const name = newName();
    await write('{Kind}-{n}', 'hello!', { data: { kind: name, n: 7 } });
    expect(await visibleTexts(`${name}-7`)).toEqual([base64('hello!')]);
  });

  test.each([
    ['{kind}', { kind: 'a' }, 'QUEUE_NAME_BOUND_WRONG'],
    ['{kind}', { kind: 'my_queue' }, 'QUEUE_NAME_BOUND_WRONG'],
    ['{nobody}', {}, 'EXPRESSION_WITHOUT_VALUE'],
  ])('of %j for %j is an error before the function is called', (queueName, data, code) => {
    const output = queueOutput.createOutput(bindingOf(queueName), contextFor().context);
    expect(() => output.bind(scopeOf(data))).toThrow(expect.objectContaining({ code }));
  });

  test('takes as much as the service does', async () => {
    const { name } = await madeQueue();
    await write(name, '!'.repeat(49_152));
    expect((await visibleTexts(name))[0]).toHaveLength(65_536);
  });

  test('of more than that is an error, and nothing is sent', async () => {
    const { name } = await madeQueue();
    await expect(write(name, ['small', '!'.repeat(49_153)])).rejects.toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      message:
        'A message of the output "q" is 49153 bytes, which makes 65540 in the queue (messageEncoding "base64"); a message may have 65536.',
    });
    expect(await visibleTexts(name)).toEqual([]);
  });

  test('of bytes is an error where messages are text', async () => {
    const { name } = await madeQueue();
    await expect(write(name, '/v8A', { hostSection: { messageEncoding: 'none' } })).rejects.toMatchObject({ code: 'MESSAGE_NOT_TEXT' });
  });

  test('says which queue cannot be written to', async () => {
    const context = contextFor({ settings: { AzureWebJobsStorage: azurite.connectionString.replace(/:\d+\//g, ':1/') } }).context;
    await expect(write('orders', 'hello!', { context })).rejects.toMatchObject({
      code: 'STORAGE_UNREACHABLE',
      message: expect.stringContaining('The queue "orders" cannot be written to'),
    });
  });

  test('ends when nobody waits for it any more', async () => {
    const { name } = await madeQueue();
    await expect(write(name, 'hello!', { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(await visibleTexts(name)).toEqual([]);
  });
});

describe('the event of a call by hand', () => {
  const clock = { now: () => new Date('2026-01-01T00:00:00Z') };

  test('knows what Azure knows of a message that nobody sent', async () => {
    const { context } = testContext();
    const { value, bindingData, reason } = await queueTrigger.eventByHand('by hand', bindingOf('orders'), {
      ...context,
      clock: { ...context.clock, ...clock },
    });
    expect([value, reason]).toEqual(['by hand', 'This function was programmatically called via the host APIs.']);
    expect([...bindingData].map(([name]) => name)).toEqual([
      'DequeueCount',
      'ExpirationTime',
      'InsertionTime',
      'NextVisibleTime',
      'm',
      'QueueTrigger',
    ]);
  });

  test('has bytes for a binary binding, and nothing where nothing was given', async () => {
    const { context } = testContext();
    const event = await queueTrigger.eventByHand('ü', bindingOf('orders', { dataType: 'binary' }), context);
    expect(event.value).toEqual(new TextEncoder().encode('ü'));
    expect((await queueTrigger.eventByHand(undefined, bindingOf('orders'), context)).value).toBe('');
  });
});
