// Routes that Azure refuses: those that begin like its own, and those that another function has.
import { routeReserved, routeTaken } from '../core/problems/function-json.ts';
import type { FunctionDraft } from './function-json.ts';

type Owner = { readonly name: string; readonly methods: readonly string[] | undefined };

/** Expects them sorted: the first one keeps a route that several have. */
export function checkRoutes(drafts: readonly FunctionDraft[]): void {
  const owners = new Map<string, Owner[]>();
  for (const { name, http, routePath, findings } of drafts) {
    if (!http || findings.hasError(name)) continue;
    const text = http.route.replace(/^\/+|\/+$/g, '').toLowerCase();
    // Parity: a mere prefix of the text, "administrators" too (function-errors.list).
    if (/^(admin|runtime)/.test(text)) {
      findings.add(routeReserved(http.route), routePath);
      continue;
    }
    const ownersOfText = owners.get(text) ?? [];
    const owner = ownersOfText.find(({ methods }) => overlap(methods, http.methods));
    if (owner) findings.add(routeTaken(http.route, owner.name), routePath);
    else owners.set(text, [...ownersOfText, { name, methods: http.methods }]);
  }
}

/** Parity: names of methods are compared with their case here, unlike those of a request; none at all means all. */
function overlap(some: readonly string[] | undefined, others: readonly string[] | undefined): boolean {
  return !some?.length || !others?.length || some.some((method) => others.includes(method));
}
