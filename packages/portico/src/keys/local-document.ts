// What `.portico/keys.json` says. Values stand there as they are, or sealed where AzureWebEncryptionKey is set.
import type { JsonObject, JsonValue } from '../core/function-app.ts';
import { readJson } from '../core/json-reader.ts';
import { isJsonObject } from '../core/json-value.ts';
import { writeJson } from '../core/json-writer.ts';
import type { HostKeys, Key } from './key-store.ts';
import type { Seal } from './seal.ts';

export type LocalKeys = {
  readonly host: HostKeys | undefined;
  /** By name in lower case. */
  readonly functions: ReadonlyMap<string, readonly Key[]>;
};

export const NO_KEYS: LocalKeys = { host: undefined, functions: new Map() };

/** As it stands in the file. */
type Entry = { readonly name: string; readonly text: string; readonly isSealed: boolean };

export type LocalDocument = {
  /** With which its values are sealed. Undefined: they are not. */
  readonly salt: string | undefined;
  readonly host:
    | { readonly master: Entry | undefined; readonly functionKeys: readonly Entry[]; readonly systemKeys: readonly Entry[] }
    | undefined;
  readonly functions: ReadonlyMap<string, readonly Entry[]>;
  readonly hasPlainValues: boolean;
};

/** A value cannot be opened. */
export class SealBroken extends Error {}

const VERSION = 1;
const MASTER = 'master';
const UNREADABLE = 'it is no JSON';

export function parseLocalDocument(text: string): LocalDocument | { readonly fault: string } {
  const reading = readJson(text);
  // What the reader says may quote a key.
  if ('fault' in reading) return { fault: UNREADABLE };
  try {
    return documentOf(reading.value);
  } catch (error) {
    if (error instanceof ShapeFault) return { fault: error.message };
    throw error;
  }
}

class ShapeFault extends Error {}

function documentOf(value: JsonValue): LocalDocument {
  const document = objectAt(value, 'the whole');
  if (document.version !== VERSION) throw new ShapeFault(`its "version" is not ${VERSION}`);
  const host = document.host === undefined ? undefined : hostOf(objectAt(document.host, '"host"'));
  const functions = new Map(Object.entries(objectAt(document.functions, '"functions"')).map(([name, keys]) => [name, entriesOf(keys)]));
  const entries = [...(host ? [host.master, ...host.functionKeys, ...host.systemKeys] : []), ...[...functions.values()].flat()];
  const salt = document.salt === undefined ? undefined : textAt(document.salt, '"salt"');
  return { salt, host, functions, hasPlainValues: entries.some((entry) => entry?.isSealed === false) };
}

function hostOf({ master, functionKeys, systemKeys }: JsonObject) {
  const entry = master === undefined ? undefined : entryOf({ ...objectAt(master, '"master"'), name: MASTER });
  return { master: entry, functionKeys: entriesOf(functionKeys), systemKeys: entriesOf(systemKeys) };
}

function entriesOf(value: JsonValue | undefined): Entry[] {
  if (!Array.isArray(value)) throw new ShapeFault('a list of keys is missing');
  return value.map((entry) => entryOf(objectAt(entry, 'a key')));
}

function entryOf({ name, value, sealed }: JsonObject): Entry {
  const isSealed = sealed !== undefined;
  return { name: textAt(name, 'the name of a key'), text: textAt(isSealed ? sealed : value, 'the value of a key'), isSealed };
}

function objectAt(value: JsonValue | undefined, what: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new ShapeFault(`${what} is no JSON object`);
}

function textAt(value: JsonValue | undefined, what: string): string {
  if (typeof value === 'string') return value;
  throw new ShapeFault(`${what} is no text`);
}

/** Where a key stands, as its value is bound to it. */
const place = {
  master: ['host', 'master'],
  functionKeys: ['host', 'functionKeys'],
  systemKeys: ['host', 'systemKeys'],
  ofFunction: (name: string) => ['functions', name],
};

/** Throws SealBroken. `seal`: for the salt of the document; undefined: there is no secret. */
export function openLocalDocument({ host, functions }: LocalDocument, seal: Seal | undefined): LocalKeys {
  const keyOf =
    (at: readonly string[]) =>
    (entry: Entry): Key => ({ name: entry.name, value: openedValue(entry, at, seal) });
  return {
    host: host && {
      master: host.master && openedValue(host.master, place.master, seal),
      functionKeys: host.functionKeys.map(keyOf(place.functionKeys)),
      systemKeys: host.systemKeys.map(keyOf(place.systemKeys)),
    },
    functions: new Map([...functions].map(([name, entries]) => [name, entries.map(keyOf(place.ofFunction(name)))])),
  };
}

function openedValue({ name, text, isSealed }: Entry, at: readonly string[], seal: Seal | undefined): string {
  if (!isSealed) return text;
  const value = seal?.open(text, [...at, name]);
  if (value === undefined) throw new SealBroken();
  return value;
}

export function writeLocalDocument({ host, functions }: LocalKeys, seal: Seal | undefined): string {
  const written = ({ name, value }: Key, at: readonly string[]): JsonObject =>
    seal === undefined ? { value } : { sealed: seal.seal(value, [...at, name]) };
  const list = (keys: readonly Key[], at: readonly string[]) => keys.map((key) => ({ name: key.name, ...written(key, at) }));
  const ofHost = host && {
    ...(host.master !== undefined && { master: written({ name: MASTER, value: host.master }, place.master) }),
    functionKeys: list(host.functionKeys, place.functionKeys),
    systemKeys: list(host.systemKeys, place.systemKeys),
  };
  const document = {
    version: VERSION,
    ...(seal && { salt: seal.salt }),
    ...(ofHost && { host: ofHost }),
    functions: Object.fromEntries([...functions].map(([name, keys]) => [name, list(keys, place.ofFunction(name))])),
  };
  return `${writeJson(document, 'indented')}\n`;
}
