// What Azure's host would do to a request or reply that is passed on here as it is. Said once per function, so that nothing works here and surprises there.
import type { IncomingMessage } from 'node:http';
import type { PassingMode } from './forward.ts';
import type { BodyKind } from './request-body.ts';

export type Remark = { readonly code: string; readonly message: string };

const remark = (code: string, onAzure: string): Remark => ({ code, message: `on Azure: ${onAzure}` });

const CHUNKED = remark(
  'AZURE_CHUNKED_BODY',
  'a chunked request is answered with 500 in forward mode and never reaches the handler; enableProxyingHttpRequest takes it.',
);
const QUERY_KEYS = remark(
  'AZURE_REPEATED_QUERY_KEYS',
  'a query key that comes twice arrives once, with its values joined by a comma (forward mode).',
);
const CONTENT_HEADERS = remark(
  'AZURE_CONTENT_HEADERS',
  'of the content headers only Content-Type and Content-Length reach the handler in forward mode; Content-Encoding and the like are lost.',
);
const ESCAPED_SLASH = remark('AZURE_ESCAPED_SLASH', '%2F in a path reaches the handler as %252F in proxy mode.');
const REQUEST_READ_FIRST = remark(
  'AZURE_BODY_READ_FIRST',
  'a body with a Content-Length is read whole before the handler gets the request; a chunked one streams (proxy mode).',
);
const WEBSOCKET = remark('AZURE_WEBSOCKET', 'a WebSocket hangs in forward mode; enableProxyingHttpRequest lets it through.');
const STREAMED = remark(
  'AZURE_BUFFERED_REPLY',
  'forward mode holds the reply back until it is complete; enableProxyingHttpRequest streams it.',
);
const TRAILERS = remark('AZURE_TRAILERS', 'trailers are lost.');
const INTERIM = remark('AZURE_INTERIM', 'interim answers such as 103 do not reach the caller.');
const REDIRECT = remark(
  'AZURE_REDIRECT',
  'the host follows this redirect itself, and the caller gets what it leads to (httpWorker); with customHandler and forwarding the redirect is passed on.',
);

/** `target`: path and query. Cheap for a request that has neither query, escapes nor body. */
export function requestRemark(mode: PassingMode, { headers }: IncomingMessage, target: string, kind: BodyKind): Remark | undefined {
  if (mode === 'proxy') {
    if (kind === 'length' && Number(headers['content-length']) > READ_AT_ONCE_BYTES) return REQUEST_READ_FIRST;
    return target.includes('%') && /^[^?]*%2f/i.test(target) ? ESCAPED_SLASH : undefined;
  }
  if (kind === 'chunked') return CHUNKED;
  if (kind === 'length' && (headers['content-encoding'] ?? headers['content-language'] ?? headers['content-disposition']) !== undefined)
    return CONTENT_HEADERS;
  return target.includes('&') && hasRepeatedKey(target.slice(target.indexOf('?') + 1)) ? QUERY_KEYS : undefined;
}

/** A body of this size arrives at once anyway. */
const READ_AT_ONCE_BYTES = 64 * 1024;

export const webSocketRemark = (mode: PassingMode): Remark | undefined => (mode === 'proxy' ? undefined : WEBSOCKET);

export const streamedReplyRemark = (mode: PassingMode): Remark | undefined => (mode === 'proxy' ? undefined : STREAMED);

export const trailersRemark = TRAILERS;

export const interimRemark = INTERIM;

export const redirectRemark = (mode: PassingMode, status: number): Remark | undefined =>
  mode === 'legacy' && status > 300 && status < 309 && status !== 304 ? REDIRECT : undefined;

function hasRepeatedKey(query: string): boolean {
  const keys = query.split('&').map((pair) => pair.split('=', 1)[0]?.toLowerCase());
  return new Set(keys).size < keys.length;
}
