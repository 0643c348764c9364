// Whether npm run chaos would notice: each of these servers answers as no host may, or as one may.
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { exchange } from '../chaos/exchange.ts';
import { expectedReply, type Order, plainOrder } from '../chaos/orders.ts';
import { judge, type OutcomeKind } from '../chaos/outcome.ts';

const HANDLER_PID = 4711;
const ORDER: Order = { ...plainOrder('mine'), method: 'POST', body: Buffer.from('a body'), wish: 'echo' };
const RIGHT = expectedReply(ORDER);

/** Only who waits for nothing waits for its whole length. */
const SOON_MS = 50;
const LATE_MS = 10_000;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const reply =
  (status: number, body: Buffer | string = RIGHT, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, { 'X-Chaos-Nonce': 'mine', 'X-Chaos-Pid': String(HANDLER_PID), ...headers }).end(body);

const half: Answer = (_, response) => {
  response.writeHead(200, { 'X-Chaos-Nonce': 'mine', 'X-Chaos-Pid': String(HANDLER_PID), 'Content-Length': String(RIGHT.length) });
  response.write(RIGHT.subarray(0, 3), () => response.destroy());
};

const silent: Answer = () => {};

const ended: Answer = (request) => request.socket.destroy();

async function outcomeOf(answer: Answer, circumstances: { hostWasDown?: boolean; harmed?: boolean } = {}, order = ORDER) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const raw = await exchange(order, (server.address() as AddressInfo).port, new Agent(), answer === silent ? SOON_MS : LATE_MS);
    const { hostWasDown = false, harmed = false } = circumstances;
    return judge(order, raw, { hostWasDown, wasHarmed: (pid) => harmed && pid === HANDLER_PID });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test.each<[string, Answer, OutcomeKind]>([
  ['the right reply', reply(200), 'correct'],
  ['a reply to somebody else', reply(200, RIGHT, { 'X-Chaos-Nonce': 'yours' }), 'wrong'],
  ['a reply of nobody', reply(200, RIGHT, { 'X-Chaos-Nonce': '' }), 'wrong'],
  ['a shorter reply that claims to be whole', reply(200, RIGHT.subarray(0, 3)), 'wrong'],
  ['other bytes', reply(200, 'a bodz'), 'wrong'],
  ['502', reply(502), 'honest'],
  ['503 that says when to come again', reply(503, '', { 'Retry-After': '5' }), 'honest'],
  ['503 that does not', reply(503), 'wrong'],
  ['504', reply(504), 'honest'],
  ['429', reply(429), 'honest'],
  ['500', reply(500), 'wrong'],
  ['404', reply(404), 'wrong'],
  ['half a reply', half, 'lost'],
  ['the end of the connection', ended, 'lost'],
  ['silence', silent, 'hung'],
])('%s is %3$s', async (_, answer, kind) => {
  expect(await outcomeOf(answer)).toMatchObject({ kind });
});

test.each<[string, Answer, { hostWasDown?: boolean; harmed?: boolean }, OutcomeKind]>([
  ['half a reply of a handler that was killed', half, { harmed: true }, 'cut'],
  ['the end of the connection when the handler was killed', ended, { harmed: true }, 'lost'],
  ['half a reply of a host that was killed', half, { hostWasDown: true }, 'hostDown'],
  ['the end of the connection when the host was killed', ended, { hostWasDown: true }, 'hostDown'],
  ['a wrong reply of a host that was killed', reply(200, 'a bodz'), { hostWasDown: true }, 'wrong'],
])('%s is %4$s', async (_, answer, circumstances, kind) => {
  expect(await outcomeOf(answer, circumstances)).toMatchObject({ kind });
});

test('a whole reply is wrong where the handler wrote none', async () => {
  expect(await outcomeOf(reply(200), {}, { ...ORDER, misdeed: 'cut-length' })).toMatchObject({ kind: 'wrong' });
});
