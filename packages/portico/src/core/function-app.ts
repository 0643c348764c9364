// A function app as it was read: host.json, function.json and settings, parsed into readonly types. Nothing here reads a file.
import type { LogLevel } from './log.ts';
import type { Problem } from './problem.ts';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [name: string]: JsonValue };

/** App settings: the environment of the host, local.settings.json and .env, merged in the documented order. */
export type AppSettings = Readonly<Record<string, string>>;

/** One app, read once. A change on disk makes a new one. */
export type FunctionApp = {
  /** Absolute path of the folder with host.json. */
  readonly root: string;
  /** Undefined when host.json cannot be used: the host then stays up in state Error. */
  readonly config: HostConfig | undefined;
  readonly portico: PorticoConfig;
  /** `Host` section of local.settings.json. */
  readonly local: LocalHostSettings;
  readonly settings: AppSettings;
  /** All functions whose function.json could be read, faulty and disabled ones included, sorted by name (ordinal, ignoring case). */
  readonly functions: readonly FunctionMetadata[];
  /** In the order found. Those with a functionName are that function's alone. */
  readonly problems: readonly Problem[];
};

export type LocalHostSettings = {
  readonly port?: number;
  readonly address?: string;
  readonly corsOrigins?: readonly string[];
  readonly corsCredentials?: boolean;
};

/** host.json, version 2.0. https://learn.microsoft.com/azure/azure-functions/functions-host-json */
export type HostConfig = {
  /** Undefined: no limit. Default 30 minutes. */
  readonly functionTimeoutMs: number | undefined;
  /** `functions`: the only ones that are loaded, compared ignoring case. Undefined: all. */
  readonly allowList: readonly string[] | undefined;
  /** False: changes on disk are not noticed, unless sources are watched. */
  readonly fileWatchingEnabled: boolean;
  readonly watchDirectories: readonly string[];
  readonly watchFiles: readonly string[];
  readonly retry: RetryPolicy | undefined;
  readonly logging: LoggingConfig;
  readonly http: HttpConfig;
  /** Undefined: the app has no custom handler. */
  readonly handler: HandlerConfig | undefined;
  readonly configurationProfile: string | undefined;
  /** `extensions` without `http`, by name in lower case, as written: the tables of the extensions read them. */
  readonly extensions: Readonly<Record<string, JsonObject>>;
};

export type LoggingConfig = {
  /** Category prefix → least level; the longest prefix wins; `default` is the rest. */
  readonly levels: Readonly<Record<string, LogLevel>>;
};

/** `extensions.http` */
export type HttpConfig = {
  /** Without outer slashes; may hold several segments; may be empty. Default `api`. */
  readonly routePrefix: string;
  /** Running and queued together; above it 429. -1: no limit. */
  readonly maxOutstandingRequests: number;
  /** Above it requests wait in order of arrival. -1: no limit. */
  readonly maxConcurrentRequests: number;
  readonly customHeaders: readonly (readonly [name: string, value: string])[];
  readonly hsts: HstsConfig | undefined;
};

export type HstsConfig = {
  readonly maxAgeSeconds: number;
  readonly includeSubDomains: boolean;
  readonly preload: boolean;
  readonly excludedHosts: readonly string[];
};

/** `customHandler`, or the older `httpWorker`. */
export type HandlerConfig = {
  readonly section: 'customHandler' | 'httpWorker';
  /** `description.defaultExecutablePath`, as written. */
  readonly executablePath: string;
  readonly arguments: readonly string[];
  readonly workerPath: string | undefined;
  readonly workerArguments: readonly string[];
  /** As written; relative to the app root. */
  readonly workingDirectory: string | undefined;
  readonly workerDirectory: string | undefined;
  /** Default true. */
  readonly useStdErrorStreamForErrorsOnly: boolean;
  readonly enableForwardingHttpRequest: boolean;
  readonly enableProxyingHttpRequest: boolean;
  /** Default 30000. */
  readonly initializationTimeoutMs: number;
  /** Undefined: a free one. */
  readonly port: number | undefined;
};

export type RetryPolicy =
  | { readonly strategy: 'fixedDelay' /** -1: for ever. */; readonly maxRetryCount: number; readonly delayMs: number }
  | { readonly strategy: 'exponentialBackoff'; readonly maxRetryCount: number; readonly minimumMs: number; readonly maximumMs: number };

