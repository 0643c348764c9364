// A handler that answers anything at all, in any pieces: whatever it sends, the caller gets HTTP or a closed connection, and the next one an answer.
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import type { RequestSummary } from '../../packages/portico/src/index.ts';
import { readAnswers } from '../../test/http/support/answer-reader.ts';
import { ask, question } from '../../test/http/support/ask.ts';
import { startRawHandler } from '../../test/http/support/raw-handler.ts';
import { type Mode, startPortico } from '../../test/http/support/start-portico.ts';
import { REPLIES, REPLY_SCRAPS } from '../http-texts.ts';
import { insist, type Target } from '../target.ts';
import { CUTS, changed, pieces, soup } from '../text.ts';

const MODES = ['proxy', 'forward', 'payload'] as const;
const PATIENCE_MS = 20_000;

const inputs = fc.record({
  mode: fc.constantFrom<Mode>(...MODES),
  bytes: fc.oneof(
    { weight: 6, arbitrary: changed(fc.constantFrom(...REPLIES), REPLY_SCRAPS) },
    { weight: 1, arbitrary: soup(REPLY_SCRAPS, 8).map((text) => text.replaceAll(/[^\0-\xff]/g, '')) },
  ),
  cuts: CUTS,
  /** `stay`: keeps a connection whose reply was whole; any other is ended, because it would be waited for. */
  ending: fc.constantFrom('stay', 'end', 'reset'),
  request: fc.constantFrom('GET', 'HEAD', 'POST'),
});
type Hostility = typeof inputs extends fc.Arbitrary<infer Input> ? Input : never;

export const replyWire: Target<Hostility> = { name: 'reply-wire', inputs, countInTests: 500, open };

async function open() {
  const hosts = new Map(await Promise.all(MODES.map(async (mode) => [mode, await startHost(mode)] as const)));
  return {
    check: async (input: Hostility) => hosts.get(input.mode)?.check(input),
    async [Symbol.asyncDispose]() {
      for (const host of hosts.values()) await host.stop();
    },
  };
}

async function startHost(mode: Mode) {
  let hostile: Hostility | undefined;
  let sent: Promise<void> = Promise.resolve();
  let last: RequestSummary | undefined;
  let round = 0;
  const handler = await startRawHandler({
    ended(request, socket) {
      if (hostile === undefined) socket.write(nextReply(mode, round));
      else sent = send(hostile, request.method, socket);
    },
  });
  const observer = { log: () => {}, invocation: () => {}, request: (summary: RequestSummary) => (last = summary) };
  const portico = await startPortico(handler.port, { mode, observer });

  async function check(input: Hostility): Promise<void> {
    round += 1;
    hostile = input;
    const before = handler.requests.length;
    const upload =
      input.request === 'POST' ? question('POST /hostile', ['Content-Length: 5'], 'hello') : question(`${input.request} /hostile`);
    judge(await ask(portico.port, upload, { patienceMs: PATIENCE_MS }));
    hostile = undefined;
    await sent;
    // Whatever still comes of the reply has come by then.
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    const outcome = last?.outcome;
    const used = handler.requests.slice(before).map(({ connection }) => connection);
    const next = (await ask(portico.port, question('GET /next'), { patienceMs: PATIENCE_MS })).answers.at(-1);
    insist(next?.status === 200 && next.body === `next ${round}`, 'the next caller gets its own answer', () => JSON.stringify(next));
    // An envelope may also fail on a sound one.
    const isUsedAgain = used.some((connection) => connection === handler.requests.at(-1)?.connection);
    insist(outcome === 'succeeded' || mode === 'payload' || !isUsedAgain, 'a connection with a fault is not used again');
  }

  return {
    check,
    async stop() {
      await portico[Symbol.asyncDispose]();
      await handler[Symbol.asyncDispose]();
    },
  };
}

/** The caller is never left waiting, and what it gets is HTTP: whole, or cut off by the end of the connection. */
function judge({ text, answers, rest, endedBy }: Awaited<ReturnType<typeof ask>>): void {
  const detail = (): string => JSON.stringify({ text, endedBy });
  insist(endedBy !== 'nobody' && text !== '', 'a caller is not left waiting', detail);
  const interim = answers.slice(0, -1);
  insist(rest === '' && answers.every(({ head }) => HEAD.test(head)), 'answers are HTTP/1.1', detail);
  insist(
    interim.every(({ status, complete }) => status < 200 && complete),
    'there is one answer',
    detail,
  );
  insist(endedBy === 'server' || answers.at(-1)?.complete === true, 'an answer is whole, or cut off by the end of the connection', detail);
}

const HEAD = /^HTTP\/1\.1 [1-9]\d\d [\t\x20-\x7e\x80-\xff]*(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+: ?[\t\x20-\x7e\x80-\xff]*)*$/;

function nextReply(mode: Mode, round: number): string {
  const text = mode === 'payload' ? `{"Outputs":{"res":{"body":"next ${round}"}}}` : `next ${round}`;
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}

async function send({ bytes, cuts, ending }: Hostility, method: string, socket: Socket): Promise<void> {
  for (const piece of pieces(bytes, cuts)) {
    socket.write(piece, 'latin1');
    await nextTurn();
  }
  const { answers, rest } = readAnswers(bytes, [method], false);
  const whole = rest === '' && answers.at(-1)?.complete === true && (answers.at(-1)?.status ?? 0) >= 200;
  if (ending === 'reset') socket.resetAndDestroy();
  else if (ending === 'end' || !whole) socket.end();
}
