import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { RequestSummary } from '../../packages/portico/src/index.ts';
import { ask, question } from './support/ask.ts';
import { startRawHandler } from './support/raw-handler.ts';
import { startPortico } from './support/start-portico.ts';
import { untilClosed } from './support/until-closed.ts';
import { CLOSE, type Frame, frameBytes, startWebSocketHandler, TEXT } from './support/web-socket-handler.ts';

const HANDSHAKE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
const echo = (frame: Frame, socket: Duplex): void => void socket.write(frameBytes(frame));

async function open(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`);
  socket.binaryType = 'arraybuffer';
  await once(socket, 'open');
  return socket;
}

describe.each(['proxy', 'forward'] as const)('in %s mode a WebSocket', (mode) => {
  test('carries text and a megabyte of bytes both ways', async () => {
    await using handler = await startWebSocketHandler(echo);
    await using portico = await startPortico(handler.port, { mode });
    const socket = await open(portico.port);
    socket.send('grüß dich');
    const [text] = await once(socket, 'message');
    expect(text.data).toBe('grüß dich');
    const bytes = Buffer.from(Array.from({ length: 1_000_003 }, (_, i) => i % 251));
    socket.send(bytes);
    const [message] = await once(socket, 'message');
    expect(Buffer.from(message.data as ArrayBuffer).equals(bytes)).toBe(true);
    socket.close();
    await once(socket, 'close');
  });

  test('is closed by the caller, with code and reason', async () => {
    const frames: Frame[] = [];
    await using handler = await startWebSocketHandler((frame, socket) => {
      frames.push(frame);
      echo(frame, socket);
    });
    await using portico = await startPortico(handler.port, { mode });
    const socket = await open(portico.port);
    socket.close(4001, 'enough');
    const [event] = await once(socket, 'close');
    expect(event).toMatchObject({ code: 4001, reason: 'enough', wasClean: true });
    expect(frames.map(({ opcode, payload }) => [opcode, payload.subarray(2).toString()])).toEqual([[CLOSE, 'enough']]);
  });

  test('is closed by the handler, with code and reason', async () => {
    const bye = Buffer.concat([Buffer.from([0x0f, 0xa2]), Buffer.from('bye')]);
    await using handler = await startWebSocketHandler((frame, socket) => {
      if (frame.opcode === TEXT) socket.write(frameBytes({ opcode: CLOSE, payload: bye }));
    });
    await using portico = await startPortico(handler.port, { mode });
    const socket = await open(portico.port);
    socket.send('done?');
    const [event] = await once(socket, 'close');
    expect(event).toMatchObject({ code: 4002, reason: 'bye', wasClean: true });
  });

  test('gives the caller what came in one piece with the handshake', async () => {
    await using handler = await startWebSocketHandler(echo, frameBytes({ opcode: TEXT, payload: Buffer.from('welcome') }));
    await using portico = await startPortico(handler.port, { mode });
    const socket = new WebSocket(`ws://127.0.0.1:${portico.port}/live`);
    const [message] = await once(socket, 'message');
    expect(message.data).toBe('welcome');
    socket.close();
    await once(socket, 'close');
  });

  test('gives the handler what came in one piece with the handshake', async () => {
    const heard = Promise.withResolvers<string>();
    await using handler = await startWebSocketHandler(({ payload }) => heard.resolve(payload.toString()));
    await using portico = await startPortico(handler.port, { mode });
    // "Hi" behind a mask of zeros.
    const socket = connect(portico.port, '127.0.0.1').resume();
    socket.write(Buffer.concat([Buffer.from(question('GET /live', HANDSHAKE)), Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x48, 0x69])]));
    expect(await heard.promise).toBe('Hi');
    socket.destroy();
  });

  test('ends at the handler when the caller vanishes, and is told of once', async () => {
    const summaries: RequestSummary[] = [];
    const told = Promise.withResolvers<void>();
    await using handler = await startWebSocketHandler(echo);
    const observer = {
      log: () => {},
      invocation: () => {},
      request: (one: RequestSummary) => {
        summaries.push(one);
        told.resolve();
      },
    };
    await using portico = await startPortico(handler.port, { mode, observer });
    const socket = connect(portico.port, '127.0.0.1');
    socket.write(question('GET /live?code=secret', HANDSHAKE));
    await once(socket, 'data');
    const [atHandler] = handler.sockets;
    const closed = untilClosed(atHandler!);
    socket.destroy();
    await closed;
    await told.promise;
    expect(summaries).toEqual([
      expect.objectContaining({ status: 101, method: 'GET', target: '/live?code=…', functionName: 'Everything' }),
    ]);
  });

  test('ends at the caller when the handler vanishes', async () => {
    await using handler = await startWebSocketHandler((_, socket) => socket.destroy());
    await using portico = await startPortico(handler.port, { mode });
    const socket = await open(portico.port);
    const closed = once(socket, 'close');
    socket.send('x');
    const [event] = await closed;
    expect(event).toMatchObject({ code: 1006, wasClean: false });
  });
});

describe('a handshake', () => {
  test.each([
    ['has no answer', '', 'close'],
    ['has an answer that is no HTTP', 'nonsense\r\n\r\n', 'stay'],
  ])('that %s is answered with 502', async (_, reply, then) => {
    await using handler = await startRawHandler({
      begun: (_request, socket) => (then === 'close' ? socket.end(reply) : socket.write(reply)),
    });
    await using portico = await startPortico(handler.port);
    const { answers, endedBy } = await ask(portico.port, question('GET /live', HANDSHAKE), { untilClosed: true });
    expect(answers.map(({ status }) => status)).toEqual([502]);
    expect(endedBy).toBe('server');
  });

  test.each([
    ['with a length', 'Content-Length: 5\r\n\r\nsorry', 'stay'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nsor\r\n2\r\nry\r\n0\r\n\r\n', 'stay'],
    ['until the end', '\r\nsorry', 'close'],
  ])('that is refused %s brings the refusal whole', async (_, rest, then) => {
    await using handler = await startRawHandler({
      begun(_request, socket) {
        socket.write(`HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n${rest}`);
        if (then === 'close') socket.end();
      },
    });
    await using portico = await startPortico(handler.port);
    const { answers, text } = await ask(portico.port, question('GET /live', HANDSHAKE), { untilClosed: true });
    expect(answers).toEqual([expect.objectContaining({ status: 401, body: 'sorry', complete: true })]);
    expect(text).toContain('\r\nWWW-Authenticate: Basic\r\n');
  });

  test('with a function that is called by envelope is an ordinary request', async () => {
    const reply = '{"Outputs":{"res":{"body":"hello"}}}';
    await using handler = await startRawHandler({
      ended: (_, socket) =>
        void socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${reply.length}\r\n\r\n${reply}`),
    });
    await using portico = await startPortico(handler.port, { mode: 'payload' });
    const { answers } = await ask(portico.port, question('GET /live', HANDSHAKE));
    expect(answers[0]).toMatchObject({ status: 200, body: 'hello' });
  });
});
