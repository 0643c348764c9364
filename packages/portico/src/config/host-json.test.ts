import { describe, expect, test } from 'vitest';
import { appFolder, hostJson, httpFunction } from '../../../../test/support/app-folder.ts';
import { loadFunctionApp } from './load-function-app.ts';

const functions = { 'Hello/function.json': httpFunction() };

/** An app with one function and this host.json. */
function load(content: unknown, environment: Record<string, string> = {}, allowed?: string[]) {
  const root = appFolder({ ...functions, ...(content !== undefined && { 'host.json': content }) });
  return loadFunctionApp({ root, environment, functions: allowed });
}

function problemsOf(content: unknown, environment?: Record<string, string>) {
  return load(content, environment).problems;
}

describe('host.json', () => {
  test('has sensible defaults', () => {
    const { config, problems } = load(hostJson());
    expect(problems).toEqual([]);
    expect(config).toEqual({
      functionTimeoutMs: 1_800_000,
      allowList: undefined,
      fileWatchingEnabled: true,
      watchDirectories: [],
      watchFiles: [],
      retry: undefined,
      logging: { levels: {} },
      http: { routePrefix: 'api', maxOutstandingRequests: -1, maxConcurrentRequests: -1, customHeaders: [], hsts: undefined },
      handler: {
        section: 'customHandler',
        executablePath: 'node',
        arguments: ['server.js'],
        workerPath: undefined,
        workerArguments: [],
        workingDirectory: undefined,
        workerDirectory: undefined,
        useStdErrorStreamForErrorsOnly: true,
        enableForwardingHttpRequest: false,
        enableProxyingHttpRequest: false,
        initializationTimeoutMs: 30_000,
        port: undefined,
      },
      configurationProfile: undefined,
      extensions: {},
    });
  });

  test('is read in full', () => {
    const description = {
      defaultExecutablePath: './run',
      arguments: ['--port', 80],
      defaultWorkerPath: 'worker.js',
      workerArguments: ['x'],
      workingDirectory: 'sub',
      workerDirectory: 'bin',
      useStdErrorStreamForErrorsOnly: false,
    };
    const { config, problems } = load({
      version: '2.0',
      functionTimeout: '-1',
      functions: ['hello'],
      fileWatchingEnabled: false,
      watchDirectories: ['lib'],
      watchFiles: ['x.txt'],
      retry: { strategy: 'exponentialBackoff', maxRetryCount: -1, minimumInterval: '00:00:01', maximumInterval: '00:01:00' },
      logging: { logLevel: { default: 'warning', 'Function.Hello': 'Trace' }, applicationInsights: { samplingSettings: {} } },
      extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.*, 5.0.0)' },
      extensions: {
        http: {
          routePrefix: 'v1/api',
          maxOutstandingRequests: 200,
          maxConcurrentRequests: '100',
          customHeaders: { 'X-A': 'a b', 'X-B': 'é' },
          hsts: { isEnabled: true, maxAge: '10', includeSubDomains: true, excludedHosts: ['x.test'] },
        },
        queues: { batchSize: 2 },
        somebodyElses: { a: 1 },
      },
      customHandler: {
        description,
        enableForwardingHttpRequest: 'TRUE',
        enableProxyingHttpRequest: true,
        initializationTimeout: '00:01',
        port: '8080',
        type: 'http',
      },
    });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      functionTimeoutMs: undefined,
      allowList: ['hello'],
      fileWatchingEnabled: false,
      watchDirectories: ['lib'],
      watchFiles: ['x.txt'],
      retry: { strategy: 'exponentialBackoff', maxRetryCount: -1, minimumMs: 1000, maximumMs: 60_000 },
      logging: { levels: { default: 'warning', 'Function.Hello': 'trace' } },
      http: {
        routePrefix: 'v1/api',
        maxOutstandingRequests: 200,
        maxConcurrentRequests: 100,
        customHeaders: [
          ['X-A', 'a b'],
          ['X-B', 'é'],
        ],
        hsts: {
          maxAgeSeconds: 864_000,
          includeSubDomains: true,
          preload: false,
          excludedHosts: ['localhost', '127.0.0.1', '[::1]', 'x.test'],
        },
      },
      extensions: { queues: { batchSize: 2 }, somebodyelses: { a: 1 } },
      handler: {
        executablePath: './run',
        arguments: ['--port', '80'],
        workerPath: 'worker.js',
        workerArguments: ['x'],
        workingDirectory: 'sub',
        workerDirectory: 'bin',
        useStdErrorStreamForErrorsOnly: false,
        enableForwardingHttpRequest: true,
        enableProxyingHttpRequest: true,
        initializationTimeoutMs: 60_000,
        port: 8080,
      },
    });
    expect(config?.extensions).not.toHaveProperty('http');
  });

  test('ignores the case of its names', () => {
    const { config, problems } = load({
      Version: '2.0',
      CUSTOMHANDLER: { Description: { DefaultExecutablePath: 'node' } },
      Extensions: { HTTP: { RoutePrefix: '' } },
    });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ handler: { executablePath: 'node' }, http: { routePrefix: '' } });
    expect(config?.extensions).toEqual({});
  });

  test('may be UTF-16, as PowerShell writes it', () => {
    expect(load(Buffer.from(`\ufeff${JSON.stringify(hostJson())}`, 'utf16le'))).toMatchObject({ problems: [], config: { handler: {} } });
  });

  test('takes null for an empty text', () => {
    const { config, problems } = load(hostJson({ extensions: { http: { routePrefix: null } }, functions: null, functionTimeout: null }));
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ http: { routePrefix: '' }, allowList: undefined, functionTimeoutMs: 1_800_000 });
  });

  test('with an empty list of functions has no list', () => {
    expect(load(hostJson({ functions: [] })).config).toMatchObject({ allowList: undefined });
  });
});

