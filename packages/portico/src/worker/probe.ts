// One question to the handler on a connection of its own: does it answer HTTP, and with which status?
import { connect } from 'node:net';

export const HANDLER_HOST = '127.0.0.1';

/** Undefined: nobody listened, or what listened said nothing. */
export type ProbeAnswer = { readonly status: number } | { readonly garbage: string } | undefined;

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})[ \r\n]/;
const STATUS_START = 'HTTP/1.';
const SHOWN_BYTES = 40;
const DRAIN_IDLE_MS = 1000;

/** Asks with GET. Never rejects; an abort counts as silence. */
export function probe(port: number, path: string, signal: AbortSignal): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    let received = '';
    let answered = false;
    const socket = connect({ host: HANDLER_HOST, port });
    const abort = () => socket.destroy();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    socket.unref();
    socket.on('connect', () => {
      // A connection within the range of free ports can meet itself, and would then keep the handler from its port.
      if (socket.localPort === port) return void socket.resetAndDestroy();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${HANDLER_HOST}:${port}\r\n\r\n`);
    });
    socket.on('data', (chunk: Buffer) => {
      if (answered) return;
      received += chunk.toString('latin1', 0, SHOWN_BYTES);
      const status = STATUS_LINE.exec(received)?.[1];
      if (status !== undefined) {
        answered = true;
        signal.removeEventListener('abort', abort);
        resolve({ status: Number(status) });
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
