// Every response that a caller of Azure's host got for a payload handler's reply, made again from that reply.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { bodyFields, toBytes } from '../../../../../test/conformance/record/bodies.ts';
import { loadGroups } from '../../../../../test/conformance/record/scenarios.ts';
import type { Content, HeaderPair, Scenario } from '../../../../../test/conformance/record/types.ts';
import { readReply } from '../../worker/payload/reply.ts';
import { renderHttpResponse } from './render-http-response.ts';

const FOLDER = new URL('../../../../../test/conformance/', import.meta.url);
const AREAS = /^reply-(body|headers|http|logs|return|shape|status)\./;
/** What the connection to the handler decides before there is a reply. */
const NO_REPLY = /^reply-http\.(destroyed|cut-short|redirect)$/;

type Response = { status: number; headers: Record<string, string>; body: string };
type Reply = Content & { status?: number; headers?: HeaderPair[] };

/** What is intended to differ, with what is sent instead. */
const INTENDED: Record<string, Partial<Response>> = {
  'reply-body.iso-date': { body: '2001-02-03T04:05:06Z' },
  'reply-headers.content-length': { headers: { 'Content-Length': '5', 'Content-Type': 'text/plain; charset=utf-8' }, body: 'hello' },
  'reply-headers.content-type-charset': {
    headers: { 'Content-Type': 'text/html; charset=iso-8859-1', 'Transfer-Encoding': 'chunked' },
    body: Buffer.from('é', 'latin1').toString('base64'),
  },
  'reply-headers.cookie-array': {
    status: 200,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Set-Cookie': 'b=2', 'Transfer-Encoding': 'chunked' },
    body: 'x',
  },
  'reply-headers.null': {
    status: 200,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Transfer-Encoding': 'chunked' },
    body: 'x',
  },
  'reply-http.empty': { status: 204, headers: {} },
  'reply-http.no-content': { status: 204, headers: {} },
  'reply-http.null': { status: 204, headers: {} },
  'reply-logs.not-strings': {
    status: 200,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Transfer-Encoding': 'chunked' },
    body: 'x',
  },
  'reply-status.out-of-range': { status: 500, headers: { 'Content-Length': '0' }, body: '' },
};

const groups = await loadGroups(fileURLToPath(new URL('scenarios/', FOLDER)));
const cases = groups
  .flatMap(({ scenarios }) => scenarios)
  .filter(({ id }) => AREAS.test(id) && !NO_REPLY.test(id) && existsSync(new URL(`recordings/${id}.json`, FOLDER)));

function recorded({ id }: Scenario): Response {
  const { callerGot } = JSON.parse(readFileSync(new URL(`recordings/${id}.json`, FOLDER), 'utf8'));
  const [{ status, rawHeaders = [], text, json, layout }] = callerGot as [
    { status: number; rawHeaders: HeaderPair[]; text?: string; json?: unknown; layout?: string },
  ];
  const headers = rawHeaders.filter(([name, value]) => name !== 'Date' && value !== 'Kestrel');
  return { status, headers: Object.fromEntries(headers), body: text ?? JSON.stringify(json, null, layout === 'compact' ? 0 : 2) };
}

/** As the recording handler answers, and as a server frames what is rendered. */
function respond({ id, rules }: Scenario): Response {
  const { status = 200, headers = [], ...content } = rules[0]!.reply as Reply;
  const types = [...headers, ...(content.json === undefined ? [] : [['Content-Type', 'application/json'] as const])];
  const contentType = types.find(([name]) => name === 'Content-Type')?.[1];
  const reply = readReply({ status, contentType, body: toBytes(content) });
  const httpOutput = id.startsWith('reply-return.') ? '$return' : 'res';
  const response =
    'error' in reply ? reply : renderHttpResponse({ httpOutput, hasReturnBinding: httpOutput === '$return', keepsText: false }, reply);
  if ('error' in response) return { status: 500, headers: { 'Content-Length': '0' }, body: '' };

  const bytes = Buffer.from(response.body ?? '');
  const framing = { chunked: { 'Transfer-Encoding': 'chunked' }, length: { 'Content-Length': String(bytes.length) }, none: {} }[
    response.framing
  ];
  const { body, bodyBase64 } = bodyFields(bytes);
  return { status: response.status, headers: { ...Object.fromEntries(response.headers), ...framing }, body: String(body ?? bodyBase64) };
}

describe('the response to a payload reply', () => {
  test('is compared with many recordings', () => {
    expect(cases.length).toBeGreaterThan(70);
    expect(cases.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(INTENDED)));
  });

  test.each(cases.filter(({ id }) => !(id in INTENDED)))('$id: $about', (scenario) => {
    expect(respond(scenario)).toEqual(recorded(scenario));
  });

  test.each(cases.filter(({ id }) => id in INTENDED))('$id differs as intended: $about', (scenario) => {
    expect(respond(scenario)).toEqual({ ...recorded(scenario), ...INTENDED[scenario.id] });
    expect(respond(scenario)).not.toEqual(recorded(scenario));
  });
});
