// The option tables of host.json. https://learn.microsoft.com/azure/azure-functions/functions-host-json
import { EXTENSIONS } from '../bindings/index.ts';
import { choice, flag, integer, json, text, timeSpan } from '../core/option-values.ts';
import { list, record, section } from '../core/options.ts';
import { RETRY_OPTIONS } from './retry-policy.ts';

const DOCS = 'https://learn.microsoft.com/azure/azure-functions';
const HOST_DOCS = `${DOCS}/functions-host-json`;
const HANDLER_DOCS = `${DOCS}/functions-custom-handlers`;
const HTTP_DOCS = `${DOCS}/functions-bindings-http-webhook#hostjson-settings`;

const LEVELS = ['Trace', 'Debug', 'Information', 'Warning', 'Error', 'Critical', 'None'] as const;
export const AUTH_LEVELS = ['anonymous', 'function', 'system', 'admin', 'user'] as const;

const description = section(
  {
    defaultExecutablePath: text({
      doc: 'The program to start: a path from workerDirectory, or a command on PATH. %NAME% stands for an environment variable.',
      source: `${HOST_DOCS}#customhandler`,
    }),
    arguments: list(text({ doc: 'One argument; it is split at blanks unless it holds quotes of its own.' }), {
      default: [],
      doc: 'What the program is given on its command line.',
      source: `${HOST_DOCS}#customhandler`,
    }),
    defaultWorkerPath: text({ doc: 'A file that is given to the program after its arguments, as an absolute path.' }),
    workerArguments: list(text({ doc: 'One argument.' }), { default: [], doc: 'Arguments after defaultWorkerPath.' }),
    workingDirectory: text({
      doc: 'Where the program runs, from the app root. Absent: the app root.',
      source: `${HOST_DOCS}#customhandler`,
    }),
    workerDirectory: text({ doc: 'Where defaultExecutablePath is looked for, from the app root. Absent: the app root.' }),
    useStdErrorStreamForErrorsOnly: flag({
      default: true,
      doc: 'Lines on stderr are errors, or warnings where they say so. False: they are information unless they mention an error.',
    }),
  },
  { doc: 'Which program is the handler.', source: `${HOST_DOCS}#customhandler` },
);

const routes = list(
  section(
    {
      route: text({ doc: 'The path after the route prefix, with parameters as in function.json.', source: HANDLER_DOCS }),
      authorizationLevel: choice(AUTH_LEVELS, {
        doc: 'Which key a caller needs. Absent: defaultAuthorizationLevel.',
        source: HANDLER_DOCS,
      }),
    },
    { doc: 'One HTTP function.' },
  ),
  { default: [], doc: 'HTTP functions without function.json, named http-handler1, http-handler2 and so on.', source: HANDLER_DOCS },
);

const handler = {
  description,
  type: choice(['http', 'none'], { default: 'http', doc: 'How the handler is spoken to; only "http" exists.' }),
  enableForwardingHttpRequest: flag({
    default: false,
    doc: 'Functions with nothing but an HTTP trigger and an HTTP output get the request itself instead of a JSON payload.',
    source: `${HANDLER_DOCS}#http-only-function`,
  }),
  enableProxyingHttpRequest: flag({
    default: false,
    doc: 'As enableForwardingHttpRequest, streaming in both directions.',
    source: HANDLER_DOCS,
  }),
  initializationTimeout: timeSpan({ default: '00:00:30', doc: 'How long the handler may take until it answers.' }),
  port: integer({
    min: 1,
    max: 65_535,
    doc: 'The port that the handler listens on. Absent: a free one, told to it in FUNCTIONS_CUSTOMHANDLER_PORT.',
  }),
  http: section(
    {
      defaultAuthorizationLevel: choice(AUTH_LEVELS, {
        default: 'function',
        doc: 'The level of routes that state none.',
        source: HANDLER_DOCS,
      }),
      routes,
    },
    { doc: 'HTTP functions without function.json.', source: HANDLER_DOCS },
  ),
};

