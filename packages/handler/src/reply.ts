import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The answer to a request. */
export type Reply = {
  /** Default 200. */
  readonly status?: number;
  /** A list goes out as one line each, for Set-Cookie. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Text is `text/plain; charset=utf-8` unless the headers say otherwise. Chunks of an iterable are sent as they come. */
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
};

/** Resolves when the last byte is handed to the system; rejects when the body fails or the caller leaves first. */
export async function sendReply(
  { status = 200, headers = {}, body = '' }: Reply,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const streamed = typeof body !== 'string' && !(body instanceof Uint8Array);
  if (typeof body === 'string' && body !== '' && !response.hasHeader('content-type')) {
    response.setHeader('content-type', 'text/plain; charset=utf-8');
  }
  // HEAD announces the length that GET would have; 204 and 304 may announce none.
  if (!streamed && status !== 204 && status !== 304) response.setHeader('content-length', Buffer.byteLength(body));
  if (request.method === 'HEAD') response.end();
  else if (streamed) await pipeline(Readable.from(body), response);
  else response.end(body);
}
