// Limits of single functions, from portico.json.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { ask, question } from './support/ask.ts';
import { startRawHandler } from './support/raw-handler.ts';
import { serveWithClock } from './support/serve-with-clock.ts';
import { startWebSocketHandler } from './support/web-socket-handler.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';

const HANDSHAKE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];

const LIMITED = {
  functions: { Work: {}, Other: {} },
  porticoJson: { functions: { work: { maxConcurrentRequests: 1, maxOutstandingRequests: 2 } } },
};

async function startPatientHandler() {
  const asked: Socket[] = [];
  const handler = await startRawHandler({ begun: (_, socket) => asked.push(socket) });
  return Object.assign(handler, { asked });
}

describe.each(['proxy', 'payload'] as const)('in %s mode a function with limits of its own', (mode) => {
  test('runs so many requests, lets others wait, and turns the rest away with 429', async () => {
    await using handler = await startPatientHandler();
    await using served = await serveWithClock(handler.port, { mode, ...LIMITED });
    const first = ask(served.port, question('GET /Work'));
    await until(() => handler.asked.length === 1);
    const second = ask(served.port, question('GET /Work'));
    await until(() => served.work.count === 2);
    const { answers } = await ask(served.port, question('GET /Work'));
    expect(answers[0]).toMatchObject({ status: 429, head: expect.stringMatching(/^Retry-After: 1$/m) });
    expect(answers[0]?.head).not.toMatch(/X-FUNCTION-SCALEOUT/i);
    expect(served.requests).toMatchObject([{ status: 429, outcome: 'refused', functionName: 'Work' }]);
    const other = ask(served.port, question('GET /Other'));
    await until(() => handler.asked.length === 2);
    handler.asked[1]!.write(OK);
    await other;
    expect(handler.requests.map(({ target }) => target)).toEqual(['/Work', '/Other']);
    handler.asked[0]!.write(OK);
    await first;
    await until(() => handler.asked.length === 3);
    handler.asked[2]!.write(OK);
    await second;
    expect(served.requests.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(3);
  });

  test('gives the place of one whose caller has left to the next', async () => {
    await using handler = await startPatientHandler();
    await using served = await serveWithClock(handler.port, { mode, ...LIMITED });
    const callers = [1, 2].map(() => {
      const caller = connect(served.port, '127.0.0.1');
      caller.write(question('GET /Work'));
      return caller;
    });
    await until(() => served.work.count === 2);
    const [running, waiting] = callers;
    waiting!.destroy();
    await until(() => served.work.count === 1);
    const next = ask(served.port, question('GET /Work'));
    await until(() => served.work.count === 2);
    expect(handler.asked).toHaveLength(1);
    running!.destroy();
    await until(() => handler.asked.length === 2);
    handler.asked[1]!.write(OK);
    expect((await next).answers[0]?.status).not.toBe(429);
  });

  test('has no time limit while it waits for its turn', async () => {
    await using handler = await startPatientHandler();
    const { porticoJson, functions } = LIMITED;
    await using served = await serveWithClock(handler.port, {
      mode,
      functions,
      porticoJson: { functions: { work: { ...porticoJson.functions.work, functionTimeout: '00:00:10' } } },
    });
    const first = ask(served.port, question('GET /Work'));
    await until(() => handler.asked.length === 1);
    await served.clock.advance(9000);
    const second = ask(served.port, question('GET /Work'));
    await until(() => served.work.count === 2);
    await served.clock.advance(1000);
    expect((await first).answers[0]?.status).toBe(504);
    await until(() => handler.asked.length === 2);
    await served.clock.advance(9000);
    handler.asked[1]!.write(OK);
    expect((await second).answers[0]?.status).not.toBe(504);
  });
});

test('a WebSocket counts among the requests of its function for as long as it lasts', async () => {
  await using handler = await startWebSocketHandler(() => {});
  const { functions } = LIMITED;
  await using served = await serveWithClock(handler.port, {
    functions,
    porticoJson: { functions: { work: { maxOutstandingRequests: 1 } } },
  });
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}/Work`);
  await once(socket, 'open');
  expect((await ask(served.port, question('GET /Work'))).answers[0]?.status).toBe(429);
  const { answers } = await ask(served.port, question('GET /Work', HANDSHAKE), { untilClosed: true });
  expect(answers[0]).toMatchObject({ status: 429, head: expect.stringMatching(/^Retry-After: 1$/m) });
  await until(() => served.requests.length === 2);
  expect(served.requests).toMatchObject([{ outcome: 'refused' }, { status: 429, outcome: 'refused' }]);
  socket.close();
  await once(socket, 'close');
  await until(async () => (await ask(served.port, question('GET /Work'))).answers[0]?.status === 200);
});
