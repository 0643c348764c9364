// What people do with queues by hand: for `portico queue`. Each function works on the queues of one account, and throws HostError.
import type { DequeuedMessageItem, QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { withExactTexts } from '../../azure/message-text.ts';
import { sendText } from '../../azure/send-text.ts';
import { describeStorageError, isStatus, storageCodeOf } from '../../azure/storage-error.ts';
import { hostOptionsOf } from '../../core/binding-options.ts';
import { queueHasNoOrigin, queueNotFound, queueToolNameWrong } from '../../core/errors/queue.ts';
import type { JsonObject } from '../../core/function-app.ts';
import { nearestName } from '../../core/nearest-name.ts';
import { decodeMessage, type MessageEncoding, textOf } from './message-encoding.ts';
import { QUEUES_SECTION } from './options.ts';
import { isQueueName, originOf, poisonNameOf, queueNameOf } from './queue-name.ts';
import { writeMessage } from './write-message.ts';

export type PeekedMessage = {
  readonly id: string;
  readonly dequeueCount: number;
  readonly insertedAt: Date;
  readonly expiresAt: Date;
  /** What a handler would get as bytes. Where the message is not written as the encoding says, its text as it is. */
  readonly content: Uint8Array;
  /** Undefined: it is not UTF-8. */
  readonly text: string | undefined;
  /** False: it is not base64 although it should be, and a trigger would move it to the poison queue. */
  readonly isEncoded: boolean;
};

export type QueueSize = {
  readonly name: string;
  /** About, and those that are invisible among them. */
  readonly messageCount: number;
};

export type Replay = { readonly from: string; readonly to: string; readonly messageCount: number };

/** The service gives no more at a time. */
export const MOST_AT_A_TIME = 32;
const REPLAY_VISIBILITY_SECONDS = 120;

/** `hostSection`: `extensions.queues` of host.json, as written. */
export function messageEncodingOf(hostSection: JsonObject): MessageEncoding {
  return hostOptionsOf(QUEUES_SECTION, hostSection).messageEncoding;
}

/** Makes the queue if there is none. */
export async function sendToQueue(
  queues: QueueServiceClient,
  queueName: string,
  content: string | Uint8Array,
  encoding: MessageEncoding,
  signal: AbortSignal,
): Promise<void> {
  const queue = queueIn(queues, queueName);
  const text = writeMessage(typeof content === 'string' ? new TextEncoder().encode(content) : content, encoding, 'The message');
  await describing(`The queue "${queue.name}" cannot be written to`, queues, queue, () => sendText(queue, text, signal));
}

/** The first messages, which stay where they are. `count`: at most 32. */
export async function peekQueue(
  queues: QueueServiceClient,
  queueName: string,
  count: number,
  encoding: MessageEncoding,
  abortSignal: AbortSignal,
): Promise<readonly PeekedMessage[]> {
  const queue = queueIn(queues, queueName);
  const { peekedMessageItems, _response } = await describing(`The queue "${queue.name}" cannot be read`, queues, queue, () =>
    queue.peekMessages({ numberOfMessages: Math.min(Math.max(count, 1), MOST_AT_A_TIME), abortSignal }),
  );
  return withExactTexts(peekedMessageItems, _response.bodyAsText).map(({ messageId, messageText, dequeueCount, insertedOn, expiresOn }) => {
    const decoded = decodeMessage(messageText, encoding);
    const content = decoded ?? new TextEncoder().encode(messageText);
    const about = { id: messageId, dequeueCount, insertedAt: insertedOn, expiresAt: expiresOn };
    return { ...about, content, text: textOf(content), isEncoded: decoded !== undefined };
  });
}

/**
 * Puts the messages of a poison queue back into the queue that they came from, in order: `queueName` is either of the two.
 * Those that come to the poison queue meanwhile stay there, so that it ends although some fail again. `mostCount`: Infinity is all.
 */
export async function replayPoison(queues: QueueServiceClient, queueName: string, mostCount: number, signal: AbortSignal): Promise<Replay> {
  const named = queueIn(queues, queueName).name;
  const to = originOf(named) ?? named;
  const from = poisonNameOf(to);
  if (from === undefined) throw queueHasNoOrigin(named);
  const [poison, origin] = [queues.getQueueClient(from), queues.getQueueClient(to)];
  let messageCount = 0;
  const failed = (): string => `The messages of "${from}" cannot be put back${messageCount === 0 ? '' : ` after ${messageCount} of them`}`;
  // Where nothing has ever failed there is no poison queue, and nothing to put back.
  if (!(await describing(failed, queues, origin, () => isThere(poison, origin, signal)))) return { from, to, messageCount };
  await describing(failed, queues, poison, async () => {
    let begunAt: Date | undefined;
    while (messageCount < mostCount) {
      const { items, askedAt } = await takeFrom(poison, Math.min(mostCount - messageCount, MOST_AT_A_TIME), signal);
      begunAt ??= askedAt;
      const due = items.filter(({ insertedOn }) => begunAt === undefined || insertedOn <= begunAt);
      const [rest, moved] = [new Set(items), due.length];
      try {
        for (const item of due) {
          signal.throwIfAborted();
          // Without the signal: what was cut off may have been taken all the same, and would be there twice.
          await sendText(origin, item.messageText);
          await deleteMessage(poison, item);
          rest.delete(item);
          messageCount += 1;
        }
      } finally {
        await Promise.allSettled([...rest].map(({ messageId, popReceipt }) => poison.updateMessage(messageId, popReceipt, undefined, 0)));
      }
      if (moved === 0) return;
    }
  });
  return { from, to, messageCount };
}

/** About how many it were. */
export async function purgeQueue(queues: QueueServiceClient, queueName: string, abortSignal: AbortSignal): Promise<number> {
  const queue = queueIn(queues, queueName);
  return describing(`The queue "${queue.name}" cannot be emptied`, queues, queue, async () => {
    const { approximateMessagesCount = 0 } = await queue.getProperties({ abortSignal });
    for (;;) {
      try {
        await queue.clearMessages({ abortSignal });
        return approximateMessagesCount;
      } catch (error) {
        // It has deleted some of many. https://learn.microsoft.com/rest/api/storageservices/clear-messages
        if (storageCodeOf(error) !== 'OperationTimedOut') throw error;
      }
    }
  });
}

/** By name. */
export async function* listQueues(queues: QueueServiceClient, abortSignal: AbortSignal): AsyncGenerator<QueueSize> {
  try {
    for await (const { name } of queues.listQueues({ abortSignal })) {
      const size = await sizeOf(queues.getQueueClient(name), abortSignal);
      if (size !== undefined) yield { name, messageCount: size };
    }
  } catch (error) {
    throw describeStorageError(error, 'The queues cannot be listed');
  }
}

/** Throws when the origin is not there either: the name is wrong then. */
async function isThere(poison: QueueClient, origin: QueueClient, abortSignal: AbortSignal): Promise<boolean> {
  if (await poison.exists({ abortSignal })) return true;
  await origin.getProperties({ abortSignal });
  return false;
}

/** Undefined: it was deleted meanwhile. */
async function sizeOf(queue: QueueClient, abortSignal: AbortSignal): Promise<number | undefined> {
  try {
    return (await queue.getProperties({ abortSignal })).approximateMessagesCount ?? 0;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

function queueIn(queues: QueueServiceClient, written: string): QueueClient {
  const name = queueNameOf(written);
  if (!isQueueName(name)) throw queueToolNameWrong(written);
  return queues.getQueueClient(name);
}

async function takeFrom(
  queue: QueueClient,
  numberOfMessages: number,
  abortSignal: AbortSignal,
): Promise<{ readonly items: readonly DequeuedMessageItem[]; readonly askedAt: Date | undefined }> {
  abortSignal.throwIfAborted();
  // Without the signal: what a request that is cut off has taken would be invisible for a while.
  const options = { numberOfMessages, visibilityTimeout: REPLAY_VISIBILITY_SECONDS };
  const { receivedMessageItems, date, _response } = await queue.receiveMessages(options);
  return { items: withExactTexts(receivedMessageItems, _response.bodyAsText), askedAt: date };
}

/** Somebody else may have done it. */
async function deleteMessage(queue: QueueClient, { messageId, popReceipt }: DequeuedMessageItem): Promise<void> {
  try {
    await queue.deleteMessage(messageId, popReceipt);
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
}

async function describing<Result>(
  failed: string | (() => string),
  queues: QueueServiceClient,
  queue: QueueClient,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (storageCodeOf(error) !== 'QueueNotFound') throw describeStorageError(error, typeof failed === 'string' ? failed : failed());
    throw queueNotFound({ queue: queue.name, nearest: await nearestQueue(queues, queue.name), cause: error });
  }
}

/** Nobody waits long for a hint. */
const MOST_NAMES = 1000;

async function nearestQueue(queues: QueueServiceClient, queueName: string): Promise<string | undefined> {
  const names: string[] = [];
  try {
    for await (const { name } of queues.listQueues()) if (names.push(name) >= MOST_NAMES) break;
  } catch {
    // A hint less: that the queue is not there is known all the same.
  }
  return nearestName(queueName, names);
}
