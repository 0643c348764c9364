// Binding data: facts about an event, under names that ignore case. They go into `Metadata` and answer binding expressions.
import type { BindingValue } from './binding-value.ts';
import type { JsonObject } from './function-app.ts';
import { readJson } from './json-reader.ts';
import { isJsonObject } from './json-value.ts';
import { plainText } from './json-writer.ts';

/** Stands for what the host itself says of an invocation: `sys`, whose members are new on every read. */
export const SYSTEM = Symbol('sys');

/** By name in lower case, in the order in which the handler sees it. */
export type BindingData = ReadonlyMap<string, { readonly name: string; readonly value: BindingValue | typeof SYSTEM }>;
export type OpenBindingData = Map<string, { readonly name: string; value: BindingValue | typeof SYSTEM }>;

/**
 * Of an event that is no HTTP request. `own`: what its extension knows, the trigger itself included (`queueTrigger`), which the handler is not shown.
 * `payload`: the trigger's value; if it is the text of a JSON object, its members join.
 */
export function triggerBindingData(own: Iterable<readonly [name: string, value: BindingValue]>, payload: BindingValue): BindingData {
  const data: OpenBindingData = new Map();
  for (const [name, value] of own) setBindingData(data, name, value);
  addSystem(data);
  // Parity: what sends a message may shadow whatever its service says of it, and `sys` too.
  for (const [name, value] of typeof payload === 'string' ? payloadMembers(payload) : []) setBindingData(data, name, value);
  return data;
}

/** The first spelling of a name and its place stay, the last value wins. */
export function setBindingData(data: OpenBindingData, name: string, value: BindingValue | typeof SYSTEM): void {
  const key = name.toLowerCase();
  const entry = data.get(key);
  if (entry === undefined) data.set(key, { name, value });
  else entry.value = value;
}

/** Whoever brought a `sys` already keeps it; the host's is called `$sys` then, which no expression can name. */
export function addSystem(data: OpenBindingData): void {
  setBindingData(data, data.has('sys') ? '$sys' : 'sys', SYSTEM);
}

/** The members of a JSON object in a text: what is single as text, objects as they are, no arrays and nulls. Other text has none. */
export function payloadMembers(text: string): [name: string, value: string | JsonObject][] {
  const object = text.trim();
  if (!object.startsWith('{') || !object.endsWith('}')) return [];
  const reading = readJson(object);
  if ('fault' in reading || !isJsonObject(reading.value)) return [];
  const members: [string, string | JsonObject][] = [];
  for (const [name, value] of Object.entries(reading.value)) {
    if (value === null || Array.isArray(value)) continue;
    members.push([name, isJsonObject(value) ? value : plainText(value)]);
  }
  return members;
}
