// Where requests get a handler from: the fleet that serves now, the one that is to take its place, and those that finish what they do.
import type { HostError } from '../core/error.ts';
import type { Logger } from '../core/log.ts';
import { waitAtMost } from '../core/wait-at-most.ts';
import { whenAborted } from '../core/when-aborted.ts';
import { systemClock } from '../platform/system-clock.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import { HANDLER_STOP_MS } from '../worker/stop-time.ts';
import type { AppGeneration } from './app-generation.ts';
import type { RunningHandler } from './create-host.ts';
import { createFleet, fixedPort, type HandlerOptions, sameHandler } from './handler-factory.ts';
import type { HandlerFleet, MemberReport } from './handler-fleet.ts';

/** How many fleets may finish their work beside the one that serves. A further reload ends the oldest, once it has had this time. */
const MOST_RETIRING = 4;
const SHORTEST_GRACE_MS = 5000;

/** Where the next one has to wait for the old one, and requests wait with it. */
const ONE_PORT_GRACE_MS = 10_000;

/** How often somebody who can wait looks for a handler that will not start. */
const NEXT_LOOK_MS = 1000;

/** A fleet beside the one that serves. */
type Other = {
  /** The one that its processes insist on. */
  readonly port: number | undefined;
  /** Resolves when nothing of it is left, or when it has become the one that serves. */
  readonly gone: Promise<void>;
  /** Since when it finishes what it does; Infinity for one that is starting. */
  readonly sinceMs: number;
};

export class HandlerSupply {
  readonly #options: HandlerOptions;
  readonly #log: Logger;
  #generation: AppGeneration;
  #fleet: HandlerFleet;
  /** Not serving yet, or not any more. */
  readonly #others = new Map<HandlerFleet, Other>();
  /** One that has been replaced. */
  #anotherHasServed = false;
  #stopped = false;

  constructor(generation: AppGeneration, options: HandlerOptions, log: Logger) {
    this.#generation = generation;
    this.#options = options;
    this.#log = log;
    this.#fleet = createFleet(generation, options);
  }

