// A message that was taken: nobody else gets it for as long as it is held, and in the end it is settled, once.
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { Clock } from '../../core/clock.ts';
import type { Outage } from './outage.ts';
import type { StorageRequests } from './storage-requests.ts';
import { type StorageTrouble, storageTroubleOf } from './storage-trouble.ts';

/** Parity: the time of Azure's host; visibilityTimeout of host.json is about messages that failed. */
export const VISIBILITY_MS = 600_000;
const RENEWAL_MS = 300_000;
const SHORTEST_RENEWAL_MS = 60_000;

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

export type HeldMessageTools = {
  readonly queue: QueueClient;
  readonly clock: Clock;
  readonly requests: StorageRequests;
  readonly outage: Outage;
  /** Aborts when nothing may be waited for any more. */
  readonly hurry: AbortSignal;
  /** It is not held any more, although it was not settled. */
  readonly onLost: (message: HeldMessage, error: unknown) => void;
};

/** `away`: the service did not come back as long as the message was held, or there was no time to wait for it. */
export type Settlement = { readonly status: 'settled' } | { readonly status: StorageTrouble; readonly error: unknown };

/** Takes a copy of a message that cannot be handled. */
export interface PoisonQueue {
  readonly name: string;
  /** The text as it is written. */
  send(text: string, signal: AbortSignal): Promise<void>;
}

export class HeldMessage {
  readonly item: DequeuedMessageItem;
  readonly #tools: HeldMessageTools;
  readonly #letGo = new AbortController();
  #receipt: string;
  #heldUntilMs: number;
  /** One request after the other: each makes the receipt that the next one needs. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(item: DequeuedMessageItem, tools: HeldMessageTools) {
    this.item = item;
    this.#tools = tools;
    this.#receipt = item.popReceipt;
    this.#heldUntilMs = tools.clock.monotonicMs() + VISIBILITY_MS;
    // Never rejects, and ends when the message is let go.
    void this.#renew();
  }

  /** What names this taking of the message, as of now: each renewal makes another. */
  get receipt(): string {
    return this.#receipt;
  }

  /** When others get it, unless it is settled or renewed. */
  get returnsAt(): Date {
    const { clock } = this.#tools;
    return new Date(clock.now().getTime() + this.#heldUntilMs - clock.monotonicMs());
  }

  async delete(): Promise<Settlement> {
    const settlement = await this.#insist((signal) => this.#delete(signal));
    this.letGo();
    return settlement;
  }

  async show(afterMs: number): Promise<Settlement> {
    this.letGo();
    return this.#insist((signal) => this.#update(afterMs, signal));
  }

  /** The copy first: what ends this process between the two makes two of it, not none. `copied`: whether the copy is there. */
  async moveTo(poison: PoisonQueue): Promise<Settlement & { readonly isCopied: boolean }> {
    const copying = await this.#insist((signal) => poison.send(this.item.messageText, signal));
    if (copying.status === 'settled') return { ...(await this.delete()), isCopied: true };
    this.letGo();
    return { ...copying, isCopied: false };
  }

  /** Ends the renewals: it comes back by itself. */
  letGo(): void {
    this.#letGo.abort();
  }

  async #renew(): Promise<void> {
    const { clock, requests, onLost } = this.#tools;
    let pauseMs = RENEWAL_MS;
    for (;;) {
      try {
        await clock.sleep(pauseMs, this.#letGo.signal);
      } catch {
        // It is settled, or about to be.
        return;
      }
      try {
        await this.#inTurn(() => requests.send((signal) => this.#update(VISIBILITY_MS, signal)));
        pauseMs = RENEWAL_MS;
      } catch (error) {
        if (storageTroubleOf(error) !== 'away') {
          if (!this.#letGo.signal.aborted) onLost(this, error);
          return;
        }
        pauseMs = Math.max(pauseMs / 2, SHORTEST_RENEWAL_MS);
      }
    }
  }

  /** Again and again while the service is away and the message is ours. */
  async #insist(request: (signal: AbortSignal) => Promise<void>): Promise<Settlement> {
    const { clock, requests, outage, hurry } = this.#tools;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const isLast = hurry.aborted || clock.monotonicMs() + pauseMs >= this.#heldUntilMs;
      try {
        await this.#inTurn(() => requests.send(request));
        outage.worked('settling messages');
        return { status: 'settled' };
      } catch (error) {
        const trouble = storageTroubleOf(error);
        if (trouble === 'away') outage.failed('settling messages', error);
        if (trouble !== 'away' || isLast) return { status: trouble, error };
      }
      await clock.sleep(pauseMs, hurry).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  async #delete(abortSignal: AbortSignal): Promise<void> {
    await this.#tools.queue.deleteMessage(this.item.messageId, this.#receipt, { abortSignal });
  }

  async #update(afterMs: number, abortSignal: AbortSignal): Promise<void> {
    const { queue, clock } = this.#tools;
    const { popReceipt } = await queue.updateMessage(this.item.messageId, this.#receipt, undefined, Math.ceil(afterMs / 1000), {
      abortSignal,
    });
    this.#receipt = popReceipt ?? this.#receipt;
    this.#heldUntilMs = clock.monotonicMs() + afterMs;
  }

  #inTurn(request: () => Promise<void>): Promise<void> {
    const reply = this.#turn.then(request);
    this.#turn = reply.catch(() => {});
    return reply;
  }
}