describe('an app whose host.json cannot be used', () => {
  const SCRIPT = 'Microsoft.Azure.WebJobs.Script: ';
  const routes = { http: { routes: [{ route: 'x' }] } };

  test.each([
    ['is not there', undefined, 'HOST_JSON_MISSING', undefined],
    [
      'has no version',
      { customHandler: {} },
      'HOST_VERSION_MISSING',
      "The host.json file is missing the required 'version' property. See https://aka.ms/functions-hostjson for steps to migrate the configuration file.",
    ],
    ['has an empty version', hostJson({ version: null }), 'HOST_VERSION_MISSING', undefined],
    [
      'has the version of a runtime',
      hostJson({ version: '3.0' }),
      'HOST_VERSION_WRONG',
      "'3.0' is an invalid value for host.json 'version' property. We recommend you set the 'version' property to '2.0'. This does not correspond to the function runtime version, only to the schema version of the host.json file. See https://aka.ms/functions-hostjson for more information on this configuration file.",
    ],
    [
      'has a number as its version',
      JSON.stringify(hostJson()).replace('"2.0"', '2.0'),
      'HOST_VERSION_WRONG',
      "'2' is an invalid value for host.json 'version' property. We recommend you set the 'version' property to '2.0'. See https://aka.ms/functions-hostjson for more information on this configuration file.",
    ],
    ['is empty', {}, 'HANDLER_MISSING', 'WorkerConfig for runtime: custom not found.'],
    [
      'has an empty handler',
      { version: '2.0', customHandler: { description: { arguments: [] } } },
      'HANDLER_MISSING',
      'WorkerConfig for runtime: custom not found.',
    ],
    ['has no handler', { version: '2.0' }, 'HANDLER_MISSING', 'WorkerConfig for runtime: custom not found.'],
    [
      'has a handler without description',
      { version: '2.0', customHandler: { port: 80 } },
      'HANDLER_DESCRIPTION_MISSING',
      'Missing worker Description.',
    ],
    [
      'has a description without executable',
      { version: '2.0', customHandler: { description: { arguments: ['x'] } } },
      'HANDLER_EXECUTABLE_MISSING',
      'WorkerDescription DefaultExecutablePath cannot be empty.',
    ],
    [
      'is as func init writes it',
      { version: '2.0', customHandler: { description: { defaultExecutablePath: '', workingDirectory: '', arguments: [] } } },
      'HANDLER_EXECUTABLE_MISSING',
      'WorkerDescription DefaultExecutablePath cannot be empty.',
    ],
    [
      'has an unknown profile',
      hostJson({ configurationProfile: 'nosuch' }),
      'PROFILE_UNKNOWN',
      "Configuration profile 'nosuch' is not supported. Supported values: '', 'default', 'mcp-custom-handler', 'web-app-custom-handler'.",
    ],
    [
      'has routes beside functions',
      hostJson({}, routes),
      'ROUTES_AND_FUNCTIONS',
      'Detected both function.json files and custom handler HTTP route configuration definition in host.jsonOnly one configuration source is supported. Remove either the function.json files or the HTTP routes entries in host.json.',
    ],
  ])('because it %s says so and has no configuration', (_, content, code, azureMessage) => {
    const { config, problems, functions } = load(content);
    expect(config).toBeUndefined();
    expect(functions.map(({ name }) => name)).toContain('Hello');
    const problem = problems.find(({ severity }) => severity === 'error');
    expect(problem).toMatchObject({ code, file: 'host.json' });
    if (azureMessage) expect(problem?.azureMessage).toBe(SCRIPT + azureMessage);
  });

  test('because it is no JSON names the place, and what Azure says', () => {
    const { root, config, problems } = load('{ "version": "2.0", ');
    expect(config).toBeUndefined();
    expect(problems).toMatchObject([
      {
        code: 'HOST_JSON_INVALID',
        line: 1,
        column: 21,
        azureMessage: `${SCRIPT}Unable to parse host configuration file '${root}/host.json'. Newtonsoft.Json: Unexpected end of content while loading JObject. Path 'version', line 1, position 20.`,
      },
    ]);
  });

  test.each(['[]', '"text"', '1'])('because it is %s says so', (text) => {
    expect(problemsOf(text)).toMatchObject([{ code: 'HOST_JSON_INVALID', message: expect.stringContaining('object') }]);
  });

  test('because it is a folder says so', () => {
    const root = appFolder({ 'host.json/x': '' });
    expect(loadFunctionApp({ root, environment: {} }).problems).toMatchObject([
      { code: 'FILE_UNREADABLE', file: 'host.json', severity: 'error' },
    ]);
  });

  test('because it is for another runtime is told what Portico runs', () => {
    const [problem] = problemsOf({ version: '2.0' }, { FUNCTIONS_WORKER_RUNTIME: 'node' });
    expect(problem).toMatchObject({ code: 'HANDLER_MISSING', message: expect.stringContaining('"node"') });
    expect(problem).not.toHaveProperty('azureMessage');
  });
});

