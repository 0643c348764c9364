// Takes the messages that say which blob is for which function, for all blob functions of the app together: they share one queue and one limit.
import { Buffer } from 'node:buffer';
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { PoisonQueue } from '../../azure/held-message.ts';
import { type MessageFate, type MessageLoop, messageLoop } from '../../azure/message-loop.ts';
import { sendText } from '../../azure/send-text.ts';
import { statusOf } from '../../azure/storage-error.ts';
import { hostOptionsOf } from '../../core/binding-options.ts';
import { messageOf } from '../../core/error.ts';
import type { ListenerContext } from '../../core/extension.ts';
import { whenAborted } from '../../core/when-aborted.ts';
import { type BlobMessage, POISON_QUEUE, readBlobMessage } from './blob-message.ts';
import { type BlobQueue, blobQueue } from './blob-queue.ts';
import { BLOBS_SECTION } from './options.ts';

/** What a function makes of a message. `poison`: why no further try can help. */
export type BlobFate = 'done' | 'failed' | 'given back' | { readonly poison: string };

export interface BlobFunction {
  readonly name: string;
  /** Of the account of its blobs. */
  poisonQueue(): Promise<QueueClient>;
  /** Rejects when storage fails: it counts as failed. */
  work(message: BlobMessage, queued: DequeuedMessageItem, abandoning: AbortSignal): Promise<BlobFate>;
}

type Served = {
  readonly fn: BlobFunction;
  readonly running: Set<Promise<unknown>>;
  readonly abandoning: AbortController;
  isStopping: boolean;
};

const PROCESSOR_SHARE = 8;
const MOST_PER_BATCH = 32;
const LONGEST_PAUSE_MS = 10_000;
const DEVELOPMENT_LONGEST_PAUSE_MS = 2000;
/** A function that is not there may be about to come: the app is being read anew, or this is the first of many listeners to start. */
const UNKNOWN_PAUSE_MS = 30_000;
const UNKNOWN_MS = 60_000;
/** Storage that is away is no fault of the blob's. */
const FIRST_AWAY_PAUSE_MS = 2000;
const LONGEST_AWAY_PAUSE_MS = 60_000;

export class BlobConsumer {
  readonly #queue: BlobQueue;
  /** By name in lower case. */
  readonly #functions = new Map<string, Served>();
  /** Messages for functions that are not there → since when they are known. */
  readonly #unclaimed = new Map<string, number>();
  #loop: MessageLoop | undefined;

  constructor(queue: BlobQueue) {
    this.#queue = queue;
  }

  /** `context`: the options and the readiness of the first function count for all: they are of one app. */
  add(fn: BlobFunction, context: ListenerContext): void {
    this.#functions.set(fn.name.toLowerCase(), { fn, running: new Set(), abandoning: new AbortController(), isStopping: false });
    this.#loop ??= this.#start(context);
  }

