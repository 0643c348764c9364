// Callers that take their time, so that a connection, a handler's process or memory is theirs for as long as they like.
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { listen } from '../../packages/portico/src/http/public-server.ts';
import { ANSWER_PATIENCE_MS, BODY_PATIENCE_MS, LEAST_BODY_RATE } from '../../packages/portico/src/http/slow-callers.ts';
import { ask, question } from '../http/support/ask.ts';
import { startRawHandler } from '../http/support/raw-handler.ts';
import { serveWithClock } from '../http/support/serve-with-clock.ts';
import { until } from '../support/until.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const HALF_HOUR_MS = 30 * 60_000;
const FOREVER = { hostJson: { functionTimeout: '-1' }, timesCallers: true };
const MUCH = 32 * 1024 * 1024;

type Caller = { readonly socket: Socket; text: string; closed: boolean };

function callerOf(port: number, first: string): Caller {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1');
  const caller: Caller = { socket, text: '', closed: false };
  socket.on('data', (piece) => {
    caller.text += piece;
  });
  socket.on('error', () => {
    // It may be cut off.
  });
  socket.on('close', () => {
    caller.closed = true;
  });
  socket.write(first, 'latin1');
  return caller;
}

/** Both ends are in this process: what does not move within so many turns of its loop moves no more. */
async function untilStill(measure: () => number): Promise<void> {
  for (let stillFor = 0, before = Number.NaN; stillFor < 100; stillFor++) {
    await nextTurn();
    if (measure() !== before) stillFor = 0;
    before = measure();
  }
}

describe('a body that hardly comes', () => {
  test.each([
    ['proxy', 'Content-Length: 100000', 'x'],
    ['proxy', 'Transfer-Encoding: chunked', '1\r\nx\r\n'],
    ['forward', 'Content-Length: 100000', 'x'],
    ['payload', 'Content-Length: 100000', 'x'],
  ] as const)('in %s mode with %s is given up with 408', async (mode, framing, drop) => {
    await using handler = await startRawHandler({ ended: (_, socket) => void socket.write(OK) });
    await using served = await serveWithClock(handler.port, { ...FOREVER, mode });
    const caller = callerOf(served.port, question('POST /Work', [framing], drop));
    await until(() => (mode === 'payload' ? served.work.count === 1 : handler.requests[0]?.rawBody !== ''));
    // A drop now and then does not help.
    for (let waitedMs = 0; waitedMs < 2 * BODY_PATIENCE_MS && caller.text === ''; waitedMs += 5000) {
      await served.clock.advance(5000);
      caller.socket.write(drop);
      await untilStill(() => caller.socket.writableLength + caller.text.length);
    }
    await until(() => caller.closed);
    expect(caller.text).toMatch(/^HTTP\/1\.1 408 /);
    expect(caller.text).toContain('\r\nConnection: close\r\n');
    await until(() => served.busyCount === 0 && served.work.count === 0);
    expect(served.requests).toMatchObject([{ status: 408, outcome: 'refused' }]);
    expect(handler.requests.filter(({ complete }) => complete)).toEqual([]);
    expect(served.replaced).toEqual([]);
  });

  test('may stand still for a while, and come slowly for as long as it likes', async () => {
    await using handler = await startRawHandler({ ended: (_, socket) => void socket.write(OK) });
    await using served = await serveWithClock(handler.port, FOREVER);
    const lines = 240;
    const piece = 'x'.repeat(LEAST_BODY_RATE + 1);
    const caller = callerOf(served.port, question('POST /Work', [`Content-Length: ${lines * piece.length}`]));
    await until(() => handler.requests.length === 1);
    await served.clock.advance(BODY_PATIENCE_MS - 5000);
    for (let sent = 1; sent <= lines; sent++) {
      caller.socket.write(piece);
      await until(() => handler.requests[0]?.rawBody.length === sent * piece.length);
      await served.clock.advance(1000);
    }
    await until(() => caller.text.endsWith('ok'));
    expect(caller.text).toMatch(/^HTTP\/1\.1 200 /);
    caller.socket.destroy();
  });

  test('is the fault of a handler that does not read, and waits', async () => {
    await using handler = await startRawHandler({
      begun: (_, socket) => void socket.pause(),
      ended: (_, socket) => void socket.write(OK),
    });
    await using served = await serveWithClock(handler.port, FOREVER);
    const caller = callerOf(served.port, question('POST /Work', [`Content-Length: ${MUCH}`], 'x'.repeat(MUCH)));
    await until(() => handler.requests.length === 1);
    await untilStill(() => caller.socket.writableLength);
    expect(caller.socket.writableLength).toBeGreaterThan(0);
    await served.clock.advance(HALF_HOUR_MS);
    for (const socket of handler.sockets) socket.resume();
    await until(() => caller.text.endsWith('ok'));
    caller.socket.destroy();
  });

  test('of a request that has its answer already ends the connection', async () => {
    await using handler = await startRawHandler({ begun: (_, socket) => void socket.write(OK) });
    await using served = await serveWithClock(handler.port, FOREVER);
    const caller = callerOf(served.port, question('POST /Work', ['Content-Length: 100000'], 'x'));
    await until(() => caller.text.endsWith('ok'));
    await served.clock.advance(2 * BODY_PATIENCE_MS);
    await until(() => caller.closed);
  });
});

