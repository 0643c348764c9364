// Callers that hold a connection and hardly use it: a body that does not come, an answer that is not taken.
// All connections are looked at once a second, so that no request pays for it. Heads are node:http's to time.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../core/clock.ts';

export const LOOK_EVERY_MS = 1000;

/**
 * So fast a body has to come, in bytes a second.
 * Parity: Kestrel's own limit. https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.server.kestrel.core.kestrelserverlimits.minrequestbodydatarate
 */
export const LEAST_BODY_RATE = 240;

/** A body may stand still for so long at most; what comes of it earns the time back. A telephone in a tunnel needs more than Kestrel's 5 s. */
export const BODY_PATIENCE_MS = 30_000;

/**
 * Nothing of an answer is taken for so long. The system takes megabytes ahead and asks for more only when much of that has left,
 * so a caller at five kilobytes a second looks as if it stood still for minutes.
 */
export const ANSWER_PATIENCE_MS = 300_000;

export type SlowConnection = {
  readonly socket: Duplex;
  /** The answer to what was asked last. Undefined: nothing was. */
  readonly last: ServerResponse | undefined;
};

type Upload = { readonly of: ServerResponse; patienceMs: number; bytesRead: number };
type Stall = { queue: string; forMs: number };

export class SlowCallers {
  readonly #connections: () => Iterable<SlowConnection>;
  readonly #slowBody: (connection: SlowConnection) => void;
  readonly #uploads = new WeakMap<Duplex, Upload>();
  readonly #stalls = new WeakMap<Duplex, Stall>();

  /** `slowBody`: its connection is to end. Callers that take no answer are cut off without a word: they would not take it. */
  constructor(connections: () => Iterable<SlowConnection>, slowBody: (connection: SlowConnection) => void) {
    this.#connections = connections;
    this.#slowBody = slowBody;
  }

  /** Until the signal aborts. */
  async watch(clock: Clock, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Rejects when it is over.
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
      if (!signal.aborted) this.#look();
    }
  }

  /** Each look counts as one second, however late it comes: a host that was busy or asleep is not the caller's fault. */
  #look(): void {
    for (const connection of this.#connections()) {
      const { socket } = connection;
      if (this.#isStuck(socket)) socket.destroy();
      else if (this.#isTooSlow(connection)) this.#slowBody(connection);
    }
  }

  #isTooSlow({ socket, last }: SlowConnection): boolean {
    // Not while nobody reads: then it is the handler that is slow, or has not got the request yet.
    if (last === undefined || last.req.complete || last.req.readableFlowing !== true) return false;
    const { bytesRead } = last.req.socket;
    const known = this.#uploads.get(socket);
    if (known?.of !== last) {
      this.#uploads.set(socket, { of: last, patienceMs: BODY_PATIENCE_MS, bytesRead });
      return false;
    }
    const earnedMs = ((bytesRead - known.bytesRead) / LEAST_BODY_RATE) * 1000;
    known.bytesRead = bytesRead;
    known.patienceMs = Math.min(BODY_PATIENCE_MS, known.patienceMs - LOOK_EVERY_MS + earnedMs);
    return known.patienceMs <= 0;
  }

  #isStuck(socket: Duplex): boolean {
    const queue = socket.writableLength === 0 ? undefined : stateOfQueue(socket);
    if (queue === undefined) {
      this.#stalls.delete(socket);
      return false;
    }
    const known = this.#stalls.get(socket);
    if (known?.queue !== queue) {
      this.#stalls.set(socket, { queue, forMs: 0 });
      return false;
    }
    known.forMs += LOOK_EVERY_MS;
    return known.forMs >= ANSWER_PATIENCE_MS;
  }
}

/**
 * Changes with every byte that leaves. What is documented does not: it counts a large piece until all of it has left.
 * Undefined where Node does not say how much the system has taken: then nobody is cut off.
 */
function stateOfQueue(socket: Duplex): string | undefined {
  const { _handle: handle, bytesWritten, writableLength } = socket as Socket & { _handle?: { writeQueueSize?: unknown } | null };
  return typeof handle?.writeQueueSize === 'number' ? `${bytesWritten} ${writableLength} ${handle.writeQueueSize}` : undefined;
}
