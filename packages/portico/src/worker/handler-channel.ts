// The HTTP conversation with the handler: keep-alive connections, the most recently used first, and one exchange on each at a time.
// No pipelining: one slow function would hold up those queued behind it.
import type { Clock } from '../core/clock.ts';
import { type ConnectionOwner, type Exchange, type ExchangeSink, HandlerConnection, type HandlerRequest } from './handler-connection.ts';

type IdleConnection = { readonly connection: HandlerConnection; readonly untilMs: number };

/** A server that says nothing of it keeps idle connections for five seconds or longer; most for a minute. */
const IDLE_MS = 60_000;
/** How much earlier than the handler we give a connection up, so that no request meets its closing. */
const IDLE_MARGIN_MS = 1000;

export class HandlerChannel implements ConnectionOwner {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #idle: IdleConnection[] = [];
  readonly #all = new Set<HandlerConnection>();
  readonly port: number;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(port: number, clock: Pick<Clock, 'monotonicMs'>) {
    this.port = port;
    this.#clock = clock;
  }

  send(request: HandlerRequest, sink: ExchangeSink): Exchange {
    const connection = this.#takeIdle() ?? this.#open();
    connection.send(request, sink);
    return connection;
  }

  /** No connection is used again; resolves when the last exchange has ended. */
  drain(): Promise<void> {
    this.#drained ??= Promise.withResolvers();
    for (const { connection } of this.#idle.splice(0)) connection.close();
    this.#endDrain();
    return this.#drained.promise;
  }

  /** Ends every connection; exchanges under way fail. */
  close(): void {
    for (const connection of this.#all) connection.close();
    this.#idle.length = 0;
  }

  idle(connection: HandlerConnection, keepAliveSeconds: number | undefined): void {
    if (this.#drained !== undefined) return connection.close();
    const idleMs = keepAliveSeconds === undefined ? IDLE_MS : keepAliveSeconds * 1000 - IDLE_MARGIN_MS;
    this.#idle.push({ connection, untilMs: this.#clock.monotonicMs() + idleMs });
  }

  gone(connection: HandlerConnection): void {
    this.#all.delete(connection);
    const at = this.#idle.findIndex((candidate) => candidate.connection === connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#endDrain();
  }

  repeat(request: HandlerRequest, sink: ExchangeSink): void {
    const connection = this.#open();
    sink.repeated(connection);
    connection.send(request, sink);
  }

  #endDrain(): void {
    if (this.#all.size === 0) this.#drained?.resolve();
  }

  #takeIdle(): HandlerConnection | undefined {
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) {
      if (last.connection.usable && last.untilMs > this.#clock.monotonicMs()) return last.connection;
      last.connection.close();
    }
    return undefined;
  }

  #open(): HandlerConnection {
    const connection = new HandlerConnection(this.port, this);
    this.#all.add(connection);
    return connection;
  }
}