const http = section(
  {
    routePrefix: text({ default: 'api', doc: 'What every route begins with. Empty: nothing.', source: HTTP_DOCS }),
    maxOutstandingRequests: integer({
      default: -1,
      min: -1,
      doc: 'Requests that run or wait; more are answered with 429. -1: no limit.',
      source: HTTP_DOCS,
    }),
    maxConcurrentRequests: integer({
      default: -1,
      min: -1,
      doc: 'Requests that run at the same time; more wait for their turn. -1: no limit.',
      source: HTTP_DOCS,
    }),
    dynamicThrottlesEnabled: flag({
      default: false,
      doc: 'On Azure, refuses requests when the machine is short of something. Nothing here.',
      source: HTTP_DOCS,
    }),
    enableChunkedRequestBinding: flag({ default: false, doc: 'For .NET functions. Nothing for a custom handler.' }),
    customHeaders: record(
      text({
        doc: 'Its value.',
        expected: 'a header value without line breaks',
        accepts: (value) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
      }),
      {
        doc: 'Headers for every response that does not have them already.',
        source: HTTP_DOCS,
        names: text({ doc: 'A header name.', expected: 'a header name', accepts: (name) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name) }),
      },
    ),
    hsts: section(
      {
        isEnabled: flag({ default: false, doc: 'Sends Strict-Transport-Security with HTTPS responses.', source: HTTP_DOCS }),
        maxAge: timeSpan({
          default: '30.00:00:00',
          inDays: true,
          doc: 'How long browsers remember it; a number alone is days.',
          source: HTTP_DOCS,
        }),
        includeSubDomains: flag({ default: false, doc: 'Sends includeSubDomains.', source: HTTP_DOCS }),
        preload: flag({ default: false, doc: 'Sends preload.', source: HTTP_DOCS }),
        excludedHosts: list(text({ doc: 'A host name.' }), {
          default: [],
          doc: 'Host names without the header, besides localhost, 127.0.0.1 and [::1].',
          source: HTTP_DOCS,
        }),
      },
      { doc: 'HTTP Strict Transport Security.', source: HTTP_DOCS },
    ),
  },
  { doc: 'HTTP functions.', source: HTTP_DOCS },
);

const logging = section(
  {
    fileLoggingMode: choice(['never', 'debugOnly', 'always'], {
      default: 'debugOnly',
      doc: 'Log files on Azure. Nothing here.',
      source: `${HOST_DOCS}#logging`,
    }),
    logLevel: record(choice(LEVELS, { doc: 'The least level that is logged.' }), {
      doc: 'Category prefix and the least level that is logged; the longest prefix wins, "default" is the rest.',
      source: `${HOST_DOCS}#logging`,
    }),
    console: section(
      { isEnabled: flag({ default: true, doc: 'Console logging on Azure. Here it is always on.' }) },
      { open: true, doc: 'The console.', source: `${HOST_DOCS}#console` },
    ),
    applicationInsights: json({ doc: 'Application Insights on Azure. Nothing here.', source: `${HOST_DOCS}#applicationinsights` }),
  },
  { open: true, doc: 'What is logged.', source: `${HOST_DOCS}#logging` },
);

const elsewhere = (doc: string, anchor: string) => json({ doc, source: `${HOST_DOCS}#${anchor}` });

