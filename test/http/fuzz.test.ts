// A handler that answers anything at all, in any pieces: whatever it sends, the caller gets HTTP or a closed connection, and the next one an answer.
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestSummary } from '../../packages/portico/src/index.ts';
import { readAnswers } from './support/answer-reader.ts';
import { ask, question } from './support/ask.ts';
import { type RawHandler, startRawHandler } from './support/raw-handler.ts';
import { type StartedPortico, startPortico } from './support/start-portico.ts';

const ENVELOPE = '{"Outputs":{"res":{"statusCode":201,"headers":{"X-A":"1"},"body":"made"}}}';

/** Replies as they should be; what is sent is made of them. */
const REPLIES: readonly string[] = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 42\r\n\r\n',
  'HTTP/1.1 200 OK\r\n\r\nuntil the end',
  'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 10\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n',
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${ENVELOPE.length}\r\n\r\n${ENVELOPE}`,
];

const SCRAPS = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  ':',
  '0\r\n\r\n',
  'HTTP/1.1 200 OK\r\n\r\n',
  'Content-Length: 3\r\n',
  'Transfer-Encoding: chunked\r\n',
  '\xff',
];

/** One change of a reply: at a place between its beginning (0) and end (1). */
type Change = { readonly at: number; readonly drop: number; readonly insert: string };

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.nat({ max: 12 }),
  insert: fc.oneof(fc.constant(''), fc.constantFrom(...SCRAPS), fc.string({ unit: 'binary-ascii', maxLength: 6 })),
});
const changedReply = fc.tuple(fc.constantFrom(...REPLIES), fc.array(change, { maxLength: 3 })).map(([reply, changes]) =>
  changes.reduce((text, { at, drop, insert }) => {
    const from = Math.floor(at * text.length);
    return text.slice(0, from) + insert + text.slice(from + drop);
  }, reply),
);
const anything = fc
  .array(fc.oneof(fc.constantFrom(...SCRAPS), fc.string({ unit: 'binary-ascii' })), { maxLength: 8 })
  .map((parts) => parts.join(''));

const hostility = fc.record({
  bytes: fc.oneof({ weight: 6, arbitrary: changedReply }, { weight: 1, arbitrary: anything }),
  /** Where it is cut into pieces. */
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
  ending: fc.constantFrom<Ending>('stay', 'end', 'reset'),
  request: fc.constantFrom('GET', 'HEAD', 'POST'),
});

/** `stay`: keeps a connection whose reply was whole; any other is ended, because it would be waited for. */
type Ending = 'stay' | 'end' | 'reset';
type Hostility = { readonly bytes: string; readonly cuts: readonly number[]; readonly ending: Ending; readonly request: string };

describe.each(['proxy', 'forward', 'payload'] as const)('in %s mode', (mode) => {
  let hostile: Hostility | undefined;
  let sent: Promise<void> = Promise.resolve();
  let handler: RawHandler;
  let portico: StartedPortico;
  let last: RequestSummary | undefined;
  const nextReply =
    mode === 'payload' ? (id: number) => json(`{"Outputs":{"res":{"body":"next ${id}"}}}`) : (id: number) => json(`next ${id}`);
  let round = 0;

  beforeAll(async () => {
    handler = await startRawHandler({
      ended(request, socket) {
        if (hostile === undefined) socket.write(nextReply(round));
        else sent = send(hostile, request.method, socket);
      },
    });
    portico = await startPortico(handler.port, {
      mode,
      observer: { log: () => {}, invocation: () => {}, request: (summary) => (last = summary) },
    });
  });
  afterAll(async () => {
    await portico[Symbol.asyncDispose]();
    await handler[Symbol.asyncDispose]();
  });

  test('no reply of a handler brings the host out of step', async () => {
    await fc.assert(
      fc.asyncProperty(hostility, async (one) => {
        round += 1;
        hostile = one;
        const before = handler.requests.length;
        const body = one.request === 'POST' ? 'hello' : '';
        const { text, answers, rest, endedBy } = await ask(
          portico.port,
          question(`${one.request} /hostile`, body === '' ? [] : ['Content-Length: 5'], body),
          {
            patienceMs: 2000,
          },
        );
        hostile = undefined;
        // The caller is never left waiting, and what it gets is HTTP: whole, or cut off by the end of the connection.
        expect(endedBy).not.toBe('nobody');
        expect(rest).toBe('');
        expect(answers.slice(0, -1).every(({ status, complete }) => status < 200 && complete)).toBe(true);
        expect(endedBy === 'server' || answers.at(-1)?.complete).toBe(true);
        for (const { head } of answers) expect(head).toMatch(HEAD);
        expect(text).not.toBe('');

        await sent;
        // Whatever still comes of the reply has come by then.
        for (let turn = 0; turn < 3; turn++) await nextTurn();
        const outcome = last?.outcome;
        const used = handler.requests.slice(before).map(({ connection }) => connection);
        const next = await ask(portico.port, question('GET /next'), { patienceMs: 2000 });
        expect(next.answers.at(-1)).toMatchObject({ status: 200, body: `next ${round}` });
        // A connection with a fault is not used again. An envelope may also fail on a sound one.
        if (outcome !== 'succeeded' && mode !== 'payload') expect(used).not.toContain(handler.requests.at(-1)?.connection);
      }),
      { numRuns: 500 },
    );
  });
});

const HEAD = /^HTTP\/1\.1 [1-9]\d\d [\t\x20-\x7e\x80-\xff]*(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+: ?[\t\x20-\x7e\x80-\xff]*)*$/;

const json = (text: string): string => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;

async function send({ bytes, cuts, ending }: Hostility, method: string, socket: Socket): Promise<void> {
  const places = cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b);
  for (const [index, from] of [0, ...places].entries()) {
    socket.write(bytes.slice(from, places[index] ?? bytes.length), 'latin1');
    await nextTurn();
  }
  const { answers, rest } = readAnswers(bytes, [method], false);
  const whole = rest === '' && answers.at(-1)?.complete === true && (answers.at(-1)?.status ?? 0) >= 200;
  if (ending === 'reset') socket.resetAndDestroy();
  else if (ending === 'end' || !whole) socket.end();
}
