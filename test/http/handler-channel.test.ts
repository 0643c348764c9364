// The conversation with a handler that ends, from the outside: what is known of a request that got no answer.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../packages/portico/src/platform/ports.ts';
import { FakeClock } from '../../packages/portico/src/testing/fake-clock.ts';
import { HandlerChannel, type HandlerEnd } from '../../packages/portico/src/worker/handler-channel.ts';
import type { Exchange, ExchangeFault } from '../../packages/portico/src/worker/handler-connection.ts';
import { until } from '../support/until.ts';
import { startRawHandler } from './support/raw-handler.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

type Sent = { readonly exchange: Exchange; readonly outcome: Promise<number | ExchangeFault>; readonly repeats: number };

/** As forward.ts sends it: only what is idempotent and without a body is repeatable. */
function send(channel: HandlerChannel, method: string, target = '/x', body?: string): Sent {
  const outcome = Promise.withResolvers<number | ExchangeFault>();
  const length = body === undefined ? '' : `Content-Length: ${body.length}\r\n`;
  const head = `${method} ${target} HTTP/1.1\r\nHost: a\r\n${length}\r\n`;
  const complete = body === undefined;
  const sent = { outcome: outcome.promise, repeats: 0 };
  const upload = (exchange: Exchange): void => {
    if (body === undefined) return;
    exchange.write(body);
    exchange.uncork();
    exchange.finish();
  };
  const exchange = channel.send(
    { method, head, complete, repeatable: complete && method !== 'POST' },
    {
      connected: () => upload(exchange),
      interim() {},
      head: ({ status }, _, whole) => void (whole && outcome.resolve(status)),
      body: () => true,
      end: () => outcome.resolve(200),
      drain() {},
      repeated: () => sent.repeats++,
      failed: outcome.resolve,
    },
  );
  if (exchange.connected) upload(exchange);
  return Object.assign(sent, { exchange });
}

