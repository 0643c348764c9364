// portico.json, beside host.json and optional: what Azure's files have no word for.
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { FunctionLimits, HandlerConfig, HealthCheckConfig, JsonValue, PorticoConfig } from '../core/function-app.ts';
import { isJsonObject, memberOf } from '../core/json-value.ts';
import { nearestName } from '../core/nearest-name.ts';
import { choice, flag, integer, integerOr, text, timeSpan } from '../core/option-values.ts';
import { list, type OptionsOf, record, section } from '../core/options.ts';
import type { Problem } from '../core/problem.ts';
import { keyRepeated } from '../core/problems/any-file.ts';
import { healthCheckWithoutPath, limitsWithoutFunction, porticoJsonInvalid, processesNeedPorts } from '../core/problems/settings.ts';
import { createFindings, type Findings, nameOf } from './findings.ts';
import { parseJson } from './json-document.ts';
import { readText } from './read-text.ts';

const FILE = 'portico.json';

/** More than any machine that runs a handler has processors: a typing error, most likely. */
const MOST_PROCESSES = 256;
/** A queue without an end keeps callers waiting for an answer that comes too late. */
const USUAL_QUEUE = 100;

const PORTICO_OPTIONS = {
  trustedProxies: list(
    text({ doc: 'An address or a block.', expected: 'an IP address or a block such as "10.0.0.0/8"', accepts: isAddressBlock }),
    {
      default: [],
      doc: 'Proxies in front of Portico whose X-Forwarded-* headers are believed, and X-Real-IP where they send no X-Forwarded-For: addresses and CIDR blocks.',
    },
  ),
  xffStyle: choice(['plain', 'azure'], {
    default: 'plain',
    doc: 'What X-Forwarded-For tells the handler of the caller: "plain" the address, "azure" address:port, as behind Azure\'s front end.',
  }),
  trustClientPrincipal: flag({
    default: false,
    doc: 'True: the X-MS-CLIENT-PRINCIPAL and X-ARR-ClientCert headers of trusted proxies reach the handler, as behind App Service. Whoever is in trustedProxies must then remove them from what callers send.',
    source: 'https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities',
  }),
  keepOutputText: flag({
    default: false,
    doc: 'Azure guesses what text in an output means: what is valid base64 becomes the bytes it stands for, what looks like JSON is read as JSON. True: text stays as it is; on Azure it will not.',
    source: 'https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers#response-payload',
  }),
  processes: integerOr('auto', {
    default: 1,
    min: 1,
    max: MOST_PROCESSES,
    doc: 'How many copies of the handler run; "auto" is one for each processor. A request goes to the copy with the fewest under way.',
  }),
  build: text({
    doc: 'A command that makes the handler, such as "go build -o handler .". While files are watched it runs before the first start and before every reload. What it makes is no reason for the next one: the program that is started, what .gitignore names, and folders such as dist or target on the way to the handler; name other places in watch.ignore.',
  }),
  watch: section(
    {
      ignore: list(text({ doc: 'A pattern as in .gitignore.' }), {
        default: [],
        doc: 'What is not watched, besides what .gitignore and .funcignore name: files that the handler itself writes, for example. Version control, node_modules, logs, local databases and temporary files never count. The files that the handler is started from count although an ignore file names them, unless there is a build command; then .funcignore is not read, for it may name the sources.',
      }),
      pollMs: integer({
        min: 100,
        doc: 'Look for changes at this pace, in milliseconds, where the file system reports none: some shared folders of containers. Absent: the system reports them. Holds without --watch as well.',
      }),
    },
    { doc: 'Which changes reload the handler, with --watch.' },
  ),
  healthCheck: section(
    {
      path: text({
        doc: 'What is asked for with GET; any answer from 200 to 399 is healthy. Absent: nothing is asked.',
        expected: 'a path that begins with "/"',
        accepts: (written) => /^\/[!-~]*$/.test(written),
      }),
      intervalMs: integer({ default: 10_000, min: 100, doc: 'The pause between two checks, in milliseconds.' }),
      timeoutMs: integer({ default: 2000, min: 10, doc: 'How long an answer may take, in milliseconds.' }),
      failureThreshold: integer({ default: 3, min: 1, doc: 'How many checks in a row have to fail.' }),
    },
    {
      doc: 'Asks a handler that runs whether it is well. While it is not it gets no requests; while no process is, HTTP functions answer 503 and no trigger takes an event.',
    },
  ),
  streamIdleTimeout: timeSpan({
    default: '-1',
    min: '00:00:01',
    unlimited: '-1',
    doc: 'How long a reply or a WebSocket that has begun may be without a byte. "-1": for ever.',
  }),
  functions: record(
    section(
      {
        functionTimeout: timeSpan({
          min: '00:00:01',
          unlimited: '-1',
          doc: 'How long one run of this function may take. Absent: functionTimeout of host.json.',
        }),
        streamIdleTimeout: timeSpan({ min: '00:00:01', unlimited: '-1', doc: 'As above, for this function.' }),
        maxConcurrentRequests: integer({
          default: -1,
          min: -1,
          doc: 'Requests to this function that run at the same time; more wait for their turn. -1: no limit.',
        }),
        maxOutstandingRequests: integer({
          min: -1,
          doc: `Requests to this function that run or wait; more are answered with 429. -1: no limit. Absent: ${USUAL_QUEUE} more than may run.`,
        }),
      },
      { doc: 'Limits of one function.' },
    ),
    { doc: 'Limits of single functions, by name. Those of the whole app are in host.json: functionTimeout and extensions.http.' },
  ),
};

