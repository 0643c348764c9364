import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BindingValue, dateTime, dateTimeOffset, guid } from '../../core/binding-value.ts';
import { exactNumber } from '../../core/json-value.ts';
import { encodeValue } from './trigger-value.ts';

const at = new Date('2020-12-18T02:01:35.120Z');

describe('encodeValue', () => {
  test.each<[BindingValue, string]>([
    ['hello', '"\\"hello\\""'],
    ['', '"\\"\\""'],
    [4, '"4"'],
    [exactNumber('1.0'), '"1.0"'],
    [true, '"true"'],
    [null, '"null"'],
    [[1, 2], '"[1,2]"'],
    ['{"a":1}', '"\\"{\\\\\\"a\\\\\\":1}\\""'],
    [{ a: [1] }, '{"a":[1]}'],
    [new Map([['a', 1]]), '{"a":1}'],
    [Uint8Array.of(0, 255), '"AP8="'],
    [[Uint8Array.of(1, 2), Uint8Array.of(3, 4)], '"[\\"AQI=\\",\\"AwQ=\\"]"'],
    [dateTime(at), '"2020-12-18T02:01:35"'],
    [dateTimeOffset(at), '"2020-12-18T02:01:35+00:00"'],
    [[dateTime(at)], '"[\\"2020-12-18T02:01:35.12\\"]"'],
    [{ when: dateTimeOffset(at), none: null }, '{"when":"2020-12-18T02:01:35.12+00:00","none":null}'],
    [guid('0f8fad5b-d9cb-469f-a165-70867728950e'), '"\\"0f8fad5b-d9cb-469f-a165-70867728950e\\""'],
    // As recorded for queue-in.unicode.
    ['grüße 世界 😀 "q" \\ \r\n\t\u2028', String.raw`"\"grüße 世界 😀 \\\"q\\\" \\\\ \\r\\n\\t\\u2028\""`],
  ])('writes %o as %s', (value, json) => {
    expect(encodeValue(value)).toBe(json);
  });

  test('writes only the bytes that a view shows', () => {
    expect(encodeValue(new Uint8Array(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2))).toBe('"AgM="');
  });

  test('is undone by reading JSON, once for an object and twice for anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = JSON.parse(encodeValue(value as BindingValue));
        expect(typeof once === 'string' ? JSON.parse(once) : once).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('is undone by base64 for bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...Buffer.from(JSON.parse(encodeValue(bytes)), 'base64')]).toEqual([...bytes]);
      }),
    );
  });
});
