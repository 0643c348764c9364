// Takes messages from a queue, some at a time, and settles each as its fate says. It knows nothing of functions.
//
//   wait for room and for the handler → take up to batchSize → work on each, side by side → settle it; meanwhile the next ones are taken
//
// Whatever happens: a message is deleted when it is done, or when its copy is in the poison queue, and else comes again.
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { PollingDelay } from '../../azure/polling-delay.ts';
import { describeStorageError, storageCodeOf } from '../../azure/storage-error.ts';
import type { Clock } from '../../core/clock.ts';
import type { Listener } from '../../core/extension.ts';
import type { LogFields, Logger } from '../../core/log.ts';
import { loopListener } from '../../core/loop-listener.ts';
import type { Random } from '../../core/random.ts';
import { waitAtMost } from '../../core/wait-at-most.ts';
import { whenAborted } from '../../core/when-aborted.ts';
import { HeldMessage, type HeldMessageTools, type PoisonQueue, type Settlement, VISIBILITY_MS } from './held-message.ts';
import { withExactTexts } from './message-text.ts';
import { Outage } from './outage.ts';
import { StorageRequests } from './storage-requests.ts';

export type MessageFate =
  | { readonly kind: 'done' }
  /** Visible again after that time. */
  | { readonly kind: 'again'; readonly afterMs: number }
  | { readonly kind: 'poison'; readonly queue: PoisonQueue }
  /** It stays invisible until its time is over, and comes again then. */
  | { readonly kind: 'hidden' };

export type MessageLoopOptions = {
  readonly context: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly random: Pick<Random, 'fraction'>;
    readonly functionName: string;
  };
  readonly queueName: string;
  readonly queue: () => Promise<QueueClient>;
  readonly batchSize: number;
  /** As many may still run when the next ones are taken. */
  readonly newBatchThreshold: number;
  readonly longestPauseMs: number;
  /** Asked before messages are taken. */
  readonly whenReady: (signal: AbortSignal) => Promise<void>;
  /** Never rejects. */
  readonly handle: (message: HeldMessage, abandoning: AbortSignal) => Promise<MessageFate>;
};

const FIRST_OUTAGE_PAUSE_MS = 1000;
/** How long giving messages back may take when there is no time any more. */
const GIVE_BACK_MS = 5000;

export class MessageLoop implements Listener {
  readonly #options: MessageLoopOptions;
  readonly #loop: Listener;
  readonly #requests: StorageRequests;
  readonly #outage: Outage;
  readonly #delay: PollingDelay;
  readonly #running = new Set<Promise<void>>();
  readonly #abandoning = new AbortController();
  #outagePauseMs = FIRST_OUTAGE_PAUSE_MS;
  /** Aborts the pause between two looks. */
  #woken = new AbortController();
  /** Resolves when a message is settled, and when it is time to stop. */
  #room = Promise.withResolvers<void>();
  #isMissing = false;

  constructor(options: MessageLoopOptions) {
    const { context, queueName, longestPauseMs } = options;
    this.#options = options;
    this.#requests = new StorageRequests(context.clock);
    this.#outage = new Outage(queueName, context);
    this.#delay = new PollingDelay(longestPauseMs, context.random);
    this.#loop = loopListener((stopping) => this.#round(stopping), context);
  }

  start(signal: AbortSignal): Promise<void> {
    return this.#loop.start(signal);
  }

  async stop(signal: AbortSignal): Promise<void> {
    const done = this.#loop.stop(signal).then(() => Promise.all(this.#running));
    this.#woken.abort();
    this.#room.resolve();
    await Promise.race([done, whenAborted(signal)]);
    this.#abandoning.abort();
    await waitAtMost(GIVE_BACK_MS, done, this.#options.context.clock);
    this.#requests.cutOff();
    await done;
  }

  /** Something was sent: look now. */
  wake(): void {
    this.#delay.reset();
    this.#outagePauseMs = FIRST_OUTAGE_PAUSE_MS;
    this.#woken.abort();
  }

  async #round(stopping: AbortSignal): Promise<void> {
    const { newBatchThreshold, whenReady } = this.#options;
    while (this.#running.size > newBatchThreshold) {
      await this.#room.promise;
      if (stopping.aborted) return;
    }
    await whenReady(stopping);
    this.#woken = new AbortController();
    // Whoever stopped it meanwhile has woken the one before.
    if (stopping.aborted) return;
    const foundCount = await this.#take(stopping);
    if (foundCount === undefined) return this.#sleep(this.#nextOutagePauseMs());
    if (foundCount === 0) return this.#sleep(this.#delay.nextMs());
    this.#delay.reset();
  }