test('an app without functions needs no handler', () => {
  const app = loadFunctionApp({ root: appFolder({ 'host.json': { version: '2.0' } }), environment: {} });
  expect(app).toMatchObject({ functions: [], problems: [], config: { handler: undefined } });
});

describe('one value that cannot be read', () => {
  const conversion = (path: string, found: string) =>
    `Microsoft.Extensions.Configuration.Binder: Failed to convert configuration value at 'AzureFunctionsJobHost:${path}' to type 'System.TimeSpan'. System.ComponentModel.TypeConverter: ${found} is not a valid value for TimeSpan. System.Private.CoreLib: String '${found}' was not recognized as a valid TimeSpan.`;

  test.each([
    ['functionTimeout', hostJson({ functionTimeout: 'soon' }), conversion('FunctionTimeout', 'soon')],
    [
      'functionTimeout',
      hostJson({ functionTimeout: '00:00:00' }),
      'FunctionTimeout must be greater than 00:00:01 and less than 10675199.02:48:05.4775807.',
    ],
    [
      'customHandler.initializationTimeout',
      hostJson({}, { initializationTimeout: 'soon' }),
      conversion('customHandler:InitializationTimeout', 'soon'),
    ],
    [
      'customHandler.port',
      hostJson({}, { port: 'first' }),
      "Microsoft.Extensions.Configuration.Binder: Failed to convert configuration value at 'AzureFunctionsJobHost:customHandler:Port' to type 'System.Int32'.",
    ],
    [
      'logging.logLevel.default',
      hostJson({ logging: { logLevel: { default: 'Chatty' } } }),
      "Microsoft.Extensions.Logging.Configuration: Configuration value 'Chatty' is not supported.",
    ],
    [
      'retry.maxRetryCount',
      hostJson({ retry: { strategy: 'fixedDelay', maxRetryCount: -2, delayInterval: '00:00:01' } }),
      "Microsoft.Azure.WebJobs.Script: Specified argument was out of the range of valid values. (Parameter 'maxRetryCount').",
    ],
  ])('costs %s and nothing else', (name, content, azureMessage) => {
    const { config, problems } = load(content);
    expect(config).toBeDefined();
    expect(problems).toMatchObject([
      { code: 'VALUE_NOT_ALLOWED', severity: 'warning', message: expect.stringContaining(`${name} is`), azureMessage },
    ]);
    expect(problems[0]?.hint).toContain('On Azure the whole host fails to start.');
  });

  test('is replaced by its default', () => {
    const { config } = load(
      hostJson(
        { functionTimeout: 'soon', extensions: { http: { maxConcurrentRequests: 'few', routePrefix: {} } } },
        { port: 0, initializationTimeout: [] },
      ),
    );
    expect(config).toMatchObject({
      functionTimeoutMs: 1_800_000,
      http: { maxConcurrentRequests: -1, routePrefix: 'api' },
      handler: { port: undefined, initializationTimeoutMs: 30_000 },
    });
  });

  test('that is a list or an object counts for nothing on Azure', () => {
    const [problem, ...more] = problemsOf(hostJson({ functionTimeout: { seconds: 5 } }));
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ code: 'VALUE_NOT_ALLOWED', hint: '"00:30:00" is used. On Azure it is ignored.' });
    expect(problem).not.toHaveProperty('azureMessage');
  });

  test('of a header leaves that header out', () => {
    const { config, problems } = load(hostJson({ extensions: { http: { customHeaders: { 'bad name': 'x', Bad: 'a\r\nb', Good: 'c' } } } }));
    expect(config?.http.customHeaders).toEqual([['Good', 'c']]);
    expect(problems).toHaveLength(2);
  });

  test('of the allow-list does not let every function run', () => {
    expect(load(hostJson({ functions: 'Hello' })).config).toMatchObject({ allowList: ['Hello'] });
  });

  test('of a retry policy leaves the functions without one', () => {
    const { config, problems } = load(hostJson({ retry: { strategy: 'fixedDelay', maxRetryCount: 2 } }));
    expect(config).toMatchObject({ retry: undefined });
    const azureMessage = "Microsoft.Azure.WebJobs.Script: Value cannot be null. (Parameter 'DelayInterval').";
    expect(problems).toMatchObject([{ code: 'RETRY_INCOMPLETE', severity: 'warning', azureMessage, line: 11, column: 12 }]);
  });
});

