// Faults that were found by people who tried to break the host, each kept from coming back.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ask, question } from './support/ask.ts';
import { startRawHandler } from './support/raw-handler.ts';
import { startPortico } from './support/start-portico.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GENEROUS = { environment: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(1024 * 1024 * 1024) } };

function open(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {
    // The host may cut it off.
  });
  return socket;
}

/** Everything the caller gets until it has seen this text. */
async function until(socket: Socket, text: string): Promise<string> {
  let seen = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    seen += String(chunk);
    if (seen.includes(text)) return seen;
  }
  return seen;
}

/** Writes as fast as it is read, until all is written or nobody reads any more. */
async function upload(socket: Socket, bytes: number): Promise<number> {
  const piece = Buffer.alloc(64 * 1024, 'x');
  let written = 0;
  while (written < bytes && socket.writable) {
    written += piece.length;
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }
  return written;
}

describe('CONNECT', () => {
  test('followed by a reset does not end the host', async () => {
    await using handler = await startRawHandler({ ended: (_, socket) => socket.write(OK) });
    await using portico = await startPortico(handler.port);
    for (let i = 0; i < 20; i += 1) {
      const socket = open(portico.port);
      await once(socket, 'connect');
      socket.write('CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n');
      await turn();
      socket.resetAndDestroy();
    }
    expect((await ask(portico.port, question('GET /x'))).answers[0]?.status).toBe(200);
  });

  test('never overtakes the answer before it, and keeps no connection', async () => {
    const waiting = Promise.withResolvers<Socket>();
    await using handler = await startRawHandler({ ended: (_, socket) => waiting.resolve(socket) });
    await using portico = await startPortico(handler.port);
    const socket = open(portico.port);
    socket.write(`${question('GET /slow')}CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n`);
    (await waiting.promise).write(OK);
    const first = await until(socket, '\r\n\r\n');
    expect(first === '' || first.startsWith('HTTP/1.1 200')).toBe(true);
    if (!socket.destroyed) await once(socket.resume(), 'close');
  });
});

describe.each(['proxy', 'forward'] as const)('in %s mode an upload', (mode) => {
  test('whose answer comes early is read to its end, and the connection serves the next request', async () => {
    await using handler = await startRawHandler({
      begun: ({ target }, socket) => void (target === '/early' && socket.write(OK)),
      ended: ({ target }, socket) => void (target !== '/early' && socket.write(OK)),
    });
    await using portico = await startPortico(handler.port, { mode, ...GENEROUS });
    const socket = open(portico.port);
    const bytes = 8 * 1024 * 1024;
    socket.write(question('POST /early', [`Content-Length: ${bytes}`]));
    const answered = until(socket, 'ok');
    expect(await upload(socket, bytes)).toBe(bytes);
    expect(await answered).toContain('200 OK');
    socket.write(question('GET /next'));
    expect(await until(socket, 'ok')).toContain('200 OK');
    socket.destroy();
  });

  test('that the handler breaks off is answered and read to its end', async () => {
    await using handler = await startRawHandler({ begun: (_, socket) => socket.resetAndDestroy() });
    await using portico = await startPortico(handler.port, { mode, ...GENEROUS });
    const socket = open(portico.port);
    const bytes = 8 * 1024 * 1024;
    socket.write(question('POST /broken', [`Content-Length: ${bytes}`]));
    const answered = until(socket, '\r\n\r\n');
    expect(await upload(socket, bytes)).toBe(bytes);
    expect(await answered).toContain('502');
    socket.destroy();
  });
});

test('a caller that goes on sending past the limit still gets its 413', async () => {
  await using handler = await startRawHandler({});
  await using portico = await startPortico(handler.port);
  const socket = open(portico.port);
  socket.write(question('POST /x', ['Transfer-Encoding: chunked']));
  const answered = until(socket, '413');
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  for (let i = 0; i < 64 && socket.writable; i += 1)
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  expect(await answered).toContain('HTTP/1.1 413');
  socket.destroy();
});

test('a reply that ends with its connection is whole only when the handler ended it in peace', async () => {
  await using handler = await startRawHandler({
    ended: ({ target }, socket) => {
      socket.write(
        'HTTP/1.1 200 OK\r\n\r\nhalf',
        () => void (target === '/cut' ? setTimeout(() => socket.resetAndDestroy(), 50) : socket.end()),
      );
    },
  });
  await using portico = await startPortico(handler.port);
  expect((await ask(portico.port, question('GET /whole'))).answers[0]).toMatchObject({ status: 200, body: 'half', complete: true });
  const cut = await ask(portico.port, question('GET /cut'), { untilClosed: true });
  expect(cut.answers[0]?.complete ?? false).toBe(false);
});

test.each(['X_Forwarded_For', 'x_azure_functions_invocationid', 'X-Forwarded_Host'])('%s cannot say what the host says', async (name) => {
  await using handler = await startRawHandler({ ended: (_, socket) => socket.write(OK) });
  await using portico = await startPortico(handler.port);
  await ask(portico.port, question('GET /x', [`${name}: forged`, 'X_Own: kept']));
  const [request] = handler.requests;
  expect(JSON.stringify(request)).not.toContain('forged');
  expect(JSON.stringify(request)).toContain('X_Own');
});

test('an HTTP/1.0 caller in payload mode gets a length, not chunks', async () => {
  const reply = JSON.stringify({ Outputs: { res: { body: 'hello' } } });
  await using handler = await startRawHandler({
    ended: (_, socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${reply.length}\r\n\r\n${reply}`),
  });
  await using portico = await startPortico(handler.port, { mode: 'payload' });
  const socket = open(portico.port);
  socket.write('GET /x HTTP/1.0\r\n\r\n');
  const seen = await until(socket, 'nothing such');
  expect(seen).toContain('Content-Length: 5\r\n');
  expect(seen.endsWith('\r\n\r\nhello')).toBe(true);
});
