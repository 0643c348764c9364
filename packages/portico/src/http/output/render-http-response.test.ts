import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../core/function-app.ts';
import { readReply } from '../../worker/payload/reply.ts';
import { type HttpResponseBinding, type RenderedResponse, renderHttpResponse } from './render-http-response.ts';

const NAMED: HttpResponseBinding = { httpOutput: 'res', hasReturnBinding: false, keepsText: false };
const RETURN: HttpResponseBinding = { httpOutput: '$return', hasReturnBinding: true, keepsText: false };
const NO_OUTPUT: HttpResponseBinding = { httpOutput: undefined, hasReturnBinding: false, keepsText: false };
const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

function answer(binding: HttpResponseBinding, reply: JsonObject | string) {
  const body = Buffer.from(typeof reply === 'string' ? reply : JSON.stringify(reply));
  const read = readReply({ status: 200, contentType: 'application/json', body });
  if ('error' in read) throw read.error;
  return renderHttpResponse(binding, read);
}

function rendered(binding: HttpResponseBinding, reply: JsonObject | string): RenderedResponse {
  const response = answer(binding, reply);
  if ('error' in response) throw response.error;
  return response;
}

const res = (value: JsonValue) => rendered(NAMED, { Outputs: { res: value } });
const returned = (value: JsonValue, binding = RETURN) => rendered(binding, { ReturnValue: value });
const codes = ({ remarks }: RenderedResponse) => remarks.map(({ code }) => code);

describe('a function whose named output has no value', () => {
  test.each([
    [NAMED, { Outputs: {} }, 200, '{}', TEXT, 'chunked'],
    [NAMED, { Outputs: { RES: { body: 'x' } } }, 200, '{}', TEXT, 'chunked'],
    [NAMED, { Outputs: {}, ReturnValue: 'hello' }, 200, '{}', TEXT, 'chunked'],
    [NAMED, {}, 204, undefined, undefined, 'none'],
    [NO_OUTPUT, { Outputs: {} }, 204, undefined, undefined, 'none'],
    [NAMED, { ReturnValue: 'hello' }, 200, 'hello', TEXT, 'chunked'],
    [NAMED, { ReturnValue: 42 }, 200, '42', JSON_TYPE, 'length'],
    [NAMED, { ReturnValue: { a: [1] } }, 200, '{"a":[1]}', JSON_TYPE, 'length'],
    [NO_OUTPUT, { ReturnValue: true }, 200, 'true', JSON_TYPE, 'length'],
    [NO_OUTPUT, { ReturnValue: '' }, 200, undefined, TEXT, 'length'],
  ] as const)('%j that answers %j gives %i %j', (binding, reply, status, body, type, framing) => {
    const response = rendered(binding, reply);
    expect(response).toMatchObject({ status, framing });
    expect(response.body).toBe(body);
    expect(response.headers).toEqual(type === undefined ? [] : [['Content-Type', type]]);
  });
});

