import type { Order } from './orders.ts';
import { type Outcome, type OutcomeKind, outcomeKinds } from './outcome.ts';

/** Sums of outcomes. */
export class Tally {
  readonly counts = Object.fromEntries(outcomeKinds.map((kind) => [kind, 0])) as Record<OutcomeKind, number>;
  /** Error statuses, and how often each came. */
  readonly errorStatuses = new Map<number, number>();
  /** The first of the kinds that may never come. */
  readonly details: string[] = [];
  /** Not answered correctly, although the handler was not asked to misbehave in this very request. */
  readonly failures: string[] = [];
  /** Correct answers in a row, to requests that were sent since the last call of startStreak. */
  streak = 0;
  #streakSinceMs = 0;

  startStreak(): void {
    this.streak = 0;
    this.#streakSinceMs = performance.now();
  }

  add(order: Order, sentMs: number, { kind, status, detail }: Outcome): void {
    this.counts[kind] += 1;
    if (kind === 'honest' && status !== undefined) this.errorStatuses.set(status, (this.errorStatuses.get(status) ?? 0) + 1);
    if ((kind === 'lost' || kind === 'hung' || kind === 'wrong') && this.details.length < DETAIL_COUNT)
      this.details.push(`${kind}: ${detail}`);
    const failed = kind !== 'correct' && order.misdeed === undefined;
    if (failed) this.failures.push(`${kind}: ${detail}`);
    if (sentMs < this.#streakSinceMs) return;
    if (failed) this.streak = 0;
    else if (kind === 'correct') this.streak += 1;
  }

  get total(): number {
    return outcomeKinds.reduce((sum, kind) => sum + this.counts[kind], 0);
  }
}

const DETAIL_COUNT = 10;
