// functionTimeout and streamIdleTimeout.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { ask, question } from './support/ask.ts';
import { startRawHandler } from './support/raw-handler.ts';
import { type Served, serveWithClock } from './support/serve-with-clock.ts';
import { startWebSocketHandler } from './support/web-socket-handler.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';
const STREAM = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const PIECE = '5\r\nhello\r\n';
const END = '0\r\n\r\n';

const HANDSHAKE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];

const codes = ({ records }: Served): string[] => records.flatMap(({ code }) => code ?? []);

/** Says nothing until the test does: `sockets` are those of the requests, in order. */
async function startPatientHandler() {
  const sockets: Socket[] = [];
  const handler = await startRawHandler({ begun: (_, socket) => sockets.push(socket) });
  return Object.assign(handler, { asked: sockets });
}

/** A caller that keeps what it hears. */
function caller(port: number, text: string) {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  const heard = { text: '', closed: false, socket };
  socket.on('data', (piece) => {
    heard.text += piece;
  });
  socket.on('error', () => {
    // The host may cut it off.
  });
  socket.on('close', () => {
    heard.closed = true;
  });
  socket.write(text);
  return heard;
}

/** Until a number that others change has been the same for a while. */
async function untilStill(read: () => number): Promise<void> {
  let [last, timesSame] = [Number.NaN, 0];
  await until(() => {
    const now = read();
    timesSame = now === last ? timesSame + 1 : 0;
    last = now;
    return timesSame === 20;
  });
}

