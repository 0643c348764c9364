// JSON values in memory are plain JavaScript, with one exception: a number that JavaScript would round or spell otherwise
// (12345678901234567890, 1.0) keeps its text in an object that JSON.stringify writes as that number.
import type { JsonObject, JsonValue } from './function-app.ts';

type RawJson = { readonly rawJSON: string };
const { rawJSON, isRawJSON } = JSON as unknown as { rawJSON(text: string): RawJson; isRawJSON(value: unknown): value is RawJson };

/** A number that is written with exactly this text. */
export function exactNumber(text: string): JsonValue {
  return rawJSON(text);
}

/** An object as its author wrote it: no array, no exact number. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJSON(value);
}

/** What an object has by that name, in whatever case. Of two that differ in case alone, the first. */
export function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(object).find(([written]) => written.toLowerCase() === wanted)?.[1];
}

/** The text of a number as JSON has it; undefined for anything else. */
export function numberText(value: JsonValue): string | undefined {
  if (typeof value === 'number') return JSON.stringify(value);
  return isRawJSON(value) ? value.rawJSON : undefined;
}

/** What a value is called in a message: `an array`, `a string`. */
export function kindOfJson(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (isJsonObject(value)) return 'an object';
  return numberText(value) === undefined ? `a ${typeof value}` : 'a number';
}
