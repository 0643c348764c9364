// The processes of one app as it was read: who takes the next request, who is being replaced, and when there is nobody.
import type { Clock } from '../core/clock.ts';
import type { HostError } from '../core/error.ts';
import { handlerAbsent, handlerNotReadyInTime, workerStopped } from '../core/errors/handler.ts';
import { waitAtMost } from '../core/wait-at-most.ts';
import { HandlerChannel } from '../worker/handler-channel.ts';
import type { HandlerSource } from '../worker/handler-source.ts';
import type { WorkerState } from '../worker/process-state.ts';
import { HANDLER_STOP_MS } from '../worker/stop-time.ts';

export type FleetOptions = {
  /** Called for each process. Undefined: the app has nothing to start. */
  readonly createSource: () => HandlerSource | undefined;
  readonly count: number;
  /** Whether a process may run beside the one it replaces: not where both would want one port. Never: somebody else runs it. */
  readonly successor: 'beside' | 'after' | 'never';
  readonly clock: Clock;
  /** How long a request waits for a handler that is starting. */
  readonly mostWaitMs: number;
  /** How long a process that is replaced may go on with what it does. */
  readonly graceMs: number;
};

/** What can be seen of one process. */
export type MemberReport = {
  readonly state: WorkerState;
  readonly pid: number | undefined;
  readonly port: number | undefined;
  /** Another one takes its place, or has taken it. */
  readonly retiring: boolean;
  /** Exchanges under way. */
  readonly busyCount: number;
};

type Member = {
  readonly source: HandlerSource;
  /** As long as its process lives. */
  channel: HandlerChannel | undefined;
  /** A function ran out of time there: it gets nothing new while anybody else can take it, and goes once its successor is ready. */
  suspect: boolean;
  /** Gets nothing new, and is stopped once it has finished what it does. */
  retiring: boolean;
};

/** Longer than the first, immediate, retry takes to begin: a caller that has waited so long is better served with the reason. */
const FAILURE_PATIENCE_MS = 250;

/** How many processes may finish their work beside those that serve; one more replacement ends the oldest. */
const MOST_LEAVING = 4;

export class HandlerFleet {
  readonly #options: FleetOptions;
  readonly #members = new Set<Member>();
  readonly #listeners = new Set<() => void>();
  readonly #over = new AbortController();
  /** Those that take requests now. */
  #ready: HandlerChannel[] = [];
  #starting: Promise<void> | undefined;
  #hasServed = false;
  /** Why it is not even started. */
  #obstacle: HostError | undefined;
  /** There was nothing to start. */
  #absent = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** The one with the fewest exchanges under way; among equals the one that has had none for longest. Undefined while none is ready. */
  get channel(): HandlerChannel | undefined {
    let best = this.#ready[0];
    for (const other of this.#ready) {
      if (best === undefined || other.busyCount < best.busyCount) best = other;
      else if (other.busyCount === best.busyCount && other.lastSending < best.lastSending) best = other;
    }
    return best;
  }

