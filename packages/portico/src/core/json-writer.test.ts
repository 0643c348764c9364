import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactNumber, kindOfJson } from './json-value.ts';
import { jsonString, plainText, writeJson } from './json-writer.ts';

const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

describe('jsonString', () => {
  test.each([
    ['plain text', '"plain text"'],
    ['quo"te', '"quo\\"te"'],
    ['back\\slash', '"back\\\\slash"'],
    ['a\r\n\t\u0001', '"a\\r\\n\\t\\u0001"'],
    ['\u0085 \u2028 \u2029', '"\\u0085 \\u2028 \\u2029"'],
    ['</script> é 世 😀 \u007f', '"</script> é 世 😀 \u007f"'],
    ['half \ud83d', '"half \ufffd"'],
  ])('writes %j as %s', (text, json) => {
    expect(jsonString(text)).toBe(json);
  });

  test('round-trips through JSON.parse', () => {
    fc.assert(fc.property(anyText, (text) => JSON.parse(jsonString(text)) === text.toWellFormed()));
  });
});

describe('writeJson', () => {
  test('writes compactly or indented by two', () => {
    const value = { a: [1, {}, []], b: '\u2028', c: exactNumber('1.0') };
    expect(writeJson(value)).toBe('{"a":[1,{},[]],"b":"\\u2028","c":1.0}');
    expect(writeJson(value, 'indented')).toBe('{\n  "a": [\n    1,\n    {},\n    []\n  ],\n  "b": "\\u2028",\n  "c": 1.0\n}');
  });
});

describe('plainText', () => {
  test.each([
    ['text', 'text'],
    [true, 'True'],
    [false, 'False'],
    [null, ''],
    [42, '42'],
    [1.5, '1.5'],
    [exactNumber('100000.0'), '100000'],
    [exactNumber('12345678901234567890'), '12345678901234567890'],
    [{ a: [] }, '{\n  "a": []\n}'],
    [[1], '[\n  1\n]'],
  ])('of %j is %j', (value, text) => {
    expect(plainText(value)).toBe(text);
  });
});

describe('kindOfJson', () => {
  test.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [[1], 'an array'],
    [{}, 'an object'],
    [1, 'a number'],
    [exactNumber('1.0'), 'a number'],
    ['x', 'a string'],
    [true, 'a boolean'],
  ])('calls %j %s', (value, kind) => {
    expect(kindOfJson(value)).toBe(kind);
  });
});
