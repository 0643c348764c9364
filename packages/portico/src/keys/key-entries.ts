// Keys as entries with one name each, as a Kubernetes secret has them: host.master, host.function.NAME, host.systemKey.NAME, functions.FUNCTION.NAME.
// https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script.WebHost/Security/KeyManagement/KubernetesSecretsRepository.cs
import type { HostKeys, Key } from './key-store.ts';

export type KeyEntries = ReadonlyMap<string, string>;

const MASTER = 'host.master';
const FUNCTION_PREFIX = 'host.function.';
const SYSTEM_PREFIX = 'host.systemKey.';

/** Undefined: no entry is one of the host. */
export function hostKeysOf(entries: KeyEntries): HostKeys | undefined {
  const keys = {
    master: entries.get(MASTER),
    functionKeys: keysBelow(entries, FUNCTION_PREFIX),
    systemKeys: keysBelow(entries, SYSTEM_PREFIX),
  };
  return keys.master === undefined && keys.functionKeys.length + keys.systemKeys.length === 0 ? undefined : keys;
}

/** Undefined: no entry is one of that function. */
export function functionKeysOf(entries: KeyEntries, functionName: string): readonly Key[] | undefined {
  const keys = keysBelow(entries, prefixOf(functionName));
  return keys.length === 0 ? undefined : keys;
}

export function hostEntries({ master, functionKeys, systemKeys }: HostKeys): KeyEntries {
  return new Map([
    ...(master === undefined ? [] : [[MASTER, master] as const]),
    ...functionKeys.map(({ name, value }) => [FUNCTION_PREFIX + name, value] as const),
    ...systemKeys.map(({ name, value }) => [SYSTEM_PREFIX + name, value] as const),
  ]);
}

export function functionEntries(functionName: string, keys: readonly Key[]): KeyEntries {
  return new Map(keys.map(({ name, value }) => [prefixOf(functionName) + name, value]));
}

export const isHostEntry = (entry: string): boolean => entry === MASTER || isBelow(entry, FUNCTION_PREFIX) || isBelow(entry, SYSTEM_PREFIX);

export const isFunctionEntry = (entry: string, functionName: string): boolean => isBelow(entry, prefixOf(functionName));

const prefixOf = (functionName: string): string => `functions.${functionName}.`;

/** The name of a key may hold dots. */
function keysBelow(entries: KeyEntries, prefix: string): Key[] {
  const found = [...entries].filter(([entry]) => isBelow(entry, prefix));
  return found.map(([entry, value]) => ({ name: entry.slice(prefix.length), value }));
}

const isBelow = (entry: string, prefix: string): boolean =>
  entry.length > prefix.length && entry.toLowerCase().startsWith(prefix.toLowerCase());
