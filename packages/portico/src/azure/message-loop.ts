// Takes messages from a queue, some at a time, and settles each as its fate says. It knows nothing of functions.
//
//   wait for room and for the handler → take up to batchSize → work on each, side by side → settle it; meanwhile the next ones are taken
//
// Whatever happens: a message is deleted when it is done, or when its copy is in the poison queue, and else comes again.
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { Clock } from '../core/clock.ts';
import type { Listener } from '../core/extension.ts';
import type { Logger } from '../core/log.ts';
import { type LoopListener, loopListener } from '../core/loop-listener.ts';
import { Outage } from '../core/outage.ts';
import type { Random } from '../core/random.ts';
import { waitAtMost } from '../core/wait-at-most.ts';
import { whenAborted } from '../core/when-aborted.ts';
import { HeldMessage, type HeldMessageTools, type PoisonQueue, type Settlement, VISIBILITY_MS } from './held-message.ts';
import { withExactTexts } from './message-text.ts';
import { PollingDelay } from './polling-delay.ts';
import { describeStorageError, storageCodeOf } from './storage-error.ts';
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
  readonly queue: () => Promise<QueueClient>;
  readonly batchSize: number;
  /** As many may still run when the next ones are taken. */
  readonly newBatchThreshold: number;
  /** Between two looks into an empty queue, and while the service is away. */
  readonly longestPauseMs: number;
  /** Asked before messages are taken. */
  readonly whenReady: (signal: AbortSignal) => Promise<void>;
  readonly handle: (message: HeldMessage, abandoning: AbortSignal) => Promise<MessageFate>;
};

/** What is due is late by so much at most. */
const WATCH_MS = 10_000;
/** How long giving messages back may take when there is no time any more. */
const GIVE_BACK_MS = 3000;

export type MessageLoop = Listener & {
  /** Something was sent: look now. */
  wake(): void;
};

export function messageLoop(options: MessageLoopOptions): MessageLoop {
  return new StorageMessageLoop(options);
}

class StorageMessageLoop implements MessageLoop {
  readonly #options: MessageLoopOptions;
  readonly #loop: LoopListener;
  readonly #requests: StorageRequests;
  readonly #outage: Outage;
  readonly #delay: PollingDelay;
  readonly #running = new Map<HeldMessage, Promise<void>>();
  readonly #abandoning = new AbortController();
  readonly #ended = new AbortController();
  #watching: Promise<void> | undefined;
  /** Called when a message is settled. */
  #onRoom: (() => void) | undefined;
  #isMissing = false;

  constructor(options: MessageLoopOptions) {
    const { context, longestPauseMs } = options;
    this.#options = options;
    this.#requests = new StorageRequests(context.clock);
    this.#outage = new Outage(context);
    this.#delay = new PollingDelay(longestPauseMs, context.random);
    this.#loop = loopListener((stopping) => this.#round(stopping), context, { longestPauseMs, outage: this.#outage });
  }

  start(signal: AbortSignal): Promise<void> {
    this.#watching ??= this.#watch();
    return this.#loop.start(signal);
  }

