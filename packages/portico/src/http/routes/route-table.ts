// Which route a request belongs to. Parity: the first match in the order of the entries wins; how specific a template is
// does not count, and a method that does not fit is no match, never an answer of its own (docs/parity.md).
import { decodePath } from './decode-path.ts';
import { foldCase } from './fold-case.ts';
import { createRouteIndex, type RouteIndex, searchRoutes } from './route-index.ts';
import { NO_PARAMS, type RouteParams, routeValues } from './route-values.ts';
import type { RouteTemplate } from './template.ts';

export type RouteEntry<T> = {
  readonly template: RouteTemplate;
  /** Compared ignoring case. Undefined: every method. Empty: none. */
  readonly methods: readonly string[] | undefined;
  readonly value: T;
};

export type RouteMatch<T> = { readonly value: T; readonly params: Readonly<RouteParams> };

export type RouteTable<T> = {
  /**
   * `path` is as sent, without query, dot segments resolved; empty for `OPTIONS *`.
   * Takes as long with ten thousand routes as with ten.
   */
  match(method: string, path: string): RouteMatch<T> | undefined;
};

type Route<T> = {
  readonly order: number;
  readonly template: RouteTemplate;
  /** In upper case. */
  readonly methods: ReadonlySet<string> | undefined;
  readonly value: T;
};

export function createRouteTable<T>(entries: readonly RouteEntry<T>[]): RouteTable<T> {
  const routes = entries.map(({ template, methods, value }, order): Route<T> => {
    return { order, template, methods: methods && new Set(methods.map((method) => method.toUpperCase())), value };
  });
  const index = createRouteIndex(routes);
  const wholePaths = indexWholePaths(routes, index);
  return {
    match(method, path) {
      const known = wholePaths.get(path)?.find((route) => allows(route, method));
      return known ? { value: known.value, params: NO_PARAMS } : searchIndex(index, method, path);
    },
  };
}

function searchIndex<T>(index: RouteIndex<Route<T>>, method: string, path: string): RouteMatch<T> | undefined {
  const text = decodePath(path);
  const folded = foldCase(text);
  let match: RouteMatch<T> | undefined;
  const accepts = (route: Route<T>): boolean => {
    const params = allows(route, method) ? routeValues(route.template, { text, folded }) : undefined;
    if (params) match = { value: route.value, params };
    return params !== undefined;
  };
  searchRoutes(index, { folded, accepts, bestOrder: Number.POSITIVE_INFINITY });
  return match;
}

function allows({ methods }: Route<unknown>, method: string): boolean {
  return methods === undefined || methods.has(method) || methods.has(method.toUpperCase());
}

/**
 * The shortcut for most requests: routes without parameters, by their path in lower case and as the template spells it.
 * Left out is what an earlier route with parameters may take, and what a path has to spell otherwise than its template.
 */
function indexWholePaths<T>(routes: readonly Route<T>[], index: RouteIndex<Route<T>>): ReadonlyMap<string, readonly Route<T>[]> {
  const paths = new Map<string, Route<T>[]>();
  for (const route of routes) {
    if (/[%{}]/.test(route.template.text)) continue;
    const path = `/${route.template.text.replaceAll(/^~?\/|\/$/g, '')}`;
    const folded = foldCase(path);
    const earlier = { folded, accepts: ({ template }: Route<T>) => template.parameters.length > 0, bestOrder: route.order };
    searchRoutes(index, earlier);
    if (earlier.bestOrder < route.order) continue;
    const sharing = paths.get(folded) ?? [];
    sharing.push(route);
    // Both spellings share one list: whoever is first in it is first for either.
    paths.set(folded, sharing).set(path, sharing);
  }
  return paths;
}
