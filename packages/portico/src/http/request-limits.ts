// What node:http lets through and a function app must not get: oversized heads and requests that two readers could read differently.
import type { IncomingMessage } from 'node:http';

/** https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/options: what Azure's server allows by default. */
const MOST_REQUEST_LINE_BYTES = 8192;
const MOST_HEADER_BYTES = 32 * 1024;
const MOST_HEADERS = 100;

/** node:http's own limit comes first when it is lower, so it is not. */
export const MOST_HEAD_BYTES = MOST_REQUEST_LINE_BYTES + MOST_HEADER_BYTES + 4096;

/** Name or address, and a port; it may be empty. https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2 */
const HOST = /^(?:[\w\-.~%!$&'()*+,;=]*|\[[\da-f:.]+\])(?::\d*)?$/i;

export const isHost = (text: string): boolean => HOST.test(text);

/** The status that refuses the request; undefined: it is fine. */
export function findRequestFault({
  url = '',
  method = '',
  rawHeaders,
  httpVersion,
  headers,
}: IncomingMessage): 400 | 414 | 431 | undefined {
  // node:http takes a line without a version for HTTP/0.9.
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 400;
  if (url.length + method.length + 10 > MOST_REQUEST_LINE_BYTES) return 414;
  if (rawHeaders.length > MOST_HEADERS * 2) return 431;
  let bytes = 0;
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    bytes += name.length + (rawHeaders[i + 1] as string).length + 4;
    if (name.length === 4 && name.toLowerCase() === 'host') {
      if (!isHost(rawHeaders[i + 1] as string)) return 400;
      hosts += 1;
    }
  }
  if (bytes > MOST_HEADER_BYTES) return 431;
  // https://www.rfc-editor.org/rfc/rfc9112#section-3.2
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return 400;
  const transferEncoding = headers['transfer-encoding'];
  if (transferEncoding === undefined) return undefined;
  // https://www.rfc-editor.org/rfc/rfc9112#section-6.1
  return httpVersion === '1.0' || transferEncoding.toLowerCase() !== 'chunked' ? 400 : undefined;
}
