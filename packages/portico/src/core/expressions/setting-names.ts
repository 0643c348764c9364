// `%NAME%` in the properties of a binding stands for an app setting. https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns#binding-expressions---app-settings
import type { AppSettings } from '../function-app.ts';
import { unresolvedReference } from '../key-vault-reference.ts';
import { nearestName } from '../nearest-name.ts';
import type { Problem } from '../problem.ts';
import { percentUnpaired, settingNameUnknown, settingUnresolved } from '../problems/function-json.ts';
import type { PropertyPlace } from './template.ts';

export type SettingLookup = {
  /** The value of a setting; undefined when there is none. */
  readonly get: (name: string) => string | undefined;
  /** To suggest the one that was meant. */
  readonly names: Iterable<string>;
};

/** Names ignore case, and what the environment spells `a__b` is `a:b` as well. */
export function settingLookup(settings: AppSettings): SettingLookup {
  const keyOf = (name: string) => name.toLowerCase().replaceAll('__', ':');
  const values = new Map(Object.entries(settings).map(([name, value]) => [keyOf(name), value]));
  return { get: (name) => values.get(keyOf(name)), names: Object.keys(settings) };
}

/** Puts in every setting that is named. Values are not searched for names again. */
export function resolveSettings(
  text: string,
  place: PropertyPlace,
  settings: SettingLookup,
): { readonly text: string } | { readonly problem: Problem } {
  let resolved = '';
  let end = 0;
  for (let start = text.indexOf('%'); start >= 0; start = text.indexOf('%', end)) {
    const close = text.indexOf('%', start + 1);
    if (close < 0) return { problem: percentUnpaired(place, text, start) };
    const name = text.slice(start + 1, close);
    // Parity: an empty name is looked up like any other, and not found.
    const value = name === '' ? undefined : settings.get(name);
    if (value === undefined) return { problem: settingNameUnknown(place, name, nearestName(name, settings.names)) };
    const unresolved = unresolvedReference(value, settings.get);
    if (unresolved !== undefined) return { problem: settingUnresolved(place, name, unresolved) };
    resolved += text.slice(end, start) + value;
    end = close + 1;
  }
  return { text: resolved + text.slice(end) };
}
