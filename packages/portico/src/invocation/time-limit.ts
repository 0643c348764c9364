// One limit of time for many runs. All of them may take equally long, so whichever began first is the first to run out:
// a list in order of their beginnings and one timer do, where a timer for each request would cost more than passing it on.
import { Chain, type Link } from '../core/chain.ts';
import type { Clock } from '../core/clock.ts';
import { formatTimeSpan } from '../core/time-span.ts';

/** What can run out of time. */
export interface Limited {
  /** Called once, unless it was forgotten before. */
  expire(limit: TimeLimit): void;
}

type Begun = { readonly run: Limited; readonly limit: TimeLimit; readonly begunMs: number };

export type Deadline = Link<Begun>;

export class TimeLimit {
  readonly limitMs: number;
  /** What to change for another limit, in words. */
  readonly setting: string;
  readonly #clock: Clock;
  readonly #over: AbortSignal;
  readonly #runs = new Chain<Begun>();
  #waits = false;

  /** Nothing expires any more once the signal aborts. */
  constructor(limitMs: number, setting: string, clock: Clock, over: AbortSignal) {
    this.limitMs = limitMs;
    this.setting = setting;
    this.#clock = clock;
    this.#over = over;
  }

  /** Its time begins now, in place of the one before. It is forgotten when the link leaves. */
  watch(run: Limited, before?: Deadline): Deadline {
    before?.leave();
    const deadline = this.#runs.join({ run, limit: this, begunMs: this.#clock.monotonicMs() });
    if (!this.#waits) void this.#wait();
    return deadline;
  }

  /** What the errors say of it. */
  factsFor(functionName: string): { readonly functionName: string; readonly limit: string; readonly setting: string } {
    return { functionName, limit: formatTimeSpan(this.limitMs), setting: this.setting };
  }

  async #wait(): Promise<void> {
    this.#waits = true;
    try {
      for (let first = this.#runs.first; first !== undefined; first = this.#runs.first) {
        const leftMs = first.value.begunMs + this.limitMs - this.#clock.monotonicMs();
        if (leftMs > 0) await this.#clock.sleep(leftMs, this.#over);
        else this.#expire(first);
      }
    } catch (error) {
      // Else the sleep was cut short by the end of the host, which ends all runs.
      if (!this.#over.aborted) throw error;
    } finally {
      this.#waits = false;
    }
  }

  #expire(deadline: Deadline): void {
    deadline.leave();
    try {
      deadline.value.run.expire(this);
    } catch (error) {
      // A bug, which is to be seen as one, but not by keeping the others from their end.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
