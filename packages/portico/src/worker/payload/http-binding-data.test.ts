import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SYSTEM } from '../../core/binding-data.ts';
import { httpBindingData, type RequestFacts } from './http-binding-data.ts';
import { buildHttpPayload } from './http-request.ts';
import { encodeValue } from './trigger-value.ts';

const REQUEST: RequestFacts = { query: '', rawHeaders: ['Host', 'localhost'], params: {}, body: undefined };
const dataOf = (more: Partial<RequestFacts>) =>
  Object.fromEntries([...httpBindingData({ ...REQUEST, ...more }).values()].map(({ name, value }) => [name, value]));

describe('httpBindingData', () => {
  test('has members of the body, then parameters, then the query and the headers as a whole, then the host', () => {
    const data = dataOf({ query: 'a=1&A=2&code=secret', params: { id: '7', none: null }, body: Buffer.from('{"b":true,"ID":"body"}') });
    expect(Object.entries(data)).toEqual([
      ['b', 'True'],
      ['ID', '7'],
      ['A', '2'],
      ['Query', { A: '2', code: 'secret' }],
      ['Headers', { Host: 'localhost' }],
      ['sys', SYSTEM],
    ]);
  });

  test('lets a parameter keep the name of the query, the headers and the host', () => {
    expect(dataOf({ query: 'query=1&headers=2&sys=3' })).toEqual({ query: '1', headers: '2', sys: '3', $sys: SYSTEM });
  });

  test('is what Metadata shows', () => {
    const text = fc.string({ unit: 'grapheme-ascii' });
    const pairs = fc.dictionary(fc.constantFrom('a', 'B', 'query', 'Headers', 'sys', 'code'), text);
    fc.assert(
      fc.property(pairs, fc.dictionary(fc.constantFrom('b', 'c', 'Query'), fc.option(text)), fc.jsonValue(), (query, params, body) => {
        const facts = {
          query: String(new URLSearchParams(query)),
          params,
          body: Buffer.from(JSON.stringify(body)),
          rawHeaders: ['A-B', 'c'],
        };
        const system = { functionName: 'F', utcNow: '<time>', randomGuid: '<guid>' };
        const { Metadata } = JSON.parse(buildHttpPayload({ ...facts, ...system, triggerName: 'req', url: '/', method: 'GET' }));
        const shown = [...httpBindingData(facts).values()].flatMap(({ name, value }) =>
          value === SYSTEM ? [[name, { MethodName: 'F', UtcNow: '<time>', RandGuid: '<guid>' }]] : [[name, JSON.parse(encodeValue(value))]],
        );
        expect(Metadata).toEqual(Object.fromEntries(shown.filter(([name]) => !/trigger$/i.test(String(name)))));
      }),
    );
  });
});
