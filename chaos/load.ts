// Steady load: orders go out at a fixed pace, whatever becomes of the earlier ones, or so many at once; each is judged.
import { Agent } from 'node:http';
import type { Mode } from './app.ts';
import { exchange } from './exchange.ts';
import { createOrders, type Misdeeds, type Order, plainOrder } from './orders.ts';
import { judge, type Outcome } from './outcome.ts';
import type { Random } from './random.ts';
import { Tally } from './tally.ts';

export type Pace = { readonly perSecond: number } | { readonly atOnce: number };

export type LoadOptions = {
  readonly mode: Mode;
  readonly random: Random;
  readonly pace: Pace;
  readonly wasHarmed: (pid: number) => boolean;
};

/** Longer than anything that a host may make a caller wait: its start limit is 30 s, the function timeout of our apps 20 s. */
const DEADLINE_MS = 40_000;
const TICK_MS = 10;
/** A pace that nobody keeps up with is given up for a while, rather than this program's memory. */
const MOST_UNDER_WAY = 1000;

export type UnderWay = { readonly sinceMs: number; readonly outcome: Promise<Outcome> };

export class Load {
  readonly tally = new Tally();
  readonly #options: LoadOptions;
  readonly #nextOrder: (misdeeds?: Misdeeds) => Order;
  readonly #underWay = new Set<UnderWay>();
  #agent = new Agent({ keepAlive: true });
  #port = 0;
  #ticking: NodeJS.Timeout | undefined;
  #running = false;
  #downSinceMs = Number.POSITIVE_INFINITY;
  #upSinceMs = 0;
  #probeCount = 0;
  /** What a part of the orders asks of the handler instead of an answer. */
  misdeeds: Misdeeds | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#nextOrder = createOrders(options.mode, options.random);
  }

  get underWay(): readonly UnderWay[] {
    return [...this.#underWay];
  }

  /** Where the host listens from now on. */
  pointTo(port: number): void {
    this.#port = port;
    this.#upSinceMs = performance.now();
    this.#downSinceMs = Number.POSITIVE_INFINITY;
  }

  start(): void {
    this.#running = true;
    const { pace } = this.#options;
    if ('atOnce' in pace) {
      for (let lane = 0; lane < pace.atOnce; lane += 1) void this.#keepAsking();
      return;
    }
    let due = 0;
    let lastMs = performance.now();
    this.#ticking = setInterval(() => {
      const nowMs = performance.now();
      due = Math.min(due + ((nowMs - lastMs) / 1000) * pace.perSecond, pace.perSecond);
      lastMs = nowMs;
      for (; due >= 1 && this.#underWay.size < MOST_UNDER_WAY; due -= 1) void this.#ask(this.#nextOrder(this.misdeeds));
    }, TICK_MS);
  }

  /** No new orders; resolves when the last one is judged and no connection is left. */
  async stop(): Promise<void> {
    this.#running = false;
    clearInterval(this.#ticking);
    while (this.#underWay.size > 0) await Promise.all([...this.#underWay].map(({ outcome }) => outcome));
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true });
  }

  /** The run is about to end the host: until the load points to the next one, answers that stay away are no fault of it. */
  hostGoesDown(): void {
    this.#downSinceMs = performance.now();
  }

  /** One small request out of turn, on a connection of its own. */
  probe(): Promise<Outcome> {
    this.#probeCount += 1;
    return this.#ask(plainOrder(`${this.#options.mode}-probe-${this.#probeCount}`));
  }

  async #keepAsking(): Promise<void> {
    while (this.#running) await this.#ask(this.#nextOrder(this.misdeeds));
  }

  #ask(order: Order): Promise<Outcome> {
    const sinceMs = performance.now();
    const { wasHarmed } = this.#options;
    const outcome = exchange(order, this.#port, this.#agent, DEADLINE_MS).then((raw) => {
      // Begun before the host was up again, and ended after it went down.
      const hostWasDown = this.#downSinceMs < performance.now() || sinceMs < this.#upSinceMs;
      const judged = judge(order, raw, { hostWasDown, wasHarmed });
      this.tally.add(order, sinceMs, judged);
      this.#underWay.delete(entry);
      return judged;
    });
    const entry = { sinceMs, outcome };
    this.#underWay.add(entry);
    return outcome;
  }
}
