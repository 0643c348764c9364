import { describe, expect, test } from 'vitest';
import { appFolder, hostJson, httpFunction } from '../../../../test/support/app-folder.ts';
import { loadFunctionApp } from './load-function-app.ts';

function load(
  handler: object,
  { environment = {}, more = {}, files = {} }: { environment?: Record<string, string>; more?: object; files?: object } = {},
) {
  return loadFunctionApp({ root: appFolder({ 'host.json': hostJson(more, handler), ...files }), environment });
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT'];

describe('customHandler.http.routes', () => {
  test('make one function each', () => {
    const { functions, problems } = load({
      http: { defaultAuthorizationLevel: 'ANONYMOUS', routes: [{ route: 'hello' }, { route: 'x/{*rest}', authorizationLevel: 'admin' }] },
    });
    expect(problems).toEqual([]);
    expect(functions).toMatchObject([
      {
        name: 'http-handler1',
        directory: undefined,
        bindings: [
          { name: 'req', type: 'httpTrigger', direction: 'in' },
          { name: 'res', type: 'http', direction: 'out' },
        ],
        trigger: { name: 'req' },
        http: { route: 'hello', methods: METHODS, authLevel: 'anonymous', simple: true },
        errors: [],
      },
      { name: 'http-handler2', http: { route: 'x/{*rest}', authLevel: 'admin' } },
    ]);
  });

  test('need a function key unless they say otherwise', () => {
    expect(load({ http: { routes: [{ route: 'x' }] } }).functions).toMatchObject([{ http: { authLevel: 'function' } }]);
  });

  test('that are faulty are in error one by one, and the numbers stay', () => {
    const routes = [
      { route: '' },
      { route: 'admin/x' },
      { route: 'a', authorizationLevel: 'nobody' },
      'b',
      { rote: 'c' },
      { route: 'good' },
    ];
    const { config, functions } = load({ http: { routes } });
    expect(config).toBeDefined();
    expect(functions.map(({ name, errors }) => [name, errors.map(({ code }) => code)])).toEqual([
      ['http-handler1', ['ROUTE_BLANK']],
      ['http-handler2', ['ROUTE_RESERVED']],
      ['http-handler3', ['VALUE_NOT_ALLOWED']],
      ['http-handler4', ['VALUE_NOT_ALLOWED']],
      ['http-handler5', ['ROUTE_BLANK']],
      ['http-handler6', []],
    ]);
  });

  test('without a level of their own do not run when the default cannot be read', () => {
    const { functions } = load({
      http: { defaultAuthorizationLevel: 'amdin', routes: [{ route: 'a' }, { route: 'b', authorizationLevel: 'anonymous' }] },
    });
    expect(functions).toMatchObject([{ errors: [{ code: 'ROUTE_LEVEL_UNKNOWN' }] }, { errors: [] }]);
  });

  test('need the runtime custom', () => {
    const { config, problems } = load({ http: { routes: [{ route: 'x' }] } }, { environment: { FUNCTIONS_WORKER_RUNTIME: 'node' } });
    expect(config).toBeUndefined();
    const azureMessage = 'Microsoft.Azure.WebJobs.Script: Routes configuration is only allowed for worker runtime: custom.';
    expect(problems).toMatchObject([{ code: 'ROUTES_NEED_CUSTOM_RUNTIME', severity: 'error', azureMessage }]);
  });

  test('can be changed by the environment', () => {
    const environment = {
      AzureFunctionsJobHost__customHandler__http__routes__0__route: 'env',
      AzureFunctionsJobHost__customHandler__http__routes__1__route: 'more',
    };
    expect(load({ http: { routes: [{ route: 'file', authorizationLevel: 'anonymous' }] } }, { environment }).functions).toMatchObject([
      { http: { route: 'env', authLevel: 'anonymous' } },
      { http: { route: 'more', authLevel: 'function' } },
    ]);
  });
});

describe('a configuration profile', () => {
  test.each(['mcp-custom-handler', 'Web-App-Custom-Handler'])('%s sends every path to the handler', (configurationProfile) => {
    const { config, functions, problems } = load({}, { more: { configurationProfile }, environment: { FUNCTIONS_WORKER_RUNTIME: 'node' } });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ http: { routePrefix: '' }, handler: { enableProxyingHttpRequest: true }, configurationProfile });
    expect(functions).toMatchObject([{ name: 'http-handler1', http: { route: '{*route}', authLevel: 'function' } }]);
  });

  test('is a set of defaults: what is written wins', () => {
    const handler = { enableProxyingHttpRequest: false, http: { routes: [{ route: 'mine' }] } };
    const { config, functions } = load(handler, {
      more: { configurationProfile: 'mcp-custom-handler', extensions: { http: { routePrefix: 'api' } } },
    });
    expect(config).toMatchObject({ http: { routePrefix: 'api' }, handler: { enableProxyingHttpRequest: false } });
    expect(functions).toMatchObject([{ http: { route: 'mine' } }]);
  });

  test('can be set by the environment', () => {
    const environment = { AzureFunctionsJobHost__configurationProfile: 'mcp-custom-handler' };
    expect(load({}, { environment }).functions).toHaveLength(1);
  });

  test.each(['', 'default'])('%j changes nothing', (configurationProfile) => {
    expect(load({}, { more: { configurationProfile }, files: { 'Hello/function.json': httpFunction() } })).toMatchObject({
      problems: [],
      config: { http: { routePrefix: 'api' } },
    });
  });

  test('that is misspelt names the nearest', () => {
    expect(load({}, { more: { configurationProfile: 'mcp-custom-handlr' } }).problems).toMatchObject([
      { code: 'PROFILE_UNKNOWN', severity: 'error', hint: expect.stringMatching(/^Did you mean "mcp-custom-handler"\?/) },
    ]);
  });
});
