// Where host.json lists its routes, and what the functions are called that they make.
import type { Path } from '../core/options.ts';

export const ROUTES = ['customHandler', 'http', 'routes'];

/** From 0. */
export function routeFunctionName(index: number): string {
  return `http-handler${index + 1}`;
}

/** The function of the route that a path leads to or into. */
export function routeFunctionAt(path: Path): string | undefined {
  const index = path[ROUTES.length];
  const isInRoutes = ROUTES.every((name, depth) => `${path[depth]}`.toLowerCase() === name.toLowerCase());
  return isInRoutes && typeof index === 'number' ? routeFunctionName(index) : undefined;
}