  /** Resolves when nothing of it runs any more. */
  async remove(fn: BlobFunction, signal: AbortSignal): Promise<void> {
    const key = fn.name.toLowerCase();
    const served = this.#functions.get(key);
    if (served?.fn !== fn) return;
    served.isStopping = true;
    const isLast = [...this.#functions.values()].every(({ isStopping }) => isStopping);
    const loop = this.#loop;
    if (isLast) {
      this.#loop = undefined;
      this.#queue.onSent = undefined;
    }
    await Promise.all([isLast ? loop?.stop(signal) : undefined, finish(served, signal)]);
    if (this.#functions.get(key) === served) this.#functions.delete(key);
  }

  #start(context: ListenerContext): MessageLoop {
    const { hostSection, processorCount, isDevelopment } = context;
    const { maxDegreeOfParallelism = PROCESSOR_SHARE * processorCount, poisonBlobThreshold } = hostOptionsOf(BLOBS_SECTION, hostSection);
    const batchSize = Math.min(MOST_PER_BATCH, Math.floor(maxDegreeOfParallelism / 2) + 1);
    const loop = messageLoop({
      context,
      queue: () => this.#queue.client(),
      batchSize,
      newBatchThreshold: Math.max(0, maxDegreeOfParallelism - batchSize),
      longestPauseMs: isDevelopment ? DEVELOPMENT_LONGEST_PAUSE_MS : LONGEST_PAUSE_MS,
      whenReady: (signal) => context.whenReady(signal),
      handle: ({ item }, abandoning) => this.#handle(item, { ...context, mostTries: poisonBlobThreshold }, abandoning),
    });
    this.#queue.onSent = () => loop.wake();
    void loop.start(new AbortController().signal);
    return loop;
  }

  async #handle(
    queued: DequeuedMessageItem,
    context: ListenerContext & { readonly mostTries: number },
    abandoning: AbortSignal,
  ): Promise<MessageFate> {
    const { log, mostTries } = context;
    const text = decode(queued.messageText);
    const message = text === undefined ? { unreadable: 'is not base64' } : readBlobMessage(text);
    if ('unreadable' in message) {
      log.error(`A message in the queue for blobs ${message.unreadable}. Moving message to queue '${POISON_QUEUE}'.`, {
        fields: { messageId: queued.messageId },
      });
      return { kind: 'poison', queue: poisonIn(() => this.#queue.poison()) };
    }
    const { functionName, container, blob } = message;
    const name = `${container}/${blob}`;
    const served = this.#functions.get(functionName.toLowerCase());
    // It comes back, or the host ends: in either case somebody takes the message later.
    if (served?.isStopping) return { kind: 'again', afterMs: UNKNOWN_PAUSE_MS };
    if (served === undefined) return this.#withoutFunction(queued, functionName, name, context);
    const { fn } = served;
    const poison = (reason: string): MessageFate => {
      log.warning(`${reason} Moving message to queue '${POISON_QUEUE}'.`, {
        functionName,
        fields: { messageId: queued.messageId, blob: name },
      });
      return { kind: 'poison', queue: poisonIn(() => fn.poisonQueue()) };
    };
    this.#unclaimed.delete(queued.messageId);
    if (queued.dequeueCount > mostTries) return poison(`It was taken ${queued.dequeueCount} times, and ${mostTries} are allowed.`);
    const running = this.#run(served, message, queued, context, abandoning);
    served.running.add(running);
    const fate = await running.finally(() => served.running.delete(running));
    if (fate === 'done') return { kind: 'done' };
    if (fate === 'given back') return { kind: 'again', afterMs: 0 };
    if (fate === 'storage is away') {
      return { kind: 'again', afterMs: Math.min(FIRST_AWAY_PAUSE_MS * 2 ** (queued.dequeueCount - 1), LONGEST_AWAY_PAUSE_MS) };
    }
    if (fate !== 'failed') return poison(fate.poison);
    return queued.dequeueCount >= mostTries
      ? poison(`Message has reached MaxDequeueCount of ${mostTries}.`)
      : { kind: 'again', afterMs: 0 };
  }

  async #run(
    { fn, abandoning: ownAbandoning }: Served,
    message: BlobMessage,
    queued: DequeuedMessageItem,
    { log }: ListenerContext,
    abandoning: AbortSignal,
  ): Promise<BlobFate | 'storage is away'> {
    const signal = AbortSignal.any([abandoning, ownAbandoning.signal]);
    try {
      return await fn.work(message, queued, signal);
    } catch (error) {
      if (signal.aborted) return 'given back';
      const fields = { blob: `${message.container}/${message.blob}`, dequeueCount: queued.dequeueCount, reason: messageOf(error) };
      log.warning('A blob could not be handed over.', { functionName: fn.name, fields });
      return isAway(error) ? 'storage is away' : 'failed';
    }
  }

  /** Dropped only after it was seen for so long: what its service counts says nothing of that. */
  #withoutFunction({ messageId }: DequeuedMessageItem, functionName: string, blob: string, { log, clock }: ListenerContext): MessageFate {
    const nowMs = clock.monotonicMs();
    const sinceMs = this.#unclaimed.get(messageId) ?? nowMs;
    if (nowMs - sinceMs < UNKNOWN_MS) {
      this.#unclaimed.set(messageId, sinceMs);
      return { kind: 'again', afterMs: UNKNOWN_PAUSE_MS };
    }
    this.#unclaimed.delete(messageId);
    log.warning('A blob was found for a function that this app does not have, so its message is dropped.', {
      fields: { function: functionName, blob, messageId },
    });
    return { kind: 'done' };
  }
}

/** No answer, or one that says nothing of the blob. */
function isAway(error: unknown): boolean {
  const status = statusOf(error);
  if (status === undefined) return error instanceof Error && ['RestError', 'HostError'].includes(error.name);
  return status >= 500 || status === 408 || status === 429;
}

function poisonIn(queue: () => Promise<QueueClient>): PoisonQueue {
  return { name: POISON_QUEUE, send: async (text, signal) => sendText(await queue(), text, signal) };
}

async function finish({ running, abandoning }: Served, signal: AbortSignal): Promise<void> {
  await Promise.race([Promise.allSettled(running), whenAborted(signal)]);
  abandoning.abort();
  await Promise.allSettled(running);
}

/** Undefined: it is not base64. */
function decode(text: string): string | undefined {
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
  return isBase64 ? Buffer.from(text, 'base64').toString() : undefined;
}

export function blobConsumer(context: Parameters<typeof blobQueue>[0]): BlobConsumer {
  return context.shared('blob consumer', () => new BlobConsumer(blobQueue(context)));
}
