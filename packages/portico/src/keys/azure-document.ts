// The documents in which Azure's host keeps keys: `host.json` and one for each function. Fields in its order, names of fields in any case, and what is
// not known here stays as it is.
// https://github.com/Azure/azure-functions-host/wiki/Changes-to-Key-Management-in-Functions-V2
import { DEFAULT_KEY_NAME } from '../core/authorization.ts';
import { keysInvalid } from '../core/errors/keys.ts';
import type { JsonObject, JsonValue } from '../core/function-app.ts';
import { readJson } from '../core/json-reader.ts';
import { isJsonObject, memberOf } from '../core/json-value.ts';
import { writeJson } from '../core/json-writer.ts';
import type { HostKeys, Key } from './key-store.ts';

/** Whom a document names as its writer. */
export type Writer = {
  /** Undefined: what stands there stays. */
  readonly hostName: string | undefined;
  /** For documents that name none yet. */
  readonly instanceId: string;
};

export type KeyDocument<Keys> = {
  readonly keys: Keys;
  /** Names of keys that only Azure's host can read. */
  readonly encrypted: readonly string[];
  /** The text with other keys in it. Those that are encrypted stay, unless there is one of that name now. */
  write(keys: Keys, writer: Writer): string;
};

export type ReadDocument<Keys> = (text: string | undefined, label: string) => KeyDocument<Keys>;

const MASTER = 'master';

/** Without a text: an empty one. Throws KEYS_INVALID. */
export const hostDocument: ReadDocument<HostKeys> = (text, label) => {
  const document = parse(text, label);
  const master = entryOf(memberOf(document, 'masterKey'), MASTER, label);
  const oldest = entryOf(memberOf(document, 'functionKey'), DEFAULT_KEY_NAME, label);
  const functionEntries = [...entriesOf(memberOf(document, 'functionKeys'), label), ...(oldest ? [oldest] : [])];
  const systemEntries = entriesOf(memberOf(document, 'systemKeys'), label);
  const masters = master ? [master] : [];
  const locked = systemEntries.filter(isEncrypted).map(nameOf);
  return {
    keys: {
      master: keysOf(masters)[0]?.value,
      functionKeys: keysOf(functionEntries),
      systemKeys: keysOf(systemEntries),
      ...(locked.length > 0 && { lockedSystemKeys: locked }),
    },
    encrypted: [...masters, ...functionEntries, ...systemEntries].filter(isEncrypted).map(nameOf),
    write(keys, writer) {
      const [masterKey = null] = writeEntries(keys.master === undefined ? [] : [{ name: MASTER, value: keys.master }], masters);
      const functionKeys = writeEntries(keys.functionKeys, functionEntries);
      return write(document, { masterKey, functionKeys, systemKeys: writeEntries(keys.systemKeys, systemEntries) }, writer);
    },
  };
};

/** As above. */
export const functionDocument: ReadDocument<readonly Key[]> = (text, label) => {
  const document = parse(text, label);
  const oldest = entryOf(memberOf(document, 'key'), DEFAULT_KEY_NAME, label);
  const entries = [...entriesOf(memberOf(document, 'keys'), label), ...(oldest ? [oldest] : [])];
  return {
    keys: keysOf(entries),
    encrypted: entries.filter(isEncrypted).map(nameOf),
    write: (keys, writer) => write(document, { keys: writeEntries(keys, entries) }, writer),
  };
};

/** Fields of the oldest form, which an upgrade leaves out. */
const OLDEST_FIELDS = ['key', 'functionKey'];

function write(before: JsonObject, keys: JsonObject, { hostName, instanceId }: Writer): string {
  const stays = (name: string, fallback: JsonValue): JsonValue => memberOf(before, name) ?? fallback;
  const fields = {
    ...keys,
    hostName: hostName ?? stays('hostName', null),
    instanceId: stays('instanceId', instanceId),
    source: stays('source', 'runtime'),
    decryptionKeyId: stays('decryptionKeyId', ''),
  };
  return writeJson(withFields(before, fields, OLDEST_FIELDS), 'indented');
}

function writeEntries(keys: readonly Key[], before: readonly JsonObject[]): JsonObject[] {
  const left = before.filter((entry) => isEncrypted(entry) && !keys.some(({ name }) => isNamed(entry, name)));
  const written = keys.map(({ name, value }) => {
    const old = before.find((entry) => isNamed(entry, name)) ?? {};
    return withFields(old, { name, value, encrypted: false });
  });
  return [...written, ...left];
}

/** Those fields first, then the others as they were. */
function withFields(before: JsonObject, fields: JsonObject, without: readonly string[] = []): JsonObject {
  const known = new Set([...Object.keys(fields), ...without].map((name) => name.toLowerCase()));
  return { ...fields, ...Object.fromEntries(Object.entries(before).filter(([name]) => !known.has(name.toLowerCase()))) };
}

function parse(text: string | undefined, label: string): JsonObject {
  if (text === undefined) return {};
  const reading = readJson(text);
  if ('fault' in reading) throw keysInvalid(label, `it is no JSON${placeOf(reading.fault)}`);
  if (!isJsonObject(reading.value)) throw keysInvalid(label, 'it is no JSON object');
  return reading.value;
}

/** What is wrong may quote what is there: only where it is may be said. */
function placeOf(fault: string): string {
  const [place] = /line \d+, column \d+/.exec(fault) ?? [];
  return place === undefined ? '' : ` (${place})`;
}

function entriesOf(value: JsonValue | undefined, label: string): JsonObject[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw keysInvalid(label, 'a list of keys is expected where there is none');
  return value.map((entry) => entryOf(entry, undefined, label)).filter((entry) => entry !== undefined);
}

/** `name`: of a key that is a text alone. */
function entryOf(value: JsonValue | undefined, name: string | undefined, label: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && name !== undefined) return { name, value, encrypted: false };
  if (isJsonObject(value) && typeof memberOf(value, 'value') === 'string' && isNameThere(value)) return value;
  throw keysInvalid(label, 'a key is not an object with a name and a value');
}

const isNameThere = (entry: JsonObject): boolean => typeof (memberOf(entry, 'name') ?? '') === 'string';

const nameOf = (entry: JsonObject): string => (memberOf(entry, 'name') ?? '') as string;

const isNamed = (entry: JsonObject, name: string): boolean => nameOf(entry).toLowerCase() === name.toLowerCase();

/** Azure's reader takes the word for it as well. */
const isEncrypted = (entry: JsonObject): boolean => String(memberOf(entry, 'encrypted')).toLowerCase() === 'true';

function keysOf(entries: readonly JsonObject[]): readonly Key[] {
  return entries
    .filter((entry) => !isEncrypted(entry))
    .map((entry) => ({ name: nameOf(entry), value: memberOf(entry, 'value') as string }));
}
