import { expect, test } from 'vitest';
import { isReserved, readTarget } from './request-target.ts';

test.each([
  ['/api/x?a=1', '/api/x', '?a=1'],
  ['/api/x?', '/api/x', '?'],
  ['/a/../b', '/b', ''],
  ['/a%2Fb?x=/../y', '/a%2Fb', '?x=/../y'],
  ['//a//b/', '//a//b/', ''],
  ['/a%5Cb?x=\\', '/a%5Cb', '?x=\\'],
])('reads %s', (url, path, query) => {
  expect(readTarget(url)).toEqual({ path, query, authority: undefined });
});

test.each([
  ['http://example.org/api/x?a=1', '/api/x', '?a=1', 'example.org'],
  ['HTTPS://Example.org:8443', '/', '', 'Example.org:8443'],
  ['http://example.org?x=1', '/', '?x=1', 'example.org'],
])('reads the absolute form %s', (url, path, query, authority) => {
  expect(readTarget(url)).toEqual({ path, query, authority });
});

test.each([
  'example.org:443',
  'ftp://example.org/',
  'http://user@example.org/',
  'http://a"b/',
  'http://a\\b/',
  'api/x',
  '',
  '/open\\..\\locked',
  '/\\admin',
])('refuses %s', (url) => {
  expect(readTarget(url)).toBeUndefined();
});

test.each(['/admin', '/ADMIN/host/status', '//admin', '/runtime/webhooks/x'])('keeps %s for the host', (path) => {
  expect(isReserved(path)).toBe(true);
});

test.each(['/administrators', '/api/admin', '/runtimes/x', '/'])('leaves %s to the app', (path) => {
  expect(isReserved(path)).toBe(false);
});
