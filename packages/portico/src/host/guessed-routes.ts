// Where a function answers whose own route cannot be read: 503 with the reason, and nobody else runs what may be its code.
import { compareNames } from '../config/function-files.ts';
import type { FunctionApp } from '../core/function-app.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { Problem } from '../core/problem.ts';
import { httpResponseBinding } from '../http/output/http-response-binding.ts';
import type { HttpFunction } from '../http/public-app.ts';
import { createRouteTable, type RouteEntry } from '../http/routes/route-table.ts';
import { joinRoute } from '../http/routes/route-text.ts';
import { parseRouteTemplate } from '../http/routes/template.ts';

type Entry = RouteEntry<HttpFunction>;

/** The routes of an app, with those that are guessed. `routeProblems`: of functions whose route is no template. */
export function withGuesses(entries: readonly Entry[], app: FunctionApp, routeProblems: readonly Problem[]): readonly Entry[] {
  const routePrefix = app.config?.http.routePrefix ?? '';
  const all = [...entries];
  for (const { functionName = '', message } of [...routeProblems, ...unread(app)]) {
    const route = app.functions.find(({ name }) => name === functionName)?.http?.route;
    const place = literalPart(route) ?? functionName;
    const template = parseRouteTemplate(joinRoute(routePrefix, place), functionName);
    if (template.kind !== 'template') continue;
    const at = all.findIndex((entry) => compareNames(entry.value.name, functionName) > 0 && takesAnyName(entry, routePrefix, place));
    // Behind what names that place: it is that one's for sure.
    all.splice(at === -1 ? all.length : at, 0, { template, methods: undefined, value: brokenFunction(functionName, message) });
  }
  return all;
}

/** What is wrong with those that were most likely meant for HTTP: without a trigger, or with one of an unknown type. */
function unread({ functions, problems }: FunctionApp): Problem[] {
  const routed = new Set(
    functions.filter(({ http, trigger }) => http !== undefined || isOtherTrigger(trigger?.type)).map(({ name }) => name),
  );
  return problems.filter(({ severity, functionName }) => severity === 'error' && functionName !== undefined && !routed.has(functionName));
}

const isOtherTrigger = (type: string | undefined): boolean => type !== undefined && nearestName(type, ['httpTrigger']) === undefined;

/** `bad/{id:nosuch}` → `bad/{*rest}`; undefined when the route does not begin with a literal segment. */
function literalPart(route: string | undefined): string | undefined {
  const literal = /^[^{}?*]+(?=\/|$)/.exec(route ?? '')?.[0];
  return literal === undefined ? undefined : `${literal}/{*rest}`;
}

/** Whether a route takes what is there whatever it is called, as `{*path}` and `{name}` do. */
function takesAnyName({ template, value }: Entry, routePrefix: string, place: string): boolean {
  const { match } = createRouteTable([{ template, methods: undefined, value }]);
  const takes = (path: string): boolean => match('GET', `/${joinRoute(routePrefix, path)}`) !== undefined;
  const path = place.replace('{*rest}', 'x');
  // Of the same length and kind, so that a constraint hardly tells the two apart.
  return takes(path) && takes(path.replaceAll(/[a-z]/gi, nextLetter));
}

function nextLetter(letter: string): string {
  return /z/i.test(letter) ? 'a' : String.fromCharCode(letter.charCodeAt(0) + 1);
}

function brokenFunction(name: string, fault: string): HttpFunction {
  return {
    name,
    triggerName: '',
    mode: 'payload',
    output: httpResponseBinding([]),
    disabled: false,
    // Who has no key learns nothing of it.
    authLevel: 'function',
    fault,
    admission: undefined,
    timeLimit: undefined,
    idleLimit: undefined,
    retry: undefined,
    bindings: undefined,
  };
}
