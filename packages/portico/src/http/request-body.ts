// The body of a caller's request, on its way to the handler or into memory.
import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../worker/handler-connection.ts';
import { passHeaders } from './forwarded-headers.ts';

export type BodyKind = 'none' | 'length' | 'chunked';

/** How the request says its body ends. node:http has refused contradictions before. */
export function bodyKind(request: IncomingMessage): BodyKind {
  if (request.headers['transfer-encoding'] !== undefined) return 'chunked';
  const length = request.headers['content-length'];
  return length === undefined || length === '0' ? 'none' : 'length';
}

export type BodyEnd = 'complete' | 'too-large';

/** Passes the body on as it comes, at the pace of the slower side. Chunks stay chunks; trailers follow. */
export function pipeBody(
  request: IncomingMessage,
  kind: BodyKind,
  current: () => Exchange,
  mostBytes: number,
  ended: (how: BodyEnd) => void,
): void {
  let seenBytes = 0;
  const chunked = kind === 'chunked';
  // The head has just been written: a small body that came with it leaves with it.
  current().cork();
  queueMicrotask(() => current().uncork());
  request.on('data', (chunk: Buffer) => {
    seenBytes += chunk.length;
    if (seenBytes > mostBytes) {
      request.removeAllListeners('data').resume();
      ended('too-large');
      return;
    }
    const exchange = current();
    if (!(chunked ? writeChunk(exchange, chunk) : exchange.write(chunk))) request.pause();
  });
  request.on('end', () => {
    // What a caller may not say in a header it may not say in a trailer.
    if (chunked && seenBytes <= mostBytes) current().write(`0\r\n${passHeaders(request.rawTrailers, false).lines}\r\n`);
    if (seenBytes <= mostBytes) current().finish();
    ended('complete');
  });
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