describe.each(['proxy', 'forward', 'payload'] as const)('in %s mode a function that runs out of time', (mode) => {
  test('is answered with 504, its request given up, and its process replaced', async () => {
    await using handler = await startPatientHandler();
    await using served = await serveWithClock(handler.port, { mode, hostJson: { functionTimeout: '00:00:10' } });
    const asked = ask(served.port, question('GET /Work'));
    await until(() => handler.asked.length === 1);
    await served.clock.advance(9999);
    expect([served.requests, served.replaced]).toEqual([[], []]);
    await served.clock.advance(1);
    expect((await asked).answers[0]).toMatchObject({ status: 504, body: '' });
    await until(() => handler.sockets.size === 0);
    expect(served.replaced.map(({ port }) => port)).toEqual([handler.port]);
    expect(served.requests).toMatchObject([{ status: 504, outcome: 'failed', functionName: 'Work' }]);
    expect(served.records).toMatchObject([
      {
        level: 'error',
        code: 'FUNCTION_TIMED_OUT',
        message: `Timeout value of 00:00:10 exceeded by function 'Work': its request was given up, and the handler is replaced: what else it does is finished first.`,
        hint: expect.stringContaining('raise functionTimeout in host.json'),
        invocationId: served.requests[0]!.invocationId,
      },
    ]);
    expect(served.work.count).toBe(0);
  });

  test('says nothing of a replacement where there is none', async () => {
    await using handler = await startPatientHandler();
    await using served = await serveWithClock(handler.port, { mode, replaces: false, hostJson: { functionTimeout: '00:00:10' } });
    const asked = ask(served.port, question('GET /Work'));
    await until(() => handler.asked.length === 1);
    await served.clock.advance(10_000);
    expect((await asked).answers[0]?.status).toBe(504);
    const message = `Timeout value of 00:00:10 exceeded by function 'Work': its request was given up.`;
    expect(served.records).toMatchObject([{ code: 'FUNCTION_TIMED_OUT', message }]);
  });

  test('leaves its neighbours in that process alone', async () => {
    await using handler = await startPatientHandler();
    await using served = await serveWithClock(handler.port, { mode, hostJson: { functionTimeout: '00:00:10' } });
    const slow = ask(served.port, question('GET /Work'));
    await until(() => handler.asked.length === 1);
    await served.clock.advance(5000);
    const neighbour = ask(served.port, question('GET /Work'));
    await until(() => handler.asked.length === 2);
    await served.clock.advance(5000);
    expect((await slow).answers[0]?.status).toBe(504);
    handler.asked[1]!.write(OK);
    expect((await neighbour).answers[0]?.status).not.toBe(504);
    await served.clock.advance(60_000);
    expect(served.replaced).toHaveLength(1);
  });

  test('has the time that portico.json gives it, or as much as it takes', async () => {
    await using handler = await startPatientHandler();
    await using served = await serveWithClock(handler.port, {
      mode,
      hostJson: { functionTimeout: '00:00:10' },
      porticoJson: { functions: { quick: { functionTimeout: '00:00:02' }, Endless: { functionTimeout: '-1' } } },
      functions: { Quick: {}, Endless: {}, Plain: {} },
    });
    const quick = ask(served.port, question('GET /Quick'));
    const endless = ask(served.port, question('GET /Endless'));
    const plain = ask(served.port, question('GET /Plain'));
    await until(() => handler.asked.length === 3);
    await served.clock.advance(2000);
    expect((await quick).answers[0]?.status).toBe(504);
    expect(served.records[0]?.hint).toContain('raise functions.Quick.functionTimeout in portico.json');
    await served.clock.advance(8000);
    expect((await plain).answers[0]?.status).toBe(504);
    await served.clock.advance(3_600_000);
    expect(served.requests).toHaveLength(2);
    for (const socket of handler.asked) if (socket.writable) socket.write(OK);
    expect((await endless).answers[0]?.status).not.toBe(504);
  });

  test('had not begun while it waited for a handler', async () => {
    await using handler = await startPatientHandler();
    await using served = await serveWithClock(handler.port, { mode, hostJson: { functionTimeout: '00:00:10' } });
    served.handler(undefined);
    const asked = ask(served.port, question('GET /Work'));
    await until(() => served.work.count === 1);
    await served.clock.advance(60_000);
    served.handler(handler.port);
    await until(() => handler.asked.length === 1);
    await served.clock.advance(9000);
    handler.asked[0]!.write(OK);
    expect((await asked).answers[0]?.status).not.toBe(504);
    expect(served.replaced).toEqual([]);
  });

  test('that has been answered, or whose caller has left, does not run out of it', async () => {
    await using handler = await startPatientHandler();
    await using served = await serveWithClock(handler.port, { mode, hostJson: { functionTimeout: '00:00:10' } });
    const answered = ask(served.port, question('GET /Work'));
    await until(() => handler.asked.length === 1);
    handler.asked[0]!.write(OK);
    await answered;
    const left = caller(served.port, question('GET /Work'));
    await until(() => handler.asked.length === 2);
    left.socket.destroy();
    await until(() => served.work.count === 0);
    await served.clock.advance(60_000);
    expect([served.replaced, codes(served)]).toEqual([[], []]);
  });
});

test('a caller that uploads slowly has no more time than others where its body is passed on as it comes', async () => {
  await using handler = await startPatientHandler();
  await using served = await serveWithClock(handler.port, { hostJson: { functionTimeout: '00:00:10' } });
  const asked = caller(served.port, question('POST /Work', ['Content-Length: 100'], 'half'));
  await until(() => handler.asked.length === 1);
  await served.clock.advance(10_000);
  await until(() => asked.text.startsWith('HTTP/1.1 504'));
  expect(served.requests).toMatchObject([{ status: 504, outcome: 'failed' }]);
  // It is the caller that is slow, so the handler stays.
  expect(served.replaced).toEqual([]);
  expect(served.records.at(-1)?.message).toBe(`Timeout value of 00:00:10 exceeded by function 'Work': its request was given up.`);
});

