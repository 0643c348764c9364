// Reads the head of an HTTP/1.1 reply of the handler: strictly, in one pass, without building a header object.
// What is refused here never reaches a caller; what passes has no hop-by-hop header left.
// https://www.rfc-editor.org/rfc/rfc9112#name-message-body-length

/** How the body of a reply ends. `none`: there is none, whatever the headers say. */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

export type ReplyHead = {
  readonly status: number;
  readonly reason: string;
  /** The end-to-end header lines as the handler wrote them, each with its line break. Latin-1, one character a byte. */
  readonly headerLines: string;
  readonly framing: Framing;
  /** Bytes; undefined unless the reply has a Content-Length. A reply to HEAD may have one without a body. */
  readonly contentLength: number | undefined;
  readonly hasDate: boolean;
  readonly contentType: string | undefined;
  readonly location: string | undefined;
  /** The connection may carry another request once the body is over. */
  readonly reusable: boolean;
  /** From `Keep-Alive: timeout=N`: how long the handler keeps an idle connection. */
  readonly keepAliveSeconds: number | undefined;
};

/** Why a head was refused, for the log. */
export type HeadFault = { readonly fault: string };

// Status line, then field lines: tokens as names, no control characters but tab in values, no folded lines, no blank before the colon.
const WELL_FORMED = /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/;

const MOST_BODY_BYTES = Number.MAX_SAFE_INTEGER;

/** `text` is the head without its closing empty line, one character a byte. */
export function readReplyHead(text: string, requestMethod: string): ReplyHead | HeadFault {
  if (!WELL_FORMED.test(text)) return { fault: describeFault(text) };
  const status = (text.charCodeAt(9) - 48) * 100 + (text.charCodeAt(10) - 48) * 10 + (text.charCodeAt(11) - 48);
  let lineEnd = text.indexOf('\r\n');
  if (lineEnd < 0) lineEnd = text.length;
  const reason = text.slice(13, lineEnd);

  let headerLines = '';
  let keptFrom = lineEnd + 2;
  let contentLength: number | undefined;
  let contentType: string | undefined;
  let location: string | undefined;
  let transferEncoding: string | undefined;
  let connection = '';
  let keepAliveSeconds: number | undefined;
  let hasDate = false;

  for (let start = lineEnd + 2; start < text.length; ) {
    let end = text.indexOf('\r\n', start);
    if (end < 0) end = text.length;
    const colon = text.indexOf(':', start);
    let drop = false;
    // The length of a name decides quickly that nearly every header is none of those that need a look.
    switch (colon - start) {
      case 2:
        drop = named(text, start, colon, 'te');
        break;
      case 4:
        hasDate ||= named(text, start, colon, 'date');
        break;
      case 7:
        drop = named(text, start, colon, 'upgrade') && status !== 101;
        break;
      case 8:
        if (named(text, start, colon, 'location')) location = text.slice(colon + 1, end).trim();
        break;
      case 10:
        if (named(text, start, colon, 'connection')) {
          connection += `,${text.slice(colon + 1, end).toLowerCase()}`;
          drop = true;
        } else if (named(text, start, colon, 'keep-alive')) {
          const seconds = /timeout=(\d{1,9})/i.exec(text.slice(colon + 1, end))?.[1];
          if (seconds !== undefined) keepAliveSeconds = Number(seconds);
          drop = true;
        }
        break;
      case 12:
        if (named(text, start, colon, 'content-type')) contentType = text.slice(colon + 1, end).trim();
        break;
      case 14: {
        if (!named(text, start, colon, 'content-length')) break;
        const length = readLength(text.slice(colon + 1, end));
        if (length === undefined) return { fault: `its Content-Length is "${text.slice(colon + 1, end).trim()}"` };
        if (contentLength !== undefined && contentLength !== length) return { fault: 'it has two different Content-Lengths' };
        // The same length twice is one length; a 204 has none: https://www.rfc-editor.org/rfc/rfc9110#section-8.6
        drop = contentLength !== undefined || status === 204;
        contentLength = length;
        break;
      }
      case 16:
        drop = named(text, start, colon, 'proxy-connection');
        break;
      case 17:
        if (named(text, start, colon, 'transfer-encoding')) {
          transferEncoding = `${transferEncoding === undefined ? '' : `${transferEncoding},`}${text
            .slice(colon + 1, end)
            .trim()
            .toLowerCase()}`;
          drop = true;
        }
        break;
      case 18:
        drop = named(text, start, colon, 'proxy-authenticate');
        break;
    }
    if (drop) {
      headerLines += text.slice(keptFrom, start);
      keptFrom = end + 2;
    }
    start = end + 2;
  }
  if (keptFrom < text.length) headerLines += `${text.slice(keptFrom)}\r\n`;
  if (connection !== '') headerLines = withoutNamed(headerLines, connection);

  const minor = text.charCodeAt(7) - 48;
  const keepsAlive = connection === '' ? minor === 1 : minor === 1 ? !connection.includes('close') : connection.includes('keep-alive');
  const facts = { status, reason, contentLength, hasDate, contentType, location, keepAliveSeconds };
  if (transferEncoding !== undefined) {
    if (contentLength !== undefined) return { fault: 'it has both a Content-Length and a Transfer-Encoding' };
    if (transferEncoding !== 'chunked')
      return { fault: `its Transfer-Encoding is "${transferEncoding}", and only "chunked" is understood` };
    if (minor === 0) return { fault: 'it is HTTP/1.0 with a Transfer-Encoding' };
  }
  if (requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304) {
    return { ...facts, headerLines, framing: 'none', reusable: keepsAlive };
  }
  if (transferEncoding !== undefined) return { ...facts, headerLines, framing: 'chunked', reusable: keepsAlive };
  if (contentLength !== undefined) return { ...facts, headerLines, framing: 'length', reusable: keepsAlive };
  return { ...facts, headerLines, framing: 'close', reusable: false };
}

