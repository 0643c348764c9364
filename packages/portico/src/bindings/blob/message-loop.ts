// Takes messages from a queue, some at a time, keeps each invisible as long as it is worked on, and settles it as its outcome says.
// It knows queues and nothing of blobs.
import { Buffer } from 'node:buffer';
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { isStatus, storageCodeOf } from '../../azure/storage-error.ts';
import { messageOf } from '../../core/error.ts';
import type { HostContext, Listener, ListenerContext } from '../../core/extension.ts';
import { loopListener } from '../../core/loop-listener.ts';
import { whenAborted } from '../../core/when-aborted.ts';

export type QueuedMessage = {
  readonly id: string;
  /** Undefined: it is not base64. */
  readonly text: string | undefined;
  readonly dequeueCount: number;
  readonly insertedAt: Date;
};

export type MessageFate =
  | { readonly kind: 'done' }
  /** Visible again after that time. */
  | { readonly kind: 'again'; readonly afterMs: number }
  | { readonly kind: 'poison'; readonly queue: () => Promise<QueueClient> };

export type MessageLoopOptions = {
  readonly context: Pick<HostContext, 'clock' | 'log' | 'random'> & { readonly functionName: string };
  readonly queue: () => Promise<QueueClient>;
  readonly batchSize: number;
  /** As many may still run when the next batch is asked for. */
  readonly newBatchThreshold: number;
  readonly longestPauseMs: number;
  readonly whenReady: ListenerContext['whenReady'];
  /** Never rejects. */
  readonly handle: (message: QueuedMessage, abandoning: AbortSignal) => Promise<MessageFate>;
};

const VISIBILITY_SECONDS = 600;
const RENEWAL_MS = 5 * 60_000;
const SHORTEST_RENEWAL_MS = 60_000;
const SHORTEST_PAUSE_MS = 100;

export type MessageLoop = Listener & {
  /** Something was sent: look now. */
  wake(): void;
};

export function messageLoop(options: MessageLoopOptions): MessageLoop {
  const { context, queue: open, batchSize, newBatchThreshold, longestPauseMs, whenReady, handle } = options;
  const { clock, log, random } = context;
  const running = new Set<Promise<void>>();
  const abandoned = new AbortController();
  let pauseMs = SHORTEST_PAUSE_MS;
  let woken = new AbortController();

  const loop = loopListener(async (stopping) => {
    while (running.size > newBatchThreshold) {
      await Promise.race([...running, whenAborted(stopping)]);
      if (stopping.aborted) return;
    }
    await whenReady(stopping);
    woken = new AbortController();
    const queue = await open();
    const messages = await receive(queue, batchSize, stopping);
    for (const message of messages) {
      const run = work(queue, message).finally(() => running.delete(run));
      running.add(run);
    }
    if (messages.length > 0) {
      pauseMs = SHORTEST_PAUSE_MS;
      return;
    }
    await clock.sleep(pauseMs * (0.8 + random.fraction() * 0.4), AbortSignal.any([stopping, woken.signal])).catch(() => {});
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }, context);

  async function work(queue: QueueClient, item: DequeuedMessageItem): Promise<void> {
    const done = new AbortController();
    const held = { receipt: item.popReceipt };
    const renewing = renew(queue, item.messageId, held, done.signal);
    const fate = await handle(messageFrom(item), abandoned.signal);
    done.abort();
    await renewing;
    try {
      await settle(queue, item, held.receipt, fate);
    } catch (error) {
      // Somebody else has it by now, or it comes again when its time is over.
      const fields = { messageId: item.messageId, reason: messageOf(error) };
      if (!isStatus(error, 404)) log.warning('A message could not be settled and will come again.', { fields });
    }
  }

  async function renew(queue: QueueClient, id: string, held: { receipt: string }, done: AbortSignal): Promise<void> {
    let waitMs = RENEWAL_MS;
    while (!done.aborted) {
      try {
        await clock.sleep(waitMs, done);
        const { popReceipt } = await queue.updateMessage(id, held.receipt, undefined, VISIBILITY_SECONDS);
        held.receipt = popReceipt ?? held.receipt;
        waitMs = RENEWAL_MS;
      } catch (error) {
        if (done.aborted) return;
        // It is gone or somebody else's: nothing is left to renew.
        if (isStatus(error, 404) || storageCodeOf(error) === 'PopReceiptMismatch') return;
        waitMs = Math.max(waitMs / 2, SHORTEST_RENEWAL_MS);
      }
    }
  }

  return {
    start: (signal) => loop.start(signal),
    async stop(signal) {
      const ending = loop.stop(signal);
      await Promise.race([ending.then(() => Promise.all(running)), whenAborted(signal)]);
      abandoned.abort();
      await ending;
      await Promise.all(running);
    },
    wake() {
      pauseMs = SHORTEST_PAUSE_MS;
      woken.abort();
    },
  };
}

/** A queue that is not there is empty: it is made when the first message is sent. */
async function receive(queue: QueueClient, numberOfMessages: number, abortSignal: AbortSignal): Promise<readonly DequeuedMessageItem[]> {
  try {
    // Without the signal: a request that is cut off may have taken messages that nobody would work on for ten minutes.
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages, visibilityTimeout: VISIBILITY_SECONDS });
    if (!abortSignal.aborted) return receivedMessageItems;
    await Promise.allSettled(
      receivedMessageItems.map(({ messageId, popReceipt }) => queue.updateMessage(messageId, popReceipt, undefined, 0)),
    );
    return [];
  } catch (error) {
    if (isStatus(error, 404)) return [];
    throw error;
  }
}

async function settle(
  queue: QueueClient,
  { messageId, messageText }: DequeuedMessageItem,
  receipt: string,
  fate: MessageFate,
): Promise<void> {
  if (fate.kind === 'again') {
    await queue.updateMessage(messageId, receipt, undefined, Math.round(fate.afterMs / 1000));
    return;
  }
  if (fate.kind === 'poison') {
    const poison = await fate.queue();
    await poison.createIfNotExists();
    await poison.sendMessage(messageText);
  }
  await queue.deleteMessage(messageId, receipt);
}

function messageFrom({ messageId: id, messageText, dequeueCount, insertedOn: insertedAt }: DequeuedMessageItem): QueuedMessage {
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(messageText);
  return { id, text: isBase64 ? Buffer.from(messageText, 'base64').toString() : undefined, dequeueCount, insertedAt };
}