test('a handler that does not take the body it gets is replaced when it runs out of time', async () => {
  const asked: Socket[] = [];
  await using handler = await startRawHandler({ begun: (_, socket) => asked.push(socket.pause()) });
  await using served = await serveWithClock(handler.port, { hostJson: { functionTimeout: '00:00:10' } });
  const size = 40_000_000;
  const { socket } = caller(served.port, question('POST /Work', [`Content-Length: ${size}`]));
  socket.write(Buffer.alloc(size));
  await until(() => asked.length === 1);
  await untilStill(() => socket.bytesWritten);
  await served.clock.advance(10_000);
  await until(() => served.requests.length === 1);
  expect(served.replaced).toHaveLength(1);
  socket.destroy();
});

test('a payload function has its time from when its body is complete', async () => {
  await using handler = await startPatientHandler();
  await using served = await serveWithClock(handler.port, { mode: 'payload', hostJson: { functionTimeout: '00:00:10' } });
  const asked = caller(served.port, question('POST /Work', ['Content-Length: 8'], 'half'));
  await until(() => served.work.count === 1);
  await served.clock.advance(60_000);
  asked.socket.write('half');
  await until(() => handler.asked.length === 1);
  await served.clock.advance(9999);
  expect(served.requests).toEqual([]);
  await served.clock.advance(1);
  await until(() => asked.text.startsWith('HTTP/1.1 504'));
});

describe.each(['proxy', 'forward'] as const)('in %s mode a reply that has begun', (mode) => {
  test('is cut off when the function runs out of time, and its process goes on', async () => {
    await using handler = await startPatientHandler();
    await using served = await serveWithClock(handler.port, { mode, hostJson: { functionTimeout: '00:00:10' } });
    const asked = caller(served.port, question('GET /Work'));
    await until(() => handler.asked.length === 1);
    handler.asked[0]!.write(STREAM + PIECE);
    await until(() => asked.text.endsWith(PIECE));
    await served.clock.advance(9999);
    expect(asked.closed).toBe(false);
    await served.clock.advance(1);
    await until(() => asked.closed && handler.sockets.size === 0);
    expect(asked.text).not.toContain(END);
    expect(served.replaced).toEqual([]);
    expect(served.requests).toMatchObject([{ status: 200, outcome: 'failed' }]);
    expect(served.records.at(-1)?.message).toBe(`Timeout value of 00:00:10 exceeded by function 'Work': its request was given up.`);
  });

  test('is cut off when it stands still for longer than it may', async () => {
    await using handler = await startPatientHandler();
    await using served = await serveWithClock(handler.port, {
      mode,
      porticoJson: { streamIdleTimeout: '00:00:05', functions: { Calm: { streamIdleTimeout: '00:00:20' } } },
      functions: { Work: {}, Calm: {} },
    });
    const asked = caller(served.port, question('GET /Work'));
    const calm = caller(served.port, question('GET /Calm'));
    await until(() => handler.asked.length === 2);
    // The first byte may take as long as it likes.
    await served.clock.advance(60_000);
    for (const socket of handler.asked) socket.write(STREAM + PIECE);
    await until(() => asked.text.endsWith(PIECE) && calm.text.endsWith(PIECE));
    for (let count = 2; count <= 4; count++) {
      await served.clock.advance(4000);
      for (const socket of handler.asked) socket.write(PIECE);
      await until(() => [asked, calm].every(({ text }) => text.split('hello').length === count + 1));
    }
    await served.clock.advance(4999);
    expect(asked.closed).toBe(false);
    await served.clock.advance(1);
    await until(() => asked.closed && handler.sockets.size === 1);
    expect(codes(served)).toEqual(['STREAM_STOOD_STILL']);
    expect(served.records.at(-1)?.hint).toContain('raise streamIdleTimeout in portico.json');
    expect(served.replaced).toEqual([]);
    await served.clock.advance(15_000);
    await until(() => calm.closed);
    expect(served.records.at(-1)?.hint).toContain('raise functions.Calm.streamIdleTimeout in portico.json');
  });

  test('is not cut off once it is over', async () => {
    await using handler = await startPatientHandler();
    await using served = await serveWithClock(handler.port, { mode, porticoJson: { streamIdleTimeout: '00:00:05' } });
    const asked = caller(served.port, question('GET /Work'));
    await until(() => handler.asked.length === 1);
    handler.asked[0]!.write(STREAM + PIECE);
    await until(() => asked.text.endsWith(PIECE));
    handler.asked[0]!.write(END);
    await until(() => asked.text.endsWith(END));
    await served.clock.advance(60_000);
    expect([asked.closed, codes(served)]).toEqual([false, []]);
    asked.socket.destroy();
  });
});

