// Cuts the bytes of a caller into requests, by the letter of RFC 9112 and without any of the host's code.
// What may be read in two ways ends the reading: nothing behind it is a request. https://www.rfc-editor.org/rfc/rfc9112

export type OracleRequest = {
  readonly method: string;
  readonly target: string;
  /** Of HTTP/1. */
  readonly minor: string;
  /** Name in lower case and value, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without its framing. */
  readonly body: string;
};

export type OracleReading = {
  readonly requests: readonly OracleRequest[];
  /** All bytes belong to them. */
  readonly whole: boolean;
};

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.([01])$/;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*$/;
// An extension may hold what it likes but a line break; its quotes are not looked at.
const CHUNK_LINE = /^([\dA-Fa-f]{1,12})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;

/** `bytes`: Latin-1. */
export function readRequests(bytes: string): OracleReading {
  const requests: OracleRequest[] = [];
  let at = 0;
  while (at < bytes.length) {
    // Empty lines before a request are passed over, and a line feed alone is one of them (section 2.2).
    if (bytes[at] === '\r' || bytes[at] === '\n') {
      at += 1;
      continue;
    }
    const found = readRequest(bytes, at);
    if (found === undefined) return { requests, whole: false };
    requests.push(found.request);
    at = found.end;
  }
  return { requests, whole: true };
}

function readRequest(bytes: string, start: number): { request: OracleRequest; end: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n', start);
  if (headEnd < 0) return undefined;
  const [first = '', ...lines] = bytes.slice(start, headEnd).split('\r\n');
  const [, method = '', target = '', minor = ''] = REQUEST_LINE.exec(first) ?? [];
  if (method === '') return undefined;
  const headers: [string, string][] = [];
  for (const line of lines) {
    const [, name, value = ''] = FIELD.exec(line) ?? [];
    if (name === undefined) return undefined;
    headers.push([name.toLowerCase(), value]);
  }
  // One that names no host, or two, is refused (section 3.2).
  const hostCount = headers.filter(([name]) => name === 'host').length;
  if (hostCount > 1 || (hostCount === 0 && minor === '1')) return undefined;
  const body = readBody(bytes, headEnd + 4, headers, minor === '1');
  return body && { request: { method, target, minor, headers, body: body.text }, end: body.end };
}

type Body = { readonly text: string; readonly end: number };

/** Section 6.3. */
function readBody(bytes: string, start: number, headers: OracleRequest['headers'], mayBeChunked: boolean): Body | undefined {
  const lengths = headers.filter(([name]) => name === 'content-length').map(([, value]) => value);
  const codings = headers.filter(([name]) => name === 'transfer-encoding').map(([, value]) => value.toLowerCase());
  if (codings.length > 0) {
    if (lengths.length > 0 || codings.length > 1 || codings[0] !== 'chunked' || !mayBeChunked) return undefined;
    return readChunks(bytes, start);
  }
  if (lengths.length === 0) return { text: '', end: start };
  const [length = ''] = lengths;
  if (lengths.length > 1 || !/^\d{1,12}$/.test(length)) return undefined;
  const end = start + Number(length);
  return end > bytes.length ? undefined : { text: bytes.slice(start, end), end };
}

function readChunks(bytes: string, start: number): Body | undefined {
  let text = '';
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = CHUNK_LINE.exec(bytes.slice(at, Math.max(lineEnd, at)))?.[1];
    if (lineEnd < 0 || size === undefined) return undefined;
    at = lineEnd + 2;
    const end = at + Number.parseInt(size, 16);
    if (end === at) return readTrailers(bytes, at, text);
    if (!bytes.startsWith('\r\n', end)) return undefined;
    text += bytes.slice(at, end);
    at = end + 2;
  }
}

function readTrailers(bytes: string, start: number, text: string): Body | undefined {
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    if (lineEnd === at) return { text, end: at + 2 };
    const name = FIELD.exec(bytes.slice(at, lineEnd))?.[1]?.toLowerCase();
    // What frames a message has no place behind it (RFC 9110, section 6.5.1).
    if (name === undefined || name === 'content-length' || name === 'transfer-encoding') return undefined;
    at = lineEnd + 2;
  }
}