describe('an answer that is not taken', () => {
  const big = `HTTP/1.1 200 OK\r\nContent-Length: ${MUCH}\r\n\r\n${'x'.repeat(MUCH)}`;
  const envelope = JSON.stringify({ Outputs: { res: { body: 'x'.repeat(MUCH) } } });
  const json = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${envelope.length}\r\n\r\n${envelope}`;

  test.each([
    ['proxy', big],
    ['payload', json],
  ] as const)('in %s mode is taken away, with its connection', async (mode, reply) => {
    await using handler = await startRawHandler({ ended: (_, socket) => void socket.write(reply) });
    await using served = await serveWithClock(handler.port, { ...FOREVER, mode });
    const caller = callerOf(served.port, question('GET /Work'));
    caller.socket.pause();
    await until(() => caller.socket.bytesRead > 0);
    await untilStill(() => caller.socket.bytesRead + served.requests.length);
    // Bytes that it sends meanwhile are no sign that it takes any.
    for (let waitedMs = 0; waitedMs < 2 * ANSWER_PATIENCE_MS; waitedMs += 100_000) {
      caller.socket.write('G');
      await served.clock.advance(100_000);
    }
    caller.socket.resume();
    await until(() => caller.closed);
    expect(caller.text.length).toBeLessThan(MUCH);
    await until(() => served.busyCount === 0 && served.work.count === 0);
  });

  test('may be taken slowly', async () => {
    await using handler = await startRawHandler({ ended: (_, socket) => void socket.write(big) });
    await using served = await serveWithClock(handler.port, FOREVER);
    const caller = callerOf(served.port, question('GET /Work'));
    let wanted = 0;
    caller.socket.on('data', () => caller.text.length >= wanted && caller.socket.pause());
    for (let round = 1; round <= 3; round++) {
      wanted = caller.text.length + 8 * 1024 * 1024;
      caller.socket.resume();
      await until(() => caller.text.length >= wanted);
      await untilStill(() => caller.socket.bytesRead);
      await served.clock.advance(ANSWER_PATIENCE_MS - 5000);
    }
    wanted = Number.POSITIVE_INFINITY;
    caller.socket.resume();
    await until(() => caller.text.length > MUCH);
    expect(caller.closed).toBe(false);
    caller.socket.destroy();
  });
});

describe('a connection', () => {
  const start = () =>
    listen({
      port: 0,
      address: '127.0.0.1',
      certificate: undefined,
      onRequest: (_, response) => void response.end('ok'),
      isUpgrade: () => false,
      onUpgrade() {},
      httpDate: () => 'now',
      patience: { headMs: 100, idleMs: 100 },
    });

  test.each([
    ['that says nothing', ''],
    ['whose head does not end', 'GET / HTTP/1.1\r\nHost: app.example\r\nX-A: '],
  ])('%s ends', async (_, first) => {
    const server = await start();
    const caller = callerOf(server.port, first);
    // The odd byte does not help.
    const drops = setInterval(() => first !== '' && caller.socket.write('a'), 10);
    await until(() => caller.closed);
    clearInterval(drops);
    expect(caller.text).toMatch(/^HTTP\/1\.1 408 /);
    await server.close();
  });

  test('that has had its answer and asks no more ends', async () => {
    const server = await start();
    const caller = callerOf(server.port, question('GET /'));
    await until(() => caller.text.endsWith('ok\r\n0\r\n\r\n') || caller.text.endsWith('ok'));
    await until(() => caller.closed);
    await server.close();
  });

  test('that asks a hundred things more before it has an answer is cut off', async () => {
    await using handler = await startRawHandler({});
    await using served = await serveWithClock(handler.port);
    const flood = callerOf(served.port, question('GET /Work').repeat(5000));
    await until(() => flood.closed);
    await until(() => served.busyCount === 0);
    expect(handler.requests.length).toBeLessThanOrEqual(101);
  });

  test('may ask a hundred things at once', async () => {
    await using handler = await startRawHandler({ ended: (_, socket) => void socket.write(OK) });
    await using served = await serveWithClock(handler.port);
    const { answers } = await ask(served.port, question('GET /Work').repeat(100), { answerCount: 100 });
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
  });
});