/** A server process that answers, and that the test can stop in the middle of anything. */
async function startServerProcess() {
  const script = `require('net').createServer((socket) => socket.on('data', (text) => {
    console.log(String(text).split(' ')[1]);
    if (String(text).includes('/answered')) socket.write(${JSON.stringify(OK)});
  })).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
  const child = spawn(process.execPath, ['-e', script]);
  const read: string[] = [];
  createInterface(child.stdout).on('line', (line) => read.push(line));
  await until(() => read.length > 0);
  const port = Number(read.shift());
  return {
    port,
    /** The targets of what it has read. */
    read,
    sleep: () => child.kill('SIGSTOP'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

const channelTo = (port: number, onRefused?: () => void): HandlerChannel => new HandlerChannel(port, new FakeClock(), onRefused);

describe('a request that nobody has read', () => {
  test.each(['GET', 'POST'])('is known by a refused connection, whatever its method: %s', async (method) => {
    let refusals = 0;
    const channel = channelTo(await freePort('127.0.0.1'), () => refusals++);
    const sent = send(channel, method);
    expect(await sent.outcome).toEqual({ reason: 'it refused the connection', unread: 'yes' });
    expect([sent.repeats, refusals]).toEqual([0, 1]);
  });

  test('keeps its body when the connection is refused', async () => {
    const channel = channelTo(await freePort('127.0.0.1'));
    const sent = send(channel, 'PUT', '/x', 'body');
    expect(sent.exchange.connected).toBe(false);
    expect(await sent.outcome).toMatchObject({ unread: 'yes' });
    expect(sent.exchange.connected).toBe(false);
  });

  test.each([
    ['a GET', 'GET', undefined, 'if gone'],
    ['a DELETE', 'DELETE', undefined, 'if gone'],
    ['a POST', 'POST', undefined, 'no'],
    ['a PUT with a body', 'PUT', 'body', 'no'],
  ])(
    'is known by a reset only together with the end of its process, if it is idempotent and without a body: %s',
    async (_, method, body, unread) => {
      const server = createServer({ pauseOnConnect: true }, (socket) => void setImmediate(() => socket.resetAndDestroy()));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const sent = send(channelTo((server.address() as AddressInfo).port), method, '/x', body);
      expect(await sent.outcome).toMatchObject({ unread });
      expect(sent.repeats).toBe(0);
      server.close();
    },
  );

  test.runIf(process.platform !== 'win32').each([
    ['GET', 'if gone'],
    ['POST', 'no'],
  ])('may be known when its process is killed before it reads, if it is idempotent: %s', async (method, unread) => {
    await using server = await startServerProcess();
    server.sleep();
    const sent = send(channelTo(server.port), method);
    await until(() => sent.exchange.connected);
    await server[Symbol.asyncDispose]();
    expect(await sent.outcome).toMatchObject({ unread });
    expect(server.read).toEqual([]);
  });

  test.runIf(process.platform !== 'win32')('may be known on a connection that was used before, if its process is gone', async () => {
    await using server = await startServerProcess();
    const channel = channelTo(server.port);
    expect(await send(channel, 'GET', '/answered').outcome).toBe(200);
    server.sleep();
    const sent = send(channel, 'GET');
    await server[Symbol.asyncDispose]();
    // It was repeated on a fresh connection, which met nobody either.
    expect(await sent.outcome).toMatchObject({ unread: 'if gone' });
    expect([sent.repeats, server.read]).toEqual([1, ['/answered']]);
  });
});

describe('a request that somebody may have read', () => {
  test.each(['GET', 'POST'])('is known by the end of its connection without a reset: %s', async (method) => {
    await using handler = await startRawHandler({ ended: (_, socket) => void socket.end() });
    const sent = send(channelTo(handler.port), method);
    expect(await sent.outcome).toEqual({ reason: 'it closed the connection without an answer', unread: 'no' });
    expect(sent.repeats).toBe(0);
  });

  test('is not told from an unread one by a reset: its handler has to be gone', async () => {
    await using handler = await startRawHandler({ ended: (_, socket) => void socket.resetAndDestroy() });
    const sent = send(channelTo(handler.port), 'GET');
    expect(await sent.outcome).toMatchObject({ unread: 'if gone' });
    expect([handler.requests.length, sent.repeats]).toEqual([1, 0]);
  });

  test('is known by a byte of the answer', async () => {
    await using handler = await startRawHandler({ ended: (_, socket) => void socket.write('H', () => socket.resetAndDestroy()) });
    expect(await send(channelTo(handler.port), 'GET').outcome).toMatchObject({ unread: 'no' });
  });

  test.runIf(process.platform !== 'win32')('is known when its process is killed after it has read', async () => {
    await using server = await startServerProcess();
    const sent = send(channelTo(server.port), 'GET');
    await until(() => server.read.includes('/x'));
    await server[Symbol.asyncDispose]();
    expect(await sent.outcome).toMatchObject({ unread: 'no' });
  });

  test.runIf(process.platform !== 'win32')('is repeated once on a fresh connection, and counts as read from then on', async () => {
    await using server = await startServerProcess();
    const channel = channelTo(server.port);
    expect(await send(channel, 'GET', '/answered').outcome).toBe(200);
    const sent = send(channel, 'GET');
    await until(() => server.read.includes('/x'));
    await server[Symbol.asyncDispose]();
    expect(await sent.outcome).toMatchObject({ unread: 'no' });
    expect(sent.repeats).toBe(1);
  });
});

test('a request whose repeat is refused is told why its first connection failed', async () => {
  const server = createServer((socket) =>
    socket.on('data', (text) => {
      if (String(text).includes('/answered')) return socket.write(OK);
      server.close();
      return socket.end();
    }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const channel = channelTo((server.address() as AddressInfo).port);
  expect(await send(channel, 'GET', '/answered').outcome).toBe(200);
  const sent = send(channel, 'GET');
  expect(await sent.outcome).toEqual({ reason: 'it closed the connection without an answer', unread: 'no' });
  expect(sent.repeats).toBe(1);
});

describe('a channel', () => {
  test('counts what is under way, and nothing else', async () => {
    await using handler = await startRawHandler({ ended: ({ target }, socket) => void (target === '/x' || socket.write(OK)) });
    const channel = channelTo(handler.port);
    expect(channel.busyCount).toBe(0);
    await Promise.all([send(channel, 'GET', '/1').outcome, send(channel, 'GET', '/2').outcome]);
    expect(channel.busyCount).toBe(0);
    const [one, other] = [send(channel, 'POST'), send(channel, 'POST')];
    expect(channel.busyCount).toBe(2);
    await until(() => handler.requests.length === 4);
    one.exchange.abort();
    await until(() => channel.busyCount === 1);
    for (const socket of handler.sockets) socket.destroy();
    await other.outcome;
    await until(() => channel.busyCount === 0);
  });

  test('closes the connections that a burst has left behind, while it goes on with one', async () => {
    await using handler = await startRawHandler({ ended: (_, socket) => void socket.write(OK) });
    const clock = new FakeClock();
    const channel = new HandlerChannel(handler.port, clock);
    await Promise.all(Array.from({ length: 5 }, (_, i) => send(channel, 'GET', `/${i}`).outcome));
    expect(handler.sockets.size).toBe(5);
    for (const size of [5, 1]) {
      await clock.advance(40_000);
      await send(channel, 'GET').outcome;
      expect(channel.busyCount).toBe(0);
      await until(() => handler.sockets.size === size);
    }
    channel.close();
  });

  test('drains when its last exchange has ended, and leaves no connection open', async () => {
    await using handler = await startRawHandler({
      ended: ({ target }, socket) => void (target.startsWith('/slow') || socket.write(OK)),
    });
    const channel = channelTo(handler.port);
    const slow = [send(channel, 'GET', '/slow/1'), send(channel, 'GET', '/slow/2')];
    await send(channel, 'GET', '/quick').outcome;
    await until(() => handler.requests.length === 3);
    let drained = false;
    const drain = channel.drain().then(() => {
      drained = true;
    });
    await until(() => handler.sockets.size === 2);
    const [first, second] = [...handler.sockets];
    first!.write(OK);
    await Promise.race(slow.map(({ outcome }) => outcome));
    await until(() => handler.sockets.size === 1);
    expect([drained, channel.busyCount]).toEqual([false, 1]);
    second!.write(OK);
    await drain;
    await until(() => handler.sockets.size === 0);
    await channelTo(handler.port).drain();
  });

  test('counts what holds it, which a drain waits for only if it is to', async () => {
    const channel = channelTo(1);
    const [first, second] = [channel.hold(), channel.hold()];
    expect(channel.busyCount).toBe(2);
    first();
    first();
    expect(channel.busyCount).toBe(1);
    await channel.drain();
    let drained = false;
    const all = channel.drainAll().then(() => {
      drained = true;
    });
    await channel.drain();
    expect(drained).toBe(false);
    second();
    await all;
    await channel.drainAll();
    expect(channel.busyCount).toBe(0);
  });

  test('says what became of the handler to those whose exchange it has ended', async () => {
    await using handler = await startRawHandler({});
    const channel = channelTo(handler.port);
    const sent = send(channel, 'GET');
    await until(() => handler.requests.length === 1);
    channel.close({ cause: 'it exited with code 3', byUs: false });
    expect(await sent.outcome).toEqual({ reason: 'it closed the connection without an answer', unread: 'no' });
    expect([await channel.causeOfEnd(), sent.repeats]).toEqual([{ cause: 'it exited with code 3', byUs: false }, 0]);
  });

  test('knows that its handler has ended, now or within a moment', async () => {
    const clock = new FakeClock();
    const channel = new HandlerChannel(1, clock);
    const living = channel.hasEnded();
    await clock.advance(200);
    expect(await living).toBe(false);
    const dying = channel.hasEnded();
    await clock.advance(199);
    channel.close();
    expect([await dying, await channel.hasEnded()]).toEqual([true, true]);
  });

  test('says nothing of a handler that goes on, a moment later', async () => {
    const clock = new FakeClock();
    let cause: HandlerEnd | 'not known yet' | undefined = 'not known yet';
    const asked = new HandlerChannel(1, clock).causeOfEnd().then((answer) => {
      cause = answer;
    });
    await clock.advance(199);
    expect(cause).toBe('not known yet');
    await clock.advance(1);
    await asked;
    expect(cause).toBeUndefined();
  });
});
