// From a function app as read to one that can be served: routes in Azure's order, a mode for each function, limits and headers.
import type { X509Certificate } from 'node:crypto';
import type { LocalPrincipal } from '../core/authorization.ts';
import type { Clock } from '../core/clock.ts';
import type { FunctionApp, FunctionLimits, FunctionMetadata, HandlerConfig, HostConfig, HttpConfig } from '../core/function-app.ts';
import type { Problem } from '../core/problem.ts';
import { routeTemplateWrong } from '../core/problems/function-json.ts';
import { Admission, type AdmissionLimits } from '../http/admission.ts';
import { createCallerRules, type XffStyle } from '../http/caller.ts';
import type { CorsRules } from '../http/cors.ts';
import { httpResponseBinding } from '../http/output/http-response-binding.ts';
import type { HttpFunction, PublicApp } from '../http/public-app.ts';
import type { RouteEntry } from '../http/routes/route-table.ts';
import { joinRoute } from '../http/routes/route-text.ts';
import { parseRouteTemplate } from '../http/routes/template.ts';
import type { RouteTemplateFault } from '../http/routes/template-fault.ts';
import type { FunctionBindings } from '../invocation/function-bindings.ts';
import type { RunnableFunction } from '../invocation/runnable-function.ts';
import { TimeLimit } from '../invocation/time-limit.ts';
import { routesWithGuesses } from './guessed-routes.ts';
import type { EventFunction } from './listener-set.ts';

/** What the command line or a library's caller says instead of the app's files. */
export type ServingOverrides = {
  readonly cors?: CorsRules | undefined;
  readonly xffStyle?: XffStyle | undefined;
  /** Whose every request is, whatever a proxy says. */
  readonly user?: LocalPrincipal | undefined;
  /** A certificate is every caller's, whatever a proxy says. */
  readonly clientCertificate?: X509Certificate | 'ask' | undefined;
};

/** What functions of any app run with. */
export type ServingMeans = {
  readonly clock: Clock;
  /** Aborts when the host stops. */
  readonly over: AbortSignal;
  readonly bindingsOf: (metadata: FunctionMetadata, app: FunctionApp) => FunctionBindings | undefined;
};

/** Where the requests under way are counted that an earlier reading of the app let in: they still run. */
export type Counted = Pick<PublicApp, 'admission' | 'functions'>;

export type ServableApp = {
  readonly app: PublicApp;
  /** Those that something else than a request triggers. */
  readonly events: readonly EventFunction[];
  /** Found while the routes were built. */
  readonly problems: readonly Problem[];
};

export function makeServable(app: FunctionApp, overrides: ServingOverrides, means: ServingMeans, before?: Counted): ServableApp {
  const { config } = app;
  const problems: Problem[] = [];
  const entries: RouteEntry<HttpFunction>[] = [];
  for (const metadata of config === undefined ? [] : app.functions) {
    if (metadata.http === undefined || !metadata.allowed) continue;
    const template = parseRouteTemplate(joinRoute(config?.http.routePrefix ?? '', metadata.http.route), metadata.name);
    if (template.kind === 'template') {
      entries.push({ template, methods: metadata.http.methods, value: httpFunction(metadata, app, means, before) });
    } else problems.push(routeProblem(metadata, template));
  }
  return {
    problems,
    events: config === undefined ? [] : app.functions.flatMap((metadata) => eventFunction(metadata, app, means)),
    app: {
      ...routesWithGuesses(entries, app, problems),
      ...limits(config, before),
      ...policies(app, overrides),
    },
  };
}

function routeProblem({ name, directory }: FunctionMetadata, fault: RouteTemplateFault): Problem {
  return { ...routeTemplateWrong(fault), functionName: name, file: directory === undefined ? 'host.json' : `${name}/function.json` };
}

function eventFunction(metadata: FunctionMetadata, app: FunctionApp, means: ServingMeans): EventFunction[] {
  const { trigger, http, allowed, errors } = metadata;
  if (trigger === undefined || http !== undefined || !allowed || errors.length > 0) return [];
  return [{ metadata, runnable: runnable(metadata, app, means) }];
}

function runnable(metadata: FunctionMetadata, app: FunctionApp, means: ServingMeans): RunnableFunction & Limits {
  const { name, trigger, retry } = metadata;
  return {
    name,
    triggerName: trigger?.name ?? 'req',
    bindings: means.bindingsOf(metadata, app),
    ...limitsOf(name, app.portico.functions[name.toLowerCase()], app, means),
    retry: retry ?? app.config?.retry,
  };
}

