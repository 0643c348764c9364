// Whether the handler answers HTTP yet. An open port is not enough: many servers open it before they can answer.
import { connect } from 'node:net';
import type { Clock } from '../core/clock.ts';

export const HANDLER_HOST = '127.0.0.1';

/** `timedOut` with what came instead of HTTP, if anything came. */
export type Readiness = { readonly how: 'answered' } | { readonly how: 'timedOut'; readonly garbage: string | undefined };

export type ReadinessOptions = {
  readonly port: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Called after two seconds, and then more and more rarely. */
  readonly onWaiting: (waitedMs: number, garbage: string | undefined) => void;
};

// Parity: the longest pause is the original's only one. A compiled handler is there within milliseconds, so the first pauses are short.
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;
/** The pause, as a share of the time waited so far: so late at most is the answer noticed. */
const PAUSE_SHARE = 0.05;
const FIRST_REMINDER_MS = 2000;

/** Asks `GET /` until any HTTP answer comes; every status will do. Rejects with the signal's reason. */
export async function waitUntilReady({ port, timeoutMs, clock, onWaiting }: ReadinessOptions, signal: AbortSignal): Promise<Readiness> {
  signal.throwIfAborted();
  const startedMs = clock.monotonicMs();
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  let garbage: string | undefined;

  async function remind(): Promise<never> {
    for (let pauseMs = FIRST_REMINDER_MS; ; pauseMs *= 2) {
      await clock.sleep(pauseMs, ended);
      onWaiting(Math.round(clock.monotonicMs() - startedMs), garbage);
    }
  }
  async function ask(): Promise<Readiness> {
    for (;;) {
      const answer = await probe(port, ended);
      if (answer === 'http') return { how: 'answered' };
      garbage = answer?.garbage ?? garbage;
      const pauseMs = (clock.monotonicMs() - startedMs) * PAUSE_SHARE;
      await clock.sleep(Math.min(Math.max(pauseMs, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS), ended);
    }
  }
  try {
    // A race, because a handler that accepts and stays silent would hold the last question for ever.
    const timedOut = clock.sleep(timeoutMs, ended).then((): Readiness => ({ how: 'timedOut', garbage }));
    return await Promise.race([ask(), timedOut, remind()]);
  } finally {
    over.abort();
  }
}

type Answer = 'http' | { readonly garbage: string } | undefined;

const STATUS_LINE = /^HTTP\/1\.[01] \d{3}[ \r\n]/;
const STATUS_START = 'HTTP/1.';
const SHOWN_BYTES = 40;
const DRAIN_IDLE_MS = 1000;

/** Undefined: nobody listened, or what listened said nothing. Never rejects. */
function probe(port: number, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    let received = '';
    let answered = false;
    const socket = connect({ host: HANDLER_HOST, port });
    const abort = () => socket.destroy();
    signal.addEventListener('abort', abort, { once: true });
    socket.unref();
    socket.on('connect', () => {
      // A connection within the range of free ports can meet itself, and would then keep the handler from its port.
      if (socket.localPort === port) return void socket.resetAndDestroy();
      socket.write(`GET / HTTP/1.1\r\nHost: ${HANDLER_HOST}:${port}\r\n\r\n`);
    });
    socket.on('data', (chunk: Buffer) => {
      if (answered) return;
      received += chunk.toString('latin1', 0, SHOWN_BYTES);
      if (STATUS_LINE.test(received)) {
        answered = true;
        signal.removeEventListener('abort', abort);
        resolve('http');
        // The answer may end in peace: a server whose caller breaks off in the middle would log an error.
        socket.setTimeout(DRAIN_IDLE_MS, () => socket.destroy());
        socket.end();
      } else if (received.length >= SHOWN_BYTES || !STATUS_START.startsWith(received.slice(0, STATUS_START.length))) socket.destroy();
    });
    // Refused or reset: the event 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      signal.removeEventListener('abort', abort);
      resolve(received === '' ? undefined : { garbage: received.slice(0, SHOWN_BYTES) });
    });
  });
}
