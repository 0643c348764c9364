// The HTTP conversation with the handler: keep-alive connections, the most recently used first, and one exchange on each at a time.
// No pipelining: one slow function would hold up those queued behind it.
import type { Clock } from '../core/clock.ts';
import { waitAtMost } from '../core/wait-at-most.ts';
import {
  type ConnectionOwner,
  type Exchange,
  type ExchangeFault,
  type ExchangeSink,
  HandlerConnection,
  type HandlerRequest,
} from './handler-connection.ts';

type IdleConnection = { readonly connection: HandlerConnection; readonly untilMs: number };

/** What became of the handler, in a sentence, and whether it was the host that stopped it. */
export type HandlerEnd = { readonly cause: string; readonly byUs: boolean };

/** A server that says nothing of it keeps idle connections for five seconds or longer; most for a minute. */
const IDLE_MS = 60_000;
/** A process that is gone is noticed so soon after its connections are. */
const END_NOTICED_MS = 200;
/** How much earlier than the handler we give a connection up, so that no request meets its closing. */
const IDLE_MARGIN_MS = 1000;

/** Of all channels, so that they can be compared. */
let sendingCount = 0;

export class HandlerChannel implements ConnectionOwner {
  readonly #clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  readonly #onRefused: () => void;
  readonly #idle: IdleConnection[] = [];
  readonly #all = new Set<HandlerConnection>();
  readonly port: number;
  /** Which of all requests, counted in order, was the last that it was given. 0: none yet. */
  lastSending = 0;
  #drained: PromiseWithResolvers<void> | undefined;
  readonly #ended = Promise.withResolvers<void>();
  #hasEnded = false;
  #causeOfEnd: HandlerEnd | undefined;
  /** WebSockets and the like. */
  #heldCount = 0;
  #released: PromiseWithResolvers<void> | undefined;

  /** `onRefused` is called when nobody listens there. */
  constructor(port: number, clock: Pick<Clock, 'monotonicMs' | 'sleep'>, onRefused: () => void = () => {}) {
    this.port = port;
    this.#clock = clock;
    this.#onRefused = onRefused;
  }

  /** Exchanges and tunnels under way. */
  get busyCount(): number {
    return this.#all.size - this.#idle.length + this.#heldCount;
  }

  /** Somebody else has a connection there, which is to count, such as a WebSocket's. Returns how to say that it is over. */
  hold(): () => void {
    this.#heldCount += 1;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#heldCount -= 1;
      if (this.#heldCount === 0) this.#released?.resolve();
    };
  }

  send(request: HandlerRequest, sink: ExchangeSink): Exchange {
    sendingCount += 1;
    this.lastSending = sendingCount;
    const connection = this.#takeIdle() ?? this.#open();
    connection.send(request, sink);
    return connection;
  }

  /** No connection is used again; resolves when the last exchange has ended. Tunnels may outlive it. */
  drain(): Promise<void> {
    this.#drained ??= Promise.withResolvers();
    for (const { connection } of this.#idle.splice(0)) connection.close();
    this.#endDrain();
    return this.#drained.promise;
  }

  /** As above, and waits for the tunnels too. */
  async drainAll(): Promise<void> {
    await this.drain();
    if (this.#heldCount === 0) return;
    this.#released ??= Promise.withResolvers();
    await this.#released.promise;
  }

  /** Ends every connection; exchanges under way fail. */
  close(end?: HandlerEnd): void {
    this.#causeOfEnd ??= end;
    this.#hasEnded = true;
    this.#ended.resolve();
    for (const connection of this.#all) connection.close();
    this.#idle.length = 0;
  }

  /** What became of the handler, if an exchange failed because it is gone; that is known a moment later. */
  async causeOfEnd(): Promise<HandlerEnd | undefined> {
    await this.hasEnded();
    return this.#causeOfEnd;
  }

  /** Whether the handler is gone, which is known a moment after its connections are. */
  async hasEnded(): Promise<boolean> {
    if (!this.#hasEnded) await waitAtMost(END_NOTICED_MS, this.#ended.promise, this.#clock);
    return this.#hasEnded;
  }

  idle(connection: HandlerConnection, keepAliveSeconds: number | undefined): void {
    if (this.#drained !== undefined) return connection.close();
    const nowMs = this.#clock.monotonicMs();
    // The last one is used first, so after a burst the first ones would stay for ever.
    for (let first = this.#idle[0]; first !== undefined && first.untilMs <= nowMs; first = this.#idle[0]) {
      this.#idle.shift();
      this.#discard(first.connection);
    }
    const idleMs = keepAliveSeconds === undefined ? IDLE_MS : keepAliveSeconds * 1000 - IDLE_MARGIN_MS;
    this.#idle.push({ connection, untilMs: nowMs + idleMs });
  }

  gone(connection: HandlerConnection): void {
    this.#all.delete(connection);
    const at = this.#idle.findIndex((candidate) => candidate.connection === connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#endDrain();
  }

  repeat(request: HandlerRequest, sink: ExchangeSink, fault: ExchangeFault): void {
    const connection = this.#open();
    sink.repeated(connection);
    connection.send(request, sink, fault);
  }

  refused(): void {
    this.#onRefused();
  }

  #endDrain(): void {
    if (this.#all.size === 0) this.#drained?.resolve();
  }

  #takeIdle(): HandlerConnection | undefined {
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) {
      if (last.connection.usable && last.untilMs > this.#clock.monotonicMs()) return last.connection;
      this.#discard(last.connection);
    }
    return undefined;
  }

  /** It does nothing any more, so it counts as gone before it is. */
  #discard(connection: HandlerConnection): void {
    this.#all.delete(connection);
    connection.close();
  }

  #open(): HandlerConnection {
    const connection = new HandlerConnection(this.port, this);
    this.#all.add(connection);
    return connection;
  }
}
