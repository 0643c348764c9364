// Keeps leases: renews each at half its period until it is released, lost, or all of them are given back.
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/error.ts';
import type { Logger } from '../core/log.ts';
import type { Lease } from '../core/state-store.ts';

export type LeaseTerms = {
  readonly path: string;
  readonly durationMs: number;
  /** When it was asked for, by the monotonic clock: it lasts from then on. */
  readonly askedAtMs: number;
  /** False: somebody else has it. Throws when nobody knows. */
  renew(signal: AbortSignal): Promise<boolean>;
  /** Gives it back, unless somebody else has it. */
  release(): Promise<void>;
};

const SHORTEST_PAUSE_MS = 1000;

export class LeaseKeeper {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #held = new Set<{ release(): Promise<void>; readonly lost: AbortController }>();

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  keep(terms: LeaseTerms): Lease {
    const lost = new AbortController();
    const ended = new AbortController();
    const renewing = this.#renew(terms, ended.signal).then((why) => {
      if (why === undefined) return;
      this.#held.delete(held);
      this.#log.warning('A lease was lost: another host may now do what it stands for.', { fields: { path: terms.path, reason: why } });
      lost.abort();
    });
    let released: Promise<void> | undefined;
    const release = (): Promise<void> => {
      this.#held.delete(held);
      ended.abort();
      // A renewal that overtakes the release would bring it back.
      released ??= renewing.then(() => this.#giveBack(terms));
      return released;
    };
    const held = { lost, release };
    this.#held.add(held);
    return { lost: lost.signal, release };
  }

  /** Whoever still goes by a lease learns that it is gone. */
  async close(): Promise<void> {
    const all = [...this.#held].map(({ lost, release }) => {
      lost.abort();
      return release();
    });
    await Promise.all(all);
  }

  /** Resolves with the reason when it is lost, without one when it ended. */
  async #renew({ durationMs, askedAtMs, renew }: LeaseTerms, ended: AbortSignal): Promise<string | undefined> {
    let untilMs = askedAtMs + durationMs;
    let pauseMs = durationMs / 2;
    for (;;) {
      // Rejects when it ended, as is looked at next.
      await this.#clock.sleep(pauseMs, ended).catch(() => {});
      if (ended.aborted) return undefined;
      const nowMs = this.#clock.monotonicMs();
      try {
        if (!(await this.#until(untilMs, ended, renew))) return 'somebody else has it';
        untilMs = nowMs + durationMs;
        pauseMs = durationMs / 2;
      } catch (error) {
        if (ended.aborted) return undefined;
        const leftMs = untilMs - this.#clock.monotonicMs();
        if (leftMs <= 0) return messageOf(error);
        pauseMs = Math.min(Math.max(SHORTEST_PAUSE_MS, pauseMs / 2), leftMs);
      }
    }
  }

  /** No longer than it lasts: an answer after that helps nobody. */
  async #until(untilMs: number, ended: AbortSignal, renew: LeaseTerms['renew']): Promise<boolean> {
    const answered = new AbortController();
    const late = new AbortController();
    void this.#clock.sleep(Math.max(untilMs - this.#clock.monotonicMs(), 1), answered.signal).then(
      () => late.abort(),
      // The answer came first.
      () => {},
    );
    try {
      return await renew(AbortSignal.any([late.signal, ended]));
    } finally {
      answered.abort();
    }
  }

  async #giveBack({ path, release }: LeaseTerms): Promise<void> {
    try {
      await release();
    } catch (error) {
      // It runs out by itself, and until then others only wait.
      this.#log.debug('A lease could not be given back; it runs out by itself.', { fields: { path, reason: messageOf(error) } });
    }
  }
}
