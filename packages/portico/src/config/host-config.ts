// What host.json means for this app, once its functions are known.
import type { AppSettings, HostConfig } from '../core/function-app.ts';
import { nearestName } from '../core/nearest-name.ts';
import { allowedFunctionMissing, routesAndFunctions, routesNeedCustomRuntime } from '../core/problems/host-json.ts';
import { toHandlerConfig } from './handler-config.ts';
import type { HostJson } from './host-json.ts';
import { ROUTES, routeFunctionName } from './route-names.ts';

/** Undefined when something is wrong with the whole app. `folders`: those with a function.json. */
export function toHostConfig(
  host: HostJson,
  { folders, settings }: { readonly folders: readonly string[]; readonly settings: AppSettings },
): HostConfig | undefined {
  const { add, hasError } = host.findings;
  const { routes } = host.options.customHandler.http;
  const workerRuntime = (!host.hasProfile && settings.FUNCTIONS_WORKER_RUNTIME) || 'custom';
  if (routes.length > 0 && folders.length > 0) add(routesAndFunctions(folders), ROUTES);
  if (routes.length > 0 && workerRuntime.toLowerCase() !== 'custom') add(routesNeedCustomRuntime(workerRuntime), ROUTES);

  const names = [...folders, ...routes.map((_, index) => routeFunctionName(index))];
  const known = new Set(names.map((name) => name.toLowerCase()));
  for (const [index, name] of (host.config.allowList ?? []).entries()) {
    if (!known.has(name.toLowerCase())) add(allowedFunctionMissing(name, nearestName(name, names)), ['functions', index]);
  }

  const handler = toHandlerConfig(host, { workerRuntime, hasFunctions: names.length > 0 });
  return hasError() ? undefined : { ...host.config, handler };
}
