// A message that was taken: nobody else gets it for as long as it is held, and in the end it is settled, once.
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { Clock } from '../core/clock.ts';
import type { Outage } from '../core/outage.ts';
import { describeStorageError, statusOf, storageCodeOf } from './storage-error.ts';
import type { StorageRequests } from './storage-requests.ts';

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

export type Settlement = { readonly status: 'settled' } | { readonly status: Trouble; readonly error: unknown };

/** What a failed request about a message means for it. */
type Trouble =
  /** There is no such message any more, or no such queue. */
  | 'gone'
  /** Somebody has taken it since. */
  | 'taken'
  /** The service is away or overloaded, and there is no time to wait for it. */
  | 'away'
  /** The service would say the same again. */
  | 'refused';

/** Takes a copy of a message that cannot be handled. */
export interface PoisonQueue {
  readonly name: string;
  /** The text as it is written. */
  send(text: string, signal: AbortSignal): Promise<void>;
}

export class HeldMessage {
  readonly item: DequeuedMessageItem;
  readonly #tools: HeldMessageTools;
  #receipt: string;
  #heldUntilMs: number;
  #renewAtMs: number;
  #renewalPauseMs = RENEWAL_MS;
  /** One request after the other: each makes the receipt that the next one needs. */
  #turn: Promise<unknown> = Promise.resolve();
  /** It may come again, and is nothing of ours then. */
  #isLetGo = false;

  constructor(item: DequeuedMessageItem, tools: HeldMessageTools) {
    const nowMs = tools.clock.monotonicMs();
    this.item = item;
    this.#tools = tools;
    this.#receipt = item.popReceipt;
    this.#heldUntilMs = nowMs + VISIBILITY_MS;
    this.#renewAtMs = nowMs + RENEWAL_MS;
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

  /** Whoever gets it from now on gets a message like any other. */
  get isLetGo(): boolean {
    return this.#isLetGo;
  }

  /** To be called now and then, as long as it is worked on. */
  keep(): void {
    if (this.#isLetGo || this.#tools.clock.monotonicMs() < this.#renewAtMs) return;
    this.#renewAtMs = Number.POSITIVE_INFINITY;
    // Never rejects.
    void this.#inTurn(() => this.#renew());
  }

  /** It was lost, because renewals failed, and has come back: it is held again. */
  retake({ popReceipt }: DequeuedMessageItem): void {
    this.#receipt = popReceipt;
    this.#holdFrom(this.#tools.clock.monotonicMs());
  }

  /** As long as it takes: a message that is done must not come again because the service is away. */
  async delete(): Promise<Settlement> {
    const settlement = await this.#insist({ request: (signal) => this.#delete(signal), troubleOf, isPatient: true });
    this.#isLetGo = true;
    return settlement;
  }

  async show(afterMs: number): Promise<Settlement> {
    this.#isLetGo = true;
    return this.#insist({ request: (signal) => this.#update(afterMs, signal), troubleOf, isPatient: false });
  }

  /** The copy first: what ends this process between the two makes two of it, not none. `isCopied`: whether the copy is there. */
  async moveTo(poison: PoisonQueue): Promise<Settlement & { readonly isCopied: boolean }> {
    const request = (signal: AbortSignal): Promise<void> => poison.send(this.item.messageText, signal);
    const copying = await this.#insist({ request, troubleOf: troubleOfCopy, isPatient: false });
    if (copying.status === 'settled') return { ...(await this.delete()), isCopied: true };
    this.#isLetGo = true;
    return { ...copying, isCopied: false };
  }

  async #renew(): Promise<void> {
    const { clock, requests, onLost } = this.#tools;
    if (this.#isLetGo) return;
    try {
      await requests.send((signal) => this.#update(VISIBILITY_MS, signal));
      this.#holdFrom(clock.monotonicMs());
    } catch (error) {
      if (troubleOf(error) !== 'away') return onLost(this, error);
      this.#renewalPauseMs = Math.max(this.#renewalPauseMs / 2, SHORTEST_RENEWAL_MS);
      this.#renewAtMs = clock.monotonicMs() + this.#renewalPauseMs;
    }
  }

  #holdFrom(nowMs: number): void {
    this.#heldUntilMs = nowMs + VISIBILITY_MS;
    this.#renewalPauseMs = RENEWAL_MS;
    this.#renewAtMs = nowMs + RENEWAL_MS;
  }

  /** Again and again while the service is away. */
  async #insist({ request, troubleOf: judge, isPatient }: Insistence): Promise<Settlement> {
    const { queue, clock, requests, outage, hurry } = this.#tools;
    let pauseMs = FIRST_PAUSE_MS;
    let receipt = this.#receipt;
    const ask = (): Promise<void> => {
      receipt = this.#receipt;
      return requests.send(request);
    };
    for (;;) {
      const isLast = hurry.aborted || (!isPatient && clock.monotonicMs() + pauseMs >= this.#heldUntilMs);
      try {
        await this.#inTurn(ask);
        outage.worked(this);
        return { status: 'settled' };
      } catch (error) {
        const status = judge(error);
        // By ourselves.
        if (status === 'taken' && receipt !== this.#receipt) continue;
        if (status !== 'away') outage.worked(this);
        else if (isLast) outage.forget(this);
        else outage.failed(this, describeStorageError(error, `The queue "${queue.name}" cannot be written to`));
        if (status !== 'away' || isLast) return { status, error };
      }
      await clock.sleep(pauseMs, hurry).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  async #delete(abortSignal: AbortSignal): Promise<void> {
    await this.#tools.queue.deleteMessage(this.item.messageId, this.#receipt, { abortSignal });
    // At once: the next in turn may be a renewal.
    this.#isLetGo = true;
  }

  /** The text stays as it is. */
  async #update(afterMs: number, abortSignal: AbortSignal): Promise<void> {
    const { queue, clock } = this.#tools;
    const seconds = Math.ceil(afterMs / 1000);
    const { popReceipt } = await queue.updateMessage(this.item.messageId, this.#receipt, undefined, seconds, { abortSignal });
    this.#receipt = popReceipt ?? this.#receipt;
    this.#heldUntilMs = clock.monotonicMs() + afterMs;
  }

  #inTurn(request: () => Promise<void>): Promise<void> {
    const reply = this.#turn.then(request);
    this.#turn = reply.catch(() => {});
    return reply;
  }
}

type Insistence = {
  readonly request: (signal: AbortSignal) => Promise<void>;
  readonly troubleOf: (error: unknown) => Trouble;
  /** Even when it is not held any more: nobody may have taken it. */
  readonly isPatient: boolean;
};

function troubleOf(error: unknown): Trouble {
  const status = statusOf(error);
  const code = storageCodeOf(error);
  if (status === 404 || code === 'QueueBeingDeleted') return 'gone';
  if (code === 'PopReceiptMismatch') return 'taken';
  return status === undefined || status >= 500 || status === 408 || status === 429 ? 'away' : 'refused';
}

/** That a poison queue is being deleted says nothing of the message, and it can soon be made anew. */
function troubleOfCopy(error: unknown): Trouble {
  const trouble = troubleOf(error);
  return trouble === 'gone' ? 'away' : trouble;
}
