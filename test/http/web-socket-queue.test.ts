// WebSockets that wait for their turn or for a handler.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { ask, question } from './support/ask.ts';
import { serveWithClock } from './support/serve-with-clock.ts';
import { startWebSocketHandler } from './support/web-socket-handler.ts';

const HANDSHAKE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];

async function open(port: number, path: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await once(socket, 'open');
  return socket;
}

test.each(['end', 'destroy'] as const)('a caller that leaves while its upgrade waits is noticed: %s', async (way) => {
  await using handler = await startWebSocketHandler(() => {});
  await using served = await serveWithClock(handler.port, {
    porticoJson: { functions: { Work: { maxConcurrentRequests: 1, maxOutstandingRequests: 2 } } },
  });
  const first = await open(served.port, '/Work');
  const waiting = connect(served.port, '127.0.0.1');
  waiting.write(question('GET /Work', HANDSHAKE));
  await until(async () => (await ask(served.port, question('GET /Work'))).answers[0]?.status === 429);
  waiting[way]();
  await until(() => served.requests.some(({ outcome }) => outcome === 'aborted'));
  expect(handler.sockets.size).toBe(1);
  first.close();
  await until(() => handler.sockets.size === 0);
});

test('what comes while an upgrade waits is for the handler', async () => {
  const heard = Promise.withResolvers<string>();
  await using handler = await startWebSocketHandler(({ payload }) => heard.resolve(payload.toString()));
  await using served = await serveWithClock(handler.port);
  served.handler(undefined);
  const waiting = connect(served.port, '127.0.0.1').resume();
  waiting.write(question('GET /Work', HANDSHAKE));
  // "Hi" behind a mask of zeros, in two pieces.
  waiting.write(Buffer.from([0x81, 0x82, 0, 0, 0]));
  waiting.write(Buffer.from([0, 0x48, 0x69]));
  await until(() => waiting.writableLength === 0);
  served.handler(handler.port);
  expect(await heard.promise).toBe('Hi');
  waiting.destroy();
});

test('a limit that has filled up meanwhile turns an upgrade away', async () => {
  await using handler = await startWebSocketHandler(() => {});
  await using served = await serveWithClock(handler.port, {
    hostJson: { extensions: { http: { routePrefix: '', maxConcurrentRequests: 2 } } },
    porticoJson: { functions: { Work: { maxConcurrentRequests: 1, maxOutstandingRequests: 1 } } },
    functions: { Work: {}, Other: {} },
  });
  const others = [await open(served.port, '/Other'), await open(served.port, '/Other')];
  const asked = [1, 2].map(() => connect(served.port, '127.0.0.1'));
  let heard = '';
  for (const socket of asked) {
    socket.setEncoding('latin1').on('data', (text) => {
      heard += text;
    });
    socket.write(question('GET /Work', HANDSHAKE));
  }
  await until(() => asked.every(({ writableLength }) => writableLength === 0));
  for (const socket of others) socket.close();
  await until(() => heard.includes('HTTP/1.1 101') && heard.includes('HTTP/1.1 429'));
  for (const socket of asked) socket.destroy();
});
