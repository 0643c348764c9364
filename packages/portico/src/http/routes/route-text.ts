/** The template of a function: its route below the prefix of host.json. */
export function joinRoute(routePrefix: string, route: string): string {
  return routePrefix === '' ? route : `${routePrefix}/${route}`;
}

/** The path that people read in the banner and the admin API, with its parameters as written: `/api/items/{id}`. */
export function urlTemplate(routePrefix: string, route: string): string {
  return `/${joinRoute(routePrefix, route).replace(/^~?\//, '')}`;
}
