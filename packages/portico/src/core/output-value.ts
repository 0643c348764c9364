// What a binding makes of an output of a function. Whoever writes a binding takes the one of these four that its service needs:
//
//   byteItems      messages of bytes                  queue, eventHub, eventGrid, rabbitMQ
//   textItems      messages of text                   serviceBus, kafka, redis
//   objectItems    documents, rows, e-mails           cosmosDB, sql, sendGrid, signalR
//   streamContent  the content of one thing           blob
//
// An array gives one item for each of its elements, and so does text that looks like one. What surprises is said in a remark.
import type { HostError } from './error.ts';
import { outputNotAnObject, outputNotJson } from './errors/invocation.ts';
import type { JsonObject, JsonValue } from './function-app.ts';
import { dateRemark, isIsoDate } from './iso-date.ts';
import { readJson } from './json-reader.ts';
import { isJsonObject, kindOfJson, numberText } from './json-value.ts';
import { plainText, writeJson } from './json-writer.ts';
import type { Remark } from './remark.ts';
import { base64Decoded, base64Kept, dateKept, textReadAsJson, writtenAsBytes } from './remarks/invocation.ts';

export type OutputValue = {
  /** Of the binding. */
  readonly name: string;
  /** As the handler wrote it; not null. */
  readonly value: JsonValue;
  /** What `value` stands for if it is base64, unless its binding or the app says that text stays text. */
  readonly bytes?: Uint8Array | undefined;
  /** Text that looks like JSON is not read as JSON. Azure's host has no such switch. */
  readonly keepsText: boolean;
};

export type OutputItems<Item> = { readonly items: readonly Item[]; readonly remarks: readonly Remark[] } | { readonly error: HostError };

export function byteItems(output: OutputValue): OutputItems<Uint8Array> {
  const { bytes } = output;
  if (bytes !== undefined) return { items: [bytes], remarks: decodedRemarks(output) };
  const texts = textItems(output);
  return 'error' in texts ? texts : { ...texts, items: texts.items.map(toUtf8) };
}

/** Text that is base64 too: what that stands for is no text. */
export function textItems(output: OutputValue): OutputItems<string> {
  const { value, name, keepsText, bytes } = output;
  const list = keepsText && typeof value === 'string' ? { elements: [value] } : elementsOf(output);
  if ('error' in list) return list;
  const items = list.elements.map(plainText);
  const remarks = [
    typeof value === 'string' ? rereadRemark(name, value, items) : undefined,
    bytes?.length ? base64Kept(name) : undefined,
    itemRemark(name, list.elements),
  ];
  return { items, remarks: remarks.filter((remark) => remark !== undefined) };
}

export function objectItems(output: OutputValue): OutputItems<JsonObject> {
  const list = elementsOf(output);
  if ('error' in list) return list;
  const items = list.elements.filter(isJsonObject);
  const stranger = list.elements.find((element) => !isJsonObject(element));
  if (stranger === undefined) return { items, remarks: [itemRemark(output.name, items)].filter((remark) => remark !== undefined) };
  const isList = list.elements[0] !== output.value;
  return { error: outputNotAnObject({ output: output.name, got: `${isList ? 'an array that holds ' : ''}${kindOfJson(stranger)}` }) };
}

/** Text is text here, whatever it looks like. Parity: a number and a boolean are written as .NET has them in memory. */
export function streamContent(output: OutputValue): { readonly content: Uint8Array; readonly remarks: readonly Remark[] } {
  const { name, value, bytes } = output;
  if (bytes !== undefined) return { content: bytes, remarks: decodedRemarks(output) };
  const number = numberText(value);
  if (number !== undefined || typeof value === 'boolean') {
    const content = number === undefined ? Uint8Array.of(value === true ? 1 : 0) : numberBytes(number);
    return { content, remarks: [writtenAsBytes(name, kindOfJson(value), content.length)] };
  }
  if (typeof value === 'string')
    return {
      content: toUtf8(value),
      remarks: isIsoDate(value)
        ? [dateKept(`the output "${name}" is an ISO date, which cannot be written there, so the invocation fails`)]
        : [],
    };
  return { content: toUtf8(writeJson(value)), remarks: [itemRemark(name, [value])].filter((remark) => remark !== undefined) };
}

function elementsOf({ name, value }: OutputValue): { readonly elements: readonly JsonValue[] } | { readonly error: HostError } {
  const reading = typeof value === 'string' && looksLikeJson(value) ? readJson(value) : { value };
  if ('fault' in reading) return { error: outputNotJson({ output: name, reason: reading.fault }) };
  return { elements: Array.isArray(reading.value) ? reading.value : [reading.value] };
}

function looksLikeJson(text: string): boolean {
  const trimmed = text.trim();
  return (trimmed.startsWith('{') && trimmed.endsWith('}')) || (trimmed.startsWith('[') && trimmed.endsWith(']'));
}

function numberBytes(text: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(/^-?\d+$/.test(text) ? 4 : 8));
  if (view.byteLength === 4) view.setInt32(0, Number(BigInt.asIntN(32, BigInt(text))), true);
  else view.setFloat64(0, Number(text), true);
  return new Uint8Array(view.buffer);
}

function toUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decodedRemarks({ name, bytes }: OutputValue): Remark[] {
  // Of the empty text, which is base64 too, nothing else could be made.
  return bytes?.length === 0 ? [] : [base64Decoded(`The output "${name}"`)];
}

function rereadRemark(name: string, text: string, items: readonly string[]): Remark | undefined {
  if (items.length === 1 && items[0] === text) return undefined;
  const made = items.length === 1 ? 'it is written anew, with other blanks' : `it makes ${items.length} messages`;
  return textReadAsJson(name, made);
}

/** One is enough: they would all say the same. */
function itemRemark(name: string, elements: readonly JsonValue[]): Remark | undefined {
  for (const element of elements) {
    const remark = dateRemark(element, `the output "${name}"`);
    if (remark !== undefined) return remark;
  }
  return undefined;
}
