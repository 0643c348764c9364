// Bytes of callers, and whether host and handler see the same requests in them as a strict reader does.
import fc from 'fast-check';
import { targetFor } from '../../packages/portico/src/http/forward.ts';
import { readTarget } from '../../packages/portico/src/http/request-target.ts';
import { readAnswers } from '../../test/http/support/answer-reader.ts';
import { type FuzzedApp, type FuzzedMode, MODES, type Seen, startFuzzedApp } from '../fuzzed-app.ts';
import { type OracleRequest, readRequests } from '../oracle.ts';
import { talk } from '../talk.ts';
import { insist, type Target } from '../target.ts';
import { CUTS, changed, pieces } from '../text.ts';

/** Stands for a number of six digits, which is another one for each input: what comes late is not taken for what comes now. */
const ROUND = 'RRRRRR';

const HEAD = `Host: app.example\r\nX-Id: ${ROUND}-1`;
const SMUGGLED = `GET /smuggled HTTP/1.1\r\nHost: app.example\r\nX-Id: ${ROUND}-2\r\n\r\n`;
const post = (headers: string, body: string): string => `POST /p HTTP/1.1\r\n${HEAD}\r\n${headers}\r\n\r\n${body}`;

const REQUESTS = [
  SMUGGLED,
  `GET /g?x=1 HTTP/1.1\r\n${HEAD}\r\n\r\n`,
  `HEAD /h HTTP/1.1\r\n${HEAD}\r\n\r\n`,
  `OPTIONS * HTTP/1.1\r\n${HEAD}\r\n\r\n`,
  `GET http://other.example/abs HTTP/1.1\r\n${HEAD}\r\n\r\n`,
  `GET /old HTTP/1.0\r\n${HEAD}\r\n\r\n`,
  `GET /last HTTP/1.1\r\n${HEAD}\r\nConnection: close\r\n\r\n`,
  `GET /upgrade HTTP/1.1\r\n${HEAD}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  `CONNECT app.example:80 HTTP/1.1\r\n${HEAD}\r\n\r\n`,
  post('Content-Length: 5', 'hello'),
  post('Content-Length: 0', ''),
  post('Content-Length: 5\r\nExpect: 100-continue', 'hello'),
  post(`Content-Length: ${SMUGGLED.length}`, SMUGGLED),
  post('Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'),
  post('Transfer-Encoding: chunked', '2;a=b;c="\\""\r\nhe\r\n003\r\nllo\r\n0;last\r\nX-Sum: 1\r\n\r\n'),
  post('Transfer-Encoding: chunked', `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`),
  // What two readers read differently.
  post('Content-Length: 5\r\nTransfer-Encoding: chunked', `0\r\n\r\n${SMUGGLED}`),
  post('Content-Length: 0\r\nContent-Length: 5', 'hello'),
  post('Content-Length: 0, 5', 'hello'),
  post('Content-Length: +5', 'hello'),
  post('Content-Length: 0x5', 'hello'),
  post('Content-Length : 5', 'hello'),
  post('Content-Length: 5\r\n 6', 'hello'),
  post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', '0\r\n\r\n'),
  post('Transfer-Encoding: gzip, chunked', `0\r\n\r\n${SMUGGLED}`),
  post('Transfer-Encoding: chunked', `0\r\n\r\n${SMUGGLED}`).replace('HTTP/1.1', 'HTTP/1.0'),
  post('Host: evil.example\r\nContent-Length: 5', 'hello'),
  post('Transfer-Encoding: xchunked', `0\r\n\r\n${SMUGGLED}`),
  post('Transfer-Encoding: chunked, identity', `0\r\n\r\n${SMUGGLED}`),
  post('Transfer-Encoding:\x0bchunked', `0\r\n\r\n${SMUGGLED}`),
  post('Transfer-Encoding : chunked', `0\r\n\r\n${SMUGGLED}`),
  post('Transfer_Encoding: chunked', `0\r\n\r\n${SMUGGLED}`),
  post('Transfer-Encoding:\r\n chunked', `0\r\n\r\n${SMUGGLED}`),
  post('Connection: content-length\r\nContent-Length: 5', 'hello'),
  post('Connection: transfer-encoding\r\nTransfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'),
  post('Transfer-Encoding: chunked', `0\r\nContent-Length: 9\r\nHost: evil\r\n\r\n${SMUGGLED}`),
  post('Transfer-Encoding: chunked', `5\nhello\r\n0\r\n\r\n`),
  post('Transfer-Encoding: chunked', `5;\n${SMUGGLED}0\r\n\r\n`),
  post('Transfer-Encoding: chunked', `fffffffffffffffff\r\nhello`),
];

const SCRAPS = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '0\r\n\r\n',
  'Content-Length: 3\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: chunked, chunked\r\n',
  'Connection: close\r\n',
  'Connection: keep-alive, x-id\r\n',
  'Expect: 100-continue\r\n',
  'Host: evil.example\r\n',
  'Upgrade: h2c\r\n',
  `X-A: ${'a'.repeat(9000)}\r\n`,
  'X-B: b\r\n'.repeat(120),
  'HTTP/1.1',
  'HTTP/2.0',
  SMUGGLED,
  '\xff',
  '\x85',
];

type Input = { readonly mode: FuzzedMode; readonly bytes: string; readonly cuts: readonly number[] };

const several = fc.array(fc.constantFrom(...REQUESTS), { minLength: 1, maxLength: 3 }).map((requests) => requests.join(''));
const inputs: fc.Arbitrary<Input> = fc.record({
  mode: fc.constantFrom(...MODES),
  bytes: fc.oneof({ weight: 1, arbitrary: several }, { weight: 3, arbitrary: changed(several, SCRAPS) }),
  cuts: CUTS,
});

export const requestBytes: Target<Input> = { name: 'request-bytes', inputs, countInTests: 800, open };

async function open() {
  const apps = new Map(await Promise.all(MODES.map(async (mode) => [mode, await startFuzzedApp(mode)] as const)));
  let round = 100_000;
  return {
    async check({ mode, bytes, cuts }: Input): Promise<void> {
      round = round === 999_999 ? 100_000 : round + 1;
      await judge(apps.get(mode) as FuzzedApp, mode, { bytes: bytes.replaceAll(ROUND, String(round)), cuts }, String(round));
    },
    async [Symbol.asyncDispose]() {
      for (const app of apps.values()) await app[Symbol.asyncDispose]();
    },
  };
}

async function judge(app: FuzzedApp, mode: FuzzedMode, { bytes, cuts }: Omit<Input, 'mode'>, round: string): Promise<void> {
  const { requests, whole } = readRequests(bytes);
  const methods = requests.map(({ method }) => method);
  const { text, endedBy } = await talk(app.port, pieces(bytes, cuts), methods);
  const seen = (await app.seen()).filter(({ id = '' }) => !/\d{6}/.test(id) || id.includes(round));
  const answered = (): string => JSON.stringify({ answered: text, endedBy, seen });
  insist(endedBy !== 'nobody', 'a caller is not left waiting', answered);
  const { answers, rest } = readAnswers(text, methods.length === 0 ? ['GET'] : methods, true);
  insist(rest === '' && answers.every(({ head, complete }) => complete && ANSWER_HEAD.test(head)), 'answers are HTTP/1.1', answered);
  insist(!answers.some(({ status }) => status >= 500), 'no fault of a caller is 500 or more', answered);
  insist(!seen.some(({ unreadable }) => unreadable !== undefined), 'what the handler gets is HTTP', answered);

  const sent = requests.map((request) => keyOf(mode, request));
  for (const key of seen.map(keyOfSeen)) {
    const index = sent.indexOf(key);
    insist(index >= 0, 'the handler sees only what a strict reader finds', answered);
    sent.splice(index, 1);
  }
  if (!whole || !requests.every(isPlain)) return;
  const finals = answers.filter(({ status }) => status !== 100);
  const all = finals.length === requests.length && finals.every(({ status }) => status === 200) && sent.length === 0;
  insist(all, 'what is plain is answered by the handler', answered);
}

const ANSWER_HEAD = /^HTTP\/1\.1 [1-9]\d\d [\t\x20-\x7e\x80-\xff]*(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+: ?[\t\x20-\x7e\x80-\xff]*)*$/;

function keyOf(mode: FuzzedMode, { method, target, headers, body }: OracleRequest): string {
  const id = headers.flatMap(([name, value]) => (name === 'x-id' ? value : [])).join();
  const read = mode === 'proxy' ? readTarget(target) : undefined;
  return JSON.stringify(read ? [method, id, targetFor({ name: '' }, 'proxy', read), body] : [method, id]);
}

function keyOfSeen({ method, id, target, body }: Seen): string {
  return JSON.stringify(target === undefined ? [method, id] : [method, id, target, body]);
}

/** Nothing about it gives a host a reason to refuse it, or to end the connection. */
function isPlain({ method, target, minor, headers }: OracleRequest): boolean {
  const names = headers.map(([name]) => name);
  return (
    ['GET', 'HEAD', 'POST'].includes(method) &&
    /^\/[\w?=&]+$/.test(target) &&
    minor === '1' &&
    headers.length < 50 &&
    names.filter((name) => name === 'host').length === 1 &&
    headers.every(([name, value]) => PLAIN_NAMES.includes(name) && value.length < 1000 && (name !== 'host' || value === 'app.example'))
  );
}

const PLAIN_NAMES = ['host', 'x-id', 'x-b', 'content-length', 'transfer-encoding', 'expect'];
