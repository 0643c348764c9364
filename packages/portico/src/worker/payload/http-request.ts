// The request body for an HTTP invocation in payload mode: {"Data":{"req":{…}},"Metadata":{…}}, as Azure's host writes it.
// It is put together as text, because this is what payload mode spends its time on; what is not there costs nothing.
import { readJson } from '../../core/json-reader.ts';
import { isJsonObject } from '../../core/json-value.ts';
import { jsonString, plainText } from '../../core/json-writer.ts';
import { mediaTypeOf } from '../../core/media-type.ts';
import { type BindingData, type SystemData, setBindingData, systemMembers, writeMetadata } from './metadata.ts';
import { parseQuery, type Query } from './query.ts';
import { type RequestHeaders, renderRequestHeaders } from './request-headers.ts';
import { decodeText } from './text-encoding.ts';
import { encodeValue } from './trigger-value.ts';

export type HttpPayloadFacts = SystemData & {
  /** Name of the trigger binding. */
  readonly triggerName: string;
  /** Absolute: scheme, Host as sent, escaped path, raw query. */
  readonly url: string;
  readonly method: string;
  /** What follows the question mark, as sent; empty without one. */
  readonly query: string;
  /** Flat names and values as node:http has them, less and more what the handler should see. */
  readonly rawHeaders: readonly string[];
  /** Route parameters; null for an optional one that was not given. */
  readonly params: Readonly<Record<string, string | null>>;
  /** Undefined without one; however it was framed. */
  readonly body: Buffer | undefined;
  /** JSON of the list of identities. Default: one that says nothing. */
  readonly identities?: string;
};

const NAME_CLAIM = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name';
const ROLE_CLAIM = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
const ANONYMOUS = JSON.stringify([
  {
    AuthenticationType: null,
    IsAuthenticated: false,
    Actor: null,
    BootstrapContext: null,
    Claims: [],
    Label: null,
    Name: null,
    NameClaimType: NAME_CLAIM,
    RoleClaimType: ROLE_CLAIM,
  },
]);
const OPENING_BRACE = 0x7b;
const NO_QUERY: Query = new Map();

export function buildHttpPayload(facts: HttpPayloadFacts): string {
  const headers = renderRequestHeaders(facts.rawHeaders);
  const query = facts.query === '' ? NO_QUERY : parseQuery(facts.query);
  const body = facts.body?.length ? readBody(facts.body, headers.contentType) : undefined;
  const request =
    `{"Url":${jsonString(facts.url)},"Method":${jsonString(facts.method)},"Query":{${queryMembers(query, (values) => values.join(','))}}` +
    `,"Headers":{${headers.lists}},"Params":{${paramMembers(facts.params)}},"Identities":${facts.identities ?? ANONYMOUS}` +
    `${body === undefined ? '' : `,"Body":${body.json}`}}`;
  return `{"Data":{"${facts.triggerName}":${request}},"Metadata":${metadata(facts, query, headers, body)}}`;
}

function queryMembers(query: Query, choose: (values: readonly string[]) => string): string {
  let members = '';
  for (const { name, values } of query.values()) members += `,${jsonString(name)}:${jsonString(choose(values))}`;
  return members.slice(1);
}

function paramMembers(params: HttpPayloadFacts['params']): string {
  let members = '';
  for (const name in params) {
    const value = params[name] ?? null;
    members += `,${jsonString(name)}:${value === null ? 'null' : jsonString(value)}`;
  }
  return members.slice(1);
}

type Body = { /** As Data shows it. */ readonly json: string; readonly text: string };

/** Parity: text of any kind is one string, JSON too; only these two types arrive as base64, images do not. */
function readBody(bytes: Buffer, contentType: string): Body {
  const type = mediaTypeOf(contentType);
  if (type !== 'application/octet-stream' && !type.startsWith('multipart/')) {
    const text = decodeText(bytes, contentType);
    return { json: jsonString(text), text };
  }
  // Binding data comes from any type of body, but only from one that begins like an object.
  return { json: `"${bytes.toString('base64')}"`, text: bytes[0] === OPENING_BRACE ? decodeText(bytes, contentType) : '' };
}

/** Members of the body, query parameters and route parameters, of which the later win; `Query` and `Headers` yield to all of them. */
function metadata(facts: HttpPayloadFacts, query: Query, headers: RequestHeaders, body: Body | undefined): string {
  const whole = `{${queryMembers(query, (values) => values.at(-1) ?? '')}}`;
  const members = body === undefined ? undefined : jsonMembers(body.text);
  if (members === undefined && query.size === 0 && isEmpty(facts.params)) {
    return `{"Query":${whole},"Headers":{${headers.joined}},${systemMembers(facts, 'sys')}}`;
  }
  const data: BindingData = new Map();
  for (const [name, value] of members ?? []) setBindingData(data, name, value);
  for (const [key, { name, values }] of query) {
    // The key of a function is for the host.
    if (key !== 'code') setBindingData(data, name, encodeValue(values.at(-1) ?? ''));
  }
  for (const name in facts.params) {
    const value = facts.params[name] ?? null;
    if (value !== null) setBindingData(data, name, encodeValue(value));
  }
  if (!data.has('query')) data.set('query', { name: 'Query', json: whole });
  if (!data.has('headers')) data.set('headers', { name: 'Headers', json: `{${headers.joined}}` });
  return writeMetadata(data, facts);
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

/** The members of a JSON object as binding data: text for what is single, objects as they are, no arrays and nulls. */
function jsonMembers(body: string): [name: string, json: string][] | undefined {
  const text = body.trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  const reading = readJson(text);
  if ('fault' in reading || !isJsonObject(reading.value)) return undefined;
  const members: [string, string][] = [];
  for (const [name, value] of Object.entries(reading.value)) {
    if (value === null || Array.isArray(value)) continue;
    members.push([name, encodeValue(isJsonObject(value) ? value : plainText(value))]);
  }
  return members;
}
