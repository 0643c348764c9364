// Reads host.json with what the environment puts over it and a configuration profile under it.
// One value that cannot be read costs that value, not the app: a default stands in, and the problem says what Azure does.
import { join } from 'node:path';
import type { AppSettings, HostConfig, HttpConfig, JsonObject, JsonValue } from '../core/function-app.ts';
import { isJsonObject } from '../core/json-value.ts';
import type { LogLevel } from '../core/log.ts';
import type { OptionsOf } from '../core/options.ts';
import type { Problem } from '../core/problem.ts';
import { fileUnreadable, keyRepeated, overrideIgnored } from '../core/problems/any-file.ts';
import {
  extensionBundleIncomplete,
  hostJsonInvalid,
  hostJsonMissing,
  hostVersionMissing,
  hostVersionWrong,
  routePrefixSlashes,
} from '../core/problems/host-json.ts';
import { onAzure } from './azure-conversion.ts';
import { azureParserMessage } from './azure-parser-message.ts';
import { underProfile } from './configuration-profile.ts';
import { createFindings, type Findings, nameOf } from './findings.ts';
import { HOST_JSON, HOST_OPTIONS } from './host-options.ts';
import { type JsonDocument, parseJson, valueAt } from './json-document.ts';
import { isArguments, type Override, overridesIn, withValues } from './overrides.ts';
import { readText } from './read-text.ts';
import { toRetryPolicy } from './retry-policy.ts';
import { routeFunctionAt } from './route-names.ts';

const FILE = 'host.json';
const HSTS_EXCLUDED = ['localhost', '127.0.0.1', '[::1]'];

export type HostOptions = OptionsOf<typeof HOST_OPTIONS>;

export type HostJson = {
  readonly document: JsonDocument;
  readonly findings: Findings;
  readonly options: HostOptions;
  /** What does not depend on the functions. */
  readonly config: Omit<HostConfig, 'handler'>;
  /** A profile is set, which makes the worker runtime custom. */
  readonly hasProfile: boolean;
};

/** `functions`: an allow-list from the command line, put over that of the file item by item. */
export function readHostJson(
  root: string,
  settings: AppSettings,
  functions: readonly string[],
): HostJson | { readonly document: undefined; readonly problem: Problem } {
  const path = join(root, FILE);
  const unusable = (problem: Problem) => ({ document: undefined, problem: { file: FILE, ...problem } });
  const read = readText(path);
  if (!read) return unusable(hostJsonMissing(root));
  if (read.text === undefined) return unusable(fileUnreadable(read.reason));
  const parsed = parseJson(read.text, FILE);
  if (!parsed.document) {
    const { fault } = parsed;
    return unusable({ ...hostJsonInvalid(fault.reason, path, azureParserMessage(fault)), ...fault.place });
  }

  const allowed = functions.map(
    (name, index): Override => ({ place: { file: '--functions' }, path: ['functions', `${index}`], value: name }),
  );
  const overridden = withValues(parsed.document, [...overridesIn(settings), ...allowed]);
  const { document, hasProfile, problem } = underProfile(overridden.document);
  const findings = createFindings({ document, table: HOST_OPTIONS, functionAt: routeFunctionAt, onAzure });
  for (const repeated of parsed.repeated) findings.add(keyRepeated(nameOf(repeated)), repeated, 'name');
  for (const { place, path } of overridden.ignored) {
    findings.add({ ...overrideIgnored({ path: nameOf(path), variable: place.file, isArguments: isArguments(path) }), ...place });
  }
  if (problem) findings.add(problem, ['configurationProfile']);
  checkVersion(parsed.document.value, findings);
  const options = HOST_JSON.read(document.value, [], findings.report);
  checkBundle(options, document, findings);
  return { document, findings, options, config: toConfig(options, document, findings), hasProfile };
}

function toConfig(options: HostOptions, document: JsonDocument, findings: Findings): HostJson['config'] {
  const levels = Object.entries(options.logging.logLevel).map(([category, level]) => [category, level.toLowerCase() as LogLevel]);
  const retry = valueAt(document.value, ['retry']);
  return {
    functionTimeoutMs: options.functionTimeout === Number.POSITIVE_INFINITY ? undefined : options.functionTimeout,
    // Parity: an empty list is no list.
    allowList: options.functions?.length ? options.functions : undefined,
    fileWatchingEnabled: options.fileWatchingEnabled,
    watchDirectories: options.watchDirectories,
    watchFiles: options.watchFiles,
    retry: toRetryPolicy(options.retry, retry, (problem) => findings.add(withoutRetries(problem), ['retry'])),
    logging: { levels: Object.fromEntries(levels) },
    http: toHttpConfig(options.extensions.http, findings),
    configurationProfile: options.configurationProfile || undefined,
    extensions: extensionsBesideHttp(document.value),
  };
}

function toHttpConfig(http: HostOptions['extensions']['http'], findings: Findings): HttpConfig {
  const { isEnabled, maxAge, includeSubDomains, preload, excludedHosts } = http.hsts;
  const routePrefix = http.routePrefix.replace(/^\/+|\/+$/g, '');
  if (routePrefix !== http.routePrefix)
    findings.add(routePrefixSlashes(http.routePrefix, routePrefix), ['extensions', 'http', 'routePrefix']);
  return {
    routePrefix,
    maxOutstandingRequests: http.maxOutstandingRequests,
    maxConcurrentRequests: http.maxConcurrentRequests,
    customHeaders: Object.entries(http.customHeaders),
    hsts: isEnabled
      ? { maxAgeSeconds: maxAge / 1_000, includeSubDomains, preload, excludedHosts: [...HSTS_EXCLUDED, ...excludedHosts] }
      : undefined,
  };
}

function extensionsBesideHttp(value: JsonValue): Readonly<Record<string, JsonObject>> {
  const extensions = valueAt(value, ['extensions']);
  const sections = Object.entries(isJsonObject(extensions) ? extensions : {}).map(
    ([name, section]) => [name.toLowerCase(), section] as const,
  );
  return Object.fromEntries(sections.filter((entry): entry is [string, JsonObject] => entry[0] !== 'http' && isJsonObject(entry[1])));
}

/** The version of the file alone counts; the environment does not replace it. */
function checkVersion(file: JsonObject, { add }: Findings): void {
  // Parity: an empty object stands for a host.json that nobody has written yet (host-json.empty-object).
  if (Object.keys(file).length === 0) return;
  const version = HOST_OPTIONS.version.read(valueAt(file, ['version']), [], () => undefined) ?? '';
  if (version === '') add(hostVersionMissing(), ['version']);
  else if (version !== '2.0') add(hostVersionWrong(version), ['version']);
}

function checkBundle({ extensionBundle: { id, version } }: HostOptions, document: JsonDocument, { add }: Findings): void {
  const bundle = valueAt(document.value, ['extensionBundle']);
  if (!isJsonObject(bundle) || Object.keys(bundle).length === 0) return;
  if (!id) add(extensionBundleIncomplete('id'), ['extensionBundle']);
  // A range as NuGet writes it, or one version.
  else if (!/^[[(].*,.*[\])]$|^\[?\d+(\.[\d*]+)*\]?$/.test(version ?? ''))
    add(extensionBundleIncomplete('version'), ['extensionBundle', 'version']);
}

function withoutRetries(problem: Problem): Problem {
  return {
    ...problem,
    severity: 'warning',
    hint: `No function is retried. On Azure the whole host fails to start. ${problem.hint}`,
    ...(problem.azureMessage !== undefined && { azureMessage: `Microsoft.Azure.WebJobs.Script: ${problem.azureMessage}` }),
  };
}
