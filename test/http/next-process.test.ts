// A request that a process has not read goes to the next one.
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../packages/portico/src/platform/ports.ts';
import { until } from '../support/until.ts';
import { ask, question } from './support/ask.ts';
import { startRawHandler } from './support/raw-handler.ts';
import { type Served, serveWithClock } from './support/serve-with-clock.ts';
import { startWebSocketHandler } from './support/web-socket-handler.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';

const startGoodHandler = () => startRawHandler({ ended: (_, socket) => void socket.write(OK) });

/** Lets the time pass in which the end of a process would be noticed. */
const untilAnswered = (served: Served): Promise<void> =>
  until(() => {
    void served.clock.advance(50);
    return served.requests.length > 0;
  });

describe.each(['proxy', 'forward'] as const)('in %s mode a request', (mode) => {
  test.each([
    ['with a length', ['Content-Length: 5'], 'hello', 'hello'],
    ['in chunks', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n', 'hello!'],
    ['with much of it', ['Content-Length: 40000'], 'x'.repeat(40_000), 'x'.repeat(40_000)],
  ])('whose connection is refused keeps its body, %s, for the next process', async (_, headers, body, received) => {
    await using handler = await startGoodHandler();
    await using served = await serveWithClock(await freePort('127.0.0.1'), { mode });
    const asked = ask(served.port, question('POST /Work', headers, body));
    await until(() => served.refusalCount === 1);
    served.handler(handler.port);
    expect((await asked).answers[0]?.status).toBe(200);
    expect(handler.requests).toMatchObject([{ method: 'POST', body: received, complete: true }]);
    expect(served.requests).toMatchObject([{ status: 200, outcome: 'succeeded' }]);
    expect(served.records.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('whose connection is reset goes to the next process if its own turns out to be gone', async () => {
    await using good = await startGoodHandler();
    await using dying = await startRawHandler({ begun: (_, socket) => void socket.resetAndDestroy() });
    await using served = await serveWithClock(dying.port, { mode });
    const asked = ask(served.port, question('GET /Work'));
    await until(() => dying.requests.length === 1 && dying.sockets.size === 0);
    await served.clock.advance(199);
    await served.die('It crashed.');
    served.handler(good.port);
    expect((await asked).answers[0]?.status).toBe(200);
    expect([dying.requests.length, good.requests.length]).toEqual([1, 1]);
    const ids = [dying, good].map(({ requests }) => /InvocationId: (.+)$/im.exec(requests[0]!.head)?.[1]);
    expect(ids[0]).toBe(ids[1]);
  });

  test.each(['GET', 'DELETE'])(
    'that is a %s and whose connection is reset by a process that lives on is carried out once',
    async (method) => {
      await using good = await startGoodHandler();
      await using handler = await startRawHandler({
        ended(_, socket) {
          served.handler(good.port);
          socket.resetAndDestroy();
        },
      });
      await using served = await serveWithClock(handler.port, { mode });
      const asked = ask(served.port, question(`${method} /Work`));
      await until(() => handler.requests.length === 1 && handler.sockets.size === 0);
      await untilAnswered(served);
      expect((await asked).answers[0]?.status).toBe(502);
      expect([handler.requests.length, good.requests.length]).toEqual([1, 0]);
      expect(served.requests).toMatchObject([{ status: 502, outcome: 'failed' }]);
    },
  );

  test.each([
    ['is a POST', 'POST /Work', []],
    ['has a body', 'PUT /Work', ['Content-Length: 4']],
  ])('whose connection is reset does not if it %s: it may have been carried out', async (_, line, headers) => {
    await using good = await startGoodHandler();
    await using dying = await startRawHandler({
      ended(_request, socket) {
        served.handler(good.port);
        socket.resetAndDestroy();
      },
    });
    await using served = await serveWithClock(dying.port, { mode });
    const { answers } = await ask(served.port, question(line, headers, headers.length > 0 ? 'body' : ''));
    expect(answers[0]?.status).toBe(502);
    expect(good.requests).toEqual([]);
  });

  test('is not sent for ever to processes that reset every connection and end', async () => {
    await using handler = await startRawHandler({
      begun(_, socket) {
        socket.resetAndDestroy();
        void served.die('It crashed.').then(() => served.handler(handler.port));
      },
    });
    await using served = await serveWithClock(handler.port, { mode });
    expect((await ask(served.port, question('GET /Work'))).answers[0]?.status).toBe(502);
    expect(handler.requests).toHaveLength(5);
    expect(served.requests).toMatchObject([{ status: 502, outcome: 'failed' }]);
  });

  test('for a WebSocket whose connection is refused goes to the next process', async () => {
    await using handler = await startWebSocketHandler(() => {});
    await using served = await serveWithClock(await freePort('127.0.0.1'), { mode });
    const socket = new WebSocket(`ws://127.0.0.1:${served.port}/Work`);
    const opened = once(socket, 'open');
    await until(() => served.refusalCount === 1);
    served.handler(handler.port);
    await opened;
    socket.close();
    await once(socket, 'close');
  });
});

describe('an envelope', () => {
  test('whose connection is refused goes to the next process', async () => {
    await using handler = await startGoodHandler();
    await using served = await serveWithClock(await freePort('127.0.0.1'), { mode: 'payload' });
    const asked = ask(served.port, question('POST /Work', ['Content-Length: 5'], 'hello'));
    await until(() => served.refusalCount === 1);
    served.handler(handler.port);
    expect((await asked).answers[0]?.status).not.toBe(502);
    expect(JSON.parse(handler.requests[0]!.body)).toMatchObject({ Data: { req: { Body: 'hello' } } });
  });

  test('whose connection is reset does not: it may have been carried out', async () => {
    await using handler = await startRawHandler({ begun: (_, socket) => void socket.resetAndDestroy() });
    await using served = await serveWithClock(handler.port, { mode: 'payload' });
    expect((await ask(served.port, question('GET /Work'))).answers[0]?.status).toBe(502);
    expect(handler.requests).toHaveLength(1);
  });
});
