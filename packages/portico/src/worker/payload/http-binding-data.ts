// What a request gives to binding expressions, and to Metadata: members of its body, query parameters and route parameters, of which the later win;
// `Query` and `Headers`, whole, yield to all of them.
import { addSystem, type BindingData, type OpenBindingData, payloadMembers, setBindingData } from '../../core/binding-data.ts';
import { jsonString } from '../../core/json-writer.ts';
import { mediaTypeOf } from '../../core/media-type.ts';
import { parseQuery, type Query } from './query.ts';
import { type RequestHeaders, renderRequestHeaders } from './request-headers.ts';
import { decodeText } from './text-encoding.ts';

export type RequestFacts = {
  /** What follows the question mark, as sent; empty without one. */
  readonly query: string;
  /** Flat names and values as node:http has them, less and more what the handler should see. */
  readonly rawHeaders: readonly string[];
  /** Route parameters; null for an optional one that was not given. */
  readonly params: Readonly<Record<string, string | null>>;
  /** Undefined without one; however it was framed. */
  readonly body: Buffer | undefined;
};

export type RequestParts = {
  readonly query: Query;
  readonly headers: RequestHeaders;
  readonly body: { /** As Data shows it. */ readonly json: string; readonly text: string } | undefined;
};

const OPENING_BRACE = 0x7b;
const NO_QUERY: Query = new Map();

/** The binding data of a request, for expressions. Payload mode writes it as text instead, which is quicker. */
export function httpBindingData(facts: RequestFacts): BindingData {
  const parts = readRequest(facts);
  const data = requestMembers(facts, parts);
  if (!data.has('query')) data.set('query', { name: 'Query', value: JSON.parse(`{${wholeQuery(parts.query)}}`) });
  if (!data.has('headers')) data.set('headers', { name: 'Headers', value: JSON.parse(`{${parts.headers.joined}}`) });
  addSystem(data);
  return data;
}

export function readRequest(facts: RequestFacts): RequestParts {
  const headers = renderRequestHeaders(facts.rawHeaders);
  return {
    query: facts.query === '' ? NO_QUERY : parseQuery(facts.query),
    headers,
    body: facts.body?.length ? readBody(facts.body, headers.contentType) : undefined,
  };
}

/** Parity: text of any kind is one string, JSON too; only these two types arrive as base64, images do not. */
function readBody(bytes: Buffer, contentType: string): RequestParts['body'] {
  const type = mediaTypeOf(contentType);
  if (type !== 'application/octet-stream' && !type.startsWith('multipart/')) {
    const text = decodeText(bytes, contentType);
    return { json: jsonString(text), text };
  }
  // Binding data comes from any type of body, but only from one that begins like an object.
  return { json: `"${bytes.toString('base64')}"`, text: bytes[0] === OPENING_BRACE ? decodeText(bytes, contentType) : '' };
}

export function requestMembers({ params }: RequestFacts, { query, body }: RequestParts): OpenBindingData {
  const data: OpenBindingData = new Map();
  for (const [name, value] of body === undefined ? [] : payloadMembers(body.text)) setBindingData(data, name, value);
  for (const [key, { name, values }] of query) {
    // The key of a function is for the host.
    if (key !== 'code') setBindingData(data, name, values.at(-1) ?? '');
  }
  for (const name in params) {
    const value = params[name] ?? null;
    if (value !== null) setBindingData(data, name, value);
  }
  return data;
}

/** Parity: of a parameter that was given twice, the last value. */
export const wholeQuery = (query: Query): string => queryMembers(query, (values) => values.at(-1) ?? '');

export function queryMembers(query: Query, choose: (values: readonly string[]) => string): string {
  let members = '';
  for (const { name, values } of query.values()) members += `,${jsonString(name)}:${jsonString(choose(values))}`;
  return members.slice(1);
}
