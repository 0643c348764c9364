// Writes JSON and plain text as Azure's host does, so that a handler or caller sees the same characters.
import type { JsonValue } from './function-app.ts';
import { numberText } from './json-value.ts';

// Control characters, quotes, backslashes, surrogates, because a half of a pair has no UTF-8; and, Parity, the three line ends below.
const ESCAPED = /[^ !#-[\]-\u0084\u0086-\u2027\u202a-\ud7ff\ue000-\uffff]/;
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

/** A string as JSON. */
export function jsonString(text: string): string {
  return ESCAPED.test(text) ? escapeLineEnds(JSON.stringify(text.toWellFormed())) : `"${text}"`;
}

export function writeJson(value: JsonValue, layout: 'compact' | 'indented' = 'compact'): string {
  return escapeLineEnds(layout === 'compact' ? JSON.stringify(value) : JSON.stringify(value, null, 2));
}

/** A value where text is expected: strings as they are, `True`, `1` for 1.0, nothing for null, objects and arrays as indented JSON. */
export function plainText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return '';
  return numberText(value)?.replace(/\.0$/, '') ?? writeJson(value, 'indented');
}

function escapeLineEnds(json: string): string {
  // None of the three can stand outside a string, so the text as a whole may be searched.
  return json.replace(LINE_ENDS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
