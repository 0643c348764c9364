import { describe, expect, test } from 'vitest';
import { type JsonDocument, type JsonFault, parseJson, valueAt } from './json-document.ts';

function parse(text: string): JsonDocument {
  const parsed = parseJson(text, 'x.json');
  if (!parsed.document) throw new Error(parsed.fault.reason);
  return parsed.document;
}

function faultOf(text: string): JsonFault {
  const parsed = parseJson(text, 'x.json');
  if (parsed.document) throw new Error('it is valid');
  return parsed.fault;
}

describe('parseJson', () => {
  test('accepts a byte order mark, comments and trailing commas', () => {
    const text = '\ufeff// first\n{ "a": [1, 2,], /* between */ "b": null, }';
    expect(parse(text).value).toEqual({ a: [1, 2], b: null });
  });

  test('lets the last of two names count, ignoring case, and says which are repeated', () => {
    const parsed = parseJson('{ "a": { "B": 1, "b": 2 }, "A": { "b": 3 } }', 'x.json');
    expect(parsed).toMatchObject({ document: { value: { A: { b: 3 } } }, repeated: [['a', 'b'], ['A']] });
  });

  test('gives a member named __proto__ no power', () => {
    const { value } = parse('{ "__proto__": { "a": 1 } }');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as Record<string, unknown>).a).toBeUndefined();
  });

  test.each([
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'a "," is missing'],
    ['{ "a": 1 ', 1, 10, 'the closing "}" is missing'],
    ['{ "a": [1 ', 1, 11, 'the closing "]" is missing'],
    ['{ "a" 1 }', 1, 7, 'a ":" is missing'],
    ['{ "a": }', 1, 8, 'a value is missing'],
    ["{ 'a': 1 }", 1, 3, 'this is no JSON word; texts and names stand in double quotes'],
    ['{ "a": "x\n" }', 1, 8, 'a text is not closed'],
    ['{ "a": "\\x" }', 1, 8, 'no such escape exists; a backslash itself is written \\\\'],
    ['{} {}', 1, 4, 'nothing may follow the first value'],
    [' \n', 2, 1, 'the file is empty'],
    ['', 1, 1, 'the file is empty'],
    ['// nothing', 1, 11, 'a value is missing'],
    [' [1]', 1, 2, 'it must hold an object'],
    ['null', 1, 1, 'it must hold an object'],
  ])('says what is wrong with %j', (text, line, column, reason) => {
    expect(faultOf(text)).toMatchObject({ place: { file: 'x.json', line, column }, reason });
  });

  test('knows what a text that ends too early was about', () => {
    expect(faultOf('{ "a": 1, "b": [ { "c": true').endsWithin).toEqual(['b', 0, 'c']);
    expect(faultOf('{ "a": 1, "b" ').endsWithin).toEqual(['b']);
    expect(faultOf('{ "a" 1 }').endsWithin).toBeUndefined();
  });

  test('gives up on a text that is nested too deeply', () => {
    expect(faultOf(`{ "a": ${'['.repeat(200_000)}`).reason).toBe('it is nested too deeply');
  });
});

describe('place', () => {
  const document = parse('{\n  "Outer": {\r\n    "list": [1,\n      {"x": 2}]\n  },\n  "outer2": 3, "OUTER2": 4\n}');

  test.each([
    [['outer', 'list', 1, 'x'], 'value', 4, 13],
    [['outer', 'list', 1, 'x'], 'name', 4, 8],
    [['OUTER'], 'value', 2, 12],
    [['OUTER'], 'name', 2, 3],
    [['outer2'], 'value', 6, 26],
    [[], 'value', 1, 1],
  ] as const)('of %j, its %s, is line %i column %i', (path, part, line, column) => {
    expect(document.place(path, part)).toEqual({ file: 'x.json', line, column });
  });

  test.each([[['outer', 'nothing']], [['outer', 'nothing', 'below']]])('of %j, which is not there, is where it would be', (path) => {
    expect(document.place(path)).toEqual(document.place(['outer']));
    expect(document.place(path, 'name')).toEqual(document.place(['outer']));
  });

  test('of an item beyond the end is that of the list', () => {
    expect(document.place(['outer', 'list', 7])).toEqual(document.place(['outer', 'list']));
  });
});

test('valueAt ignores the case of names and knows only what is written', () => {
  const { value } = parse('{ "A": [{ "b": 1 }] }');
  expect(valueAt(value, ['a', 0, 'B'])).toBe(1);
  expect(valueAt(value, ['a', 1])).toBeUndefined();
  expect(valueAt(value, ['constructor'])).toBeUndefined();
});
