// Many attacks of each kind, and what is left of them: no connection, no work, and a host that answers.
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ask, question } from '../http/support/ask.ts';
import { until } from '../support/until.ts';
import { type Attacked, attackedApp, KEYS } from './support/attacked-app.ts';

const HANDSHAKE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
const CHUNKED = ['Transfer-Encoding: chunked'];

/** What a caller sends before it breaks off. */
const ATTACKS: Readonly<Record<string, string>> = {
  'half a head': 'GET /open/x HTTP/1.1\r\nHost: app.exa',
  'half a body': question('POST /open/x', ['Content-Length: 1000'], 'half'),
  'half a chunk': question('POST /open/x', CHUNKED, '10\r\nhalf'),
  'a bad chunk': question('POST /open/x', CHUNKED, '5\r\nhello\r\nx\r\n'),
  'a body behind a refusal': question('POST /guarded/x', ['Content-Length: 100000'], 'x'.repeat(1000)),
  'a body that is too large': question('POST /open/x', ['Content-Length: 9999999999'], 'x'.repeat(1000)),
  'a wish to go on': question('POST /open/x', ['Content-Length: 10', 'Expect: 100-continue']),
  'a WebSocket without a key': question('GET /guarded/x', HANDSHAKE),
  'a WebSocket': question('GET /open/x', HANDSHAKE),
  'half a WebSocket': question('GET /open/x', HANDSHAKE).slice(0, -4),
  'a CONNECT': 'CONNECT app.example:443 HTTP/1.1\r\nHost: app.example\r\n\r\nxxxx',
  'fifty at once': question('GET /open/x').repeat(50),
  'two hundred at once': question('GET /open/x').repeat(200),
  noise: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'half of what the admin API wants': question(
    'POST /admin/host/log',
    [`X-Functions-Key: ${KEYS.master}`, 'Content-Length: 100', 'Content-Type: application/json'],
    '[{',
  ),
  'very many small chunks': question('POST /open/x', CHUNKED, '1\r\nx\r\n'.repeat(5000)),
};

function strike(port: number, text: string): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {
    // It is cut off, or breaks off itself.
  });
  socket.on('data', () => {});
  socket.write(text, 'latin1');
  return socket;
}

async function isServed(app: Attacked): Promise<void> {
  const { answers } = await ask(app.port, question('GET /open/after'));
  expect(answers[0]?.status).toBe(200);
}

async function isAsBefore(app: Attacked): Promise<void> {
  await isServed(app);
  await until(async () => {
    const status = await ask(app.port, question('GET /admin/host/drain/status', [`X-Functions-Key: ${KEYS.master}`]));
    return JSON.parse(status.answers[0]?.body ?? '{}').outstandingInvocations === 0;
  });
}

describe.each(['proxy', 'payload'] as const)('in %s mode', (mode) => {
  test.each(Object.entries(ATTACKS))('a hundred callers that break off after %s leave nothing', async (_, text) => {
    await using app = await attackedApp({ mode });
    const sockets = Array.from({ length: 100 }, () => strike(app.port, text));
    // Until the host has heard of all of them, however it ends.
    await until(() => sockets.every((socket) => socket.destroyed || (socket.connecting === false && socket.writableLength === 0)));
    await isServed(app);
    for (const socket of sockets) socket.destroy();
    await isAsBefore(app);
    // What stays is kept for the next requests, which come one after another.
    await until(async () => (await app.handlerConnectionCount()) <= 101);
    for (let i = 0; i < 3; i++) await isAsBefore(app);
    await until(() => openHandleCount(app.port) <= 1);
  });
});

/** Connections of this process that lead to that port of it, both ends. */
function openHandleCount(port: number): number {
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
  return handles.filter((handle) => (handle as Partial<Socket>).localPort === port || (handle as Partial<Socket>).remotePort === port)
    .length;
}

test('a thousand connections that say nothing do not keep anybody from the admin API', async () => {
  await using app = await attackedApp();
  const sockets = Array.from({ length: 1000 }, () => strike(app.port, ''));
  await until(() => sockets.every((socket) => !socket.connecting));
  for (let i = 0; i < 5; i++) {
    const { answers } = await ask(app.port, question('GET /admin/host/ping'));
    expect(answers[0]?.status).toBe(200);
  }
  await isAsBefore(app);
  for (const socket of sockets) socket.destroy();
  await until(() => openHandleCount(app.port) <= 1);
});