function httpFunction(metadata: FunctionMetadata, app: FunctionApp, means: ServingMeans, before: Counted | undefined): HttpFunction {
  const { name, bindings, disabled, http, errors } = metadata;
  const own = app.portico.functions[name.toLowerCase()];
  return {
    ...runnable(metadata, app, means),
    mode: modeOf(metadata, app.config?.handler),
    output: httpResponseBinding(bindings),
    disabled,
    authLevel: http?.authLevel ?? 'function',
    fault: errors[0]?.message,
    admission: admissionFor(own, before?.functions.find((fn) => fn.name === name)?.admission),
  };
}

type Limits = Pick<HttpFunction, 'timeLimit' | 'idleLimit'>;

/** portico.json may say something else of one function than host.json says of all. */
function limitsOf(
  name: string,
  own: FunctionLimits | undefined,
  { config, portico }: FunctionApp,
  { clock, over }: Pick<ServingMeans, 'clock' | 'over'>,
): Limits {
  const limit = (ownMs: number | undefined, option: string, appMs: number | undefined, file: string): TimeLimit | undefined => {
    const limitMs = ownMs ?? appMs ?? Number.POSITIVE_INFINITY;
    const setting = ownMs === undefined ? `${option} in ${file}` : `functions.${name}.${option} in portico.json`;
    return Number.isFinite(limitMs) ? new TimeLimit(limitMs, setting, clock, over) : undefined;
  };
  return {
    timeLimit: limit(own?.functionTimeoutMs, 'functionTimeout', config?.functionTimeoutMs, 'host.json'),
    idleLimit: limit(own?.streamIdleTimeoutMs, 'streamIdleTimeout', portico.streamIdleTimeoutMs, 'portico.json'),
  };
}

/** The one from before where nothing of it has changed. */
function admissionFor(limits: AdmissionLimits | undefined, before: Admission | undefined): Admission | undefined {
  if (limits === undefined) return undefined;
  const { maxConcurrentRequests, maxOutstandingRequests } = limits;
  const isSame =
    before?.limits.maxConcurrentRequests === maxConcurrentRequests && before.limits.maxOutstandingRequests === maxOutstandingRequests;
  if (isSame) return before;
  return maxConcurrentRequests < 0 && maxOutstandingRequests < 0 ? undefined : new Admission(limits);
}

/** https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers: only what has nothing but HTTP can be passed on. */
function modeOf({ http }: FunctionMetadata, handler: HandlerConfig | undefined): HttpFunction['mode'] {
  if (handler === undefined || !http?.simple) return 'payload';
  if (handler.section === 'httpWorker') return 'legacy';
  if (handler.enableProxyingHttpRequest) return 'proxy';
  return handler.enableForwardingHttpRequest ? 'forward' : 'payload';
}

function limits(config: HostConfig | undefined, before: Counted | undefined): Pick<PublicApp, 'admission' | 'customHeaders' | 'hsts'> {
  if (config === undefined) return { admission: undefined, customHeaders: [], hsts: undefined };
  return { admission: admissionFor(config.http, before?.admission), customHeaders: config.http.customHeaders, hsts: hstsFor(config.http) };
}

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

function hstsFor({ hsts }: HttpConfig): PublicApp['hsts'] {
  if (hsts === undefined) return undefined;
  const value = `max-age=${hsts.maxAgeSeconds}${hsts.includeSubDomains ? '; includeSubDomains' : ''}${hsts.preload ? '; preload' : ''}`;
  const excluded = new Set(hsts.excludedHosts.map((host) => host.toLowerCase()));
  return (authority) => {
    const host = authority.replace(/:\d+$/, '').toLowerCase();
    return LOCAL_HOSTS.has(host) || excluded.has(host) ? undefined : value;
  };
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits */
const DEFAULT_MOST_BODY_BYTES = 104_857_600;

function policies(
  { settings, portico, local }: FunctionApp,
  { cors, xffStyle, user, clientCertificate }: ServingOverrides,
): Pick<PublicApp, 'homePage' | 'cors' | 'callerRules' | 'mostBodyBytes'> {
  const limit = Number(settings['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT']);
  const certificate = typeof clientCertificate === 'object' ? clientCertificate.raw.toString('base64') : undefined;
  return {
    homePage: settings['AzureWebJobsDisableHomepage']?.toLowerCase() !== 'true',
    cors: cors ?? (local.corsOrigins && { origins: local.corsOrigins, credentials: local.corsCredentials ?? false }),
    callerRules: createCallerRules(
      portico.trustedProxies,
      xffStyle ?? portico.xffStyle,
      portico.trustClientPrincipal && user === undefined && certificate === undefined,
      certificate,
    ),
    mostBodyBytes: limit > 0 ? limit : DEFAULT_MOST_BODY_BYTES,
  };
}
