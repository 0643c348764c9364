// What a trigger or an input hands over: JSON, and the few things that JSON has no word for and that Azure's host tells apart.
// Whoever reads it asks isDate, isGuid and so on; how it reaches the handler is known to worker/payload/ alone.
import type { JsonValue } from './function-app.ts';
import { isJsonObject } from './json-value.ts';

const TYPE = Symbol('type');

export type BindingDate = {
  readonly [TYPE]: 'date';
  readonly at: Date;
  /** .NET's DateTimeOffset, not its DateTime: its zone is shown, and an expression gets nothing of it. */
  readonly hasOffset: boolean;
};

/** Unlike the same text, it takes a format in an expression. */
export type BindingGuid = { readonly [TYPE]: 'guid'; readonly text: string };

/** A .NET dictionary: its names count case in an expression, those of an object do not. */
export type BindingDictionary = ReadonlyMap<string, BindingValue>;

export type BindingValue =
  | JsonValue
  | Uint8Array
  | BindingDate
  | BindingGuid
  | BindingDictionary
  | readonly BindingValue[]
  | { readonly [name: string]: BindingValue };

export const dateTime = (at: Date): BindingDate => ({ [TYPE]: 'date', at, hasOffset: false });
export const dateTimeOffset = (at: Date): BindingDate => ({ [TYPE]: 'date', at, hasOffset: true });
/** `text`: lower case with dashes. */
export const guid = (text: string): BindingGuid => ({ [TYPE]: 'guid', text });

export const isDate = (value: BindingValue): value is BindingDate => typeOf(value) === 'date';
export const isGuid = (value: BindingValue): value is BindingGuid => typeOf(value) === 'guid';

function typeOf(value: BindingValue): string | undefined {
  return typeof value === 'object' && value !== null && TYPE in value ? String(value[TYPE]) : undefined;
}

/** Something with members: an object or a dictionary. */
export function membersOf(value: BindingValue): readonly (readonly [name: string, value: BindingValue])[] | undefined {
  if (value instanceof Map) return [...value];
  if (value instanceof Uint8Array || typeOf(value) !== undefined || !isJsonObject(value as JsonValue)) return undefined;
  return Object.entries(value as Readonly<Record<string, BindingValue>>);
}

/** Undefined when there is none of that name. */
export function memberOf(value: BindingValue, name: string): BindingValue | undefined {
  const members = membersOf(value) ?? [];
  const exact = members.find(([known]) => known === name);
  if (exact !== undefined || value instanceof Map) return exact?.[1];
  const wanted = name.toLowerCase();
  return members.find(([known]) => known.toLowerCase() === wanted)?.[1];
}
