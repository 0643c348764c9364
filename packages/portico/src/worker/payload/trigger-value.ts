// How a value reaches the handler in Data and Metadata: as Azure's host encodes it, which is JSON within a JSON string unless it is an object.
import { type BindingDate, type BindingValue, isDate, isGuid, membersOf } from '../../core/binding-value.ts';
import type { JsonValue } from '../../core/function-app.ts';
import { jsonString, writeJson } from '../../core/json-writer.ts';

/**
 * Bytes → base64; a date → ISO, to the second; an object or a dictionary → an object;
 * anything else → a string that holds its JSON (`4` → `"4"`, `hello` → `"\"hello\""`).
 */
export function encodeValue(value: BindingValue): string {
  if (typeof value === 'string') return jsonString(jsonString(value));
  if (value instanceof Uint8Array) return `"${toBase64(value)}"`;
  // Parity: fractions of a second are lost here, and only here (https://github.com/Azure/azure-functions-host/issues/6997).
  if (typeof value === 'object' && value !== null && isDate(value)) return `"${isoDate(value, '')}"`;
  const json = writeJson(asJson(value));
  return json.startsWith('{') ? json : jsonString(json);
}

/** The same within an object or an array, where there are no strings around it. */
function asJson(value: BindingValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return toBase64(value);
  if (isGuid(value)) return value.text;
  if (isDate(value)) return isoDate(value, fractionOf(value.at));
  if (Array.isArray(value)) return value.map(asJson);
  const members = membersOf(value);
  return members === undefined ? (value as JsonValue) : Object.fromEntries(members.map(([name, member]) => [name, asJson(member)]));
}

/** Parity: a DateTime has no zone, not even a `Z`. */
function isoDate({ at, hasOffset }: BindingDate, fraction: string): string {
  return `${at.toISOString().slice(0, 19)}${fraction}${hasOffset ? '+00:00' : ''}`;
}

/** Without zeros at its end. */
function fractionOf(at: Date): string {
  const digits = at.toISOString().slice(20, 23).replace(/0+$/, '');
  return digits === '' ? '' : `.${digits}`;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
