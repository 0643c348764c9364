import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addSystem, type BindingData, type OpenBindingData, payloadMembers, SYSTEM, triggerBindingData } from './binding-data.ts';

const entries = (data: BindingData) => [...data.values()].map(({ name, value }) => [name, value]);

describe('payloadMembers', () => {
  // As recorded for queue-in.object, but for the date, which stays as its author wrote it.
  test('has texts of what is single, objects as they are, and neither nulls nor arrays', () => {
    const text = '{"orderId":"A7","qty":2,"ok":true,"price":1.50,"none":null,"deep":{"a":[1]},"list":[1],"when":"2001-02-03T04:05:06Z"}';
    expect(payloadMembers(text)).toEqual([
      ['orderId', 'A7'],
      ['qty', '2'],
      ['ok', 'True'],
      ['price', '1.5'],
      ['deep', { a: [1] }],
      ['when', '2001-02-03T04:05:06Z'],
    ]);
  });

  test.each(['', 'hello', '{hello}', '[{"a":1}]', '42', '"{}"', '{"a":1', '{}'])('has none of %s', (text) => {
    expect(payloadMembers(text)).toEqual([]);
  });

  test('looks past blanks around an object', () => {
    expect(payloadMembers(' \r\n{"a":1}\t')).toEqual([['a', '1']]);
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void payloadMembers(`{${text}}`)));
  });
});

describe('triggerBindingData', () => {
  test('has what the extension knows, then the host, then what the payload brings', () => {
    expect(entries(triggerBindingData([['DequeueCount', 1]], '{"b":1,"a":2}'))).toEqual([
      ['DequeueCount', 1],
      ['sys', SYSTEM],
      ['b', '1'],
      ['a', '2'],
    ]);
  });

  test('lets the payload overwrite a value, in the place and the spelling there was', () => {
    expect(
      entries(
        triggerBindingData(
          [
            ['Id', 'one'],
            ['Next', 2],
          ],
          '{"id":7,"SYS":"theirs"}',
        ),
      ),
    ).toEqual([
      ['Id', '7'],
      ['Next', 2],
      ['sys', 'theirs'],
    ]);
  });

  test('promotes nothing of bytes and of what is JSON already', () => {
    expect(triggerBindingData([], new TextEncoder().encode('{"a":1}')).size).toBe(1);
    expect(triggerBindingData([], { a: 1 }).size).toBe(1);
  });
});

test('what the host adds is called $sys where the data has a sys of its own', () => {
  const data: OpenBindingData = new Map([['sys', { name: 'Sys', value: 'theirs' }]]);
  addSystem(data);
  expect(entries(data)).toEqual([
    ['Sys', 'theirs'],
    ['$sys', SYSTEM],
  ]);
});
