// Loads scenario files and sorts scenarios into groups that share one host process.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as builders from './builders.ts';
import type { App, Group, Scenario } from './types.ts';

type Definition = { apps?: Record<string, App>; scenarios?: (Partial<Scenario> & Pick<Scenario, 'id' | 'about' | 'app'>)[] };

/** A file exports default (builders) => ({ apps?, scenarios }). Apps of every file are known to all files. */
export async function loadGroups(folder: string): Promise<Group[]> {
  const apps: Record<string, App> = {};
  const scenarios: Scenario[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.mjs')) continue;
    const { default: define } = (await import(pathToFileURL(join(folder, name)).href)) as {
      default: (given: typeof builders) => Definition;
    };
    const defined = define(builders);
    for (const [app, content] of Object.entries(defined.apps ?? {})) {
      if (apps[app]) throw new Error(`App "${app}" is defined twice, the second time in ${name}.`);
      apps[app] = content;
    }
    for (const scenario of defined.scenarios ?? []) scenarios.push({ tags: [], steps: [], rules: [], ...scenario });
  }
  check(scenarios, apps);
  return groupScenarios(scenarios, apps);
}

function check(scenarios: Scenario[], apps: Record<string, App>): void {
  const seen = new Set<string>();
  for (const { id, app, about } of scenarios) {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(id)) throw new Error(`Scenario id "${id}" may hold a-z, 0-9, dots and dashes only.`);
    if (seen.has(id)) throw new Error(`Scenario "${id}" is defined twice.`);
    if (typeof app === 'string' && !apps[app]) throw new Error(`Scenario "${id}" names the unknown app "${app}".`);
    if (!about) throw new Error(`Scenario "${id}" says nothing about itself.`);
    seen.add(id);
  }
}

/** Scenarios with the same named app share a host, unless they ask for a fresh one or bring their own app. */
function groupScenarios(scenarios: Scenario[], apps: Record<string, App>): Group[] {
  const groups = new Map<string, Group>();
  for (const scenario of scenarios) {
    const named = typeof scenario.app === 'string' ? { name: scenario.app, app: apps[scenario.app] as App } : undefined;
    const own = scenario.fresh === true || named === undefined;
    const name = own ? scenario.id : named.name;
    if (!groups.has(name)) groups.set(name, { name, app: named?.app ?? (scenario.app as App), own, scenarios: [] });
    groups.get(name)?.scenarios.push(scenario);
  }
  return [...groups.values()];
}

/** "*" stands for any text. */
export const globToRegExp = (glob: string): RegExp => new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
