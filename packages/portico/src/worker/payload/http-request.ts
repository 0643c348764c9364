// The request body for an HTTP invocation in payload mode: {"Data":{"req":{…}},"Metadata":{…}}, as Azure's host writes it.
// It is put together as text, because this is what payload mode spends its time on; what is not there costs nothing.
import type { BindingValue } from '../../core/binding-value.ts';
import { jsonString } from '../../core/json-writer.ts';
import { queryMembers, type RequestFacts, type RequestParts, readRequest, requestMembers, wholeQuery } from './http-binding-data.ts';
import { ANONYMOUS } from './identities.ts';
import { metadataMembers, type SystemData, systemMembers } from './metadata.ts';
import { dataMembers } from './trigger-payload.ts';

export type HttpPayloadFacts = SystemData &
  RequestFacts & {
    /** Name of the trigger binding. */
    readonly triggerName: string;
    /** Absolute: scheme, Host as sent, escaped path, raw query. */
    readonly url: string;
    readonly method: string;
    /** JSON of the list of identities. Default: one that says nothing. */
    readonly identities?: string;
    /** By name of the binding, as function.json has them. Default: none. */
    readonly inputs?: readonly (readonly [name: string, value: BindingValue])[];
  };

export function buildHttpPayload(facts: HttpPayloadFacts): string {
  const parts = readRequest(facts);
  const { query, headers, body } = parts;
  const request =
    `{"Url":${jsonString(facts.url)},"Method":${jsonString(facts.method)},"Query":{${queryMembers(query, (values) => values.join(','))}}` +
    `,"Headers":{${headers.lists}},"Params":{${paramMembers(facts.params)}},"Identities":${facts.identities ?? ANONYMOUS}` +
    `${body === undefined ? '' : `,"Body":${body.json}`}}`;
  const inputs = facts.inputs?.length ? `,${dataMembers(facts.inputs)}` : '';
  return `{"Data":{"${facts.triggerName}":${request}${inputs}},"Metadata":{${metadata(facts, parts)}}}`;
}

function paramMembers(params: HttpPayloadFacts['params']): string {
  let members = '';
  for (const name in params) {
    const value = params[name] ?? null;
    members += `,${jsonString(name)}:${value === null ? 'null' : jsonString(value)}`;
  }
  return members.slice(1);
}

/** What `httpBindingData` would be as text. */
function metadata(facts: HttpPayloadFacts, parts: RequestParts): string {
  const query = `"Query":{${wholeQuery(parts.query)}},`;
  const headers = `"Headers":{${parts.headers.joined}},`;
  if (parts.body === undefined && parts.query.size === 0 && isEmpty(facts.params))
    return `${query}${headers}${systemMembers(facts, 'sys')}`;
  const data = requestMembers(facts, parts);
  const whole = `${data.has('query') ? '' : query}${data.has('headers') ? '' : headers}`;
  return `${metadataMembers(data, facts)}${whole}${systemMembers(facts, data.has('sys') ? '$sys' : 'sys')}`;
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}
