// A value as text within a template. Parity: what has no text there, such as a boolean or an object, leaves nothing behind.
import { type BindingValue, isDate, isGuid } from '../binding-value.ts';
import type { JsonValue } from '../function-app.ts';
import { numberText } from '../json-value.ts';
import { plainText } from '../json-writer.ts';
import { formatDate } from './date-format.ts';
import { formatGuid } from './guid-format.ts';

export type ValueText = {
  /** Undefined: the format is none for this value. */
  readonly text: string | undefined;
  /** What the value is, when it left nothing behind: `a boolean`. */
  readonly lost?: string;
};

const DATE_FORMAT = 'yyyy-MM-ddTHH-mm-ssK';

/** `isMember`: the value stands within another. Formats mean something to dates and GUIDs alone. */
export function valueText(value: BindingValue, format: string, isMember: boolean): ValueText {
  if (value === null) return { text: '' };
  if (typeof value === 'string') return { text: value };
  if (isGuid(value)) return { text: formatGuid(value.text, format) };
  if (isDate(value)) {
    if (value.hasOffset) return { text: '', lost: 'a date with an offset' };
    return { text: formatDate(value.at, format === '' ? DATE_FORMAT : format) };
  }
  if (typeof value === 'boolean') return isMember ? { text: plainText(value) } : { text: '', lost: 'a boolean' };
  const number = numberText(value as JsonValue);
  if (number !== undefined) {
    return isMember || /^-?\d+$/.test(number) ? { text: plainText(value as JsonValue) } : { text: '', lost: 'a number with a fraction' };
  }
  return { text: '', lost: Array.isArray(value) ? 'an array' : value instanceof Uint8Array ? 'bytes' : 'an object' };
}