describe('a warning', () => {
  test.each([
    ['time spans that are days', hostJson({ functionTimeout: '25:00:00' }), 'TIME_SPAN_IN_DAYS'],
    ['a prefix with outer slashes', hostJson({ extensions: { http: { routePrefix: '/v1/api/' } } }), 'ROUTE_PREFIX_SLASHES'],
    ['both handler sections', { ...hostJson(), httpWorker: { description: { defaultExecutablePath: 'x' } } }, 'HANDLER_SECTIONS_BOTH'],
    ['the older section', { version: '2.0', httpWorker: { description: { defaultExecutablePath: 'x' } } }, 'HTTP_WORKER_DEPRECATED'],
    ['a handler of no type', hostJson({}, { type: 'none' }), 'HANDLER_TYPE_NONE'],
    ['a bundle without version', hostJson({ extensionBundle: { id: 'x' } }), 'EXTENSION_BUNDLE_INCOMPLETE'],
    ['a bundle without id', hostJson({ extensionBundle: { version: '[4.*, 5.0.0)' } }), 'EXTENSION_BUNDLE_INCOMPLETE'],
    ['a bundle with a bad range', hostJson({ extensionBundle: { id: 'x', version: 'latest' } }), 'EXTENSION_BUNDLE_INCOMPLETE'],
    ['a function that is not there', hostJson({ functions: ['Hello', 'Helo'] }), 'ALLOWED_FUNCTION_MISSING'],
    ['a repeated name', JSON.stringify(hostJson()).replace('"version"', '"Version": "1.0", "version"'), 'KEY_REPEATED'],
  ])('names %s', (_, content, code) => {
    const { config, problems } = load(content);
    expect(config).toBeDefined();
    expect(problems).toMatchObject([{ code, severity: 'warning' }]);
  });

  test.each([
    [{ functionTimeuot: '00:01:00' }, {}, 'functionTimeout'],
    [{ http: { routePrefix: 'x' } }, {}, 'extensions.http'],
    [{ queues: {} }, {}, 'extensions.queues'],
    [{}, { arguments: [] }, 'customHandler.description.arguments'],
    [{}, { enableProxying: true }, 'customHandler.enableProxyingHttpRequest'],
    [{}, { http: { enableProxying: true } }, 'customHandler.enableProxyingHttpRequest'],
    [{ extensions: { htpp: {} } }, {}, 'extensions.http'],
  ])('of an unknown name says what was meant (%j, %j)', (more, handler, meant) => {
    expect(problemsOf(hostJson(more, handler))).toMatchObject([{ code: 'KEY_UNKNOWN', hint: `Did you mean ${meant}?` }]);
  });

  test('of a name like no other lists the known ones', () => {
    expect(problemsOf(hostJson({ retry: { zzz: 1, strategy: 'fixedDelay', maxRetryCount: 1, delayInterval: '00:00:01' } }))).toMatchObject([
      { hint: 'Known here: strategy, maxRetryCount, delayInterval, minimumInterval, maximumInterval.' },
    ]);
  });
});

