// The tools against a real emulator.
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../../../../test/support/azurite.ts';
import { needs } from '../../../../../test/support/requirements.ts';
import { until } from '../../../../../test/support/until.ts';
import { listQueues, messageEncodingOf, peekQueue, purgeQueue, replayPoison, sendToQueue } from './queue-tools.ts';

const lacking = needs('azurite');

let azurite: Azurite;
let queues: QueueServiceClient;

beforeAll(async () => {
  if (lacking !== undefined) return;
  azurite = await startAzurite();
  queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
});
afterAll(() => azurite?.stop());

const never = new AbortController().signal;
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

const newName = (): string => `q-${crypto.randomUUID()}`;
const base64 = (content: string): string => Buffer.from(content).toString('base64');

async function madeQueue(texts: readonly string[], name = newName()): Promise<QueueClient> {
  const queue = queues.getQueueClient(name);
  await queue.create();
  for (const text of texts) await queue.sendMessage(text);
  return queue;
}

async function visibleTexts(name: string): Promise<string[]> {
  const { peekedMessageItems } = await queues.getQueueClient(name).peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => messageText);
}

/** Those that are invisible too. */
async function countOf(name: string): Promise<number | undefined> {
  return (await queues.getQueueClient(name).getProperties()).approximateMessagesCount;
}

/** The queues, but for one: what is sent to it goes that way. */
function sendingThrough(name: string, send: (text: string) => Promise<void>): QueueServiceClient {
  const getQueueClient = (wanted: string): QueueClient => {
    const client = queues.getQueueClient(wanted);
    if (wanted !== name) return client;
    const sendMessage = async (text: string, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}): Promise<void> => {
      abortSignal?.throwIfAborted();
      await send(text);
    };
    return Object.assign(client, { sendMessage });
  };
  return { getQueueClient, listQueues: () => queues.listQueues() } as unknown as QueueServiceClient;
}

test('write messages as host.json says', () => {
  expect([messageEncodingOf({}), messageEncodingOf({ messageEncoding: 'NONE' })]).toEqual(['base64', 'none']);
});

describe.skipIf(lacking)('queue tools', () => {
  test('send, and show what lies there without taking it', async () => {
    const name = newName();
    await sendToQueue(queues, name.toUpperCase(), 'grüße', 'base64', never);
    await sendToQueue(queues, name, ALL_BYTES, 'base64', never);
    await queues.getQueueClient(name).sendMessage('plain words!');
    const peeked = () => peekQueue(queues, name, 10, 'base64', never);
    expect(
      (await peeked()).map(({ text, content, isEncoded, dequeueCount }) => ({
        text,
        content: Buffer.from(content),
        isEncoded,
        dequeueCount,
      })),
    ).toEqual([
      { text: 'grüße', content: Buffer.from('grüße'), isEncoded: true, dequeueCount: 0 },
      { text: undefined, content: Buffer.from(ALL_BYTES), isEncoded: true, dequeueCount: 0 },
      { text: 'plain words!', content: Buffer.from('plain words!'), isEncoded: false, dequeueCount: 0 },
    ]);
    expect(await peeked()).toHaveLength(3);
  });

  test.each(['orders', 'orders-poison'])(
    'put poison back where it came from, in order, whichever of the two is named (%s)',
    async (which) => {
      const name = newName();
      const named = which.replace('orders', name);
      const poison = queues.getQueueClient(`${name}-poison`);
      await poison.create();
      const texts = Array.from({ length: 70 }, (_, n) => (n === 3 ? 'plain words!' : base64(`m${n}`)));
      for (const text of texts) await poison.sendMessage(text);
      expect(await replayPoison(queues, named, Number.POSITIVE_INFINITY, never)).toEqual({ from: poison.name, to: name, messageCount: 70 });
      expect([await countOf(name), await countOf(poison.name)]).toEqual([70, 0]);
      expect(await visibleTexts(name)).toEqual(texts.slice(0, 32));
    },
  );

  test('put back as many as they are told, and leave the others visible', async () => {
    const name = newName();
    const poison = await madeQueue(['m1', 'm2', 'm3'], `${name}-poison`);
    expect((await replayPoison(queues, name, 2, never)).messageCount).toBe(2);
    expect(await visibleTexts(poison.name)).toEqual(['m3']);
  });

  test('leave what comes to the poison queue meanwhile, so that they come to an end', async () => {
    const name = newName();
    const poison = await madeQueue(
      Array.from({ length: 40 }, (_, n) => `m${n}`),
      `${name}-poison`,
    );
    // A function that fails at once: what is put back is poison again, and by the time of the service it is later.
    const failing = sendingThrough(name, async (text) => {
      const begunAt = Date.now();
      if (text === 'm0') await until(() => Date.now() - begunAt > 1000);
      await poison.sendMessage(text);
    });
    expect((await replayPoison(failing, name, Number.POSITIVE_INFINITY, never)).messageCount).toBe(40);
    expect(await countOf(poison.name)).toBe(40);
    expect(await visibleTexts(poison.name)).toHaveLength(32);
  });

  test('lose nothing when they are stopped', async () => {
    const poison = await madeQueue(['m1', 'm2', 'm3'], `${newName()}-poison`);
    const origin = await madeQueue([], poison.name.replace(/-poison$/, ''));
    const stopping = new AbortController();
    const stopped = sendingThrough(origin.name, async (text) => {
      await origin.sendMessage(text);
      stopping.abort();
    });
    await expect(replayPoison(stopped, origin.name, Number.POSITIVE_INFINITY, stopping.signal)).rejects.toThrow();
    expect([await visibleTexts(origin.name), await visibleTexts(poison.name)]).toEqual([['m1'], ['m2', 'm3']]);
  });

  test('have nothing to put back where nothing has failed', async () => {
    const { name } = await madeQueue([]);
    expect(await replayPoison(queues, name, Number.POSITIVE_INFINITY, never)).toEqual({
      from: `${name}-poison`,
      to: name,
      messageCount: 0,
    });
  });

  test('empty a queue, and say how many it were', async () => {
    const { name } = await madeQueue(['a', 'b', 'c']);
    expect(await purgeQueue(queues, name, never)).toBe(3);
    expect(await countOf(name)).toBe(0);
  });

  test('list the queues with their sizes', async () => {
    const { name } = await madeQueue(['a', 'b']);
    const found = new Map<string, number>();
    for await (const each of listQueues(queues, never)) found.set(each.name, each.messageCount);
    expect(found.get(name)).toBe(2);
  });

  test.each<[string, (name: string) => Promise<unknown>]>([
    ['peek', (name) => peekQueue(queues, name, 1, 'base64', never)],
    ['purge', (name) => purgeQueue(queues, name, never)],
    ['replay', (name) => replayPoison(queues, name, 1, never)],
  ])('name the queue that was meant: %s', async (_, act) => {
    const { name } = await madeQueue([]);
    await expect(act(`${name}x`)).rejects.toMatchObject({ code: 'QUEUE_NOT_FOUND', hint: `Did you mean "${name}"?` });
  });

  test.each<[string, (name: string) => Promise<unknown>, string]>([
    ['my_queue', (name) => peekQueue(queues, name, 1, 'base64', never), 'QUEUE_TOOL_NAME_WRONG'],
    ['ab-poison', (name) => replayPoison(queues, name, 1, never), 'QUEUE_HAS_NO_ORIGIN'],
    ['orders', (name) => sendToQueue(queues, name, 'x'.repeat(65_537), 'none', never), 'MESSAGE_TOO_LARGE'],
  ])('refuse %s', async (name, act, code) => {
    await expect(act(name)).rejects.toMatchObject({ code });
  });
});