/** The header lines as the flat list of names and values that node:http takes. */
export function toHeaderList(headerLines: string): string[] {
  const list: string[] = [];
  for (let start = 0; start < headerLines.length; ) {
    const end = headerLines.indexOf('\r\n', start);
    const colon = headerLines.indexOf(':', start);
    list.push(headerLines.slice(start, colon), headerLines.slice(colon + 1, end).trim());
    start = end + 2;
  }
  return list;
}

function named(text: string, start: number, end: number, name: string): boolean {
  // Lower-casing by setting bit 5 maps the letters of a token on each other and nothing else onto a letter.
  for (let i = start, j = 0; i < end; i += 1, j += 1) {
    if ((text.charCodeAt(i) | 0x20) !== name.charCodeAt(j)) return false;
  }
  return true;
}

function readLength(value: string): number | undefined {
  const digits = value.trim();
  if (!/^\d{1,16}$/.test(digits)) return undefined;
  const length = Number(digits);
  return length <= MOST_BODY_BYTES ? length : undefined;
}

/** Headers that `Connection` names belong to this connection alone. */
function withoutNamed(headerLines: string, connection: string): string {
  let lines = headerLines;
  for (const option of connection.split(',')) {
    const name = option.trim();
    if (name === '' || name === 'close' || name === 'keep-alive' || name === 'upgrade') continue;
    if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name) || NEVER_NOMINATED.has(name)) continue;
    lines = lines
      .split('\r\n')
      .filter((line) => line.slice(0, line.indexOf(':')).toLowerCase() !== name)
      .join('\r\n');
  }
  return lines;
}

// A reply without these would mean something else: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
const NEVER_NOMINATED = new Set([
  'content-length',
  'content-type',
  'content-encoding',
  'content-range',
  'set-cookie',
  'location',
  'date',
  'cache-control',
]);

function describeFault(text: string): string {
  const [first = '', ...lines] = text.split('\r\n');
  if (!/^HTTP\/1\.[01] [1-9]\d\d(?: |$)/.test(first))
    return `it begins with ${JSON.stringify(first.slice(0, 60))}, which is no HTTP/1.1 status line`;
  const line = lines.find((candidate) => !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/.test(candidate)) ?? first;
  return `its header line ${JSON.stringify(line.slice(0, 60))} is malformed`;
}
