import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../packages/portico/src/testing/fake-clock.ts';
import { HandlerChannel } from '../../packages/portico/src/worker/handler-channel.ts';
import { ask, question } from './support/ask.ts';
import { startRawHandler } from './support/raw-handler.ts';
import type { SeenRequest } from './support/request-reader.ts';
import { type Mode, startPortico } from './support/start-portico.ts';
import { untilClosed } from './support/until-closed.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';

/**
 * The first request of a connection is answered; the second one meets its end. Any further connection does the same,
 * unless `always`: then it answers nothing at all.
 */
async function askTwice(mode: Mode, method: string, ending: (socket: Socket) => void, always = false) {
  await using handler = await startRawHandler({
    ended(request, socket) {
      const isFirstEver = handler.requests[0] === request;
      const isFirstHere = handler.requests.filter(({ connection }) => connection === request.connection).length === 1;
      if (isFirstHere && (isFirstEver || !always)) socket.write(OK);
      else ending(socket);
    },
  });
  await using portico = await startPortico(handler.port, { mode });
  await ask(portico.port, question('GET /first'));
  const body = method === 'PUT' ? 'x' : '';
  const { answers } = await ask(portico.port, question(`${method} /second`, [`Content-Length: ${body.length}`], body));
  const again = await ask(portico.port, question('GET /third'));
  const arrivals = (path: string): readonly SeenRequest[] => handler.requests.filter(({ target }) => target === path);
  return {
    status: answers[0]?.status,
    third: again.answers[0]?.status,
    arrivals: arrivals('/second').length,
    all: handler.requests.length,
  };
}

const dies = (socket: Socket): void => void socket.destroy();
const isReset = (socket: Socket): void => void socket.resetAndDestroy();

describe.each(['proxy', 'forward'] as const)('in %s mode a request whose pooled connection dies before the first byte', (mode) => {
  test.each(['GET', 'HEAD', 'OPTIONS', 'DELETE'])('is sent once more if it is a %s', async (method) => {
    expect(await askTwice(mode, method, dies)).toMatchObject({ status: 200, arrivals: 2 });
  });

  test('is sent once more if the connection is reset', async () => {
    expect(await askTwice(mode, 'GET', isReset)).toMatchObject({ status: 200, arrivals: 2 });
  });

  test('is not sent a third time', async () => {
    expect(await askTwice(mode, 'GET', dies, true)).toMatchObject({ status: 502, arrivals: 2 });
  });

  test.each(['POST', 'PATCH', 'PUT'])('is not repeated if it is a %s, which may have been carried out or had a body', async (method) => {
    expect(await askTwice(mode, method, dies)).toMatchObject({ status: 502, third: 200, arrivals: 1 });
  });

  test('is not repeated once a byte of the answer has come', async () => {
    expect(await askTwice(mode, 'GET', (socket) => void socket.end('H'))).toMatchObject({ status: 502, third: 200, arrivals: 1 });
  });
});

test('an envelope is never repeated', async () => {
  expect(await askTwice('payload', 'GET', dies)).toMatchObject({ status: 502, third: 204, all: 3 });
});

test('a handler that closes its idle connections meets no request on them', async () => {
  await using handler = await startRawHandler({ ended: (_, socket) => void socket.write(OK) });
  await using portico = await startPortico(handler.port);
  for (let round = 0; round < 5; round++) {
    expect((await ask(portico.port, question('POST /x'))).answers[0]?.status).toBe(200);
    const [socket] = handler.sockets;
    socket?.end();
    // Once the host has closed its side it knows.
    if (socket !== undefined) await untilClosed(socket);
  }
  expect(handler.requests.map(({ connection }) => connection)).toHaveLength(5);
  expect(new Set(handler.requests.map(({ connection }) => connection)).size).toBe(5);
});

test.each([
  ['more than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokmore'],
  ['something behind its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\nmore'],
  ['a body for 204', 'HTTP/1.1 204 No Content\r\n\r\nmore'],
  ['the word "close"', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
  ['an answer before the body', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
])('a connection that brings %s is not used again', async (what, text) => {
  await using handler = await startRawHandler({ begun: (_, socket) => void socket.write(text) });
  await using portico = await startPortico(handler.port);
  const length = what === 'an answer before the body' ? 5 : 0;
  await ask(portico.port, question('POST /first', [`Content-Length: ${length}`]));
  await ask(portico.port, question('GET /second'));
  const [first, second] = handler.requests.map(({ connection }) => connection);
  expect(second).not.toBe(first);
});

test('requests at once have a connection each, and those that follow use them again', async () => {
  const waiting: Socket[] = [];
  await using handler = await startRawHandler({
    ended({ target }, socket) {
      waiting.push(socket);
      if (target === '/together' && waiting.length < 3) return;
      for (const one of waiting.splice(0)) one.write(OK);
    },
  });
  await using portico = await startPortico(handler.port);
  await Promise.all([1, 2, 3].map(() => ask(portico.port, question('GET /together'))));
  for (let i = 0; i < 3; i++) await ask(portico.port, question('GET /alone'));
  const [, , third, ...later] = handler.requests.map(({ connection }) => connection);
  expect(new Set(handler.requests.map(({ connection }) => connection)).size).toBe(3);
  // The one used last is the one that is most surely alive.
  expect(later).toEqual([later[0], later[0], later[0]]);
  expect(third).toBeDefined();
});

describe("the handler's word about idle connections", () => {
  /** Sends one request and waits for its end. */
  async function send(channel: HandlerChannel): Promise<void> {
    const done = Promise.withResolvers<void>();
    const head = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';
    channel.send(
      { method: 'GET', head, complete: true, repeatable: false },
      {
        connected() {},
        interim() {},
        head: (_, __, complete) => complete && done.resolve(),
        body: () => true,
        end: () => done.resolve(),
        drain() {},
        repeated() {},
        failed: ({ reason }) => done.reject(new Error(reason)),
      },
    );
    await done.promise;
  }

  test.each([
    ['a second before it says', 'Keep-Alive: timeout=5\r\n', 4000],
    ['after a minute, if it says nothing', '', 60_000],
  ])('is heeded: a connection is given up %s', async (_, line, givenUpMs) => {
    await using handler = await startRawHandler({
      ended: (_request, socket) => void socket.write(`HTTP/1.1 200 OK\r\n${line}Content-Length: 0\r\n\r\n`),
    });
    const clock = new FakeClock();
    const channel = new HandlerChannel(handler.port, clock);
    await send(channel);
    await clock.advance(givenUpMs - 1);
    await send(channel);
    await clock.advance(givenUpMs);
    await send(channel);
    channel.close();
    expect(handler.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });
});
