import { describe, expect, test } from 'vitest';
import { appFolder, hostJson, httpFunction } from '../../../../test/support/app-folder.ts';
import { loadFunctionApp } from '../config/load-function-app.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { makeServable } from './serve-app.ts';

const BROKEN = '{ "bindings": [';
const all = httpFunction({ route: '{*path}' });

/** Folder → its function.json. Gives who has a path: the name, with an exclamation mark where it cannot run. */
function serve(functions: Record<string, unknown>, routePrefix = 'api') {
  const files = Object.entries(functions).map(([name, content]) => [`${name}/function.json`, content]);
  const root = appFolder({ 'host.json': hostJson({ extensions: { http: { routePrefix } } }), ...Object.fromEntries(files) });
  const app = loadFunctionApp({ root, environment: {} });
  const means = { clock: new FakeClock(), over: new AbortController().signal, bindingsOf: () => undefined };
  const { routes } = makeServable(app, {}, means).app;
  return (path: string, method = 'GET'): string | undefined => {
    const found = routes.match(method, path)?.value;
    return found && `${found.name}${found.fault === undefined ? '' : '!'}`;
  };
}

describe('a function whose function.json cannot be read', () => {
  test('has the path of its name, and one that takes every path has all the others', () => {
    const ownerOf = serve({ Hello: BROKEN, Zall: all });
    expect(['/api/Hello', '/api/HELLO', '/api/%48ello', '/api/Hello/'].map((path) => ownerOf(path))).toEqual(Array(4).fill('Hello!'));
    expect(['/api', '/api/Hell', '/api/Hello2', '/api/Hello/x', '/api/x/Hello'].map((path) => ownerOf(path))).toEqual(
      Array(5).fill('Zall'),
    );
    for (const method of ['POST', 'PURGE', 'OPTIONS']) expect(ownerOf('/api/Hello', method)).toBe('Hello!');
  });

  test.each([
    ['no JSON', BROKEN],
    ['no bindings', {}],
    ['a direction that there is not', httpFunction({ direction: 'sideways' })],
    ['a trigger that is misspelt', httpFunction({ type: 'htpTrigger' })],
  ])('has it with %s', (_, content) => {
    expect(serve({ Hello: content, Zall: all })('/api/Hello')).toBe('Hello!');
  });

  test('without a prefix as well', () => {
    const ownerOf = serve({ Hello: BROKEN, Zall: all }, '');
    expect([ownerOf('/Hello'), ownerOf('/'), ownerOf('/x')]).toEqual(['Hello!', 'Zall', 'Zall']);
  });

  // As on Azure, where a route counts that comes first by name.
  test('has it not where it would not have had it sound', () => {
    expect(serve({ All: all, Hello: BROKEN })('/api/Hello')).toBe('All');
    expect(serve({ All: all, Hello: httpFunction() })('/api/Hello')).toBe('All');
  });

  test.each(['hello', 'HELLO/{id?}', 'hello/{*rest}'])('leaves it to another one whose route names it: %s', (route) => {
    const ownerOf = serve({ Hello: BROKEN, Other: httpFunction({ route, methods: ['get'] }), Zall: all });
    expect([ownerOf('/api/Hello'), ownerOf('/api/Hello', 'POST')]).toEqual(['Other', 'Hello!']);
  });

  test.each(['{name}', '{name:alpha}', '{name:length(5)}', '{*path}'])('does not leave it to one that takes any name: %s', (route) => {
    const ownerOf = serve({ Hello: BROKEN, Other: httpFunction({ route }) });
    expect([ownerOf('/api/Hello'), ownerOf('/api/world')]).toEqual(['Hello!', 'Other']);
  });

  test('leaves it to one that names it, also where one that takes any name comes before that one', () => {
    const other = httpFunction({ route: '{name}', methods: ['get'] });
    const ownerOf = serve({ Hello: BROKEN, Other: other, Zhello: httpFunction({ route: 'hello', methods: ['post'] }) });
    expect([ownerOf('/api/Hello'), ownerOf('/api/Hello', 'POST'), ownerOf('/api/Hello', 'PUT')]).toEqual(['Hello!', 'Zhello', 'Hello!']);
  });

  test('has none where something else than a request was to trigger it', () => {
    const timer = { bindings: [{ type: 'timerTrigger', direction: 'in', name: 'timer', schedule: 'never' }] };
    expect(serve({ Hello: timer, Zall: all })('/api/Hello')).toBe('Zall');
  });
});

describe('a function whose route is no template', () => {
  const bad = httpFunction({ route: 'secret/{id:nosuch}' });

  test('has what its route begins with, and one that takes every path has all the others', () => {
    const ownerOf = serve({ Bad: bad, Zall: all });
    expect(['/api/secret/1', '/api/secret', '/api/secret/1/2'].map((path) => ownerOf(path))).toEqual(Array(3).fill('Bad!'));
    expect(['/api/secrets/1', '/api/Bad', '/api'].map((path) => ownerOf(path))).toEqual(Array(3).fill('Zall'));
  });

  test('leaves it to others that name it as far as they do', () => {
    const ownerOf = serve({ Bad: bad, Other: httpFunction({ route: 'secret/{id}' }), Zall: all });
    expect([ownerOf('/api/secret/1'), ownerOf('/api/secret/1/2')]).toEqual(['Other', 'Bad!']);
  });

  test('leaves it to them wherever they stand', () => {
    const ownerOf = serve({ Bad: bad, Other: httpFunction({ route: '{a}/{b}' }), Zlist: httpFunction({ route: 'secret/list/all' }) });
    expect(['1', 'list', 'list/all', 'list/1'].map((rest) => ownerOf(`/api/secret/${rest}`))).toEqual(['Bad!', 'Bad!', 'Zlist', 'Bad!']);
  });

  test.each(['2024', '日本'])('leaves it to them where it begins with %s', (begins) => {
    const ownerOf = serve({ Bad: httpFunction({ route: `${begins}/{id:nosuch}` }), Other: httpFunction({ route: `${begins}/{id}` }) });
    expect(['1', '1/2'].map((rest) => ownerOf(`/api/${encodeURIComponent(begins)}/${rest}`))).toEqual(['Other', 'Bad!']);
  });
});
