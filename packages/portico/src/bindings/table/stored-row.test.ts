import { describe, expect, test } from 'vitest';
import { readPage, readRow } from './stored-row.ts';

/** One property of a row, as the service writes it, and as the handler gets it. */
const json = (property: string) => JSON.stringify(readRow(`{"PartitionKey":"p",${property}}`)).replace(/^\{"PartitionKey":"p",?|\}$/g, '');

describe('a row', () => {
  test.each([
    ['text', '"a":"grüße 😀 \\u2028"', '"a":"grüße 😀 \u2028"'],
    ['empty text', '"a":""', '"a":""'],
    ['text that looks like a date', '"a":"2024-05-06T07:08:09Z"', '"a":"2024-05-06T07:08:09Z"'],
    ['a boolean', '"a":true', '"a":true'],
    ['an Int32', '"a":36', '"a":36'],
    ['a double', '"a":1.5', '"a":1.5'],
    ['a whole double', '"a":1.0', '"a":1.0'],
    ['a whole double that only its type tells', '"a@odata.type":"Edm.Double","a":3', '"a":3.0'],
    ['a large double', '"a":100000000000000000000.0', '"a":1E+20'],
    ['a small double', '"a":0.00001', '"a":1E-05'],
    ['no number', '"a@odata.type":"Edm.Double","a":"NaN"', '"a":"NaN"'],
    ['an Int64', '"a@odata.type":"Edm.Int64","a":"5"', '"a":5'],
    ['an Int64 beyond 2^53', '"a@odata.type":"Edm.Int64","a":"9007199254740993"', '"a":9007199254740993'],
    ['the least Int64', '"a@odata.type":"Edm.Int64","a":"-9223372036854775808"', '"a":-9223372036854775808'],
    ['a date', '"a@odata.type":"Edm.DateTime","a":"2024-05-06T07:08:09Z"', '"a":"2024-05-06T07:08:09+00:00"'],
    ['a date with zeros', '"a@odata.type":"Edm.DateTime","a":"2024-05-06T07:08:09.0000000Z"', '"a":"2024-05-06T07:08:09+00:00"'],
    ['a date with a fraction', '"a@odata.type":"Edm.DateTime","a":"2024-05-06T07:08:10.1200000Z"', '"a":"2024-05-06T07:08:10.12+00:00"'],
    ['a date to the tick', '"a@odata.type":"Edm.DateTime","a":"2024-05-06T07:08:09.1234567Z"', '"a":"2024-05-06T07:08:09.1234567+00:00"'],
    ['bytes', '"a@odata.type":"Edm.Binary","a":"AQI="', '"a":"AQI="'],
    ['a GUID', '"a@odata.type":"Edm.Guid","a":"0F8FAD5B-D9CB-469F-A165-70867728950E"', '"a":"0f8fad5b-d9cb-469f-a165-70867728950e"'],
    ['an ETag', '"odata.etag":"W/\\"x\\""', ''],
    ['a Timestamp', '"Timestamp@odata.type":"Edm.DateTime","Timestamp":"2024-05-06T07:08:09Z"', ''],
    ['a property called etag', '"etag":"mine"', '"etag":"mine"'],
    ['a property called __proto__', '"__proto__":"mine"', '"__proto__":"mine"'],
  ])('gives %s', (_, property, expected) => {
    expect(json(property)).toBe(expected);
  });

  test('keeps the order of the service', () => {
    const rows = readPage(
      '{"odata.metadata":"m","value":[{"odata.etag":"e","PartitionKey":"p","RowKey":"2","z":1,"a":2},{"PartitionKey":"p","RowKey":"1"}]}',
    );
    expect(JSON.stringify(rows)).toBe('[{"PartitionKey":"p","RowKey":"2","z":1,"a":2},{"PartitionKey":"p","RowKey":"1"}]');
  });
});
