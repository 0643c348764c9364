import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findMistakable, otherReadings } from './other-readings.ts';
import type { HttpFunction, PublicApp } from './public-app.ts';

test.each(['/', '/a/b', '/a%20b/%61', '/a/b.c,d', '/a/%25/b'])('%s has one reading', (path) => {
  expect(otherReadings(path)).toEqual([]);
});

test.each([
  ['/a//b', ['/a/b']],
  ['/a///b//', ['/a/b/']],
  ['/a%2fb', ['/a/b']],
  ['/a/..%2Fb', ['/b']],
  ['/a/..%5cb', ['/b']],
  ['/a;x=1/b', ['/a/b']],
  ['/a;/b%3bc/d', ['/a/b%3bc/d', '/a/b/d', '/a/b;c/d', '/a;/b;c/d']],
  ['/a/..;/b', ['/b']],
  ['/a//..;/b', ['/a/..;/b', '/a/b', '/b']],
])('%s may be read as %j', (path, readings) => {
  expect([...otherReadings(path)].sort()).toEqual(readings);
});

test.each([
  ['proxy', ['Guarded']],
  ['forward', ['Guarded']],
  ['legacy', []],
  ['payload', []],
] as const)('a handler in %s mode may take it for that of %j', (mode, names) => {
  const [open, guarded] = [{ name: 'Open', mode } as HttpFunction, { name: 'Guarded', mode } as HttpFunction];
  const routes = { match: (_: string, path: string) => ({ value: path.startsWith('/guarded/') ? guarded : open, params: {} }) };
  const others = findMistakable(open, 'GET', { path: '/open/..%2fguarded//x', query: '', authority: undefined }, {
    routes,
  } as unknown as PublicApp);
  expect(others.map(({ name }) => name)).toEqual(names);
});

test('a handler may take HEAD for the GET of a function that has no HEAD', () => {
  const [open, guarded] = [{ name: 'Open', mode: 'proxy' } as HttpFunction, { name: 'Guarded', mode: 'proxy' } as HttpFunction];
  const routes = { match: (method: string, path: string) => ({ value: method === 'GET' && path === '/guarded' ? guarded : open }) };
  const others = (method: string, path: string) =>
    findMistakable(open, method, { path, query: '', authority: undefined }, { routes } as unknown as PublicApp).map(({ name }) => name);
  expect(others('HEAD', '/guarded')).toEqual(['Guarded']);
  expect(others('HEAD', '//guarded')).toEqual(['Guarded']);
  expect(others('HEAD', '/open')).toEqual([]);
  expect(others('POST', '/guarded')).toEqual([]);
});

test('readings are few, and each one has no others than these', () => {
  const piece = fc.constantFrom('a', '.', '..', '/', '//', ';', '..;', '%2f', '%5C', '%3b');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const path = `/${pieces.join('')}`;
      const readings = otherReadings(path);
      expect(readings.length).toBeLessThan(64);
      for (const reading of readings) expect([path, ...readings]).toEqual(expect.arrayContaining([...otherReadings(reading)]));
    }),
  );
});
