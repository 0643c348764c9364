// App settings. The first that has a name counts: the environment of this process, local.settings.json, .env.local, .env.
import type { AppSettings, LocalHostSettings } from '../core/function-app.ts';
import type { Problem } from '../core/problem.ts';
import { settingBlanks, settingOverridden, settingUnusable } from '../core/problems/settings.ts';
import { readDotEnv } from './dot-env.ts';
import { type FileSetting, readLocalSettings } from './local-settings.ts';

export type Settings = { readonly settings: AppSettings; readonly local: LocalHostSettings; readonly problems: readonly Problem[] };

export function readSettings(root: string, hostEnvironment: Readonly<Record<string, string | undefined>>): Settings {
  const environment = Object.fromEntries(
    Object.entries(hostEnvironment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const file = readLocalSettings(root);
  const problems = [...file.problems];
  const fromFiles = new Map<string, FileSetting>();
  for (const setting of [...readDotEnv(root, '.env', problems), ...readDotEnv(root, '.env.local', problems), ...file.settings]) {
    if (setting.value.includes('\0')) problems.push({ ...settingUnusable(setting.name), ...setting.place });
    else fromFiles.set(setting.name, setting);
  }
  for (const { name, value, place } of fromFiles.values()) {
    const inEnvironment = Object.hasOwn(environment, name) ? environment[name] : undefined;
    // The same value twice has no consequence that anybody would want to hear of.
    if (inEnvironment !== undefined && inEnvironment !== value) problems.push({ ...settingOverridden(name), ...place });
    else if (value !== value.trim()) problems.push({ ...settingBlanks(name), ...place });
  }
  const settings = Object.fromEntries([...fromFiles].map(([name, { value }]) => [name, value]));
  return { settings: { ...settings, ...environment }, local: file.local, problems };
}

/** A setting by its name, which ignores case. */
export function settingReader(settings: AppSettings): (name: string) => string | undefined {
  const byName = new Map(Object.entries(settings).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => byName.get(name.toLowerCase());
}