type PorticoOptions = OptionsOf<typeof PORTICO_OPTIONS>;

export const PORTICO_JSON = section(PORTICO_OPTIONS, { doc: 'Settings of Portico itself. Azure does not read this file.' });

export type PorticoJson = {
  readonly portico: PorticoConfig;
  readonly problems: readonly Problem[];
  /** Undefined when there is nothing to find fault with. */
  readonly findings?: Findings;
};

/** A faulty one leaves the defaults, which trust nobody. */
export function readPorticoJson(root: string): PorticoJson {
  const portico = toConfig(PORTICO_JSON.read(undefined, [], () => undefined));
  const unusable = (problem: Problem) => ({ portico, problems: [{ file: FILE, ...problem }] });
  const read = readText(join(root, FILE));
  if (!read) return { portico, problems: [] };
  if (read.text === undefined) return unusable(porticoJsonInvalid(read.reason));
  const parsed = parseJson(read.text, FILE);
  if (!parsed.document) return unusable({ ...porticoJsonInvalid(parsed.fault.reason), ...parsed.fault.place });
  const { document } = parsed;

  const findings = createFindings({ document, table: PORTICO_OPTIONS });
  for (const repeated of parsed.repeated) findings.add(keyRepeated(nameOf(repeated)), repeated, 'name');
  const configured = toConfig(PORTICO_JSON.read(document.value, [], findings.report));
  if (lacksPath(memberOf(document.value, 'healthCheck'))) findings.add(healthCheckWithoutPath(), ['healthCheck'], 'name');
  return { portico: configured, problems: findings.problems, findings };
}

/** What only shows beside the rest of the app: functions that do not exist, and copies that would want one port. */
export function reconcile(
  { portico, findings }: PorticoJson,
  functionNames: readonly string[],
  handler: HandlerConfig | undefined,
): PorticoConfig {
  const known = new Set(functionNames.map((name) => name.toLowerCase()));
  for (const name of Object.keys(portico.functions)) {
    if (!known.has(name)) findings?.add(limitsWithoutFunction(name, nearestName(name, functionNames)), ['functions', name], 'name');
  }
  if (handler?.port === undefined || portico.processes === 1) return portico;
  findings?.add(processesNeedPorts(handler.section, handler.port), ['processes']);
  return { ...portico, processes: 1 };
}

function toConfig({ build, healthCheck, streamIdleTimeout, functions, ...others }: PorticoOptions): PorticoConfig {
  const limits = Object.entries(functions).map(([name, limit]): [string, FunctionLimits] => [name.toLowerCase(), toLimits(limit)]);
  return {
    ...others,
    build: build || undefined,
    healthCheck: toHealthCheck(healthCheck),
    streamIdleTimeoutMs: streamIdleTimeout,
    functions: Object.fromEntries(limits),
  };
}

function toHealthCheck({ path, ...pace }: PorticoOptions['healthCheck']): HealthCheckConfig | undefined {
  return path === undefined ? undefined : { path, ...pace };
}

/** An empty one says that there is none. A path of the wrong kind has its own problem. */
function lacksPath(healthCheck: JsonValue | undefined): boolean {
  return isJsonObject(healthCheck) && Object.keys(healthCheck).length > 0 && (memberOf(healthCheck, 'path') ?? null) === null;
}

function toLimits({
  functionTimeout,
  streamIdleTimeout,
  maxConcurrentRequests,
  ...limits
}: PorticoOptions['functions'][string]): FunctionLimits {
  const usual = maxConcurrentRequests < 0 ? -1 : maxConcurrentRequests + USUAL_QUEUE;
  const maxOutstandingRequests = limits.maxOutstandingRequests ?? usual;
  return { functionTimeoutMs: functionTimeout, streamIdleTimeoutMs: streamIdleTimeout, maxConcurrentRequests, maxOutstandingRequests };
}

function isAddressBlock(written: string): boolean {
  const [address = '', bits, ...more] = written.split('/');
  const family = isIP(address);
  const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
  return family > 0 && isPrefix && more.length === 0;
}
