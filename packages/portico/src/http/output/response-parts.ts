// The forms in which a function may say what its caller gets, brought into one: status, headers, body.
import { decodeBase64 } from '../../core/base64.ts';
import type { HostError } from '../../core/error.ts';
import { httpOutputUnusable } from '../../core/errors/invocation.ts';
import type { JsonObject, JsonValue } from '../../core/function-app.ts';
import { dateRemark } from '../../core/iso-date.ts';
import { readJson } from '../../core/json-reader.ts';
import { isJsonObject, kindOfJson } from '../../core/json-value.ts';
import { plainText, writeJson } from '../../core/json-writer.ts';
import type { Remark } from '../../core/remark.ts';
import { base64Decoded } from '../../core/remarks/invocation.ts';

export type ResponseParts = {
  readonly status: number;
  /** As the function wrote them. */
  readonly headers: JsonObject;
  readonly body: string | Buffer;
  /** When the headers name none; undefined: the response has none. */
  readonly defaultType: 'text/plain' | 'application/json' | undefined;
  /** The body goes out chunked unless it is empty. */
  readonly chunked: boolean;
  readonly remarks: readonly Remark[];
};

/** The caller gets 500, for this reason. */
export type RenderFault = { readonly error: HostError };

export const NO_CONTENT: ResponseParts = { status: 204, headers: {}, body: '', defaultType: undefined, chunked: false, remarks: [] };

export function textParts(body: string): ResponseParts {
  return { status: 200, headers: {}, body, defaultType: 'text/plain', chunked: true, remarks: [] };
}

/** A named output: an object, or a string that holds one. `status` does not count, and a structured body is indented. */
export function fromNamedOutput(name: string, value: JsonValue): ResponseParts | RenderFault {
  const object = typeof value === 'string' ? parseObject(value) : value;
  if (!isJsonObject(object)) return unusable(`Outputs.${name}`, value, 'an object with statusCode, headers and body');
  const { statuscode = null, headers = null, body = null } = fieldsOf(object);
  if (headers !== null && !isJsonObject(headers)) return unusable(`Outputs.${name}.headers`, headers, 'an object');
  if (isStructured(statuscode)) return unusable(`Outputs.${name}.statusCode`, statuscode, 'a number');
  return { ...textOf(body, 'indented'), status: statusOf(statuscode), headers: headers ?? {} };
}

/** The value of `$return`, or of an output that ReturnValue brought. Only an object with `body` describes a response; else it is the body. */
export function fromReturnValue(value: JsonValue, decodesBase64: boolean): ResponseParts {
  const bytes = decodesBase64 && typeof value === 'string' ? decodeBase64(value) : undefined;
  if (bytes !== undefined) {
    return { ...textParts(''), body: bytes, defaultType: undefined, chunked: false, remarks: [base64Decoded('The ReturnValue')] };
  }
  const object = typeof value === 'string' ? parseObject(value) : value;
  if (!isJsonObject(object)) return textOf(value, 'indented');
  const { body, headers, statuscode, status, enablecontentnegotiation } = fieldsOf(object);
  if (body === undefined) return textOf(object, 'indented');
  const parts = enablecontentnegotiation === true && body !== null ? negotiate(body) : textOf(body, 'compact');
  return { ...parts, status: statusOf(statuscode ?? status ?? null), headers: isJsonObject(headers) ? headers : {} };
}

/** Parity: content negotiation, of which callers of functions see two outcomes: strings are text, everything else is JSON. */
export function negotiate(value: JsonValue): ResponseParts {
  if (typeof value === 'string') return textParts(value);
  return { ...textParts(writeJson(value)), defaultType: 'application/json', chunked: false };
}

/** Names ignore case; of a name twice the last counts. */
function fieldsOf(object: JsonObject): Readonly<Record<string, JsonValue | undefined>> {
  const fields: Record<string, JsonValue> = Object.create(null);
  for (const name in object) fields[name.toLowerCase()] = object[name] as JsonValue;
  return fields;
}

/** Parity: what is no integer counts as 200. */
function statusOf(value: JsonValue): number {
  const text = plainText(value).trim();
  return /^[-+]?\d+$/.test(text) ? Number(text) : 200;
}

function parseObject(text: string): JsonValue | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  const reading = readJson(text);
  return 'value' in reading ? reading.value : undefined;
}

function isStructured(value: JsonValue): boolean {
  return Array.isArray(value) || isJsonObject(value);
}

function unusable(field: string, value: JsonValue, expected: string): RenderFault {
  return { error: httpOutputUnusable({ field, got: kindOfJson(value), expected }) };
}

function textOf(body: JsonValue, layout: 'compact' | 'indented'): ResponseParts {
  const remark = dateRemark(body, 'a body');
  return { ...textParts(isStructured(body) ? writeJson(body, layout) : plainText(body)), remarks: remark === undefined ? [] : [remark] };
}
