// A row as the service has it, in the JSON that the handler gets. The client's own reading would lose what the text still says: 1.0 is a double there.
// https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations
import { doubleJson } from '../../core/double-text.ts';
import type { JsonObject, JsonValue } from '../../core/function-app.ts';
import { readJson } from '../../core/json-reader.ts';
import { exactNumber, isJsonObject } from '../../core/json-value.ts';

const TYPE = '@odata.type';

/** Of an answer with one row. */
export function readRow(text: string): JsonObject {
  return rowOf(readAnswer(text));
}

/** Of an answer with many, in its order. */
export function readPage(text: string): JsonObject[] {
  const { value } = readAnswer(text);
  return Array.isArray(value) ? value.filter(isJsonObject).map(rowOf) : [];
}

function readAnswer(text: string): JsonObject {
  const reading = readJson(text);
  return 'value' in reading && isJsonObject(reading.value) ? reading.value : {};
}

/** Parity: without ETag and Timestamp, whatever their case. */
function rowOf(stored: JsonObject): JsonObject {
  const members = Object.entries(stored).filter(
    ([name]) => !name.endsWith(TYPE) && !/^(?:odata\.(?:etag|metadata)|timestamp)$/i.test(name),
  );
  return Object.fromEntries(members.map(([name, value]) => [name, jsonOf(value, stored[`${name}${TYPE}`])]));
}

/** Parity: as JSON.NET writes what .NET has for the type. Types that JSON has are not named. */
function jsonOf(value: JsonValue, type: JsonValue | undefined): JsonValue {
  if (type === 'Edm.Double' && typeof value === 'number') return Number.isInteger(value) ? exactNumber(doubleJson(value)) : value;
  if (typeof value !== 'string') return value;
  switch (type) {
    case 'Edm.Int64':
      return Number.isSafeInteger(Number(value)) ? Number(value) : exactNumber(value);
    case 'Edm.DateTime':
      return withOffset(value);
    case 'Edm.Guid':
      return value.toLowerCase();
    default:
      return value;
  }
}

/** `…09.1200000Z` → `…09.12+00:00`, as a DateTimeOffset is written (test/golden/json-dates.json). */
function withOffset(date: string): string {
  return date.replace(/(?:\.0*|(\.\d*[1-9])0*)?Z$/, '$1+00:00');
}