  /** Whether the handler of that app is another one than the one that serves, or than the one that is to. */
  differsFrom(generation: AppGeneration): boolean {
    return !sameHandler(this.#generation, generation);
  }

  /** Undefined while no process is ready. */
  get channel(): HandlerChannel | undefined {
    return this.#fleet.channel;
  }

  /** Some process of some fleet was ready once. */
  get hasServed(): boolean {
    return this.#anotherHasServed || this.#fleet.hasServed;
  }

  get members(): readonly MemberReport[] {
    return this.#fleet.members;
  }

  /** Those that are ready. */
  get running(): RunningHandler[] {
    return this.members.flatMap(({ state, pid, port, retiring }) =>
      state === 'ready' && port !== undefined && !retiring ? [{ pid, port }] : [],
    );
  }

  /** Why there is no channel, as far as that is known. */
  get trouble(): HostError | undefined {
    return this.#fleet.trouble;
  }

  /** Resolves when every process is ready for the first time, or its first start has failed. Never rejects. */
  async start(): Promise<void> {
    if (!this.#stopped) await this.#fleet.start();
  }

  /** Whether the one that serves, or is to serve, was ever started. */
  get begun(): boolean {
    return this.#fleet.begun;
  }

  /** It cannot be started: until it is, requests are told why. False: it runs already, and goes on. */
  hinder(error: HostError): boolean {
    if (this.#fleet.begun) return false;
    this.#fleet.hinder(error);
    return true;
  }

  /** Perhaps something was mended: what has failed is tried again. */
  retry(): void {
    this.#fleet.retry();
  }

  /** Waits as long as it makes sense. Rejects only when the signal aborts. */
  async whenChannel(signal: AbortSignal): Promise<HandlerChannel | HostError> {
    for (;;) {
      const fleet = this.#fleet;
      const found = await fleet.whenChannel(signal);
      // Replaced meanwhile: what it said is about processes that are gone.
      if (fleet === this.#fleet) return found;
    }
  }

  /** As above, for events, which can wait: through failed starts and mended files. */
  async whenReady(signal: AbortSignal): Promise<void> {
    while (this.running.length === 0) {
      const found = await this.whenChannel(signal);
      if ('send' in found) return;
      await systemClock.sleep(NEXT_LOOK_MS, signal);
    }
  }

  /** A function ran out of time in that process. False: it stays, or is on its way out already. */
  replace(channel: HandlerChannel): boolean {
    return this.#fleet.replace(channel);
  }

  /**
   * Puts the handler of the app as it is now in the place of the one that serves, without a request failing: it is started beside it,
   * and takes over once it answers. One that does not start leaves the old one in its place. True: it serves.
   */
  async renew(generation: AppGeneration, signal: AbortSignal): Promise<boolean> {
    const port = this.#portOf(generation);
    if (signal.aborted || this.#stopped) return false;
    if (port !== undefined && (port === this.#portOf(this.#generation) || this.#holdersOf(port).length > 0)) {
      return this.#renewOnOnePort(generation, port, signal);
    }
    await this.#makeRoom(signal);
    if (signal.aborted || this.#stopped) return false;
    const next = createFleet(generation, this.#options);
    const begun = Promise.withResolvers<void>();
    this.#others.set(next, { port, gone: begun.promise, sinceMs: Number.POSITIVE_INFINITY });
    const giveUp = (): void => next.turnAway();
    signal.addEventListener('abort', giveUp, { once: true });
    await next.start();
    signal.removeEventListener('abort', giveUp);
    begun.resolve();
    this.#others.delete(next);
    const serves = next.channel !== undefined || next.members.length === 0;
    // One that has served may do so again, even if it is in trouble now; one that never has is not worth keeping.
    if (!signal.aborted && !this.#stopped && (serves || !this.#fleet.hasServed)) this.#switchTo(next, generation);
    else await next.stop(0);
    return serves && next === this.#fleet;
  }

  /** Two processes cannot have one port: the old one goes first, and requests wait. Once begun it is done, also when it is superseded. */
  async #renewOnOnePort(generation: AppGeneration, port: number, signal: AbortSignal): Promise<boolean> {
    const next = createFleet(generation, this.#options);
    this.#switchTo(next, generation, Math.min(this.#options.graceMs, ONE_PORT_GRACE_MS));
    this.#log.information(`The old handler ends first, because both want port ${port}; requests wait.`);
    const begin = async (): Promise<void> => {
      await Promise.all(this.#holdersOf(port));
      // Comes to nothing when another one has taken its place by now, or nobody wants one any more.
      await next.start();
    };
    await Promise.race([begin(), whenAborted(signal)]);
    return !signal.aborted && next.channel !== undefined;
  }

  #portOf(generation: AppGeneration): number | undefined {
    return this.#options.attachPort === undefined ? fixedPort(generation) : undefined;
  }

  #holdersOf(port: number): Promise<void>[] {
    return [...this.#others.values()].filter((other) => other.port === port).map(({ gone }) => gone);
  }

  /** Old ones that do not come to an end, because somebody holds a stream open, must not keep an edit from being taken over. */
  async #makeRoom(signal: AbortSignal): Promise<void> {
    const retiring = [...this.#others].filter(([, { sinceMs }]) => Number.isFinite(sinceMs));
    const [oldest] = retiring;
    if (oldest === undefined || retiring.length < MOST_RETIRING) return;
    const leftMs = oldest[1].sinceMs + SHORTEST_GRACE_MS - systemClock.monotonicMs();
    await waitAtMost(Math.max(leftMs, 0), Promise.race([whenAborted(signal), ...retiring.map(([, { gone }]) => gone)]), systemClock);
    if (signal.aborted || !this.#others.has(oldest[0]) || this.#others.size < MOST_RETIRING) return;
    this.#log.warning(`${MOST_RETIRING} earlier handlers still finish what they do: the oldest is ended.`);
    void oldest[0].stop(HANDLER_STOP_MS);
  }

  #switchTo(next: HandlerFleet, generation: AppGeneration, graceMs = this.#options.graceMs): void {
    const old = this.#fleet;
    const port = this.#portOf(this.#generation);
    this.#anotherHasServed ||= old.hasServed;
    this.#fleet = next;
    this.#generation = generation;
    const gone = old.retire(graceMs).finally(() => this.#others.delete(old));
    this.#others.set(old, { port, gone, sinceMs: systemClock.monotonicMs() });
    this.#log.debug('Another handler takes the place of the one that served, which finishes what it does.');
  }

  /** Nobody needs to wait for a handler any more. */
  turnAway(): void {
    this.#fleet.turnAway();
  }

  /** SIGTERM to every process, and SIGKILL to what is left after the grace. Resolves when nothing is left. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#fleet, ...this.#others.keys()].map((fleet) => fleet.stop(graceMs)));
  }
}
