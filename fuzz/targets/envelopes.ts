// Envelopes of payload mode: whatever a handler writes, it is read or refused, and what is made of it is an answer.
import fc from 'fast-check';
import { payloadMembers } from '../../packages/portico/src/core/binding-data.ts';
import { readJson } from '../../packages/portico/src/core/json-reader.ts';
import { jsonString, plainText, writeJson } from '../../packages/portico/src/core/json-writer.ts';
import { byteItems, objectItems, streamContent, textItems } from '../../packages/portico/src/core/output-value.ts';
import { renderHttpResponse } from '../../packages/portico/src/http/output/render-http-response.ts';
import { readOutputs } from '../../packages/portico/src/worker/payload/outputs.ts';
import { readReply } from '../../packages/portico/src/worker/payload/reply.ts';
import { insist, pureTarget } from '../target.ts';
import { changed, JSON_SIGNS, soup } from '../text.ts';

const ENVELOPES = [
  '{"Outputs":{"res":{"statusCode":201,"headers":{"X-A":"1","Set-Cookie":"a=b"},"body":"made"},"q":["a",{"b":1}]},"Logs":["one"],"ReturnValue":null}',
  '{"Outputs":{"res":{"status":"404","body":{"a":[1,2.50,1e3,12345678901234567890]},"cookies":[{"name":"a","value":"b","maxAge":5}]}}}',
  '{"ReturnValue":{"statusCode":"200","body":"aGVsbG8=","headers":{"content-type":"text/plain; charset=utf-16","content-length":"99"}}}',
  '{"outputs":{"res":"text"},"OUTPUTS":{"res":{"statusCode":204}},"Logs":[{"level":"error","message":"m"}]}',
  '{"Outputs":{"res":{"headers":{"X A":"1","X-B\\r\\nX-C: 1":"2","":"3","Connection":"close","X-D":["4",null]},"body":"made"}}}',
  "{'ReturnValue':/* c */0x1F,'Outputs':{q:'aGk=',},}",
];
const SCRAPS = [
  ...JSON_SIGNS,
  "'",
  '\\',
  '\\u',
  '\\ud800',
  '\\udc00',
  '\ud800',
  '\u2028',
  '\ufeff',
  '/*',
  '*/',
  '//',
  '\n',
  '\0',
  'null',
  'NaN',
  '-Infinity',
  'undefined',
  '1e999',
  '-0',
  '0.1e-400',
  '9'.repeat(400),
  '00',
  '0x',
  '1.0',
  '.5',
  '5.',
  '"__proto__":',
  '"constructor":',
  '"res":',
  '"Outputs":',
  '"statusCode":',
  '"headers":',
  '"body":',
  '"content-type":',
  '"charset"',
  '[['.repeat(200),
  '{"a":'.repeat(300),
  '"a\\r\\nB: c"',
  '"\\u0000"',
  '"2024-01-02T03:04:05.678901Z"',
  '"Date(1)"',
];

const TYPES = ['application/json', 'application/json; charset=utf-16', 'text/json;charset="x"', 'text/plain', ''];

const inputs = fc.record({
  status: fc.constantFrom(200, 202, 204, 304, 404, 500, 100, 999),
  type: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...TYPES) }, { weight: 1, arbitrary: fc.string() }),
  text: fc.oneof(
    { weight: 6, arbitrary: changed(fc.constantFrom(...ENVELOPES), SCRAPS, { most: 4, unit: 'binary' }) },
    { weight: 1, arbitrary: soup(SCRAPS) },
  ),
  encoding: fc.constantFrom<BufferEncoding>('utf8', 'utf8', 'utf8', 'utf16le', 'latin1'),
  output: fc.constantFrom('res', '$return', undefined).map((name) => name ?? null),
  keepsText: fc.boolean(),
});

export const envelopes = pureTarget('envelopes', 5000, inputs, ({ status, type, text, encoding, output, keepsText }) => {
  // Bytes hold no half of a surrogate pair, only an escape does.
  checkJson(text.toWellFormed());
  const reply = readReply({ status, contentType: type === '' ? undefined : type, body: Buffer.from(text, encoding) });
  if ('error' in reply) return;
  const binding = { httpOutput: output ?? undefined, hasReturnBinding: output === '$return', keepsText };
  const rendered = renderHttpResponse(binding, reply);
  if (!('error' in rendered)) {
    const { status: code, headers, body, framing } = rendered;
    insist(Number.isInteger(code) && code >= 200 && code <= 999, 'an answer has a status', () => String(code));
    for (const [name, value] of headers) {
      insist(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name), 'a header of an answer has a name that HTTP knows', () => JSON.stringify(name));
      insist(/^[\t\x20-\x7e\x80-\xff]*$/.test(value), 'a header of an answer fits into a line', () => JSON.stringify([name, value]));
      insist(!/^(?:content-length|transfer-encoding|connection)$/i.test(name), 'an envelope does not frame the answer', () => name);
    }
    insist(framing !== 'none' || body === undefined, 'an answer without a frame has no body');
  }
  const bindings = ['res', 'q', '$return'].map((name) => ({
    name,
    type: name === 'res' ? 'http' : 'queue',
    direction: 'out' as const,
    dataType: undefined,
  }));
  for (const value of readOutputs(bindings as never, reply, { keepsText })) {
    for (const make of [byteItems, textItems, objectItems, streamContent]) make(value);
  }
});

/** Text that JSON.parse takes is read as the same, and what is written is JSON again. */
function checkJson(text: string): void {
  jsonString(text);
  payloadMembers(text);
  const reading = readJson(text);
  if ('fault' in reading) return;
  plainText(reading.value);
  const written = writeJson(reading.value);
  const again = readJson(written);
  insist(!('fault' in again) && writeJson(again.value) === written, 'what was read and written reads the same', () => written);
  insist(written.isWellFormed(), 'what is written has a form in UTF-8', () => JSON.stringify(written));
  const plain = parsed(text);
  if (plain !== undefined)
    insist(JSON.stringify(JSON.parse(written)) === plain, 'plain JSON is read as JSON.parse reads it', () => `${written} and ${plain}`);
}

/** Undefined: no JSON, or half a surrogate pair in it, which is put right on the way. */
function parsed(text: string): string | undefined {
  try {
    const plain = JSON.stringify(JSON.parse(text));
    return /\\ud[89a-f]/.test(plain) || !text.isWellFormed() || /null/.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}
