// Finds the app settings that a `connection` of function.json means, as configuration does on Azure: names ignore case, and `__` counts as `:`.
// https://learn.microsoft.com/azure/azure-functions/functions-reference#connections
import type { AppSettings } from '../core/function-app.ts';

export type ConnectionSetting =
  /** `name`: as the setting is written. */
  | { readonly kind: 'value'; readonly name: string; readonly value: string }
  /** `name`: what its keys have in common. Keys are in lower case. */
  | { readonly kind: 'section'; readonly name: string; readonly values: ReadonlyMap<string, string> };

/** App Service hands connection strings to a program in variables with such a prefix. */
const CONNECTION_STRING_VARIABLE = /^(?:custom|sqlazure|sql|mysql)connstr_(?=.)/;

const LAST_KEY = /(?:__|:)(?!.*(?:__|:)).*$/;

/** Undefined: nothing of that name is set. What is empty counts as not set. */
export function findConnectionSetting(connection: string, settings: AppSettings): ConnectionSetting | undefined {
  const known = Object.entries(settings)
    .map(([name, value]) => ({ name, key: keyOf(name), value: value.trim() }))
    .filter(({ value }) => value !== '');
  for (const key of keysFor(connection)) {
    const plain = known.findLast((setting) => setting.key === key);
    if (plain) return { kind: 'value', name: plain.name, value: plain.value };
    const section = known.filter((setting) => setting.key.startsWith(`${key}:`));
    const [first] = section;
    if (first === undefined) continue;
    return {
      kind: 'section',
      name: first.name.replace(LAST_KEY, ''),
      values: new Map(section.map((setting) => [setting.key.slice(key.length + 1), setting.value])),
    };
  }
  return undefined;
}

/** A setting that would count, if it were not empty. */
export function findEmptySetting(connection: string, settings: AppSettings): string | undefined {
  const keys = keysFor(connection);
  return Object.keys(settings).find((name) => keys.includes(keyOf(name)));
}

/** Whether a setting of this name is what the connection may mean, or a part of that. */
export function belongsToConnection(name: string, connection: string): boolean {
  const key = keyOf(name);
  return keysFor(connection).some((each) => key === each || key.startsWith(`${each}:`));
}

/** In the order in which they are looked for. */
function keysFor(connection: string): string[] {
  const key = keyOf(connection);
  return [`connectionstrings:azurewebjobs${key}`, `azurewebjobs${key}`, `connectionstrings:${key}`, key];
}

function keyOf(name: string): string {
  return name.toLowerCase().replaceAll('__', ':').replace(CONNECTION_STRING_VARIABLE, 'connectionstrings:');
}
