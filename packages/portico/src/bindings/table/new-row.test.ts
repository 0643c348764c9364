import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64 } from '../../core/base64.ts';
import type { JsonValue } from '../../core/function-app.ts';
import { readJson } from '../../core/json-reader.ts';
import { newRows } from './new-row.ts';

const defaults = { table: 'People', partitionKey: 'pk', rowKey: 'rk' };

/** `json`: what the handler writes for the output. */
function rowsOf(json: string, keys: Partial<typeof defaults> = defaults) {
  const reading = readJson(json);
  const value = ('value' in reading ? reading.value : null) as JsonValue;
  const bytes = typeof value === 'string' ? decodeBase64(value) : undefined;
  return newRows({ name: 'out', value, bytes, keepsText: false }, { table: 'People', partitionKey: undefined, rowKey: undefined, ...keys });
}

const row = (json: string, keys?: Partial<typeof defaults>) => rowsOf(json, keys).rows[0];

describe('the properties of a row', () => {
  test.each([
    ['text', '"Ada"', 'Ada'],
    ['text that is a date', '"2001-02-03T04:05:06Z"', '2001-02-03T04:05:06Z'],
    ['text that is base64', '"AQI="', 'AQI='],
    ['a boolean', 'false', false],
    ['an integer', '36', { type: 'Int64', value: '36' }],
    ['a negative integer', '-7', { type: 'Int64', value: '-7' }],
    ['an integer beyond 2^53', '9007199254740993', { type: 'Int64', value: '9007199254740993' }],
    ['the greatest integer', '9223372036854775807', { type: 'Int64', value: '9223372036854775807' }],
    ['the least integer', '-9223372036854775808', { type: 'Int64', value: '-9223372036854775808' }],
    ['a fraction', '1.5', { type: 'Double', value: 1.5 }],
    ['a whole fraction', '1.0', { type: 'Double', value: 1 }],
    ['a number with an exponent', '1e3', { type: 'Double', value: 1000 }],
    ['a large number', '1e21', { type: 'Double', value: 1e21 }],
    ['an object', '{"a":1}', '{\n  "a": 1\n}'],
    ['an array', '[1,[],{}]', '[\n  1,\n  [],\n  {}\n]'],
  ])('hold %s', (_, json, expected) => {
    expect(row(`{"X":${json}}`)?.properties).toEqual({ X: expected });
  });

  test('leave out what is null and what the service sets itself', () => {
    expect(row('{"A":null,"Timestamp":"2024-05-06T07:08:09Z","timestamp":5,"B":true}')?.properties).toEqual({ B: true });
  });

  test.each(['9223372036854775808', '-9223372036854775809', '123456789012345678901234567890'])('hold no %s', (json) => {
    expect(() => rowsOf(`[{},{"Big":${json}}]`)).toThrow(
      '"Big" in row 2 of the output "out" to the table "People" is a whole number of more than 64 bits, which no table holds.',
    );
  });

  test('hold every whole number of 64 bits without a loss', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
        expect(row(`{"X":${integer}}`)?.properties).toEqual({ X: { type: 'Int64', value: String(integer) } });
      }),
    );
  });
});

