import type { QueueClient } from '@azure/storage-queue';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../core/function-app.ts';
import { testContext } from '../../testing/binding-context.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { BlobConsumer, type BlobFate, type BlobFunction } from './blob-consumer.ts';
import { writeBlobMessage } from './blob-message.ts';

const never = new AbortController().signal;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const messageFor = (functionName: string) =>
  base64(writeBlobMessage({ functionName, container: 'input', blob: 'a.txt', etag: '"0x1"', blobType: 'BlockBlob' }));

/** A queue in memory, which says what was done to it. */
function fakeQueue() {
  const waiting: { text: string; dequeueCount: number; id?: string | undefined }[] = [];
  const calls: string[] = [];
  const asked: number[] = [];
  let received = 0;
  const client = {
    async receiveMessages({ numberOfMessages }: { numberOfMessages: number }) {
      asked.push(numberOfMessages);
      const receivedMessageItems = waiting.splice(0, numberOfMessages).map(({ text: messageText, dequeueCount, id }) => {
        received += 1;
        return { messageId: id ?? `m${received}`, popReceipt: 'p1', messageText, dequeueCount, insertedOn: new Date(0) };
      });
      return { receivedMessageItems };
    },
    async updateMessage(id: string, receipt: string, _: undefined, seconds: number) {
      calls.push(`${id} ${receipt} again in ${seconds}`);
      return { popReceipt: `p${Number(receipt.slice(1)) + 1}` };
    },
    async deleteMessage(id: string, receipt: string) {
      calls.push(`${id} ${receipt} deleted`);
    },
  };
  const poisonOf = (account: string) =>
    ({
      createIfNotExists: async () => {},
      sendMessage: async (text: string) => void calls.push(`poison of ${account}: ${text.length} characters`),
    }) as unknown as QueueClient;
  return { waiting, calls, asked, client: client as unknown as QueueClient, poisonOf };
}

function consumerWith(work: BlobFunction['work'] = async () => 'done', hostSection: JsonObject = {}) {
  const clock = new FakeClock();
  const { context, records } = testContext({ clock, hostSection });
  const queue = fakeQueue();
  const consumer = new BlobConsumer({
    client: async () => queue.client,
    poison: async () => queue.poisonOf('host'),
    send: async () => {},
    length: async () => 0,
    onSent: undefined,
  });
  const fn: BlobFunction = { name: 'OnBlob', poisonQueue: async () => queue.poisonOf('blobs'), work };
  consumer.add(fn, context);
  const put = (text = messageFor('OnBlob'), dequeueCount = 1, id?: string) => void queue.waiting.push({ text, dequeueCount, id });
  return { consumer, fn, clock, records, queue, put, context };
}

const POISONED = `poison of blobs: ${messageFor('OnBlob').length} characters`;

