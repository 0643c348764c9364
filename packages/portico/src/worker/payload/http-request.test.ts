import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildHttpPayload, type HttpPayloadFacts } from './http-request.ts';

const FACTS: HttpPayloadFacts = {
  functionName: 'Hello',
  triggerName: 'req',
  url: 'http://localhost:7071/api/Hello',
  method: 'GET',
  query: '',
  rawHeaders: ['Host', 'localhost:7071'],
  params: {},
  body: undefined,
  utcNow: '2026-01-02T03:04:05.1234567Z',
  randomGuid: '0f8fad5b-d9cb-469f-a165-70867728950e',
};

const parse = (more: Partial<HttpPayloadFacts>) => JSON.parse(buildHttpPayload({ ...FACTS, ...more }));
const dataOf = (more: Partial<HttpPayloadFacts>) => parse(more).Data.req;
const metadataOf = (more: Partial<HttpPayloadFacts>) => parse(more).Metadata;
const posted = (body: string | Buffer, contentType?: string): Partial<HttpPayloadFacts> => ({
  method: 'POST',
  body: Buffer.from(body),
  rawHeaders: [...FACTS.rawHeaders, ...(contentType === undefined ? [] : ['content-type', contentType])],
});

describe('Body', () => {
  test.each([
    ['application/octet-stream', Buffer.from([0, 255]), 'AP8='],
    ['APPLICATION/Octet-Stream; x=1', Buffer.from([0, 255]), 'AP8='],
    ['multipart/mixed; boundary=b', 'text', 'dGV4dA=='],
    ['text/plain', 'grüße', 'grüße'],
    ['image/png', Buffer.from([0x89, 0x50]), '\ufffdP'],
    ['text/plain; charset=ISO-8859-1', Buffer.from('café', 'latin1'), 'café'],
    ['text/plain; charset="windows-1252"', Buffer.from([0x80]), '€'],
    ['application/json; charset=utf-16', Buffer.from('\ufeff{}', 'utf16le'), '{}'],
    ['text/plain; charset=nobody-knows', 'é', 'é'],
    ['text/plain', '\ufeffhello', 'hello'],
    [undefined, 'no type', 'no type'],
  ])('of type %s is text or base64', (type, sent, received) => {
    expect(dataOf(posted(sent, type)).Body).toBe(received);
  });

  test('is absent without one, and when it is empty', () => {
    expect(dataOf({})).not.toHaveProperty('Body');
    expect(dataOf(posted(''))).not.toHaveProperty('Body');
  });
});

describe('Metadata', () => {
  test('has the members of a JSON body as text, its objects as they are, but no arrays and nulls', () => {
    const body = '{"s":"text","n":1.50,"i":7,"big":12345678901234567890,"b":true,"nul":null,"o":{"deep":[1.0]},"a":[1]}';
    const metadata = buildHttpPayload({ ...FACTS, ...posted(body) });
    expect(metadata).toContain(
      String.raw`"Metadata":{"s":"\"text\"","n":"\"1.5\"","i":"\"7\"","big":"\"12345678901234567890\"","b":"\"True\"","o":{"deep":[1.0]},"Query":`,
    );
  });

  test.each(['[1]', '"text"', '{"a":', 'a=1', '{', ' '])('has nothing of a body like %j', (body) => {
    expect(Object.keys(metadataOf(posted(body)))).toEqual(['Query', 'Headers', 'sys']);
  });

  test('reads the body as leniently as Azure does, whatever its type', () => {
    expect(metadataOf(posted("{'a': 'b',}", 'application/octet-stream'))).toMatchObject({ a: '"b"' });
  });

  test('lets a route parameter win over the query and the query over the body, under the first spelling', () => {
    const metadata = metadataOf({ ...posted('{"Id":"body","x":"body"}'), query: 'ID=query&X=query', params: { id: 'route' } });
    expect(metadata).toMatchObject({ Id: '"route"', x: '"query"' });
  });

  test('leaves out keys for the host and names that end in trigger, which Query keeps', () => {
    const metadata = metadataOf({ ...posted('{"BlobTrigger":"x"}'), query: 'Code=secret&myTrigger=1' });
    expect(Object.keys(metadata)).toEqual(['Query', 'Headers', 'sys']);
    expect(metadata.Query).toEqual({ Code: 'secret', myTrigger: '1' });
  });

  test('lets a parameter take the name of Query, Headers and sys', () => {
    const metadata = metadataOf({ query: 'query=q&HEADERS=h&Sys=s' });
    expect(Object.keys(metadata)).toEqual(['query', 'HEADERS', 'Sys', '$sys']);
  });

  test('leaves out route parameters without a value, which Params keeps as null', () => {
    const facts = { params: { id: null, size: '5' } };
    expect(Object.keys(metadataOf(facts))).toEqual(['size', 'Query', 'Headers', 'sys']);
    expect(dataOf(facts).Params).toEqual(facts.params);
  });

  test('ends with what the host adds to it', () => {
    const RetryContext = { RetryCount: 1, MaxRetryCount: 2, Exception: null, Instance: null, State: {} };
    const metadata = metadataOf({ extraMetadata: { RetryContext } });
    expect(metadata.RetryContext).toEqual(RetryContext);
    expect(Object.keys(metadata).at(-1)).toBe('RetryContext');
  });
});

test('Identities can be those of an authenticated caller', () => {
  expect(dataOf({ identities: '[{"Name":"me"}]' }).Identities).toEqual([{ Name: 'me' }]);
  expect(dataOf({}).Identities).toHaveLength(1);
});

describe('a payload', () => {
  const token = fc.string({ unit: fc.constantFrom(...'abcXYZ-_!#19'), minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__');
  const fieldValue = fc.string({ unit: fc.constantFrom(...' "\\\t<>aé,;=%') }).map((text) => text.trim());

  test('is always JSON, whose Data has every header and query parameter that was sent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(token, fieldValue)),
        fc.dictionary(token, fc.string({ unit: 'grapheme' })),
        fc.uint8Array(),
        fc.constantFrom('text/plain', 'application/json', 'application/octet-stream', 'text/plain; charset=utf-16be'),
        (headers, query, bytes, type) => {
          const distinct = [...new Map(headers.map(([name, value]) => [name.toLowerCase(), [name, value] as const])).values()];
          const parameters = [
            ...new Map(Object.entries(query).map(([name, value]) => [name.toLowerCase(), [name, value] as const])).values(),
          ];
          const { Headers, Query } = dataOf({
            rawHeaders: [...distinct.flatMap(([name, value]) => [name, Buffer.from(value).toString('latin1')]), 'x-type', type],
            query: parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&'),
            body: Buffer.from(bytes),
          });
          expect(Query).toEqual(Object.fromEntries(parameters));
          for (const [name, value] of distinct) {
            const key = Object.keys(Headers).find((candidate) => candidate.toLowerCase() === name.toLowerCase())!;
            expect(Headers[key]).toEqual(name.toLowerCase() === 'x-type' ? [value, type] : [value]);
          }
        },
      ),
    );
  });

  test('is JSON for any JSON body and any raw query', () => {
    fc.assert(
      fc.property(fc.json(), fc.string({ unit: fc.constantFrom(...'a&=%+2fF0cC3é') }), (body, query) => {
        expect(parse({ ...posted(body), query })).toHaveProperty('Metadata');
      }),
    );
  });
});
