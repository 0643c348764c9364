// Bodies of requests to the admin API: JSON, and not much of it.
import type { JsonValue } from '../core/function-app.ts';
import { readJson } from '../core/json-reader.ts';
import { mediaTypeOf } from '../core/media-type.ts';
import type { Call } from '../http/call.ts';
import { wholeBody } from './whole-body.ts';

const MOST_BYTES = 1024 * 1024;
const JSON_TYPES = /^(?:application|text)\/(?:[\w.-]+\+)?json$/;

export type JsonBody = {
  /** Undefined: there is none that can be read. */
  readonly json: JsonValue | undefined;
  readonly isEmpty: boolean;
};

/** Undefined: the call is answered, or its caller has gone. */
export async function readJsonBody(call: Call, mostBytes = MOST_BYTES): Promise<JsonBody | undefined> {
  const body = await wholeBody(call, mostBytes);
  if (body === undefined) return undefined;
  if (body.length === 0) return { json: undefined, isEmpty: true };
  if (JSON_TYPES.test(mediaTypeOf(call.request.headers['content-type'] ?? ''))) return { json: parse(body.toString()), isEmpty: false };
  call.answer(415, 'refused');
  return undefined;
}

function parse(text: string): JsonValue | undefined {
  const reading = readJson(text);
  return 'fault' in reading ? undefined : reading.value;
}
