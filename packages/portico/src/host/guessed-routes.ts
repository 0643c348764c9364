// Where a function answers whose own route cannot be read: 503 with the reason, and nobody else runs what may be its code.
import { compareNames } from '../config/function-files.ts';
import type { FunctionApp } from '../core/function-app.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { Problem } from '../core/problem.ts';
import { httpResponseBinding } from '../http/output/http-response-binding.ts';
import type { HttpFunction, PublicApp } from '../http/public-app.ts';
import { createRouteTable, type RouteEntry, type RouteMatch } from '../http/routes/route-table.ts';
import { joinRoute } from '../http/routes/route-text.ts';
import { parseRouteTemplate } from '../http/routes/template.ts';

type Entry = RouteEntry<HttpFunction>;

/** A guess, and whose paths it has although theirs is no guess. */
type Guess = { readonly entry: Entry; readonly before: ReadonlySet<HttpFunction> };

/** The routes of an app, with those that are guessed. `routeProblems`: of functions whose route is no template. */
export function routesWithGuesses(
  entries: readonly Entry[],
  app: FunctionApp,
  routeProblems: readonly Problem[],
): Pick<PublicApp, 'routes' | 'functions'> {
  const routes = createRouteTable(entries);
  const functions = entries.map(({ value }) => value);
  const guesses = [...routeProblems, ...unread(app)].flatMap((problem) => guess(problem, entries, app));
  if (guesses.length === 0) return { routes, functions };
  const guessed = createRouteTable(guesses.map(({ entry }) => entry));
  const before = new Map(guesses.map((one) => [one.entry.value, one.before]));
  const match = (method: string, path: string): RouteMatch<HttpFunction> | undefined => {
    const found = routes.match(method, path);
    const other = guessed.match(method, path);
    return other !== undefined && (found === undefined || before.get(other.value)?.has(found.value)) ? other : found;
  };
  return { routes: { match }, functions: [...functions, ...guesses.map(({ entry }) => entry.value)] };
}

function guess({ functionName = '', message }: Problem, entries: readonly Entry[], { config, functions }: FunctionApp): Guess[] {
  if (config === undefined) return [];
  const { routePrefix } = config.http;
  const route = functions.find(({ name }) => name === functionName)?.http?.route;
  const place = literalPart(route) ?? functionName;
  const template = parseRouteTemplate(joinRoute(routePrefix, place), functionName);
  if (template.kind !== 'template') return [];
  const later = entries.filter(({ value }) => compareNames(value.name, functionName) > 0);
  // What names that place is for sure somebody's.
  const before = new Set(later.filter((entry) => takesAnyName(entry, routePrefix, place)).map(({ value }) => value));
  return [{ entry: { template, methods: undefined, value: brokenFunction(functionName, message) }, before }];
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
  return takes(path) && takes(path.replaceAll(/[\p{L}\d]/gu, nextSign));
}

function nextSign(sign: string): string {
  if (sign === '9') return '0';
  return /z/i.test(sign) ? 'a' : String.fromCodePoint((sign.codePointAt(0) ?? 0) + 1);
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
