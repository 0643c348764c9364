// host.json read rightly and wrongly, and what the handler is started with.
export default ({ get, hostJson, http, httpFunction }) => {
  const functions = { Hello: httpFunction() };
  const looks = [get('/admin/host/status'), http('GET', '/api/Hello', { timeoutMs: 40_000 })];
  /** A host.json that may keep the host from running. */
  const faulty = (id, about, content, more = {}, steps = looks) => ({
    id: `host-json.${id}`, about, tags: ['host-json', 'errors'], steps,
    app: { ready: { kind: 'status', timeoutMs: 20_000 }, hostJson: content, functions, ...more },
  });
  const starts = (id, about, description, more = {}, custom = {}) => ({
    id: `handler-start.${id}`, about, tags: ['handler-start'], steps: [http('GET', '/api/Hello', { timeoutMs: 30_000 })],
    app: { hostJson: hostJson({ ...custom, description }), functions, ...more },
  });
  const node = { defaultExecutablePath: 'node' };
  // Each line of the shell script ends in the handler, so that it can answer.
  const script = (exec) => ({ text: `#!/bin/sh\n${exec}\n`, mode: 0o755 });

  const scenarios = [
    faulty('missing', 'No host.json: one is created, with an extension bundle, which has to be downloaded.', null, {}, [...looks, { readFile: { path: 'host.json' } }]),
    faulty('empty-object', 'host.json is {}: it is completed, without a bundle.', '{}', {}, [...looks, { readFile: { path: 'host.json' } }]),
    faulty('no-version', 'No version, but other keys.', { customHandler: hostJson().customHandler }),
    faulty('bad-version', 'version 3.0.', { ...hostJson(), version: '3.0' }),
    faulty('number-version', 'version as the number 2.0.', '{"version":2.0,"customHandler":{"description":{"defaultExecutablePath":"node","arguments":["handler.mjs"]}}}'),
    faulty('invalid', 'Not JSON.', '{ "version": "2.0", '),
    faulty('comments', 'Comments and a trailing comma.', `// first\n${JSON.stringify(hostJson()).replace(/}$/, ', /* last */ }')}`),
    faulty('bom', 'A byte order mark.', `\ufeff${JSON.stringify(hostJson())}`),
    faulty('array', 'An array.', '[]'),
    faulty('timeout-text', 'functionTimeout that is no TimeSpan.', hostJson({}, { functionTimeout: 'soon' })),
    faulty('timeout-zero', 'functionTimeout 00:00:00.', hostJson({}, { functionTimeout: '00:00:00' })),
    faulty('timeout-unbounded', 'functionTimeout -1.', hostJson({}, { functionTimeout: '-1' })),
    faulty('no-description', 'An empty customHandler counts as none.', { version: '2.0', customHandler: {} }),
    faulty('no-executable', 'A description without an executable.', { version: '2.0', customHandler: { description: { arguments: ['handler.mjs'] } } }),
    faulty('no-handler', 'No customHandler at all.', { version: '2.0' }),
    faulty('both-sections', 'customHandler and httpWorker together.', { ...hostJson(), httpWorker: { description: { defaultExecutablePath: 'nosuch' } } }),
    faulty('bad-init-timeout', 'initializationTimeout that is no TimeSpan.', hostJson({ initializationTimeout: 'soon' })),
    faulty('bad-port', 'customHandler.port that is text.', hostJson({ port: 'first' })),
    faulty('bad-retry', 'A retry policy without its interval.', hostJson({}, { retry: { strategy: 'fixedDelay', maxRetryCount: 2 } })),
    faulty('bad-bundle', 'An extension bundle without a version.', hostJson({}, { extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle' } })),
    faulty('bad-log-level', 'A log level nobody knows.', hostJson({}, { logging: { logLevel: { default: 'Chatty' } } })),
    faulty('unknown-keys', 'Keys nobody reads.', hostJson({ nosuch: 1 }, { nosuch: { a: 1 }, Functions: null })),
    faulty('override', 'An environment variable overrides the route prefix.', hostJson({}, { extensions: { http: { routePrefix: 'file' } } }), { env: { AzureFunctionsJobHost__extensions__http__routePrefix: 'env' } }, [get('/env/Hello'), get('/file/Hello')]),
    faulty('not-executable', 'The executable does not exist.', hostJson({ description: { defaultExecutablePath: './nosuch' } }), {}, [get('/admin/host/status'), http('GET', '/api/Hello', { timeoutMs: 10_000 })]),
    faulty('no-functions', 'An app without any function.', hostJson(), { functions: {} }, [get('/'), get('/admin/functions'), get('/api/Hello')]),

    starts('plain', 'Arguments, directory and environment of an ordinary start.', { ...node, arguments: ['handler.mjs'] }, { env: { ORACLE_SETTING: 'a value', WEBSITE_SITE_NAME: 'recorded' } }),
    starts('arguments', 'Arguments with spaces, quotes, backslashes and an empty one.', { ...node, arguments: ['handler.mjs', 'two words', '"quoted words"', "'single quoted'", 'back\\slash', 'a\\"b', '', '$HOME', '*', 'tab\there'] }),
    starts('expansion', '%NAME% in arguments: set, unset, the port, a lone percent sign.', { ...node, arguments: ['handler.mjs', '--set=%ORACLE_SETTING%', '--unset=%ORACLE_NOTHING%!', '--port=%FUNCTIONS_CUSTOMHANDLER_PORT%', '100%', '%%'] }, { env: { ORACLE_SETTING: 'a value' } }),
    starts('expanded-path', '%NAME% in the executable path.', { defaultExecutablePath: '%ORACLE_PROGRAM%', arguments: ['handler.mjs'] }, { env: { ORACLE_PROGRAM: 'node' } }),
    starts('worker-path', 'defaultWorkerPath and workerArguments.', { ...node, arguments: ['--no-warnings'], defaultWorkerPath: 'handler.mjs', workerArguments: ['one', 'two words'] }),
    starts('working-directory', 'workingDirectory below the app root.', { ...node, workingDirectory: 'sub', arguments: ['../handler.mjs'] }, { files: { 'sub/keep.txt': 'x' } }),
    starts('worker-directory', 'workerDirectory as the base of the executable.', { defaultExecutablePath: 'run.sh', workerDirectory: 'bin' }, { files: { 'bin/run.sh': script('exec node "$FUNCTIONS_APP_ROOT_PATH/handler.mjs" "$PWD" "$0"') } }),
    starts('relative-script', 'An executable script in the app root, named without "./".', { defaultExecutablePath: 'run.sh', arguments: ['x'] }, { files: { 'run.sh': script('exec node handler.mjs "$@"') } }),
    starts('not-marked-executable', 'A script without the executable bit.', { defaultExecutablePath: 'run.sh' }, { ready: { kind: 'status' }, files: { 'run.sh': { text: '#!/bin/sh\nexec node handler.mjs\n', mode: 0o644 } } }),
    starts('arguments-json', 'Arguments overridden by a variable that holds JSON.', { ...node, arguments: ['handler.mjs', 'from-file'] }, { env: { AzureFunctionsJobHost__customHandler__description__arguments: '["handler.mjs","from-env"]' } }),
    starts('fixed-port', 'customHandler.port: 4.1037 still takes a random one.', { ...node, arguments: ['handler.mjs'] }, {}, { port: 19_471 }),
    starts('preset-port', 'FUNCTIONS_CUSTOMHANDLER_PORT already in the host\'s environment.', { ...node, arguments: ['handler.mjs'] }, { env: { FUNCTIONS_CUSTOMHANDLER_PORT: '1', FUNCTIONS_HTTPWORKER_ID: 'mine' } }),
    starts('description-casing', 'Keys in another case.', undefined, { hostJson: { version: '2.0', CustomHandler: { Description: { DefaultExecutablePath: 'node', Arguments: ['handler.mjs'] } } } }),
  ];
  return { scenarios };
};
