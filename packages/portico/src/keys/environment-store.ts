// Keys in variables: PORTICO_KEYS__HOST__MASTER, PORTICO_KEYS__HOST__FUNCTION__NAME, PORTICO_KEYS__HOST__SYSTEM__NAME, PORTICO_KEYS__FUNCTIONS__FUNCTION__NAME.
// For containers that are given secrets this way. Nobody changes them here.
import { keysReadOnly, keyVariableUnknown } from '../core/errors/keys.ts';
import type { AppSettings } from '../core/function-app.ts';
import { type Logger, report } from '../core/log.ts';
import type { HostKeys, Key, KeyStore } from './key-store.ts';

const PREFIX = 'PORTICO_KEYS__';
const PLACE = `the variables ${PREFIX}…`;
/** They stay as they are for as long as the settings do. */
const FRESH_FOR_MS = Number.POSITIVE_INFINITY;

export const isKeyVariable = (name: string): boolean => name.toUpperCase().startsWith(PREFIX);

/** Each in lower case but for the name of a key. */
type Variable = { readonly kind: 'master' | 'function' | 'system' } | { readonly kind: 'own'; readonly functionName: string };
type NamedKey = Variable & { readonly key: Key };

export function openEnvironmentStore({ settings, log }: { readonly settings: AppSettings; readonly log: Logger }): KeyStore {
  const found = readVariables(settings, log);
  const keysOf = (kind: NamedKey['kind']): Key[] => found.filter((one) => one.kind === kind).map(({ key }) => key);
  const host: HostKeys = { master: keysOf('master')[0]?.value, functionKeys: keysOf('function'), systemKeys: keysOf('system') };
  const readOnlyReason = 'They are variables of this process: change them where it is started, and start it anew.';
  const refuse = () => Promise.reject(keysReadOnly(PLACE, readOnlyReason));
  return {
    place: PLACE,
    readOnlyReason,
    freshForMs: FRESH_FOR_MS,
    readHost: async () => host,
    readFunction: async (name) => found.filter((one) => one.kind === 'own' && one.functionName === name).map(({ key }) => key),
    changeHost: refuse,
    changeFunction: refuse,
  };
}

function readVariables(settings: AppSettings, log: Logger): NamedKey[] {
  const found = new Map<string, NamedKey>();
  // In an order that is no chance: of two that differ in case only, the same one counts each time.
  for (const [name, value] of Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (!isKeyVariable(name)) continue;
    const fault = takeVariable(name, value, found);
    if (fault !== undefined) report(log, 'warning', keyVariableUnknown(name, fault));
  }
  return [...found.values()];
}

/** What is wrong with it. */
function takeVariable(name: string, value: string, found: Map<string, NamedKey>): string | undefined {
  const named = parseName(name.slice(PREFIX.length));
  if (named === undefined) return 'its name is none of those that are known';
  if (value === '') return 'it is empty';
  const key = name.toLowerCase();
  if (found.has(key)) return 'another variable has the same name in other letters, and that one counts';
  found.set(key, { ...named.variable, key: { name: named.keyName, value } });
  return undefined;
}

function parseName(name: string): { readonly variable: Variable; readonly keyName: string } | undefined {
  if (name.toUpperCase() === 'HOST__MASTER') return { variable: { kind: 'master' }, keyName: 'master' };
  const [, kind, keyName] = /^HOST__(FUNCTION|SYSTEM)__(.+)$/i.exec(name) ?? [];
  if (kind !== undefined && keyName !== undefined) return { variable: { kind: kind.toLowerCase() as 'function' | 'system' }, keyName };
  // Functions are more likely than keys to have two underscores in their name: the last pair ends it.
  const [, functionName, ownName] = /^FUNCTIONS__(.+)__(.+)$/i.exec(name) ?? [];
  if (functionName !== undefined && ownName !== undefined)
    return { variable: { kind: 'own', functionName: functionName.toLowerCase() }, keyName: ownName };
  return undefined;
}