/** portico.json: what Azure's files have no word for. */
export type PorticoConfig = {
  /** Addresses and CIDR blocks whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  /** `azure` appends `ip:port`, as Azure's front end does; `plain` the address alone. */
  readonly xffStyle: 'plain' | 'azure';
  /** X-MS-CLIENT-PRINCIPAL and X-ARR-ClientCert headers of trusted proxies count. Default false. */
  readonly trustClientPrincipal: boolean;
  /** Text in outputs stays as it is, whatever it looks like. Default false: base64 and JSON in it are read, as on Azure. */
  readonly keepOutputText: boolean;
  /** How many copies of the handler run; `auto`: one for each processor that this process may use. Default 1. */
  readonly processes: number | 'auto';
  /** A command line that makes the handler, for the system's shell. Undefined: nothing is built. */
  readonly build: string | undefined;
  readonly watch: WatchConfig;
  /** Undefined: a handler that runs counts as healthy as long as it takes connections. */
  readonly healthCheck: HealthCheckConfig | undefined;
  /** How long a reply or a WebSocket may be without a byte once it has begun. Infinity: for ever, the default. */
  readonly streamIdleTimeoutMs: number;
  /** By the name of a function, in lower case. */
  readonly functions: Readonly<Record<string, FunctionLimits>>;
};

export type WatchConfig = {
  /** Patterns as in .gitignore, besides what .gitignore and .funcignore name. */
  readonly ignore: readonly string[];
  /** Undefined: the system reports changes. Else they are looked for at this pace, for file systems that report none. */
  readonly pollMs: number | undefined;
};

export type HealthCheckConfig = {
  /** Begins with a slash. */
  readonly path: string;
  readonly intervalMs: number;
  /** How long one answer may take. */
  readonly timeoutMs: number;
  /** How many checks in a row must fail until the handler counts as unhealthy. */
  readonly failureThreshold: number;
};

/** What portico.json says of one function; undefined: what holds for the app. */
export type FunctionLimits = {
  readonly functionTimeoutMs: number | undefined;
  readonly streamIdleTimeoutMs: number | undefined;
  /** Running. -1: no limit. */
  readonly maxConcurrentRequests: number;
  /** Running and waiting together; more are answered with 429. -1: no limit. */
  readonly maxOutstandingRequests: number;
};

export type AuthLevel = 'anonymous' | 'function' | 'system' | 'admin' | 'user';

/** One function: function.json as read, or a route of customHandler.http.routes. */
export type FunctionMetadata = {
  /** Name of its folder, case kept. */
  readonly name: string;
  /** Absolute path of its folder; undefined for a function made from a route. */
  readonly directory: string | undefined;
  /** function.json as written, for the admin API; comments gone. */
  readonly definition: JsonObject;
  readonly bindings: readonly BindingMetadata[];
  /** Undefined when a problem left it without one. */
  readonly trigger: BindingMetadata | undefined;
  /** Undefined without an httpTrigger. A faulty function has it too: its URL says what is wrong with it. */
  readonly http: HttpTriggerMetadata | undefined;
  readonly retry: RetryPolicy | undefined;
  /** By the setting AzureWebJobs.NAME.Disabled. */
  readonly disabled: boolean;
  /** False when host.json's `functions` leaves it out: it is listed, not run. */
  readonly allowed: boolean;
  /** Its problems of severity error; empty when it can run. */
  readonly errors: readonly Problem[];
};

export type BindingMetadata = {
  readonly name: string;
  /** As written. Compare ignoring case. */
  readonly type: string;
  readonly direction: 'in' | 'out' | 'inout';
  readonly dataType: 'string' | 'binary' | 'stream' | undefined;
  readonly cardinality: 'one' | 'many' | undefined;
  /** The binding object as written, with the app settings that it names put in. Property names ignore case. */
  readonly properties: JsonObject;
};

export type HttpTriggerMetadata = {
  /** Without the prefix; the function's name when function.json has none. */
  readonly route: string;
  /** As written. Undefined: every method. Empty: none. */
  readonly methods: readonly string[] | undefined;
  readonly authLevel: AuthLevel;
  /** Exactly one input, the httpTrigger, and exactly one output, of type http: only these are forwarded or proxied. */
  readonly simple: boolean;
};
