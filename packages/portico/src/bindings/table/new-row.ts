// What a function gives, as rows to write. Nothing is sent before all of them are found to be in order.
import { outputNotAnObject, outputNotJson } from '../../core/errors/invocation.ts';
import { tableKeyAbsent, tableKeyNotText, tableKeyUnusable, tableNumberTooLarge } from '../../core/errors/table.ts';
import type { JsonObject, JsonValue } from '../../core/function-app.ts';
import { dateRemark } from '../../core/iso-date.ts';
import { readJson } from '../../core/json-reader.ts';
import { isJsonObject, kindOfJson, numberText } from '../../core/json-value.ts';
import { writeJson } from '../../core/json-writer.ts';
import type { OutputValue } from '../../core/output-value.ts';
import type { Remark } from '../../core/remark.ts';
import { timestampLeftOut } from '../../core/remarks/invocation.ts';
import { keyFault } from './table-names.ts';

export type NewRow = {
  readonly partitionKey: string;
  readonly rowKey: string;
  /** Undefined: there must be no such row yet. `*`: whether there is one or not. Otherwise: there must be this version of it. */
  readonly etag: string | undefined;
  readonly properties: Readonly<Record<string, PropertyValue>>;
};

/** The types are named, because the client guesses others: an integer would become an Int32, or a double. */
type PropertyValue =
  | string
  | boolean
  | { readonly type: 'Int64'; readonly value: string }
  | { readonly type: 'Double'; readonly value: number };

type RowDefaults = { readonly table: string; readonly partitionKey: string | undefined; readonly rowKey: string | undefined };

/** Throws HostError. */
export function newRows(
  output: OutputValue,
  defaults: RowDefaults,
): { readonly rows: readonly NewRow[]; readonly remarks: readonly Remark[] } {
  const whole = wholeOf(output);
  const elements = Array.isArray(whole) ? whole.map((element) => readIfText(element, output.name)) : [whole];
  const rows = elements.map((element, index) => {
    if (!isJsonObject(element))
      throw outputNotAnObject({ output: output.name, got: `${Array.isArray(whole) ? 'an array that holds ' : ''}${kindOfJson(element)}` });
    return newRow(element, defaults, elements.length === 1 ? 'The row' : `Row ${index + 1}`, output.name);
  });
  return { rows, remarks: remarksOn(elements, output) };
}

/** Text holds JSON, also within an array, and so do bytes: nothing else can be a row. */
function wholeOf({ name, value, bytes }: OutputValue): JsonValue {
  return readIfText(bytes === undefined ? value : new TextDecoder().decode(bytes), name);
}

function readIfText(value: JsonValue, output: string): JsonValue {
  if (typeof value !== 'string' || value.trim() === '') return value;
  const reading = readJson(value);
  if ('value' in reading) return reading.value;
  if (/^\s*[[{]/.test(value)) throw outputNotJson({ output, reason: reading.fault });
  return value;
}

/** One of each kind is enough: they would all say the same. */
function remarksOn(elements: readonly JsonValue[], { name, bytes }: OutputValue): Remark[] {
  // What is in bytes is no date to Azure's host either.
  const date =
    bytes === undefined ? elements.map((element) => dateRemark(element, `the output "${name}"`)).find((found) => found) : undefined;
  const hasTimestamp = elements.some((element) => isJsonObject(element) && Object.keys(element).some(isTimestamp));
  const timestamp = hasTimestamp ? timestampLeftOut(name) : undefined;
  return [date, timestamp].filter((remark) => remark !== undefined);
}

const isTimestamp = (name: string): boolean => reservedName(name) === 'Timestamp';

function newRow(element: JsonObject, defaults: RowDefaults, row: string, output: string): NewRow {
  const place = { output, table: defaults.table, row };
  const own = new Map<string, string>();
  const properties: [string, PropertyValue][] = [];
  for (const [name, value] of Object.entries(element)) {
    const reserved = reservedName(name);
    if (value === null || reserved === 'Timestamp') continue;
    if (reserved === undefined) properties.push([name, propertyValue(value, () => tableNumberTooLarge({ ...place, property: name }))]);
    else if (typeof value === 'string') own.set(reserved, value);
    else throw tableKeyNotText({ ...place, key: reserved, got: kindOfJson(value) });
  }
  const key = (name: 'PartitionKey' | 'RowKey', fallback: string | undefined): string => {
    const text = own.get(name) ?? fallback;
    if (text === undefined) throw tableKeyAbsent({ ...place, key: name });
    const reason = keyFault(text);
    if (reason !== undefined) throw tableKeyUnusable({ ...place, key: name, text, reason });
    return text;
  };
  return {
    partitionKey: key('PartitionKey', defaults.partitionKey),
    rowKey: key('RowKey', defaults.rowKey),
    etag: own.get('ETag') || undefined,
    properties: Object.fromEntries(properties),
  };
}

const RESERVED: Readonly<Record<string, 'PartitionKey' | 'RowKey' | 'ETag' | 'Timestamp'>> = {
  partitionkey: 'PartitionKey',
  rowkey: 'RowKey',
  etag: 'ETag',
  'odata.etag': 'ETag',
  // The service sets it itself, whatever is sent.
  timestamp: 'Timestamp',
};

function reservedName(name: string): 'PartitionKey' | 'RowKey' | 'ETag' | 'Timestamp' | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(RESERVED, lower) ? RESERVED[lower] : undefined;
}

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** Parity: an integer is an Int64, a date stays text, and what has members is its JSON, indented. */
function propertyValue(value: Exclude<JsonValue, null>, tooLarge: () => Error): PropertyValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  const number = numberText(value);
  if (number === undefined) return writeJson(value, 'indented');
  if (!/^-?\d+$/.test(number)) return { type: 'Double', value: Number(number) };
  const integer = BigInt(number);
  if (integer < INT64.min || integer > INT64.max) throw tooLarge();
  return { type: 'Int64', value: String(integer) };
}