describe('a named output', () => {
  test.each([
    [{}, 200],
    [{ statusCode: 404 }, 404],
    [{ statusCode: ' 202 ' }, 202],
    [{ statusCode: 'teapot' }, 200],
    [{ statusCode: 404.7 }, 200],
    [{ statusCode: null }, 200],
    [{ status: 404 }, 200],
    [{ statuscode: 400, STATUSCODE: 409 }, 409],
    ['{"statusCode":201}', 201],
  ])('%j has status %i', (value, status) => {
    expect(res(value)).toMatchObject({ status, body: undefined, framing: 'length', headers: [['Content-Type', TEXT]] });
  });

  test.each([
    ['text', 'text'],
    ['{"a":1}', '{"a":1}'],
    ['dGVzdA==', 'dGVzdA=='],
    [true, 'True'],
    [1.5, '1.5'],
    [{ a: [1, {}, []] }, '{\n  "a": [\n    1,\n    {},\n    []\n  ]\n}'],
  ])('whose body is %j sends %j as chunked text', (body, sent) => {
    expect(res({ body })).toMatchObject({ body: sent, framing: 'chunked', headers: [['Content-Type', TEXT]] });
  });

  test.each([
    [null, 'Outputs.res is null, expected an object'],
    ['', 'Outputs.res is a string'],
    ['hello', 'Outputs.res is a string'],
    ['{"a":', 'Outputs.res is a string'],
    [5, 'Outputs.res is a number'],
    [[1], 'Outputs.res is an array'],
    [{ headers: [] }, 'Outputs.res.headers is an array, expected an object'],
    [{ headers: 'x' }, 'Outputs.res.headers is a string'],
    [{ statusCode: {} }, 'Outputs.res.statusCode is an object, expected a number'],
  ])('that is %j is a fault with its reason', (value, message) => {
    const response = answer(NAMED, { Outputs: { res: value } });
    expect(response).toHaveProperty('error.code', 'HTTP_OUTPUT_UNUSABLE');
    expect(response).toHaveProperty('error.message', expect.stringContaining(message));
    expect(response).toHaveProperty('error.hint', expect.stringContaining('Output is not in expected format'));
  });

  test.each([99, 100, 199, 1000, -1, 0])('with the status %i is a fault', (statusCode) => {
    const response = answer(NAMED, { Outputs: { res: { statusCode } } });
    expect(response).toHaveProperty('error.code', 'HTTP_STATUS_OUT_OF_RANGE');
    expect(response).toHaveProperty('error.message', expect.stringContaining(`statusCode is ${statusCode},`));
  });

  test.each([204, 304])('with the status %i has headers and no body', (statusCode) => {
    expect(res({ statusCode, body: 'x', headers: { etag: '"v"', 'content-length': 1 } })).toEqual({
      status: statusCode,
      headers: [
        ['Content-Type', TEXT],
        ['ETag', '"v"'],
      ],
      body: undefined,
      framing: 'none',
      remarks: [],
    });
  });

  test('with the status 205 has a length of nothing', () => {
    expect(res({ statusCode: 205, body: 'x' })).toMatchObject({ body: undefined, framing: 'length' });
  });

  test('is overridden by a member of ReturnValue, unless $return is bound to something else', () => {
    const reply = { Outputs: { res: { body: 'outputs' } }, ReturnValue: { res: { body: { a: 1 } }, q: 1 } };
    expect(rendered(NAMED, reply).body).toBe('{"a":1}');
    expect(rendered({ ...NAMED, hasReturnBinding: true }, reply).body).toBe('outputs');
    expect(rendered(NAMED, { ...reply, ReturnValue: { q: 1 } }).body).toBe('outputs');
  });
});

