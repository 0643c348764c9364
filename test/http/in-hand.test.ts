// What a stop and a drain wait for.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { question } from './support/ask.ts';
import { startRawHandler } from './support/raw-handler.ts';
import { serveWithClock } from './support/serve-with-clock.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('an answer is in hand until it has left, although its handler is done', async () => {
  const body = JSON.stringify({ Outputs: { res: { body: 'x'.repeat(20_000_000) } } });
  const reply = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  await using handler = await startRawHandler({ ended: (_, socket) => void socket.write(reply) });
  await using served = await serveWithClock(handler.port, { mode: 'payload' });
  const caller = connect(served.port, '127.0.0.1');
  caller.write(question('GET /Work'));
  await once(caller, 'readable');
  expect([served.requests.length, served.work.count]).toEqual([1, 1]);
  caller.resume();
  await until(() => served.work.count === 0);
  caller.destroy();
});

test.each([
  ['none of them', []],
  ['the first', [0]],
  ['one behind another', [1]],
  ['all but the first', [1, 2]],
])('nothing is in hand any more when a caller leaves a pipeline of which %s is answered', async (_, answered) => {
  const asked: Socket[] = [];
  await using handler = await startRawHandler({ begun: (_request, socket) => asked.push(socket) });
  await using served = await serveWithClock(handler.port);
  const caller = connect(served.port, '127.0.0.1');
  caller.write(question('GET /Work?1') + question('GET /Work?2') + question('POST /Work?3', ['Content-Length: 2'], 'ab'));
  await until(() => asked.length === 3);
  for (const i of answered) asked[i]!.write(OK);
  await until(() => served.requests.length === answered.length);
  caller.destroy();
  await until(() => served.work.count === 0 && served.requests.length === 3);
});