test('a reply whose caller does not read has not stood still', async () => {
  await using handler = await startPatientHandler();
  await using served = await serveWithClock(handler.port, { porticoJson: { streamIdleTimeout: '00:00:05' } });
  const asked = caller(served.port, question('GET /Work'));
  await until(() => handler.asked.length === 1);
  const [answering] = handler.asked;
  answering!.write('HTTP/1.1 200 OK\r\nContent-Length: 40000000\r\n\r\n');
  await until(() => asked.text.includes('\r\n\r\n'));
  asked.socket.pause();
  answering!.write(Buffer.alloc(39_999_999));
  await untilStill(() => answering!.writableLength);
  expect(answering!.writableLength).toBeGreaterThan(0);
  await served.clock.advance(60_000);
  expect([asked.closed, codes(served)]).toEqual([false, []]);
  asked.socket.resume();
  await until(() => answering!.writableLength === 0);
  await untilStill(() => asked.text.length);
  await served.clock.advance(4999);
  expect(asked.closed).toBe(false);
  await served.clock.advance(1);
  await until(() => asked.closed);
  expect(codes(served)).toEqual(['STREAM_STOOD_STILL']);
});

test('a WebSocket without a byte in either direction is closed after as long as a stream may stand still', async () => {
  await using handler = await startWebSocketHandler(() => {});
  // Real time: the smallest limit there is.
  await using served = await serveWithClock(handler.port, { porticoJson: { streamIdleTimeout: '00:00:01' } });
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}/Work`);
  await once(socket, 'open');
  const openedMs = performance.now();
  const closed = once(socket, 'close').then(() => performance.now() - openedMs);
  expect(await closed).toBeGreaterThan(900);
  await until(() => handler.sockets.size === 0);
  await until(() => served.requests.length === 1);
  expect(served.requests).toMatchObject([{ status: 101, outcome: 'failed' }]);
  expect(served.records).toMatchObject([
    { code: 'STREAM_STOOD_STILL', hint: expect.stringContaining('streamIdleTimeout in portico.json') },
  ]);
});

test('a handshake without an answer is 504 when the function runs out of time, and an open WebSocket has all the time', async () => {
  await using silent = await startPatientHandler();
  await using handler = await startWebSocketHandler(() => {});
  await using served = await serveWithClock(silent.port, { hostJson: { functionTimeout: '00:00:10' } });
  const asked = ask(served.port, question('GET /Work', HANDSHAKE), { untilClosed: true });
  await until(() => silent.asked.length === 1);
  expect(served.busyCount).toBe(1);
  await served.clock.advance(10_000);
  expect((await asked).answers[0]?.status).toBe(504);
  await until(() => served.requests.length === 1 && silent.sockets.size === 0);
  expect(served.requests).toMatchObject([{ status: 504, outcome: 'failed' }]);
  expect([codes(served), served.busyCount, served.replaced]).toEqual([['FUNCTION_TIMED_OUT'], 0, []]);
  served.handler(handler.port);
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}/Work`);
  await once(socket, 'open');
  await served.clock.advance(60_000);
  expect([socket.readyState, served.busyCount]).toEqual([WebSocket.OPEN, 1]);
  socket.close();
  await until(() => served.busyCount === 0);
});
