// The headers of a request as `Data` and `Metadata` show them. Rendered in one pass, because every payload has them and most of it is them.
import { jsonString } from '../../core/json-writer.ts';

export type RequestHeaders = {
  /** `"Host":["localhost"],…` for Data: a list of lines. */
  readonly lists: string;
  /** `"Host":"localhost",…` for Metadata: the lines joined by commas. */
  readonly joined: string;
  /** Empty without one. */
  readonly contentType: string;
};

// Parity: the names that Azure's server knows come first, in this order and spelling; all others follow as they were sent.
const KNOWN_NAMES = [
  ...['Accept', 'Connection', 'Host', 'User-Agent'],
  ...['Accept-Charset', 'Accept-Encoding', 'Accept-Language', 'Access-Control-Request-Headers', 'Access-Control-Request-Method'],
  ...['Authorization', 'baggage', 'Cache-Control', 'Content-Type', 'Cookie', 'Correlation-Context', 'Date', 'Expect', 'From'],
  ...['grpc-accept-encoding', 'grpc-encoding', 'grpc-timeout'],
  ...['If-Match', 'If-Modified-Since', 'If-None-Match', 'If-Range', 'If-Unmodified-Since', 'Keep-Alive', 'Max-Forwards', 'Origin'],
  ...['Pragma', 'Proxy-Authorization', 'Range', 'Referer', 'Request-Id', 'TE', 'traceparent', 'tracestate', 'Transfer-Encoding'],
  ...['Translate', 'Upgrade', 'Upgrade-Insecure-Requests', 'Via', 'Warning', 'Content-Length'],
];
const CONTENT_TYPE = KNOWN_NAMES.indexOf('Content-Type');

// In both usual spellings, so that hardly any known name needs lower-casing.
const RANKS = new Map(KNOWN_NAMES.flatMap((name, rank) => [[name, rank] as const, [name.toLowerCase(), rank] as const]));

/** A header; the quotes around its lines are not there yet. */
type Field = { readonly name: string; lists: string; joined: string };

/** `rawHeaders`: flat names and values, Latin-1, as node:http has them. */
export function renderRequestHeaders(rawHeaders: readonly string[]): RequestHeaders {
  const known: (Field | undefined)[] = [];
  const others = new Map<string, Field>();
  let contentType = '';
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const value = rawHeaders[i + 1] as string;
    const text = PLAIN.test(value) ? value : escapedValue(value);
    let rank = RANKS.get(name);
    let key = name;
    if (rank === undefined) {
      key = name.toLowerCase();
      rank = RANKS.get(key);
    }
    const field = rank === undefined ? others.get(key) : known[rank];
    if (field !== undefined) {
      field.lists += `","${text}`;
      field.joined += `,${text}`;
    } else if (rank === undefined) {
      others.set(key, { name, lists: text, joined: text });
    } else {
      known[rank] = { name: KNOWN_NAMES[rank] as string, lists: text, joined: text };
      if (rank === CONTENT_TYPE) contentType = value;
    }
  }
  let lists = '';
  let joined = '';
  const write = (field: Field) => {
    lists += `,"${field.name}":["${field.lists}"]`;
    joined += `,"${field.name}":"${field.joined}"`;
  };
  for (const field of known) {
    if (field !== undefined) write(field);
  }
  for (const field of others.values()) write(field);
  return { lists: lists.slice(1), joined: joined.slice(1), contentType };
}

/** ASCII without anything that JSON escapes. */
const PLAIN = /^[ !#-[\]-~]*$/;
const NON_ASCII = /[^\0-\x7f]/;
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function escapedValue(value: string): string {
  return jsonString(NON_ASCII.test(value) ? readAsUtf8(value) : value).slice(1, -1);
}

/** node:http reads header bytes as Latin-1; what was sent as UTF-8, as nearly all is, is read again. */
function readAsUtf8(value: string): string {
  try {
    return STRICT_UTF8.decode(Buffer.from(value, 'latin1'));
  } catch {
    // It was Latin-1 after all.
    return value;
  }
}
