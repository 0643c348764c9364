import { describe, expect, test } from 'vitest';
import { joinRoute, urlTemplate } from './route-text.ts';

describe('a route below its prefix', () => {
  test.each([
    ['api', 'items/{id}', 'api/items/{id}', '/api/items/{id}'],
    ['v1/api', 'Hello', 'v1/api/Hello', '/v1/api/Hello'],
    ['', 'Hello', 'Hello', '/Hello'],
    ['', '/hello', '/hello', '/hello'],
    ['', '~/hello', '~/hello', '/hello'],
    ['', '{*path}', '{*path}', '/{*path}'],
  ])('prefix %j and route %j: template %s, URL %s', (prefix, route, template, url) => {
    expect(joinRoute(prefix, route)).toBe(template);
    expect(urlTemplate(prefix, route)).toBe(url);
  });
});
