// Reads a whole function app: settings, portico.json, host.json and every function.json. Start here.
// Nothing is written, nothing is started, and nothing that is in the files makes it throw: what is wrong with them becomes a list of problems.
import { settingLookup } from '../core/expressions/setting-names.ts';
import type { FunctionApp, FunctionMetadata } from '../core/function-app.ts';
import { functionsFromRoutes } from './custom-routes.ts';
import { compareNames, functionFiles } from './function-files.ts';
import { type FunctionDraft, readFunction } from './function-json.ts';
import { checkSwitches, switches } from './function-switches.ts';
import { toHostConfig } from './host-config.ts';
import { readHostJson } from './host-json.ts';
import { readPorticoJson, reconcile } from './portico-json.ts';
import { checkRoutes } from './route-conflicts.ts';
import { readSettings } from './settings.ts';

export type AppSource = {
  /** Absolute path of the folder with host.json. */
  readonly root: string;
  /** The environment of this process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** An allow-list that goes over that of host.json, item by item. */
  readonly functions?: readonly string[] | undefined;
};

export function loadFunctionApp({ root, environment, functions = [] }: AppSource): FunctionApp {
  const { settings, local, problems: settingsProblems } = readSettings(root, environment);
  const porticoJson = readPorticoJson(root);
  const host = readHostJson(root, settings, functions);
  const files = functionFiles(root);
  const hasBundle = host.document !== undefined && host.options.extensionBundle.id !== undefined;
  const facts = { settings, lookup: settingLookup(settings), hasBundle };
  const inFolders = files.map((file) => readFunction(file, facts));
  // Beside function.json files routes are a fault, and make no functions.
  const fromRoutes = host.document && files.length === 0 ? functionsFromRoutes(host) : [];
  const drafts = [...inFolders.flatMap(({ draft }) => draft ?? []), ...fromRoutes].sort((one, other) => compareNames(one.name, other.name));
  const isAllowed = allowance(host.document && host.config.allowList);
  checkRoutes(drafts.filter(({ name }) => isAllowed(name)));
  const config = host.document && toHostConfig(host, { folders: files.map(({ name }) => name), settings });

  const names = drafts.map(({ name }) => name);
  const portico = config === undefined ? porticoJson.portico : reconcile(porticoJson, names, config.handler);

  const hostProblems = host.document ? host.findings.problems : [host.problem];
  // Without host.json nobody knows the functions that its routes make.
  const switchProblems = host.document
    ? checkSwitches(
        settings,
        [...files, ...fromRoutes].map(({ name }) => name),
      )
    : [];
  const found = [
    ...settingsProblems,
    ...switchProblems,
    ...porticoJson.problems,
    ...hostProblems,
    ...inFolders.flatMap(({ problems }) => problems),
  ];
  // Parity: what is off the list is not read, so nothing can be wrong with it (allow-list.two).
  const problems = found.filter(({ functionName }) => functionName === undefined || isAllowed(functionName));
  const errors = Map.groupBy(
    problems.filter(({ severity }) => severity === 'error'),
    ({ functionName }) => functionName,
  );
  const switchOf = switches(settings);
  const metadata = ({ findings: _findings, routePath: _routePath, ...draft }: FunctionDraft): FunctionMetadata => ({
    ...draft,
    disabled: switchOf(draft.name) !== undefined,
    allowed: isAllowed(draft.name),
    errors: errors.get(draft.name) ?? [],
  });
  return { root, config, portico, local, settings, functions: drafts.map(metadata), problems };
}

function allowance(allowList: readonly string[] | undefined): (name: string) => boolean {
  if (!allowList) return () => true;
  const allowed = new Set(allowList.map((name) => name.toLowerCase()));
  return (name) => allowed.has(name.toLowerCase());
}
