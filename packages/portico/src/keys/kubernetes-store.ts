// Keys in one secret of the cluster, which the API server gives and changes.
import { keysContested, keysInvalid } from '../core/errors/keys.ts';
import type { JsonObject, JsonValue } from '../core/function-app.ts';
import { isJsonObject } from '../core/json-value.ts';
import { functionEntries, functionKeysOf, hostEntries, hostKeysOf, isFunctionEntry, isHostEntry, type KeyEntries } from './key-entries.ts';
import type { KeyStore } from './key-store.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

export type KubernetesStoreOptions = { readonly api: KubernetesApi; readonly secret: string };

const FRESH_FOR_MS = 10_000;
/** Each time somebody else was faster, and has what he wanted now. */
const MOST_ATTEMPTS = 30;

/** What Kubernetes counts changes with; undefined: there is no secret. */
type Known = { readonly version: string | undefined; readonly entries: KeyEntries };

type Scope<Keys> = {
  isOf(entry: string): boolean;
  read(entries: KeyEntries): Keys | undefined;
  write(keys: Keys): KeyEntries;
};

const hostScope = { isOf: isHostEntry, read: hostKeysOf, write: hostEntries };

const functionScope = (name: string) => ({
  isOf: (entry: string) => isFunctionEntry(entry, name),
  read: (entries: KeyEntries) => functionKeysOf(entries, name),
  write: (keys: Parameters<typeof functionEntries>[1]) => functionEntries(name, keys),
});

export function openKubernetesStore({ api, secret }: KubernetesStoreOptions): KeyStore {
  const place = `Kubernetes secret ${secret}`;

  async function look(signal: AbortSignal): Promise<Known> {
    const { status, object } = await api({ method: 'GET', secret, failed: `The keys in ${place} cannot be read` }, signal);
    if (status === 404) return { version: undefined, entries: new Map() };
    const metadata = object.metadata;
    const version = isJsonObject(metadata) ? metadata.resourceVersion : undefined;
    if (typeof version !== 'string') throw keysInvalid(place, 'the API server gave no secret');
    return { version, entries: entriesOf(object.data) };
  }

  /** False: somebody was faster. `changes`: null takes an entry away. */
  async function write(changes: ReadonlyMap<string, string | null>, version: string | undefined, signal: AbortSignal): Promise<boolean> {
    const data = Object.fromEntries([...changes].map(([entry, value]) => [entry, value === null ? null : toBase64(value)]));
    const failed = `Keys cannot be written to ${place}`;
    const { status } = await api(
      version === undefined
        ? { method: 'POST', failed, body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret }, type: 'Opaque', data } }
        : { method: 'PATCH', secret, failed, body: { metadata: { resourceVersion: version }, data } },
      signal,
    );
    // Gone again, or there by now, or changed.
    return status !== 404 && status !== 409;
  }

  async function change<Keys>(scope: Scope<Keys>, toKeys: (before: Keys | undefined) => Keys, signal: AbortSignal): Promise<Keys> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const { version, entries } = await look(signal);
      const before = scope.read(entries);
      const after = toKeys(before);
      if (after === before) return after;
      const wanted = scope.write(after);
      const gone = [...entries.keys()].filter((entry) => scope.isOf(entry) && !wanted.has(entry));
      const changed = [...wanted].filter(([entry, value]) => entries.get(entry) !== value);
      const changes = new Map<string, string | null>([...changed, ...gone.map((entry) => [entry, null] as const)]);
      if (await write(changes, version, signal)) return after;
    }
    throw keysContested(place, `others were faster ${MOST_ATTEMPTS} times`);
  }

  return {
    place,
    readOnlyReason: undefined,
    freshForMs: FRESH_FOR_MS,
    readHost: async (signal) => hostScope.read((await look(signal)).entries),
    readFunction: async (functionName, signal) => functionScope(functionName).read((await look(signal)).entries),
    changeHost: (toKeys, signal) => change(hostScope, toKeys, signal),
    changeFunction: (functionName, toKeys, signal) => change(functionScope(functionName), toKeys, signal),
  };
}

function entriesOf(data: JsonValue | undefined): KeyEntries {
  const members: JsonObject = isJsonObject(data) ? data : {};
  return new Map(Object.entries(members).map(([entry, value]) => [entry, Buffer.from(String(value), 'base64').toString('utf8')]));
}

const toBase64 = (value: string): string => Buffer.from(value).toString('base64');
