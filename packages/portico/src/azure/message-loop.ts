// Takes messages from a storage queue, some at a time, keeps each invisible as long as it is worked on, and settles it as its fate says.
// It knows nothing of functions. Whatever happens, a message is deleted only when it is done, or when its copy lies in the poison queue.
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/error.ts';
import type { Listener } from '../core/extension.ts';
import type { Logger } from '../core/log.ts';
import { loopListener } from '../core/loop-listener.ts';
import type { Random } from '../core/random.ts';
import { whenAborted } from '../core/when-aborted.ts';
import { PollingDelay } from './polling-delay.ts';
import { sendText } from './send-text.ts';
import { isStatus, storageCodeOf } from './storage-error.ts';

export type MessageFate =
  | { readonly kind: 'done' }
  /** Visible again after that time. */
  | { readonly kind: 'again'; readonly afterMs: number }
  | { readonly kind: 'poison'; readonly queue: () => Promise<QueueClient> }
  /** It stays invisible until its time is over, and comes again then. */
  | { readonly kind: 'hidden' };

export type MessageLoopOptions = {
  readonly context: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly random: Pick<Random, 'fraction'>;
    readonly functionName: string;
  };
  readonly queue: () => Promise<QueueClient>;
  readonly batchSize: number;
  /** As many may still run when the next batch is asked for. */
  readonly newBatchThreshold: number;
  readonly longestPauseMs: number;
  /** Asked before each pull. */
  readonly whenReady: (signal: AbortSignal) => Promise<void>;
  /** Never rejects. */
  readonly handle: (message: DequeuedMessageItem, abandoning: AbortSignal) => Promise<MessageFate>;
};

export type MessageLoop = Listener & {
  /** Something was sent: look now. */
  wake(): void;
};

/** Parity: the time of Azure's host, whatever visibilityTimeout says. */
export const VISIBILITY_MS = 600_000;
const RENEWAL_MS = 300_000;
const SHORTEST_RENEWAL_MS = 60_000;
const SETTLE_AGAIN_MS = 2000;

export function messageLoop(options: MessageLoopOptions): MessageLoop {
  return new StorageMessageLoop(options);
}

class StorageMessageLoop implements MessageLoop {
  readonly #options: MessageLoopOptions;
  readonly #loop: Listener;
  readonly #running = new Set<Promise<void>>();
  readonly #abandoning = new AbortController();
  readonly #delay: PollingDelay;
  #woken = new AbortController();
  /** Resolves when the next message is settled. */
  #settled = Promise.withResolvers<void>();
  #isMissing = false;

  constructor(options: MessageLoopOptions) {
    this.#options = options;
    this.#delay = new PollingDelay(options.longestPauseMs, options.context.random);
    this.#loop = loopListener((stopping) => this.#round(stopping), options.context);
  }

  start(signal: AbortSignal): Promise<void> {
    return this.#loop.start(signal);
  }