describe('the keys of a row', () => {
  test.each([
    ['come from the binding', '{"A":true}', { partitionKey: 'pk', rowKey: 'rk' }],
    ['come from the row first, in any case', '{"PARTITIONKEY":"a","rowkey":"b"}', { partitionKey: 'a', rowKey: 'b' }],
    ['come from the binding where they are null', '{"PartitionKey":null,"RowKey":"b"}', { partitionKey: 'pk', rowKey: 'b' }],
    ['may be empty', '{"PartitionKey":"","RowKey":""}', { partitionKey: '', rowKey: '' }],
  ])('%s', (_, json, expected) => {
    expect(row(json)).toMatchObject(expected);
    expect(Object.keys(row(json)?.properties ?? {}).filter((name) => /key/i.test(name))).toEqual([]);
  });

  test.each([
    ['{}', {}, 'The row of the output "out" to the table "People" has no PartitionKey: neither the row nor the binding says one.'],
    ['[{},{"PartitionKey":"p"}]', { partitionKey: 'p' }, 'Row 1 of the output "out" to the table "People" has no RowKey'],
    [
      '[{"RowKey":"1"},{"RowKey":2}]',
      defaults,
      'RowKey of row 2 of the output "out" to the table "People" is a number, but it has to be text.',
    ],
    [
      '{"RowKey":"a/b"}',
      defaults,
      'RowKey of the row of the output "out" to the table "People" is "a/b", and no row can have that key: it holds "/".',
    ],
    ['{"PartitionKey":"a\\u0000"}', defaults, 'it holds a control character (U+0000).'],
    ['{}', { ...defaults, rowKey: 'why?' }, 'RowKey of the row of the output "out" to the table "People" is "why?"'],
    ['{"ETag":true}', defaults, 'ETag of the row of the output "out" to the table "People" is a boolean'],
  ])('of %s with %j are refused', (json, keys, message) => {
    expect(() => rowsOf(json, keys)).toThrow(message);
  });

  test('that are refused are so on Azure, whose sentence is quoted with one full stop', () => {
    expect(() => rowsOf('{"RowKey":"a/b"}', defaults)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/ On Azure: "is not a valid value for a partition key or row key\."$/) }),
    );
  });

  test.each([
    ['{}', undefined],
    ['{"ETag":null}', undefined],
    ['{"ETag":""}', undefined],
    ['{"ETag":"*"}', '*'],
    ['{"etag":"W/x"}', 'W/x'],
    ['{"odata.etag":"W/x"}', 'W/x'],
  ])('have beside them the ETag of %s: %j', (json, etag) => {
    expect(row(json)?.etag).toBe(etag);
    expect(row(json)?.properties).toEqual({});
  });
});

describe('what a function gives', () => {
  const names = (json: string) => rowsOf(json).rows.map(({ properties }) => properties.N);

  test.each([
    ['an object', '{"N":"a"}', ['a']],
    ['an array of objects', '[{"N":"a"},{"N":"b"}]', ['a', 'b']],
    ['an empty array', '[]', []],
    ['text with an object', JSON.stringify('{"N":"a"}'), ['a']],
    ['text with an array', JSON.stringify(' [{"N":"a"},{"N":"b"}]\n'), ['a', 'b']],
    ['an array of texts with objects', JSON.stringify(['{"N":"a"}', '{"N":"b"}']), ['a', 'b']],
    ['base64 of an object', JSON.stringify(Buffer.from('{"N":"grüße"}').toString('base64')), ['grüße']],
  ])('may be %s', (_, json, expected) => {
    expect(names(json)).toEqual(expected);
  });

  test.each([
    ['"hello"', 'The output "out" is a string, but what it is bound to takes objects only.'],
    ['""', 'The output "out" is a string'],
    ['"test"', 'The output "out" is a string'],
    ['42', 'The output "out" is a number'],
    ['[1]', 'The output "out" is an array that holds a number'],
    ['"[1]"', 'The output "out" is an array that holds a number'],
    ['[{},null]', 'The output "out" is an array that holds null'],
    ['[{},[{}]]', 'The output "out" is an array that holds an array'],
    ['"{hello}"', 'The output "out" is text that begins and ends like JSON, but cannot be read as such'],
  ])('may not be %s', (json, message) => {
    expect(() => rowsOf(json)).toThrow(message);
  });

  test('is remarked on where a property is lost', () => {
    expect(rowsOf('[{},{"timeStamp":5},{"Timestamp":"x"}]').remarks).toMatchObject([{ code: 'TIMESTAMP_LEFT_OUT' }]);
    expect(rowsOf('{"Timestamps":5}').remarks).toEqual([]);
  });

  test('is remarked on where Azure would change its dates', () => {
    expect(
      rowsOf('[{"A":"2001-02-03T04:05:06Z"},{"A":"2001-02-03T04:05:06+02:00"},{"A":"2001-02-03T04:05:06+02:00"}]').remarks,
    ).toMatchObject([{ code: 'DATE_KEPT' }]);
    expect(rowsOf('{"A":"2001-02-03T04:05:06Z"}').remarks).toEqual([]);
    const bytes = Buffer.from('{"A":"2001-02-03T04:05:06+02:00"}').toString('base64');
    expect(rowsOf(JSON.stringify(bytes)).remarks).toEqual([]);
  });
});