describe('a message', () => {
  test.each<[BlobFate, number, string[]]>([
    ['done', 1, ['m1 p1 deleted']],
    ['failed', 4, ['m1 p1 again in 0']],
    ['given back', 5, ['m1 p1 again in 0']],
    ['failed', 5, [POISONED, 'm1 p1 deleted']],
    [{ poison: 'It is too large.' }, 1, [POISONED, 'm1 p1 deleted']],
    // It has come that often without an answer: the process that had it ended, perhaps because of it.
    ['done', 6, [POISONED, 'm1 p1 deleted']],
  ])('whose function says %j at try %i is settled', async (fate, dequeueCount, calls) => {
    const { clock, put, queue } = consumerWith(async () => fate);
    put(undefined, dequeueCount);
    await clock.advance(1000);
    expect(queue.calls).toEqual(calls);
  });

  test('counts as failed when storage fails', async () => {
    const { clock, put, queue, records } = consumerWith(() => Promise.reject(new Error('away')));
    put();
    await clock.advance(1000);
    expect(queue.calls).toEqual(['m1 p1 again in 0']);
    expect(records[0]).toMatchObject({ level: 'warning', functionName: 'OnBlob', fields: { reason: 'away' } });
  });

  test('for a function that is not there waits a while, for that may be about to come, and is dropped then', async () => {
    const { clock, put, queue, records } = consumerWith();
    // How often it was taken says nothing of how long it has waited here.
    put(messageFor('Nobody'), 7, 'same');
    await clock.advance(30_000);
    put(messageFor('Nobody'), 8, 'same');
    await clock.advance(31_000);
    expect(queue.calls).toEqual(['same p1 again in 30', 'same p1 again in 30']);
    put(messageFor('Nobody'), 9, 'same');
    await clock.advance(1000);
    expect(queue.calls).toEqual(['same p1 again in 30', 'same p1 again in 30', 'same p1 deleted']);
    expect(records).toMatchObject([{ level: 'warning', fields: { function: 'Nobody', blob: 'input/a.txt' } }]);
  });

  test('whose function is just stopping is never dropped', async () => {
    const held = Promise.withResolvers<BlobFate>();
    const { clock, put, queue, consumer, fn, context } = consumerWith(() => held.promise);
    consumer.add({ ...fn, name: 'Other' }, context);
    put(undefined, 1, 'first');
    await clock.advance(1000);
    const removed = consumer.remove(fn, new AbortController().signal);
    for (let count = 2; count < 6; count += 1) {
      put(undefined, count, 'second');
      await clock.advance(31_000);
    }
    expect(new Set(queue.calls)).toEqual(new Set(['second p1 again in 30']));
    held.resolve('done');
    await removed;
  });

  test('is not counted while storage is away', async () => {
    const away = Object.assign(new Error('ECONNREFUSED'), { name: 'RestError' });
    const { clock, put, queue } = consumerWith(() => Promise.reject(away));
    for (const count of [1, 2, 5]) put(undefined, count);
    await clock.advance(1000);
    expect(queue.calls).toEqual(['m1 p1 again in 2', 'm2 p1 again in 4', 'm3 p1 again in 32']);
  });

  test.each([
    ['not base64!', 'is not base64'],
    [base64('{'), 'is no JSON'],
    [base64('{}'), 'has no FunctionId and no ContainerName and no BlobName'],
  ])('like %j goes to the poison queue, with the reason', async (text, reason) => {
    const { clock, put, queue, records } = consumerWith();
    put(text);
    await clock.advance(1000);
    expect(queue.calls).toEqual([expect.stringContaining('poison of host'), 'm1 p1 deleted']);
    expect(records).toMatchObject([{ level: 'error', message: expect.stringContaining(reason) }]);
  });

  test('stays invisible as long as it is worked on', async () => {
    const working = Promise.withResolvers<BlobFate>();
    const { clock, put, queue } = consumerWith(() => working.promise);
    put();
    await clock.advance(11 * 60_000);
    working.resolve('done');
    await clock.advance(1000);
    expect(queue.calls).toEqual(['m1 p1 again in 600', 'm1 p2 again in 600', 'm1 p3 deleted']);
  });
});

describe('the consumer', () => {
  test.each([
    [{}, 9, 16],
    [{ maxDegreeOfParallelism: 1 }, 1, 1],
    [{ maxDegreeOfParallelism: 2 }, 2, 2],
    [{ maxDegreeOfParallelism: 100 }, 32, 100],
  ])('with %j asks for %i at a time and works on %i', async (hostSection, batchSize, most) => {
    let running = 0;
    const { clock, put, queue, consumer, fn } = consumerWith(async (_, __, abandoning) => {
      running += 1;
      await new Promise((resolve) => abandoning.addEventListener('abort', resolve));
      return 'given back';
    }, hostSection);
    for (let i = 0; i < 200; i += 1) put();
    await clock.advance(10_000);
    expect(new Set(queue.asked)).toEqual(new Set([batchSize]));
    expect(running).toBeGreaterThan(most - batchSize);
    expect(running).toBeLessThanOrEqual(most);
    await consumer.remove(fn, AbortSignal.abort());
  });

  test('stops one function and goes on with the others', async () => {
    const { clock, put, queue, consumer, fn, context } = consumerWith();
    consumer.add({ ...fn, name: 'Other' }, context);
    await consumer.remove(fn, never);
    put(messageFor('Other'));
    put(messageFor('OnBlob'));
    await clock.advance(5000);
    expect(queue.calls.sort()).toEqual(['m1 p1 deleted', 'm2 p1 again in 30']);
  });

  test('asks no more once it has stopped', async () => {
    const { clock, put, queue, consumer, fn } = consumerWith();
    await consumer.remove(fn, never);
    await consumer.remove(fn, never);
    const before = queue.asked.length;
    put();
    await clock.advance(60_000);
    expect(queue.asked.length).toBe(before);
  });

  test('asks less and less often while there is nothing', async () => {
    const { clock, queue } = consumerWith();
    await clock.advance(60_000);
    expect(queue.asked.length).toBeLessThan(45);
    expect(queue.asked.length).toBeGreaterThan(25);
  });
});