  async stop(signal: AbortSignal): Promise<void> {
    const ended = this.#loop.stop(signal);
    await Promise.race([ended.then(() => Promise.all(this.#running)), whenAborted(signal)]);
    this.#abandoning.abort();
    await ended;
    await Promise.all(this.#running);
  }

  wake(): void {
    this.#delay.reset();
    this.#woken.abort();
  }

  async #round(stopping: AbortSignal): Promise<void> {
    const { batchSize, newBatchThreshold, whenReady, queue: open, context } = this.#options;
    while (this.#running.size > newBatchThreshold) {
      await Promise.race([this.#settled.promise, whenAborted(stopping)]);
      if (stopping.aborted) return;
    }
    await whenReady(stopping);
    this.#woken = new AbortController();
    const queue = await open();
    const messages = await this.#receive(queue, batchSize, stopping);
    for (const message of messages) this.#begin(queue, message);
    if (messages.length > 0) return this.#delay.reset();
    // Woken or stopped: in either case there is something to look at.
    await context.clock.sleep(this.#delay.nextMs(), AbortSignal.any([stopping, this.#woken.signal])).catch(() => {});
  }

  /** A queue that is not there is empty: whoever sends the first message makes it. */
  async #receive(queue: QueueClient, numberOfMessages: number, stopping: AbortSignal): Promise<readonly DequeuedMessageItem[]> {
    const { log, functionName } = this.#options.context;
    try {
      // Without the signal: a request that is cut off may have taken messages that nobody would work on for ten minutes.
      const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages, visibilityTimeout: VISIBILITY_MS / 1000 });
      this.#isMissing = false;
      if (!stopping.aborted) return receivedMessageItems;
      await Promise.allSettled(receivedMessageItems.map(({ messageId, popReceipt }) => show(queue, messageId, popReceipt, 0)));
      return [];
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
      if (!this.#isMissing) log.information(`The queue "${queue.name}" does not exist yet; it is waited for.`, { functionName });
      this.#isMissing = true;
      return [];
    }
  }

  #begin(queue: QueueClient, message: DequeuedMessageItem): void {
    const run = this.#work(queue, message).finally(() => {
      this.#running.delete(run);
      this.#settled.resolve();
      this.#settled = Promise.withResolvers();
    });
    this.#running.add(run);
  }

  async #work(queue: QueueClient, message: DequeuedMessageItem): Promise<void> {
    const done = new AbortController();
    const held = { receipt: message.popReceipt };
    const renewing = this.#renew(queue, message.messageId, held, done.signal);
    const fate = await this.#options.handle(message, this.#abandoning.signal);
    if (!staysOurs(fate)) {
      done.abort();
      await renewing;
    }
    try {
      await this.#settle(queue, message, held, fate);
    } finally {
      done.abort();
      await renewing;
    }
  }

  /** Storage that is away must not make a message that is done come again: it is kept invisible, and tried again, until the host is told to give up. */
  async #settle(queue: QueueClient, message: DequeuedMessageItem, held: { receipt: string }, fate: MessageFate): Promise<void> {
    const { clock, log, functionName } = this.#options.context;
    const { messageId } = message;
    let isSaid = false;
    for (;;) {
      try {
        await settle(queue, message, held.receipt, fate);
        if (isSaid) log.warning('The message is settled after all.', { functionName, fields: { messageId } });
        return;
      } catch (error) {
        // It is gone, or somebody else's by now.
        if (isGone(error)) return;
        const fields = { messageId, fate: fate.kind, reason: messageOf(error) };
        if (!isSaid)
          log.warning('A message cannot be settled now; it is tried again as long as the message is ours.', { functionName, fields });
        isSaid = true;
        if (this.#abandoning.signal.aborted) {
          return log.warning('A message could not be settled: it comes again, although it may be done.', { functionName, fields });
        }
        await clock.sleep(SETTLE_AGAIN_MS, this.#abandoning.signal).catch(() => {});
      }
    }
  }

  async #renew(queue: QueueClient, id: string, held: { receipt: string }, done: AbortSignal): Promise<void> {
    const { clock } = this.#options.context;
    let waitMs = RENEWAL_MS;
    for (;;) {
      try {
        await clock.sleep(waitMs, done);
        held.receipt = await show(queue, id, held.receipt, VISIBILITY_MS);
        waitMs = RENEWAL_MS;
      } catch (error) {
        // It is settled, gone or somebody else's: nothing is left to renew.
        if (done.aborted || isGone(error)) return;
        waitMs = Math.max(waitMs / 2, SHORTEST_RENEWAL_MS);
      }
    }
  }
}

/** Until that is done. */
function staysOurs({ kind }: MessageFate): boolean {
  return kind === 'done' || kind === 'poison';
}

async function settle(queue: QueueClient, message: DequeuedMessageItem, receipt: string, fate: MessageFate): Promise<void> {
  const { messageId, messageText } = message;
  if (fate.kind === 'hidden') return;
  if (fate.kind === 'again') return void (await show(queue, messageId, receipt, fate.afterMs));
  // A crash between these two makes a second copy, and loses nothing.
  if (fate.kind === 'poison') await sendText(await fate.queue(), messageText);
  await queue.deleteMessage(messageId, receipt);
}

/** Gives the receipt that counts from now on. The text stays as it is. */
async function show(queue: QueueClient, id: string, receipt: string, afterMs: number): Promise<string> {
  const { popReceipt } = await queue.updateMessage(id, receipt, undefined, Math.round(afterMs / 1000));
  return popReceipt ?? receipt;
}

function isGone(error: unknown): boolean {
  return isStatus(error, 404) || storageCodeOf(error) === 'PopReceiptMismatch';
}
