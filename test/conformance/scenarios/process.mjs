// The life of the handler: late, silent and crashing starts, function timeouts, retries, and output on the console.
export default ({ anyPath, get, hostJson, http, httpFunction, on, res, table }) => {
  const functions = { Hello: httpFunction() };
  const timeLimit = { functionTimeout: '00:01:00' };
  const slow = (target, more = {}) => http('GET', target, { timeoutMs: 60_000, ...more });
  const ok = on('Hello', res({ body: 'ok' }));
  const life = (id, about, { start, steps, rules = [ok], custom, host = timeLimit, ready, timeoutMs, app }) => ({
    id: `process.${id}`, about, tags: ['process'], start, rules, steps, timeoutMs,
    app: { hostJson: hostJson(custom, host), functions, ready, ...app },
  });
  const status = get('/admin/host/status');
  const crashRule = (code, attempt = 1) => on('Hello', { exitCode: code }, { attempt });

  const retry = (strategy) => ({ ...httpFunction(), retry: strategy });
  const fixed = { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: '00:00:00' };
  const apps = {
    retry: {
      hostJson: hostJson({}, { ...timeLimit, retry: { strategy: 'fixedDelay', maxRetryCount: 1, delayInterval: '00:00:01' } }),
      functions: {
        FromHost: httpFunction(),
        Fixed: retry(fixed),
        Exponential: retry({ strategy: 'exponentialBackoff', maxRetryCount: 2, minimumInterval: '00:00:01', maximumInterval: '00:00:02' }),
        Incomplete: retry({ strategy: 'fixedDelay', maxRetryCount: 2 }),
        Negative: retry({ strategy: 'fixedDelay', maxRetryCount: -2, delayInterval: '00:00:01' }),
      },
    },
    'retry-forward': { hostJson: hostJson({ enableForwardingHttpRequest: true }, timeLimit), functions: { Fixed: retry(fixed) } },
    console: { hostJson: hostJson({}, timeLimit), functions },
  };
  const failing = { status: 500, text: 'not yet' };

  const scenarios = [
    life('late', 'The handler listens after three seconds; a request waits for it.', { start: [{ listenAfterMs: 3000 }], ready: { kind: 'status' }, steps: [status, slow('/api/Hello')] }),
    life('never', 'The handler never listens; the wait is two seconds.', { start: [{ neverListen: true }, { neverListen: true }, { neverListen: true }, { neverListen: true }], custom: { initializationTimeout: '00:00:02' }, ready: { kind: 'status' }, steps: [status, slow('/api/Hello'), { waitForExit: { timeoutMs: 30_000 } }], timeoutMs: 120_000 }),
    life('probe-error', 'The readiness probe is answered with 500.', { rules: [anyPath({ status: 500, text: 'no' }, { probe: true }), ok], steps: [status, slow('/api/Hello')] }),
    life('probe-slow', 'The readiness probe is answered after two seconds.', { rules: [anyPath({ text: '', delayMs: 2000 }, { probe: true, attempt: 1 }), ok], steps: [status, slow('/api/Hello')] }),
    life('exit-0-at-start', 'The handler exits with 0 before it listens.', { start: [{ exitCode: 0 }, { exitCode: 0 }], custom: { initializationTimeout: '00:00:02' }, ready: { kind: 'status' }, steps: [{ sleepMs: 1000 }, status, slow('/api/Hello'), { sleepMs: 500 }], timeoutMs: 120_000 }),
    life('exit-1-at-start', 'The first start fails with 1, the second works.', { start: [{ exitCode: 1, stderr: ['first line', 'cannot start'] }], steps: [slow('/api/Hello'), status] }),
    life('exit-1-three-times', 'Three starts fail: the host ends with 0.', { start: [{ exitCode: 1 }, { exitCode: 1 }, { exitCode: 1 }, { exitCode: 1 }, { exitCode: 1 }], ready: { kind: 'tcp' }, steps: [{ waitForExit: { timeoutMs: 40_000 } }], timeoutMs: 100_000 }),
    life('exit-200', 'The handler asks for a restart with 200, four times.', { start: [{ exitCode: 200 }, { exitCode: 200 }, { exitCode: 200 }, { exitCode: 200 }], steps: [slow('/api/Hello'), status] }),
    life('crash-in-request', 'The handler exits with 1 in a request; the next one works.', { rules: [crashRule(1), ok], steps: [slow('/api/Hello'), { sleepMs: 1500 }, slow('/api/Hello'), status] }),
    life('crash-in-three-requests', 'The handler exits with 1 in three requests.', { rules: [crashRule(1, { to: 3 }), ok], steps: [slow('/api/Hello'), { sleepMs: 1500 }, slow('/api/Hello'), { sleepMs: 1500 }, slow('/api/Hello'), { waitForExit: { timeoutMs: 30_000 } }], timeoutMs: 240_000 }),
    life('exit-0-in-request', 'The handler exits with 0 in a request and is not started again.', { rules: [crashRule(0), ok], steps: [slow('/api/Hello'), { sleepMs: 2000 }, slow('/api/Hello'), status], timeoutMs: 180_000 }),
    life('exit-0-after-reply', 'The handler exits with 0 after its reply.', { rules: [on('Hello', { ...res({ body: 'bye' }), exitCode: 0, exitAfterReply: true }, { attempt: 1 }), ok], steps: [slow('/api/Hello'), { sleepMs: 1500 }, slow('/api/Hello')], timeoutMs: 180_000 }),
    life('exit-200-in-request', 'The handler exits with 200 after its reply.', { rules: [on('Hello', { ...res({ body: 'bye' }), exitCode: 200, exitAfterReply: true }, { attempt: 1 }), ok], steps: [slow('/api/Hello'), { sleepMs: 1500 }, slow('/api/Hello')] }),
    life('stop', 'The host is told to stop: what does the handler notice? (The build that was recorded ignores SIGTERM.)', { steps: [slow('/api/Hello')] }),
    life('function-timeout', 'A reply after functionTimeout; the handler is started again.', { host: { functionTimeout: '00:00:03' }, rules: [on('Hello', { ...res({ body: 'late' }), delayMs: 20_000 }, { attempt: 1 }), ok], steps: [slow('/api/Hello'), { sleepMs: 1500 }, slow('/api/Hello'), status] }),
    life('function-timeout-neighbour', 'A neighbour that ends within the grace time of an invocation that times out is served.', { host: { functionTimeout: '00:00:05' }, app: { functions: { Hello: httpFunction(), Other: httpFunction() } }, rules: [on('Hello', { ...res({ body: 'late' }), delayMs: 30_000 }), on('Other', { ...res({ body: 'slow' }), delayMs: 4500 })], steps: [{ parallel: [slow('/api/Hello'), http('GET', '/api/Other?late', { timeoutMs: 60_000 })] }] }),
    life('new-function', 'A folder with function.json appears while the host runs.', { steps: [slow('/api/Hello'), { makeFolder: 'New' }, { writeFile: { path: 'New/function.json', text: JSON.stringify(httpFunction()) } }, { sleepMs: 6000 }, slow('/api/New'), get('/admin/functions')] }),
    life('changed-host-json', 'host.json changes while the host runs: a new route prefix.', { steps: [slow('/api/Hello'), { writeFile: { path: 'host.json', text: JSON.stringify(hostJson({}, { ...timeLimit, extensions: { http: { routePrefix: 'new' } } })) } }, { sleepMs: 8000 }, slow('/new/Hello'), slow('/api/Hello')] }),
    life('changed-handler', 'The handler\'s own file changes: nothing happens.', { steps: [slow('/api/Hello'), { writeFile: { path: 'other.mjs', text: '// changed' } }, { sleepMs: 3000 }, slow('/api/Hello')] }),

    ...table('retry', 'retry', ['retry'], [
      ['fixed', 'fixedDelay: the third attempt succeeds.', slow('/api/Fixed'), [on('Fixed', failing, { attempt: { to: 2 } }), on('Fixed', res({ body: 'at last' }))]],
      ['fixed-exhausted', 'fixedDelay: every attempt fails.', slow('/api/Fixed'), [on('Fixed', failing)]],
      ['exponential', 'exponentialBackoff: the third attempt succeeds.', slow('/api/Exponential'), [on('Exponential', failing, { attempt: { to: 2 } }), on('Exponential', res({ body: 'at last' }))]],
      ['from-host', 'The policy of host.json.', slow('/api/FromHost'), [on('FromHost', failing, { attempt: 1 }), on('FromHost', res({ body: 'second' }))]],
      ['first-time', 'RetryContext when the first attempt succeeds.', slow('/api/Fixed'), [on('Fixed', res({ body: 'first' }))]],
      ['bad-output', 'A reply with a faulty HTTP output is tried again.', slow('/api/Fixed'), [on('Fixed', res('not an object'), { attempt: 1 }), on('Fixed', res({ body: 'second' }))]],
      ['faulty-policies', 'Functions with incomplete policies.', ['Incomplete', 'Negative'].flatMap((name) => [get(`/admin/functions/${name}/status`), slow(`/api/${name}`)])],
    ]),
    ...table('retry', 'retry-forward', ['retry'], [
      ['forward', 'A 500 in forward mode is an answer, not a failure.', slow('/api/Fixed'), [anyPath(failing, { attempt: 1 }), anyPath({ text: 'second' })]],
    ]),
    ...table('console', 'console', ['logs'], [
      ['lines', 'Lines on stdout and stderr of every flavour.', get('/api/Hello'), [on('Hello', { ...res({ body: 'x' }), stdout: ['plain', '', 'LanguageWorkerConsoleLog system', 'azfuncjsonlog:{"a":1}', 'grüße'], stderr: ['an error line', 'a Warning line', 'AccountKey=abc;'] })]],
    ]),
  ];
  return { apps, scenarios };
};