  async stop(signal: AbortSignal): Promise<void> {
    const done = this.#loop.stop(signal).then(() => Promise.all(this.#running.values()));
    await Promise.race([done, whenAborted(signal)]);
    this.#abandoning.abort();
    await waitAtMost(GIVE_BACK_MS, done, this.#options.context.clock);
    this.#requests.cutOff();
    await done;
    this.#ended.abort();
    await this.#watching;
  }

  wake(): void {
    this.#delay.reset();
    this.#loop.wake();
  }

  /** One for all rounds, for each waiting leaves a trace in the signal. */
  #stopped: Promise<void> | undefined;

  /** Gives the pause until the next one. */
  async #round(stopping: AbortSignal): Promise<number | undefined> {
    const { newBatchThreshold, whenReady, queue: open } = this.#options;
    while (this.#running.size > newBatchThreshold) {
      await this.#whenRoom();
      if (stopping.aborted) return undefined;
    }
    await whenReady(stopping);
    // An emulator that is being started, or a sign-in, may take longer than anybody waits for a stop.
    this.#stopped ??= whenAborted(stopping);
    const queue = await Promise.race([open(), this.#stopped]);
    if (stopping.aborted || queue === undefined) return undefined;
    const items = await this.#receive(queue);
    if (items.length === 0) return this.#delay.nextMs();
    this.#delay.reset();
    const tools = this.#toolsFor(queue);
    for (const item of items) this.#take(item, tools, stopping);
    return undefined;
  }

  #whenRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }

  /** A queue that is not there is empty: whoever sends the first message makes it. */
  async #receive(queue: QueueClient): Promise<readonly DequeuedMessageItem[]> {
    const { batchSize: numberOfMessages, context } = this.#options;
    try {
      // Not cut off by a stop: messages that were taken for an answer which nobody reads would be invisible for ten minutes.
      const { receivedMessageItems, _response } = await this.#requests.send((abortSignal) =>
        queue.receiveMessages({ numberOfMessages, visibilityTimeout: VISIBILITY_MS / 1000, abortSignal }),
      );
      this.#isMissing = false;
      return withExactTexts(receivedMessageItems, _response?.bodyAsText);
    } catch (error) {
      if (!MISSING.includes(storageCodeOf(error) ?? '')) throw describeStorageError(error, `The queue "${queue.name}" cannot be read`);
      const more = { functionName: context.functionName };
      if (!this.#isMissing)
        context.log.information(`The queue "${queue.name}" does not exist. It is waited for: the first message makes it.`, more);
      this.#isMissing = true;
      return [];
    }
  }

  #toolsFor(queue: QueueClient): HeldMessageTools {
    return {
      queue,
      clock: this.#options.context.clock,
      requests: this.#requests,
      outage: this.#outage,
      hurry: this.#abandoning.signal,
      onLost: (message, error) =>
        this.#say('warning', 'A message is not held any more, although it is being handled. It may be handled twice.', message, error),
    };
  }

  #take(item: DequeuedMessageItem, tools: HeldMessageTools, stopping: AbortSignal): void {
    const held = this.#held(item);
    if (held !== undefined) return held.retake(item);
    const message = new HeldMessage(item, tools);
    const work = this.#work(message, stopping).then(() => {
      this.#running.delete(message);
      this.#onRoom?.();
    });
    this.#running.set(message, work);
  }

  /** One that could not be renewed, or not be deleted, comes again while it is still worked on here. */
  #held({ messageId }: DequeuedMessageItem): HeldMessage | undefined {
    for (const message of this.#running.keys()) if (message.item.messageId === messageId && !message.isLetGo) return message;
    return undefined;
  }

  /** Never rejects. */
  async #work(message: HeldMessage, stopping: AbortSignal): Promise<void> {
    try {
      const fate = stopping.aborted ? GIVEN_BACK : await this.#options.handle(message, this.#abandoning.signal);
      await this.#settle(message, fate);
    } catch (error) {
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
    }
  }

  #explain(settlement: Settlement, message: HeldMessage, consequence: string): void {
    // Gone: somebody has deleted it, or the queue, or its time to live is over.
    if (settlement.status === 'settled' || settlement.status === 'gone') return;
    this.#say('warning', consequence, message, settlement.error);
  }

  #say(level: 'warning' | 'error', what: string, message: HeldMessage, error: unknown): void {
    const { log, functionName } = this.#options.context;
    const { messageId, dequeueCount } = message.item;
    const reason = describeStorageError(error, 'The service refused').message;
    log[level](what, { functionName, fields: { messageId, dequeueCount, returnsAt: message.returnsAt.toISOString(), reason } });
  }

  /** One timer for all that is held and asked: a timer for each would be dear, and hardly any lasts so long. */
  async #watch(): Promise<void> {
    const ended = this.#ended.signal;
    while (!ended.aborted) {
      await this.#options.context.clock.sleep(WATCH_MS, ended).catch(() => {});
      this.#requests.endOverdue();
      for (const message of this.#running.keys()) message.keep();
    }
  }
}

const MISSING: readonly string[] = ['QueueNotFound', 'QueueBeingDeleted'];

const GIVEN_BACK: MessageFate = { kind: 'again', afterMs: 0 };
