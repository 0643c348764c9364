// The headers that an HTTP output asks for, as they may be sent.
import type { JsonObject, JsonValue } from '../../core/function-app.ts';
import { plainText } from '../../core/json-writer.ts';
import type { Remark } from '../../core/remark.ts';
import { headerForbidden, headerHopByHop, headerList, headerNotAscii, headerNull } from '../../core/remarks/http-output.ts';

export type HeaderPair = readonly [name: string, value: string];

export type ResponseHeaders = {
  /** Without Content-Type and Content-Length. Values are Latin-1: one character a byte. */
  readonly list: readonly HeaderPair[];
  readonly contentType: string | undefined;
  /** As asked for; whether it is true is for the body to say. */
  readonly contentLength: string | undefined;
  readonly remarks: readonly Remark[];
};

// Parity: what Azure's server knows goes out in its spelling, anything else as the handler wrote it.
const SPELLINGS = new Map(
  [
    ...['Accept-Ranges', 'Access-Control-Allow-Credentials', 'Access-Control-Allow-Headers', 'Access-Control-Allow-Methods'],
    ...['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers', 'Access-Control-Max-Age', 'Age', 'Allow', 'Alt-Svc'],
    ...['Cache-Control', 'Content-Encoding', 'Content-Language', 'Content-Location', 'Content-MD5', 'Content-Range', 'Date', 'ETag'],
    ...['Expires', 'grpc-encoding', 'Last-Modified', 'Location', 'Pragma', 'Proxy-Authenticate', 'Retry-After', 'Server', 'Set-Cookie'],
    ...['Trailer', 'Vary', 'Via', 'Warning', 'WWW-Authenticate'],
  ].map((name) => [name.toLowerCase(), name]),
);
/** They speak of a connection that is not the handler's. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade']);
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t -~\x80-\xff]*$/;
const NON_ASCII = /[^\0-\x7f]/;

export function readResponseHeaders(headers: JsonObject): ResponseHeaders {
  const list: HeaderPair[] = [];
  const remarks: Remark[] = [];
  const seen = new Set<string>();
  let contentType: string | undefined;
  let contentLength: string | undefined;
  for (const [written, value] of Object.entries(headers)) {
    const name = written.toLowerCase();
    if (HOP_BY_HOP.has(name)) {
      remarks.push(headerHopByHop(written));
      continue;
    }
    // Parity: of a name in two spellings the first counts.
    if (seen.has(name)) continue;
    seen.add(name);
    const values = sendableValues(written, value, remarks);
    if (name === 'content-type') contentType = values[0] || undefined;
    else if (name === 'content-length') contentLength = values[0];
    else for (const single of values) list.push([SPELLINGS.get(name) ?? written, single]);
  }
  return { list, contentType, contentLength, remarks };
}

/** One value, several for an array, none for what cannot be sent. */
function sendableValues(name: string, value: JsonValue, remarks: Remark[]): string[] {
  if (value === null) {
    remarks.push(headerNull(name));
    return [];
  }
  if (!NAME.test(name)) {
    remarks.push(headerForbidden(`${JSON.stringify(name)} is no name for a header`));
    return [];
  }
  if (Array.isArray(value)) {
    remarks.push(headerList(name));
    return (value as readonly JsonValue[]).flatMap((element) => (element === null ? [] : sendableText(name, element, remarks)));
  }
  return sendableText(name, value, remarks);
}

function sendableText(name: string, value: JsonValue, remarks: Remark[]): string[] {
  const text = plainText(value).trim();
  if (!NON_ASCII.test(text) && VALUE.test(text)) return [text];
  const bytes = Buffer.from(text).toString('latin1');
  if (!VALUE.test(bytes)) {
    remarks.push(headerForbidden(`the value of the header "${name}" has characters that HTTP forbids`));
    return [];
  }
  remarks.push(headerNotAscii(name));
  return [bytes];
}
