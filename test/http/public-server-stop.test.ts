// What becomes of connections when the public port drains and closes.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { listen, type PublicServer } from '../../packages/portico/src/http/public-server.ts';
import { until } from '../support/until.ts';
import { question } from './support/ask.ts';

const start = (onRequest: (request: IncomingMessage, response: ServerResponse) => void): Promise<PublicServer> =>
  listen({
    port: 0,
    address: '127.0.0.1',
    certificate: undefined,
    onRequest,
    isUpgrade: () => false,
    onUpgrade() {},
    httpDate: () => 'now',
  });

function caller(port: number, text = '') {
  const socket: Socket = connect(port, '127.0.0.1').setEncoding('latin1');
  const heard = { socket, text: '', closed: false };
  socket.on('data', (piece) => {
    heard.text += piece;
  });
  socket.on('error', () => {
    // The server may cut it off.
  });
  socket.on('close', () => {
    heard.closed = true;
  });
  socket.write(text);
  return heard;
}

test('a drain leaves those open that have not asked yet, and closes those that have', async () => {
  const server = await start((_, response) => response.writeHead(503, { 'Content-Length': 0 }).end());
  const idle = caller(server.port, question('GET /'));
  await until(() => idle.text.startsWith('HTTP/1.1 503'));
  const [silent, halfway] = [caller(server.port), caller(server.port, 'GET / HT')];
  // Those two are known to the server when a later one is.
  const later = caller(server.port, question('GET /'));
  await until(() => later.text !== '');
  server.drain();
  await until(() => idle.closed && later.closed);
  silent.socket.write(question('GET /'));
  halfway.socket.write(question('GET /').slice('GET / HT'.length));
  await until(() => silent.closed && halfway.closed);
  for (const { text } of [silent, halfway]) {
    expect(text).toMatch(/^HTTP\/1.1 503 /);
    expect(text).toContain('Connection: close');
  }
  await server.close();
});

const LENGTH = 2_000_000;
/** More than the system takes off the server's hands. */
const MUCH = 20_000_000;

test('a close takes no further connection and lets an answer leave that is written', async () => {
  const server = await start((_, response) => response.writeHead(200, { 'Content-Length': LENGTH }).end(Buffer.alloc(LENGTH)));
  const slow = caller(server.port, question('GET /'));
  await until(() => slow.text !== '');
  const closed = server.close();
  const late = caller(server.port);
  await closed;
  await until(() => slow.closed && late.closed);
  expect(slow.text.length).toBeGreaterThan(LENGTH);
  expect(late.text).toBe('');
});

test.each([
  ['nobody is connected', undefined, 0, 60],
  ['somebody has not asked yet', '', 0, 60],
  ['somebody does not take the answer', question('GET /'), 90, 1000],
])('a close, while %s, takes no longer than it has to', async (_, text, leastMs, mostMs) => {
  let asked = false;
  const server = await start((_request, response) => {
    asked = true;
    response.writeHead(200, { 'Content-Length': MUCH }).end(Buffer.alloc(MUCH));
  });
  const stubborn = text === undefined ? undefined : caller(server.port, text);
  stubborn?.socket.pause();
  if (text) await until(() => asked);
  const startedMs = performance.now();
  await server.close();
  const tookMs = performance.now() - startedMs;
  expect(tookMs).toBeGreaterThanOrEqual(leastMs);
  expect(tookMs).toBeLessThan(mostMs);
  stubborn?.socket.destroy();
});
