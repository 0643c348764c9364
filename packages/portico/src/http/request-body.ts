// The body of a caller's request, on its way to the handler or into memory.
import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../worker/handler-connection.ts';
import { passHeaders, STRANGER } from './forwarded-headers.ts';

export type BodyKind = 'none' | 'length' | 'chunked';

/** How the request says its body ends. node:http has refused contradictions before. */
export function bodyKind(request: IncomingMessage): BodyKind {
  if (request.headers['transfer-encoding'] !== undefined) return 'chunked';
  const length = request.headers['content-length'];
  return length === undefined || length === '0' ? 'none' : 'length';
}

/** What a caller may still send of a body that nobody wants, before its connection is cut. */
const MOST_DISCARDED_BYTES = 64 * 1024 * 1024;

/**
 * Passes the body on as it comes, at the pace of the slower side. Chunks stay chunks; trailers follow.
 * Returns how to stop: the rest is then read and thrown away, so that the caller gets to its answer.
 */
export function pipeBody(
  request: IncomingMessage,
  kind: BodyKind,
  current: () => Exchange,
  mostBytes: number,
  tooLarge: () => void,
): () => void {
  let seenBytes = 0;
  const chunked = kind === 'chunked';
  const pass = (chunk: Buffer): void => {
    seenBytes += chunk.length;
    if (seenBytes > mostBytes) return tooLarge();
    const exchange = current();
    if (!(chunked ? writeChunk(exchange, chunk) : exchange.write(chunk))) request.pause();
  };
  const finish = (): void => {
    // What a caller may not say in a header it may not say in a trailer.
    if (chunked) current().write(`0\r\n${passHeaders(request.rawTrailers, STRANGER).lines}\r\n`);
    current().finish();
  };
  request.on('data', pass);
  request.on('end', finish);
  // The exchange holds its head back: a small body that came with it leaves with it.
  queueMicrotask(() => current().uncork());
  return () => {
    request.off('data', pass);
    request.off('end', finish);
    discardBody(request, () => {});
  };
}

/** Reads what is left of a body, up to a limit, and calls when it is over. */
export function discardBody(request: IncomingMessage, done: () => void): void {
  if (request.complete) return done();
  let seenBytes = 0;
  request.on('data', (chunk: Buffer) => {
    seenBytes += chunk.length;
    if (seenBytes > MOST_DISCARDED_BYTES) request.socket.destroy();
  });
  request.on('end', done);
  request.resume();
}

function writeChunk(exchange: Exchange, chunk: Buffer): boolean {
  exchange.cork();
  exchange.write(`${chunk.length.toString(16)}\r\n`);
  exchange.write(chunk);
  const accepted = exchange.write('\r\n');
  exchange.uncork();
  return accepted;
}

/** The body whole, or `too-large`. Never settles when the caller goes away: its call has ended then. */
export function collectBody(request: IncomingMessage, mostBytes: number, done: (body: Buffer | 'too-large') => void): void {
  const chunks: Buffer[] = [];
  let seenBytes = 0;
  request.on('data', (chunk: Buffer) => {
    seenBytes += chunk.length;
    if (seenBytes <= mostBytes) {
      chunks.push(chunk);
      return;
    }
    request.removeAllListeners('data').removeAllListeners('end').resume();
    done('too-large');
  });
  request.on('end', () => done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
}
