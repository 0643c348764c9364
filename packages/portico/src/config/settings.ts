// App settings. The first that has a name counts: the environment of this process, local.settings.json, .env.local, .env.
import type { AppSettings, LocalHostSettings } from '../core/function-app.ts';
import { unresolvedReference } from '../core/key-vault-reference.ts';
import type { Problem } from '../core/problem.ts';
import { keyVaultReference, settingOverridden, settingUnusable } from '../core/problems/settings.ts';
import { readDotEnv } from './dot-env.ts';
import { type FileSetting, readLocalSettings } from './local-settings.ts';

export type Settings = {
  readonly settings: AppSettings;
  /** All that the files say. Of two with one name the later one counts. */
  readonly written: readonly FileSetting[];
  readonly local: LocalHostSettings;
  readonly problems: readonly Problem[];
};

export function readSettings(root: string, hostEnvironment: Readonly<Record<string, string | undefined>>): Settings {
  const environment = Object.fromEntries(
    Object.entries(hostEnvironment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const file = readLocalSettings(root);
  const problems = [...file.problems];
  const written: FileSetting[] = [];
  for (const setting of [...readDotEnv(root, '.env', problems), ...readDotEnv(root, '.env.local', problems), ...file.settings]) {
    if (setting.value.includes('\0')) problems.push({ ...settingUnusable(setting.name), ...setting.place });
    else written.push(setting);
  }
  const fromFiles = new Map(written.map((setting) => [setting.name, setting]));
  for (const { name, value, place } of fromFiles.values()) {
    // The same value twice has no consequence that anybody would want to hear of.
    if (Object.hasOwn(environment, name) && environment[name] !== value) problems.push({ ...settingOverridden(name), ...place });
  }
  const settings: AppSettings = { ...Object.fromEntries([...fromFiles].map(([name, { value }]) => [name, value])), ...environment };
  const get = (name: string) => settings[name];
  for (const [name, value] of Object.entries(settings)) {
    const unresolved = unresolvedReference(value, get);
    const place = Object.hasOwn(environment, name) ? { file: name } : fromFiles.get(name)?.place;
    if (unresolved !== undefined) problems.push({ ...keyVaultReference(name, unresolved), ...place });
  }
  return { settings, written, local: file.local, problems };
}

/** A setting by its name, which ignores case: as that is written, and the value. */
export function settingFinder(settings: AppSettings): (name: string) => readonly [name: string, value: string] | undefined {
  const byName = new Map(Object.entries(settings).map((setting) => [setting[0].toLowerCase(), setting]));
  return (name) => byName.get(name.toLowerCase());
}