export const HOST_OPTIONS = {
  version: text({ doc: 'The version of this format: "2.0".', source: `${HOST_DOCS}#version` }),
  extensions: section(
    {
      http,
      serviceBus: elsewhere('Service Bus.', 'servicebus'),
      eventHubs: elsewhere('Event Hubs.', 'eventhub'),
      cosmosDB: elsewhere('Cosmos DB.', 'cosmosdb'),
      durableTask: elsewhere('Durable Functions.', 'durabletask'),
      sendGrid: elsewhere('SendGrid.', 'sendgrid'),
      kafka: json({ doc: 'Kafka.' }),
      signalR: json({ doc: 'SignalR.' }),
      mcp: json({ doc: 'Model Context Protocol tools.' }),
      ...Object.fromEntries(EXTENSIONS.flatMap(({ name, hostOptions }) => (hostOptions === undefined ? [] : [[name, hostOptions]]))),
    },
    { open: true, doc: 'One section per trigger or binding family.', source: `${HOST_DOCS}#extensions` },
  ),
  customHandler: section(handler, { doc: 'The program that runs the functions.', source: `${HOST_DOCS}#customhandler` }),
  httpWorker: section(handler, { doc: 'The older form of customHandler: HTTP functions are called at /FunctionName.' }),
  functionTimeout: timeSpan({
    default: '00:30:00',
    min: '00:00:01',
    unlimited: '-1',
    doc: 'How long one run of a function may take.',
    source: `${HOST_DOCS}#functiontimeout`,
  }),
  functions: list(text({ doc: 'The name of a function.' }), {
    doc: 'The only functions that are loaded. Absent: all.',
    source: `${HOST_DOCS}#functions`,
  }),
  retry: section(RETRY_OPTIONS, { doc: 'The retry policy of functions that have none of their own.', source: `${HOST_DOCS}#retry` }),
  logging,
  watchDirectories: list(text({ doc: 'A folder below the app root.' }), {
    default: [],
    doc: 'Folders directly below the app root; when any file in them changes, the app is read again and the handler starts anew. On Azure node_modules is always one of them, here it is not.',
    source: `${HOST_DOCS}#watchdirectories`,
  }),
  watchFiles: list(text({ doc: 'A file name.' }), {
    default: [],
    doc: 'Names of files, in whatever folder; when one of them changes, the app is read again and the handler starts anew.',
    source: `${HOST_DOCS}#watchfiles`,
  }),
  configurationProfile: text({
    doc: 'A set of defaults for a kind of app: "mcp-custom-handler" or "web-app-custom-handler" send every path to the handler.',
  }),
  extensionBundle: section(
    {
      id: text({ doc: 'The name of the bundle.' }),
      version: text({ doc: 'The range of versions.' }),
      downloadPath: text({ doc: "Where Azure's host finds it." }),
      ensureLatest: flag({ default: false, doc: "Whether Azure's host looks for a newer one." }),
    },
    {
      doc: "The trigger and binding extensions of Azure's host. Portico has its own and needs none.",
      source: `${HOST_DOCS}#extensionbundle`,
    },
  ),
  aggregator: elsewhere('Metrics on Azure. Nothing here.', 'aggregator'),
  concurrency: elsewhere('Dynamic concurrency on Azure. Nothing here.', 'concurrency'),
  fileWatchingEnabled: flag({ default: true, doc: 'False: changes on disk are not noticed, unless --watch asks for that.' }),
  healthMonitor: elsewhere('Restarts an unhealthy host on Azure. Nothing here.', 'healthmonitor'),
  isDefaultHostConfig: flag({ default: false, doc: "A mark that Azure's host leaves in a host.json of its own making." }),
  managedDependency: elsewhere('For PowerShell.', 'manageddependency'),
  metadataProviderTimeout: timeSpan({ default: '00:00:30', doc: 'For other runtimes. Nothing for a custom handler.' }),
  sendCanceledInvocationsToWorker: flag({ default: true, doc: 'For other runtimes. Nothing for a custom handler.' }),
  sequentialRestart: flag({ default: false, doc: "Whether Azure's host stops before it starts anew. Nothing here." }),
  singleton: elsewhere('Locks on Azure. Nothing here.', 'singleton'),
  telemetryMode: text({ doc: 'Application Insights or OpenTelemetry on Azure. Nothing here.', source: `${HOST_DOCS}#telemetrymode` }),
};

export const HOST_JSON = section(HOST_OPTIONS, { doc: 'Settings of a function app, for all of its functions.', source: HOST_DOCS });