  get members(): MemberReport[] {
    return [...this.#members].map(({ source: { state, pid, port }, channel, suspect, retiring }) => ({
      state,
      pid,
      port,
      retiring: suspect || retiring,
      busyCount: channel?.busyCount ?? 0,
    }));
  }

  /** Whether it was ever started. */
  get begun(): boolean {
    return this.#starting !== undefined;
  }

  /** Whether one of its processes was ever ready. */
  get hasServed(): boolean {
    return this.#hasServed;
  }

  /** Why none is ready, as far as that is known. */
  get trouble(): HostError | undefined {
    if (this.#obstacle !== undefined) return this.#obstacle;
    return this.#ready.length > 0 ? undefined : [...this.#members].find(({ source }) => source.trouble !== undefined)?.source.trouble;
  }

  /** Resolves when each process is ready for the first time, or its first start has failed. Never rejects. May be called twice. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** It cannot be started for now: until it is, whoever waits is told why. */
  hinder(error: HostError): void {
    this.#obstacle = error;
    this.#changed();
  }

  async #start(): Promise<void> {
    this.#obstacle = undefined;
    const members = Array.from({ length: this.#options.count }, () => this.#add()).filter((member) => member !== undefined);
    this.#absent = members.length === 0;
    this.#changed();
    await Promise.all(members.map((member) => this.#hasBegun(member)));
  }

  /** Perhaps something was mended: whoever has failed is tried again. */
  retry(): void {
    for (const { source } of this.#members) source.retry();
  }

  /** Waits from before the start on. Rejects only when the signal aborts. */
  async whenChannel(signal: AbortSignal): Promise<HandlerChannel | HostError> {
    const { clock, mostWaitMs } = this.#options;
    const untilMs = clock.monotonicMs() + mostWaitMs;
    for (let patient = true; ; ) {
      signal.throwIfAborted();
      if (this.#over.signal.aborted) return workerStopped();
      const { channel } = this;
      if (channel !== undefined) return channel;
      const verdict = this.#verdict(patient);
      if (verdict !== undefined) return verdict;
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0) return this.trouble ?? handlerNotReadyInTime(mostWaitMs);
      patient = await this.#changeWithin(Math.min(leftMs, FAILURE_PATIENCE_MS), signal);
    }
  }

  /** Another process takes the place of that one, which gets nothing new and finishes what it does. False: none does. */
  replace(channel: HandlerChannel): boolean {
    const member = [...this.#members].find((candidate) => candidate.channel === channel);
    if (member === undefined || this.#options.successor === 'never' || this.#over.signal.aborted) return false;
    if (member.suspect || member.retiring) return true;
    const leaving = [...this.#members].filter(({ suspect, retiring }) => suspect || retiring);
    if (leaving.length >= MOST_LEAVING) void this.#end(leaving[0] as Member, HANDLER_STOP_MS);
    if (this.#options.successor === 'after') void this.#retireAlone(member).then(() => this.#add());
    else void this.#succeed(member);
    return true;
  }

  async #succeed(member: Member): Promise<void> {
    member.suspect = true;
    const successor = this.#add();
    this.#changed();
    while (this.#members.has(member) && successor?.source.state !== 'ready') {
      if (this.#over.signal.aborted) return;
      await this.#nextChange();
    }
    if (this.#members.has(member)) await this.#retireAlone(member);
  }

  /** Nobody needs to wait for these processes any more, and whoever does is told so. */
  turnAway(): void {
    this.#over.abort();
    this.#changed();
  }

  /** Lets each process finish what it does, for so long at most, and stops it. */
  async retire(graceMs: number): Promise<void> {
    this.turnAway();
    await Promise.all([...this.#members].map((member) => this.#retire(member, graceMs, member.channel?.drain())));
  }

  /** Without waiting for what they do. */
  async stop(graceMs: number): Promise<void> {
    this.turnAway();
    await Promise.all([...this.#members].map((member) => this.#end(member, graceMs)));
  }

  #add(): Member | undefined {
    if (this.#over.signal.aborted) return undefined;
    const source = this.#options.createSource();
    if (source === undefined) return undefined;
    const member: Member = { source, channel: undefined, suspect: false, retiring: false };
    this.#members.add(member);
    source.onChange((state) => {
      if (state === 'ready' && member.channel === undefined && source.port !== undefined) {
        this.#hasServed = true;
        member.channel = new HandlerChannel(source.port, this.#options.clock, () => source.refused());
      }
      if (state === 'failed' || state === 'stopped') {
        // Connections to a process that is gone are of no use to the next one.
        const cause = source.trouble?.message.split('\n')[0] ?? 'It was stopped before it had answered.';
        member.channel?.close({ cause, byUs: state === 'stopped' });
        member.channel = undefined;
        // Its successor is there or on its way. Later, because whoever told us of the state is in the middle of it.
        if (state === 'failed' && (member.suspect || member.retiring)) queueMicrotask(() => void this.#end(member, 0));
      }
      this.#changed();
    });
    source.start();
    return member;
  }

  /** Ready, or failed: whatever its first start came to. */
  async #hasBegun({ source }: Member): Promise<void> {
    while (source.state === 'starting' && !this.#over.signal.aborted) await this.#nextChange();
  }

  /** Its neighbours in the fleet stay, and so may the WebSockets that it has: it goes for the fault of another request. */
  #retireAlone(member: Member): Promise<void> {
    return this.#retire(member, this.#options.graceMs, member.channel?.drainAll());
  }

  async #retire(member: Member, graceMs: number, drained: Promise<void> | undefined): Promise<void> {
    member.retiring = true;
    this.#changed();
    if (drained !== undefined) await waitAtMost(graceMs, drained, this.#options.clock);
    await this.#end(member, HANDLER_STOP_MS);
  }

  async #end(member: Member, graceMs: number): Promise<void> {
    member.retiring = true;
    await member.source.stop(graceMs);
    this.#members.delete(member);
    this.#changed();
  }

  /** Why it makes no sense to wait; undefined: it does. */
  #verdict(patient: boolean): HostError | undefined {
    if (this.#obstacle !== undefined) return this.#obstacle;
    const members = [...this.#members].filter(({ retiring }) => !retiring);
    // Where one has to go before its successor may start there is nobody for a moment.
    if (members.length === 0) return this.#absent ? handlerAbsent() : undefined;
    const isLost = ({ source: { state, outlook } }: Member): boolean =>
      state === 'unhealthy' || (state === 'failed' && (outlook === 'never' || (outlook === 'later' && !patient)));
    return members.every(isLost) ? this.trouble : undefined;
  }

  #changed(): void {
    const candidates = [...this.#members].filter(({ retiring }) => !retiring);
    const trusted = candidates.filter(({ suspect }) => !suspect);
    const ready = trusted.filter(({ source }) => source.state === 'ready');
    // A suspect is better than nobody, but not better than somebody who is about to be there.
    const nobodyComes = ready.length === 0 && !trusted.some(({ source }) => source.state === 'starting');
    const serving = nobodyComes ? candidates.filter(({ source }) => source.state === 'ready') : ready;
    this.#ready = serving.flatMap(({ channel }) => channel ?? []);
    for (const listener of this.#listeners) listener();
  }

  /** True when something changed. Rejects when the signal aborts. */
  async #changeWithin(ms: number, signal: AbortSignal): Promise<boolean> {
    const settled = new AbortController();
    const pause = this.#options.clock.sleep(ms, AbortSignal.any([signal, settled.signal])).then(() => false);
    const change = this.#nextChange(settled.signal).then(() => true);
    try {
      return await Promise.race([pause, change]);
    } finally {
      settled.abort();
      void Promise.allSettled([pause]);
    }
  }

  /** Also when nobody waits any more. */
  #nextChange(over?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#listeners.delete(done);
        over?.removeEventListener('abort', done);
        resolve();
      };
      this.#listeners.add(done);
      over?.addEventListener('abort', done, { once: true });
    });
  }
}
