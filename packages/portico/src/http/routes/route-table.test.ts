import { describe, expect, test } from 'vitest';
import { createRouteTable, type RouteTable } from './route-table.ts';
import { parseRouteTemplate, type RouteTemplate } from './template.ts';

function parsed(text: string): RouteTemplate {
  const template = parseRouteTemplate(text);
  if (template.kind === 'fault') throw new Error(template.message);
  return template;
}

/** A table of templates in order, each with the methods after it; the value is the template's text. */
function tableOf(...routes: (string | [text: string, ...methods: string[]])[]): RouteTable<string> {
  return createRouteTable(
    routes.map((route) => {
      const [text, ...methods] = Array.isArray(route) ? route : [route];
      return { template: parsed(text), methods: Array.isArray(route) ? methods : undefined, value: text };
    }),
  );
}

describe('the route table', () => {
  test('lets the first match in order win, however vague it is', () => {
    expect(tableOf('order/{any}', 'order/fixed').match('GET', '/order/fixed')).toEqual({ value: 'order/{any}', params: { any: 'fixed' } });
    expect(tableOf('order/fixed', 'order/{any}').match('GET', '/order/fixed')).toEqual({ value: 'order/fixed', params: {} });
    expect(tableOf('{*all}', 'a', '{x}').match('GET', '/a')?.value).toBe('{*all}');
    expect(tableOf('{a}-{b}', '{x}', 'a-b').match('GET', '/a-b')?.value).toBe('{a}-{b}');
    expect(tableOf('{x:int}', '{x}', '5').match('GET', '/5')?.value).toBe('{x:int}');
    expect(tableOf('a/{x?}', 'a').match('GET', '/a')?.value).toBe('a/{x?}');
  });

  test('goes on to the next route when a constraint refuses', () => {
    const table = tableOf('{id:int}', '{id:guid}', '{name}');
    expect(table.match('GET', '/x')).toEqual({ value: '{name}', params: { name: 'x' } });
    expect(tableOf('{id:int}').match('GET', '/x')).toBeUndefined();
  });

  test('goes on to the next route when a method is not listed', () => {
    const table = tableOf(['thing', 'get'], ['{any}', 'DELETE'], ['thing', 'post', 'put'], ['Thing', 'DELETE', 'PATCH']);
    expect(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'].map((method) => table.match(method, '/thing')?.value)).toEqual([
      'thing',
      'thing',
      'thing',
      '{any}',
      'Thing',
      undefined,
    ]);
    expect(table.match('POST', '/Thing')?.value).toBe('thing');
  });

  test('compares methods ignoring case; without a list it takes every one, with an empty list none', () => {
    expect(tableOf(['a', 'Get']).match('gEt', '/a')?.value).toBe('a');
    expect(tableOf('a').match('PURGE', '/a')?.value).toBe('a');
    expect(createRouteTable([{ template: parsed('a'), methods: [], value: 1 }]).match('GET', '/a')).toBeUndefined();
  });

  test.each([
    ['Mixed/CASE', '/mixed/case'],
    ['Mixed/CASE', '/Mixed/CASE'],
    ['mixed/case', '/MIXED/Case'],
    ['hello', '/hello/'],
    ['Hello/', '/Hello'],
    ['~/hello', '/hello'],
    ['a%20b', '/a%2520b'],
    ['{{a}}', '/%7Ba%7D'],
    ['{{a}}', '/{A}'],
    ['caf\u00e9', '/CAF%C3%89'],
    ['', '/'],
    ['', ''],
    ['{*all}', ''],
  ])('%s fits %s', (template, path) => {
    expect(tableOf(template).match('GET', path)?.value).toBe(template);
  });

  test.each([
    ['hello', '/hello//'],
    ['hello', '//hello'],
    ['api/hello', '/api//hello'],
    ['{*all}', '//a//b/'],
    ['a/{*all}', '/a//b'],
    ['a%20b', '/a%20b'],
    ['{{a}}', '/{{a}}'],
    ['ss', '/%C3%9F'],
    ['k', '/%E2%84%AA'],
    ['i', '/%C4%B1'],
    ['a', '/'],
    ['{a}', '/'],
    ['a/b', '/a'],
  ])('%s does not fit %s', (template, path) => {
    expect(tableOf(template).match('GET', path)).toBeUndefined();
  });

  test.each([
    ['items/{id?}', '/items/', { id: null }],
    ['items/{id?}', '/items/a%2Fb', { id: 'a%2Fb' }],
    ['items/{id?}', '/items/a%20b+c', { id: 'a b+c' }],
    ['items/{id?}', '/ITEMS/%E4%B8%96', { id: '世' }],
    ['items/{id?}', '/items/100%', { id: '100%' }],
    ['files/{*rest}', '/files', { rest: null }],
    ['files/{*rest}', '/files/a%2Fb/c', { rest: 'a%2Fb/c' }],
    ['files/{**rest}', '/files/a//b/', { rest: 'a//b/' }],
    ['files/{*rest=home}', '/files/', { rest: 'home' }],
    ['default/{size=5}/{unit=cm}', '/default', { size: '5', unit: 'cm' }],
    ['default/{size=5}/{unit=cm}', '/default/9', { size: '9', unit: 'cm' }],
    ['default/{size=}', '/default', { size: '' }],
    ['pair/{a}-{b}', '/pair/a-b-c', { a: 'a-b', b: 'c' }],
    ['picture/{name}.{ext?}', '/picture/cat.png', { name: 'cat', ext: 'png' }],
    ['picture/{name}.{ext?}', '/picture/cat', { name: 'cat', ext: null }],
    ['picture/{name}.{ext?}', '/picture/a.b.c', { name: 'a.b', ext: 'c' }],
    ['picture/{name}.{ext?}', '/picture/.png', { name: '.png', ext: null }],
    ['.{ext?}', '/.png', { ext: 'png' }],
    ['{a}/X{b}', '/%C3%9F%C3%9F/x1', { a: 'ßß', b: '1' }],
    ['v{major}.{minor}-X/{rest}', '/V1.2.3-x/y', { major: '1.2', minor: '3', rest: 'y' }],
    ['{a}{{b}}', '/x%7BB%7D', { a: 'x' }],
  ])('%s takes its values from %s', (template, path, params) => {
    expect(tableOf(template).match('GET', path)?.params).toEqual(params);
  });

  test('keeps parameter names from meaning anything to JavaScript', () => {
    const params = tableOf('{__proto__}/{constructor}/{toString?}').match('GET', '/a/b')?.params;
    expect(Object.entries(params!)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', null],
    ]);
    expect(Object.getPrototypeOf(Object.getPrototypeOf(params))).toBeNull();
    expect(JSON.stringify(params)).toBe('{"__proto__":"a","constructor":"b","toString":null}');
  });
});
