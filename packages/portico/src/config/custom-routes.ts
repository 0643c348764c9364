// `customHandler.http.routes`: functions without function.json, one for each route.
import type { BindingMetadata, JsonObject, JsonValue } from '../core/function-app.ts';
import type { Option } from '../core/options.ts';
import { routeBlank, routeLevelUnknown } from '../core/problems/host-json.ts';
import type { FunctionDraft } from './function-json.ts';
import { HTTP_METHODS } from './function-options.ts';
import type { HostJson } from './host-json.ts';
import { HOST_OPTIONS } from './host-options.ts';
import { valueAt } from './json-document.ts';
import { ROUTES, routeFunctionName } from './route-names.ts';

const HTTP = HOST_OPTIONS.customHandler.table.http.table;

/** In the order of the list; numbers count the faulty ones too. */
export function functionsFromRoutes({ document, options, findings }: HostJson): FunctionDraft[] {
  const { defaultAuthorizationLevel, routes } = options.customHandler.http;
  const isDefaultReadable = isReadable(
    HTTP.defaultAuthorizationLevel,
    valueAt(document.value, ['customHandler', 'http', 'defaultAuthorizationLevel']),
  );
  return routes.map(({ route = '', authorizationLevel }, index) => {
    const path = [...ROUTES, index];
    const name = routeFunctionName(index);
    const isFaulty = findings.hasError(name);
    const isLevelUnknown = !isDefaultReadable && authorizationLevel === undefined;
    if (!isFaulty && route.trim() === '') findings.add(routeBlank(), path);
    // Falling back on "function" could open what was to be an admin's alone.
    else if (!isFaulty && isLevelUnknown) findings.add(routeLevelUnknown(), path);
    const authLevel = authorizationLevel ?? defaultAuthorizationLevel;
    const trigger = { type: 'httpTrigger', direction: 'in', name: 'req', authLevel, methods: HTTP_METHODS, route } as const;
    const output = { type: 'http', direction: 'out', name: 'res' } as const;
    const bindings = [trigger, output].map(toMetadata);
    return {
      name,
      directory: undefined,
      definition: { bindings: [trigger, output] },
      bindings,
      trigger: bindings[0],
      http: route.trim() === '' ? undefined : { route, methods: HTTP_METHODS, authLevel, simple: true },
      retry: undefined,
      findings,
      routePath: [...path, 'route'],
    };
  });
}

function isReadable(option: Option, written: JsonValue | undefined): boolean {
  let isRead = true;
  option.read(written, [], () => {
    isRead = false;
  });
  return isRead;
}

function toMetadata(
  properties: { readonly type: string; readonly direction: 'in' | 'out'; readonly name: string } & JsonObject,
): BindingMetadata {
  const { type, direction, name } = properties;
  return { name, type, direction, dataType: undefined, cardinality: undefined, properties };
}