test('the prefix loses its outer slashes', () => {
  expect(load(hostJson({ extensions: { http: { routePrefix: '/v1/api/' } } })).config?.http.routePrefix).toBe('v1/api');
});

test('the older section is used when there is no other, and customHandler when there is', () => {
  const httpWorker = { description: { defaultExecutablePath: 'old' } };
  expect(load({ version: '2.0', httpWorker }).config?.handler).toMatchObject({ section: 'httpWorker', executablePath: 'old' });
  expect(load({ ...hostJson(), httpWorker }).config?.handler).toMatchObject({ section: 'customHandler', executablePath: 'node' });
});

describe('the environment', () => {
  test('replaces values, in any case', () => {
    const { config, problems } = load(hostJson({ functionTimeout: '00:01:00' }), {
      azurefunctionsjobhost__FUNCTIONTIMEOUT: '00:02:00',
      'AzureFunctionsJobHost:extensions:http:maxConcurrentRequests': '5',
      AzureFunctionsJobHost__customHandler__enableForwardingHttpRequest: 'True',
    });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      functionTimeoutMs: 120_000,
      http: { maxConcurrentRequests: 5 },
      handler: { enableForwardingHttpRequest: true },
    });
  });

  test('may come from local.settings.json', () => {
    const settings = { IsEncrypted: false, Values: { AzureFunctionsJobHost__functionTimeout: '00:02:00' } };
    const root = appFolder({ ...functions, 'host.json': hostJson(), 'local.settings.json': settings });
    expect(loadFunctionApp({ root, environment: {} }).config).toMatchObject({ functionTimeoutMs: 120_000 });
  });

  test('that holds a bad value is named as the place', () => {
    const [problem] = problemsOf(hostJson(), { AzureFunctionsJobHost__functionTimeout: 'soon' });
    expect(problem).toMatchObject({ code: 'VALUE_NOT_ALLOWED', file: 'AzureFunctionsJobHost__functionTimeout' });
    expect(problem).not.toHaveProperty('line');
  });

  test('cannot replace a whole section', () => {
    expect(problemsOf(hostJson(), { AzureFunctionsJobHost__customHandler: 'x' })).toMatchObject([
      { code: 'OVERRIDE_IGNORED', file: 'AzureFunctionsJobHost__customHandler' },
    ]);
  });

  test('replaces the arguments whole or one by one', () => {
    const whole = load(hostJson(), { AzureFunctionsJobHost__customHandler__description__arguments: '["a", "b", "c"]' });
    expect(whole.config?.handler?.arguments).toEqual(['a', 'b', 'c']);
    const one = load(hostJson(), { AzureFunctionsJobHost__customHandler__description__arguments__1: '--quiet' });
    expect(one.config?.handler?.arguments).toEqual(['server.js', '--quiet']);
  });

  test('gives no version', () => {
    expect(problemsOf({ customHandler: {} }, { AzureFunctionsJobHost__version: '2.0' })).toMatchObject([
      { code: 'HOST_VERSION_MISSING' },
      {},
    ]);
  });
});

describe('the allow-list', () => {
  test('of the command line goes over that of the file, item by item', () => {
    const { config } = load(hostJson({ functions: ['One', 'Hello'] }), {}, ['Hello']);
    expect(config?.allowList).toEqual(['Hello', 'Hello']);
  });

  test('says which function it misses', () => {
    const { problems } = load(hostJson(), {}, ['Helo']);
    expect(problems).toMatchObject([{ code: 'ALLOWED_FUNCTION_MISSING', file: '--functions', hint: 'Did you mean "Hello"?' }]);
  });
});