describe('$return', () => {
  test.each([
    ['hello world', 'hello world', 'chunked'],
    ['[1,2]', '[1,2]', 'chunked'],
    [42, '42', 'chunked'],
    [true, 'True', 'chunked'],
    [[1, 2], '[\n  1,\n  2\n]', 'chunked'],
    [{ statusCode: 400, a: 1 }, '{\n  "statusCode": 400,\n  "a": 1\n}', 'chunked'],
    ['{"a":1}', '{\n  "a": 1\n}', 'chunked'],
  ])('without a body of its own is the body: %j', (value, body, framing) => {
    expect(returned(value)).toMatchObject({ status: 200, body, framing, headers: [['Content-Type', TEXT]] });
  });

  test.each([
    [{ status: 202, body: { b: [1] } }, 202, '{"b":[1]}', TEXT, 'chunked'],
    [{ statusCode: '201', status: 202, BODY: 'x' }, 201, 'x', TEXT, 'chunked'],
    ['{"statusCode":201,"body":"b"}', 201, 'b', TEXT, 'chunked'],
    [{ statusCode: 404, body: null }, 404, undefined, TEXT, 'length'],
    [{ body: { a: 1 }, enableContentNegotiation: true }, 200, '{"a":1}', JSON_TYPE, 'length'],
    [{ body: 'x', enableContentNegotiation: true }, 200, 'x', TEXT, 'chunked'],
    [{ body: null, enableContentNegotiation: true }, 200, undefined, TEXT, 'length'],
    [{ body: 'x', headers: ['ignored'] }, 200, 'x', TEXT, 'chunked'],
  ])('with a body describes the response: %j', (value, status, body, type, framing) => {
    const response = returned(value);
    expect(response).toMatchObject({ status, framing, headers: [['Content-Type', type]] });
    expect(response.body).toBe(body);
  });

  test.each(['AAEC/w==', 'AAEC\n/w==', 'abcd', ''])('that is base64 (%j) is sent as bytes without a type, with a remark', (value) => {
    const response = returned(value);
    const bytes = Buffer.from(value, 'base64');
    expect(response).toEqual({
      status: 200,
      headers: [],
      body: bytes.length === 0 ? undefined : bytes,
      framing: 'length',
      remarks: [expect.objectContaining({ code: 'BASE64_DECODED' })],
    });
  });

  test('that is base64 stays text when the binding says binary', () => {
    expect(returned('abcd', { ...RETURN, keepsText: true })).toMatchObject({ body: 'abcd', headers: [['Content-Type', TEXT]] });
  });

  test('is what ReturnValue says, whatever Outputs have', () => {
    expect(rendered(RETURN, { Outputs: { $return: { body: 'x' } } }).status).toBe(204);
  });
});

describe('numbers', () => {
  test('leave with every digit they came with', () => {
    const reply = '{"Outputs":{"res":{"statusCode":201.0,"body":{"big":12345678901234567890123,"f":1.10,"e":1e3}}}}';
    expect(rendered(NAMED, reply).body).toBe('{\n  "big": 12345678901234567890123,\n  "f": 1.1,\n  "e": 1000.0\n}');
  });
});

describe('dates', () => {
  test.each([
    ['2001-02-03T04:05:06Z', ['DATE_KEPT']],
    ['2001-02-03T04:05:06', ['DATE_KEPT']],
    ['2001-02-03', []],
    ['on 2001-02-03T04:05:06Z', []],
    [{ at: '2001-02-03T04:05:06.789+02:00' }, ['DATE_KEPT']],
    [{ at: '2001-02-03T04:05:06Z' }, []],
  ])('%j leaves as written', (body, expected) => {
    const response = res({ body });
    expect(response.body).toContain(typeof body === 'string' ? body : body.at);
    expect(codes(response)).toEqual(expected);
  });
});

describe('Content-Length', () => {
  test.each([
    ['5', []],
    [5, []],
    ['2', ['LENGTH_CORRECTED']],
    ['nonsense', ['LENGTH_CORRECTED']],
  ])('%j for five bytes frames by the true length', (length, expected) => {
    const response = res({ body: 'gr\u00fcn', headers: { 'Content-Length': length } });
    expect(response).toMatchObject({ framing: 'length', headers: [['Content-Type', TEXT]] });
    expect(codes(response)).toEqual(expected);
  });
});

test('rendering never throws and never gives what HTTP forbids', () => {
  const part = fc.record(
    { statusCode: fc.jsonValue(), headers: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()), body: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const reply = fc.record(
    { Outputs: fc.oneof(fc.record({ res: fc.oneof(part, fc.jsonValue()) }), fc.constant({})), ReturnValue: fc.oneof(part, fc.jsonValue()) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(reply, fc.constantFrom(NAMED, RETURN, NO_OUTPUT), (value, binding) => {
      const response = answer(binding, JSON.stringify(value));
      if ('error' in response) return;
      expect(response.status).toBeGreaterThanOrEqual(200);
      // Throws when a name or value may not be sent.
      const headers = new Headers();
      for (const [name, text] of response.headers) headers.append(name, text);
      expect(headers.has('transfer-encoding') || headers.has('content-length')).toBe(false);
    }),
  );
});
