// How a value reaches the handler in Data and Metadata: as Azure's host encodes it, which is JSON within a JSON string unless it is an object.
import type { JsonValue } from '../../core/function-app.ts';
import { isJsonObject } from '../../core/json-value.ts';
import { jsonString, writeJson } from '../../core/json-writer.ts';
import { type BindingData, type SystemData, setBindingData, writeMetadata } from './metadata.ts';

export type TriggerValue = JsonValue | Uint8Array;

/** Bytes → base64; an object → itself; anything else → a string that holds its JSON (`4` → `"4"`, `hello` → `"\"hello\""`). */
export function encodeValue(value: TriggerValue): string {
  if (value instanceof Uint8Array) return `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`;
  return isJsonObject(value) ? writeJson(value) : jsonString(writeJson(value));
}

export type PayloadFacts = SystemData & {
  /** Binding name → value: the trigger first, then the inputs as function.json has them. */
  readonly data: Readonly<Record<string, TriggerValue>>;
  /** Binding data. Nulls do not reach the handler. */
  readonly metadata: Readonly<Record<string, TriggerValue>>;
};

/** The request body for an invocation without an HTTP request. */
export function buildPayload({ data, metadata, ...system }: PayloadFacts): string {
  const values = Object.entries(data).map(([name, value]) => `${jsonString(name)}:${encodeValue(value)}`);
  const bindingData: BindingData = new Map();
  for (const [name, value] of Object.entries(metadata)) {
    if (value !== null) setBindingData(bindingData, name, encodeValue(value));
  }
  return `{"Data":{${values.join(',')}},"Metadata":${writeMetadata(bindingData, system)}}`;
}
