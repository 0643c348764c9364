import { describe, expect, test } from 'vitest';
import { compileRoute } from './routes.ts';

describe('compileRoute', () => {
  test.each([
    ['/api/hello', '/api/hello', {}],
    ['/api/hello', '/API/Hello/', {}],
    ['/api/items/{id}', '/api/items/a%20b', { id: 'a b' }],
    ['/api/items/{id}', '/api/items/%ff', { id: '%ff' }],
    ['/{a}/x/{b}', '/1/x/2', { a: '1', b: '2' }],
    ['/files/{name}.{ext}', '/files/a.b.txt', { name: 'a.b', ext: 'txt' }],
    ['/files/{*rest}', '/files/a/b', { rest: 'a/b' }],
    ['/{*rest}', '/', { rest: '' }],
    ['/a+b', '/a+b', {}],
  ])('%s takes %s', (template, path, params) => {
    expect(compileRoute(template)(path)).toEqual(params);
  });

  test.each([
    ['/api/hello', '/api/hello2'],
    ['/api/hello', '/x/api/hello'],
    ['/api/items/{id}', '/api/items/'],
    ['/api/items/{id}', '/api/items/1/2'],
    ['/a.b', '/axb'],
  ])('%s leaves %s alone', (template, path) => {
    expect(compileRoute(template)(path)).toBeUndefined();
  });
});
