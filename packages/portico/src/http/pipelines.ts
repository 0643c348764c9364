// Requests that are sent behind one that has no answer yet. node:http reads them all, and each would take a connection to the handler.
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** So many of one connection wait for their answers at once. Whoever sends more means no good: no browser and few clients send two. */
export const MOST_PIPELINED = 100;

export class Pipelines {
  readonly #unanswered = new WeakMap<Duplex, ServerResponse[]>();

  /** Whether one more request may come behind `last`, which has no answer yet. */
  admit(socket: Duplex, last: ServerResponse): boolean {
    const unanswered = this.#unanswered.get(socket) ?? [];
    // Answers leave in the order of their requests.
    while (unanswered[0]?.writableFinished) unanswered.shift();
    if (unanswered.length >= MOST_PIPELINED) return false;
    unanswered.push(last);
    this.#unanswered.set(socket, unanswered);
    return true;
  }
}
