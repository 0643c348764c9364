import { describe, expect, test } from 'vitest';
import { buildPayload, encodeValue } from './trigger-value.ts';

describe('encodeValue', () => {
  test.each([
    ['hello', '"\\"hello\\""'],
    [4, '"4"'],
    [true, '"true"'],
    [null, '"null"'],
    [[1, 2], '"[1,2]"'],
    ['{"a":1}', '"\\"{\\\\\\"a\\\\\\":1}\\""'],
    [{ a: [1] }, '{"a":[1]}'],
    [Uint8Array.of(0, 255), '"AP8="'],
  ])('writes %j as %s', (value, json) => {
    expect(encodeValue(value)).toBe(json);
  });

  test('writes only the bytes that a view shows', () => {
    expect(encodeValue(new Uint8Array(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2))).toBe('"AgM="');
  });
});

describe('buildPayload', () => {
  const system = { functionName: 'Manual', utcNow: '<time>', randomGuid: '<guid>' };

  // As recorded for admin.manual-json.
  test('writes the data, the binding data and what the host says about the invocation', () => {
    const input = '{"a":1}';
    expect(buildPayload({ ...system, data: { input }, metadata: { a: '1', input } })).toBe(
      String.raw`{"Data":{"input":"\"{\\\"a\\\":1}\""},"Metadata":{"a":"\"1\"","input":"\"{\\\"a\\\":1}\"","sys":{"MethodName":"Manual","UtcNow":"<time>","RandGuid":"<guid>"}}}`,
    );
  });

  // As recorded for admin.manual-empty.
  test('keeps a null in Data and drops it from Metadata', () => {
    expect(buildPayload({ ...system, data: { input: null }, metadata: { input: null, QueueTrigger: 'x' } })).toBe(
      '{"Data":{"input":"null"},"Metadata":{"sys":{"MethodName":"Manual","UtcNow":"<time>","RandGuid":"<guid>"}}}',
    );
  });

  test('lets a later value of a name in another case win', () => {
    expect(buildPayload({ ...system, data: {}, metadata: { Id: 'old', id: 'new' } })).toContain('"Metadata":{"Id":"\\"new\\"","sys"');
  });
});
