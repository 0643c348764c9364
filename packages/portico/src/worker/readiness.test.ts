import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../platform/system-clock.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { waitUntilReady } from './readiness.ts';

const PATIENCE_MS = 20_000;
const never = new AbortController().signal;
const sockets = new Set<Socket>();
let close = async (): Promise<void> => {};

/** A handler that does as told with the n-th connection. */
async function serve(onConnection: (socket: Socket, count: number) => void): Promise<number> {
  let count = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket, ++count);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  close = async () => {
    for (const socket of sockets) socket.destroy();
    await once(server.close(), 'close');
  };
  return (server.address() as { port: number }).port;
}

const ask = (port: number, timeoutMs = 20_000, clock: FakeClock | typeof systemClock = systemClock, signal = never, onWaiting = vi.fn()) =>
  waitUntilReady({ port, timeoutMs, clock, onWaiting }, signal);

describe('readiness', () => {
  afterEach(async () => {
    await close();
    sockets.clear();
    close = async () => {};
  });

  test('is asked for by GET / with a Host header and nothing else', async () => {
    let request = '';
    const port = await serve((socket) => {
      socket.on('data', (chunk) => {
        request += chunk;
        socket.end('HTTP/1.1 200 OK\r\n\r\n');
      });
    });
    await expect(ask(port)).resolves.toEqual({ how: 'answered' });
    expect(request).toBe(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  });

  test.each([
    'HTTP/1.1 404 Not Found\r\n\r\n',
    'HTTP/1.1 500 Internal Server Error\r\n\r\n',
    'HTTP/1.0 302 Found\r\nLocation: /x\r\n\r\n',
    'HTTP/1.1 204\r\n\r\n',
  ])('is any answer: %j', async (answer) => {
    await expect(ask(await serve((socket) => socket.end(answer)))).resolves.toEqual({ how: 'answered' });
  });

  test('is an answer that arrives byte by byte', async () => {
    const port = await serve(async (socket) => {
      for (const byte of 'HTTP/1.1 200 OK\r\n\r\n') {
        socket.write(byte);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    await expect(ask(port)).resolves.toEqual({ how: 'answered' });
  });

  test.each([
    ['closes at once', (socket: Socket) => socket.destroy()],
    ['is reset', (socket: Socket) => socket.resetAndDestroy()],
    ['says something else', (socket: Socket) => socket.write('220 mail ready\r\n')],
    ['says something that begins like HTTP', (socket: Socket) => socket.write('HTTP/1.1 soon, very soon, or perhaps not at all\r\n')],
  ])('is no connection that %s: the question is repeated', async (_, refuse) => {
    const port = await serve((socket, count) => (count < 3 ? refuse(socket) : socket.end('HTTP/1.1 200 OK\r\n\r\n')));
    await expect(ask(port)).resolves.toEqual({ how: 'answered' });
  });

  test('lets the answer end in peace', async () => {
    let outcome: unknown;
    const port = await serve(async (socket) => {
      socket.on('error', (error) => {
        outcome = error;
      });
      await once(socket, 'data');
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      await once(socket, 'end');
      // The first write after the caller is gone succeeds; the next ones do not.
      for (let count = 0; count < 20; count++) {
        await new Promise((resolve) => socket.write('some more of the body', resolve));
      }
      outcome ??= 'written';
      socket.end();
    });
    await ask(port);
    await vi.waitFor(() => expect(outcome).toBe('written'), PATIENCE_MS);
  });

  test('has a limit, also for one that accepts and stays silent', async () => {
    const clock = new FakeClock();
    const port = await serve((socket) => socket.resume());
    const wait = ask(port, 3000, clock);
    await vi.waitFor(() => expect(sockets.size).toBe(1), PATIENCE_MS);
    await clock.advance(3000);
    await expect(wait).resolves.toEqual({ how: 'timedOut', garbage: undefined });
    await vi.waitFor(() => expect([...sockets].every((socket) => socket.readableEnded || socket.destroyed)).toBe(true), PATIENCE_MS);
  });

  test('reports what came instead of HTTP, and how long it has waited', async () => {
    const clock = new FakeClock();
    const onWaiting = vi.fn();
    const port = await serve((socket) => socket.end('\x15\x03\x01 no\r\n'));
    const wait = ask(port, 20_000, clock, never, onWaiting);
    await vi.waitFor(async () => {
      await clock.advance(2);
      expect(sockets.size).toBeGreaterThan(1);
    }, PATIENCE_MS);
    await clock.advance(20_000);
    await expect(wait).resolves.toEqual({ how: 'timedOut', garbage: '\x15\x03\x01 no\r\n' });
    expect(onWaiting.mock.calls).toEqual([
      [2000, '\x15\x03\x01 no\r\n'],
      [6000, '\x15\x03\x01 no\r\n'],
      [14_000, '\x15\x03\x01 no\r\n'],
    ]);
  });

  test('is not waited for any longer when the signal aborts', async () => {
    const controller = new AbortController();
    const port = await serve((socket) => {
      socket.resume();
      controller.abort(new Error('gone'));
    });
    await expect(ask(port, 20_000, systemClock, controller.signal)).rejects.toThrow('gone');
    await vi.waitFor(() => expect([...sockets].every((socket) => socket.readableEnded || socket.destroyed)).toBe(true), PATIENCE_MS);
    await expect(ask(port, 20_000, systemClock, controller.signal)).rejects.toThrow('gone');
  });
});
