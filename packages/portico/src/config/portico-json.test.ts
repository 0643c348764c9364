import { describe, expect, test } from 'vitest';
import { appFolder, hostJson, httpFunction } from '../../../../test/support/app-folder.ts';
import { loadFunctionApp } from './load-function-app.ts';
import { readPorticoJson } from './portico-json.ts';

const DEFAULTS = {
  trustedProxies: [],
  xffStyle: 'plain',
  processes: 1,
  trustClientPrincipal: false,
  keepOutputText: false,
  build: undefined,
  watch: { ignore: [], pollMs: undefined },
  healthCheck: undefined,
  streamIdleTimeoutMs: Number.POSITIVE_INFINITY,
  functions: {},
};
const read = (content: unknown) => readPorticoJson(appFolder({ 'portico.json': content }));

describe('portico.json', () => {
  test('is optional', () => {
    expect(readPorticoJson(appFolder({}))).toEqual({ portico: DEFAULTS, problems: [] });
  });

  test('names trusted proxies and the style of X-Forwarded-For', () => {
    const content = { trustedProxies: ['10.0.0.0/8', '::1', 'fd00::/8', '192.0.2.1/32'], xffStyle: 'Azure' };
    expect(read(content)).toMatchObject({ portico: { ...DEFAULTS, ...content, xffStyle: 'azure' }, problems: [] });
  });

  test.each(['10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0', 'localhost', '', 5])('does not trust %j', (proxy) => {
    const { portico, problems } = read({ trustedProxies: [proxy, '127.0.0.1'] });
    expect(portico.trustedProxies).toEqual(['127.0.0.1']);
    expect(problems).toMatchObject([
      { severity: 'warning', file: 'portico.json', line: 3, message: expect.stringContaining('trustedProxies[0]') },
    ]);
  });

  test('says how many processes run, how the handler is built and watched, and when it is healthy', () => {
    const content = {
      processes: 4,
      build: 'go build -o handler .',
      watch: { ignore: ['*.db'], pollMs: 500 },
      healthCheck: { path: '/healthz', failureThreshold: 1 },
      streamIdleTimeout: '00:01:00',
    };
    expect(read(content)).toMatchObject({
      problems: [],
      portico: {
        processes: 4,
        build: content.build,
        watch: content.watch,
        healthCheck: { path: '/healthz', intervalMs: 10_000, timeoutMs: 2000, failureThreshold: 1 },
        streamIdleTimeoutMs: 60_000,
      },
    });
  });

  test('limits single functions, whose names ignore case', () => {
    const { portico } = read({ functions: { Slow: { functionTimeout: '00:00:10', maxConcurrentRequests: 2 } } });
    expect(portico.functions).toEqual({
      slow: { functionTimeoutMs: 10_000, streamIdleTimeoutMs: undefined, maxConcurrentRequests: 2, maxOutstandingRequests: 102 },
    });
  });

  test.each([0, 257, 1.5, -1, 'many', true])('takes %j for no number of processes', (processes) => {
    const { portico, problems } = read({ processes });
    expect(portico.processes).toBe(1);
    expect(problems).toMatchObject([{ code: 'VALUE_NOT_ALLOWED', line: 2, message: expect.stringContaining('or "auto"') }]);
  });

  test.each([
    ['auto', 'auto'],
    ['Auto', 'auto'],
    ['4', 4],
  ])('reads %j as a number of processes', (processes, expected) => {
    expect(read({ processes })).toMatchObject({ portico: { processes: expected }, problems: [] });
  });

  test.each([{ intervalMs: 1000 }, { path: null, intervalMs: 1000 }])('says that %j is no health check', (healthCheck) => {
    expect(read({ build: 'make', HealthCheck: healthCheck })).toMatchObject({
      portico: { healthCheck: undefined },
      problems: [{ code: 'HEALTH_CHECK_WITHOUT_PATH', severity: 'warning', file: 'portico.json', line: 3 }],
    });
  });

  test('takes an empty health check for none', () => {
    expect(read({ healthCheck: {} })).toMatchObject({ portico: { healthCheck: undefined }, problems: [] });
  });

  test('does not ask a handler for a path that is none', () => {
    expect(read({ healthCheck: { path: 'healthz' } })).toMatchObject({
      portico: { healthCheck: undefined },
      problems: [{ message: expect.stringContaining('a path that begins with "/"') }],
    });
  });

  test('says which limits are for nobody, and that copies of a handler cannot share its port', () => {
    const root = appFolder({
      'host.json': hostJson({}, { port: 8080 }),
      'Hello/function.json': httpFunction(),
      'portico.json': { processes: 'auto', functions: { Helo: {} } },
    });
    const { portico, problems } = loadFunctionApp({ root, environment: {} });
    expect(portico.processes).toBe(1);
    expect(problems).toMatchObject([
      { code: 'LIMITS_WITHOUT_FUNCTION', file: 'portico.json', line: 4, hint: 'Did you mean "Hello"?' },
      { code: 'PROCESSES_NEED_PORTS', file: 'portico.json', line: 2 },
    ]);
  });

  test('says what a misspelt name was meant to be', () => {
    expect(read({ trustedProxy: [] }).problems).toMatchObject([
      { code: 'KEY_UNKNOWN', hint: 'Did you mean trustedProxies?', line: 2, column: 3 },
    ]);
  });

  test.each(['{', '[]', ''])('that reads %j leaves the defaults', (text) => {
    expect(read(text)).toMatchObject({ portico: DEFAULTS, problems: [{ code: 'PORTICO_JSON_INVALID', severity: 'warning' }] });
  });
});