  /** How many it got. Undefined: it could not ask. */
  async #take(stopping: AbortSignal): Promise<number | undefined> {
    let queue: QueueClient;
    let items: readonly DequeuedMessageItem[];
    try {
      queue = await this.#options.queue();
      items = await this.#receive(queue);
    } catch (error) {
      this.#outage.failed('taking messages', error);
      return undefined;
    }
    this.#outage.worked('taking messages');
    this.#outagePauseMs = FIRST_OUTAGE_PAUSE_MS;
    for (const item of items) this.#begin(item, queue, stopping.aborted);
    return items.length;
  }

  /** A queue that is not there is empty: whoever sends the first message makes it. */
  async #receive(queue: QueueClient): Promise<readonly DequeuedMessageItem[]> {
    const { batchSize: numberOfMessages, queueName, context } = this.#options;
    try {
      // Not cut off by a stop: messages that were taken for an answer which nobody reads would be invisible for ten minutes.
      const { receivedMessageItems, _response } = await this.#requests.send((abortSignal) =>
        queue.receiveMessages({ numberOfMessages, visibilityTimeout: VISIBILITY_MS / 1000, abortSignal }),
      );
      this.#isMissing = false;
      return withExactTexts(receivedMessageItems, _response?.bodyAsText);
    } catch (error) {
      if (!MISSING.includes(storageCodeOf(error) ?? '')) throw error;
      const more = { functionName: context.functionName };
      if (!this.#isMissing)
        context.log.information(`The queue "${queueName}" does not exist. It is waited for: the first message makes it.`, more);
      this.#isMissing = true;
      return [];
    }
  }

  #begin(item: DequeuedMessageItem, queue: QueueClient, isStopping: boolean): void {
    const { clock } = this.#options.context;
    const tools: HeldMessageTools = {
      queue,
      clock,
      requests: this.#requests,
      outage: this.#outage,
      hurry: this.#abandoning.signal,
      onLost: (message, error) => this.#sayLost(message, error),
    };
    const run = this.#work(new HeldMessage(item, tools), isStopping).finally(() => {
      this.#running.delete(run);
      this.#room.resolve();
      this.#room = Promise.withResolvers();
    });
    this.#running.add(run);
  }

  async #work(message: HeldMessage, isStopping: boolean): Promise<void> {
    try {
      const fate = isStopping ? GIVEN_BACK : await this.#options.handle(message, this.#abandoning.signal);
      await this.#settle(message, fate);
    } catch (error) {
      message.letGo();
      this.#say('error', 'A message could not be handled. It stays invisible, and comes again.', message, error);
    }
  }

  async #settle(message: HeldMessage, fate: MessageFate): Promise<void> {
    switch (fate.kind) {
      case 'done':
        return this.#explain(await message.delete(), message, 'A message was handled, but cannot be deleted. It comes again.');
      case 'again': {
        const settlement = await message.show(fate.afterMs);
        // Somebody else has it already, which is what it was to be given back for.
        if (settlement.status === 'taken') return;
        return this.#explain(settlement, message, 'A message cannot be given back. It comes again when its time is over.');
      }
      case 'poison': {
        const settlement = await message.moveTo(fate.queue);
        const moved = `A message was copied to "${fate.queue.name}", but cannot be deleted. It comes again, and is copied once more.`;
        const stays = `A message cannot be moved to "${fate.queue.name}". It stays invisible, and comes again.`;
        return this.#explain(settlement, message, settlement.isCopied ? moved : stays);
      }
      case 'hidden':
        message.letGo();
    }
  }

  #explain(settlement: Settlement, message: HeldMessage, consequence: string): void {
    // Gone: somebody has deleted it, or the queue, or its time to live is over.
    if (settlement.status === 'settled' || settlement.status === 'gone') return;
    this.#say('warning', consequence, message, settlement.error);
  }

  #sayLost(message: HeldMessage, error: unknown): void {
    this.#say('warning', 'A message is not held any more, although it is being handled. It may be handled twice.', message, error);
  }

  #say(level: 'warning' | 'error', what: string, message: HeldMessage, error: unknown): void {
    const { queueName, context } = this.#options;
    const { messageId, dequeueCount } = message.item;
    const reason = describeStorageError(error, `The queue "${queueName}" refused`).message;
    const fields: LogFields = { messageId, dequeueCount, returnsAt: message.returnsAt.toISOString(), reason };
    context.log[level](what, { functionName: context.functionName, fields });
  }

  #nextOutagePauseMs(): number {
    const pauseMs = this.#outagePauseMs;
    this.#outagePauseMs = Math.max(FIRST_OUTAGE_PAUSE_MS, Math.min(pauseMs * 2, this.#options.longestPauseMs));
    return pauseMs;
  }

  /** Cut short by whoever sends something, and by a stop. */
  async #sleep(ms: number): Promise<void> {
    await this.#options.context.clock.sleep(ms, this.#woken.signal).catch(() => {});
  }
}

const MISSING: readonly string[] = ['QueueNotFound', 'QueueBeingDeleted'];

const GIVEN_BACK: MessageFate = { kind: 'again', afterMs: 0 };
