import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHandler, type Handlers } from './create-handler.ts';

let server: Server | undefined;

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}));
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  vi.restoreAllMocks();
});

async function start(handlers: Handlers): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  server = createServer(createHandler(handlers)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

const INVOKED = { 'X-Azure-Functions-InvocationId': 'b1' };

describe('createHandler', () => {
  test("answers the host's readiness probe itself, and nobody else's GET /", async () => {
    const call = await start({ routes: { '/{*rest}': () => ({ body: 'mine' }) } });
    const probe = await call('/');
    expect([probe.status, await probe.text()]).toEqual([200, '']);
    expect(await (await call('/', { headers: INVOKED })).text()).toBe('mine');
    expect(await (await call('/', { method: 'POST' })).text()).toBe('mine');
  });

  test('gives a request to the first route that matches, with its parameters and ids', async () => {
    const call = await start({
      routes: {
        '/api/items/{id}': async (_request, context) => ({ status: 201, body: JSON.stringify(context) }),
        '/{*rest}': () => ({ body: 'too late' }),
      },
    });
    const reply = await call('/api/items/42?x=1', { headers: { ...INVOKED, traceparent: '00-a-b-01' } });
    expect(reply.status).toBe(201);
    expect(await reply.json()).toEqual({ invocationId: 'b1', traceparent: '00-a-b-01', params: { id: '42' } });
  });

  test("takes the host's invocation id, not the one a caller put before it", async () => {
    const call = await start({ routes: { '/x': (_request, { invocationId }) => ({ body: String(invocationId) }) } });
    expect(await (await call('/x', { headers: { 'X-Azure-Functions-InvocationId': 'forged, b1' } })).text()).toBe('b1');
    expect(await (await call('/x')).text()).toBe('undefined');
  });

  test('answers 404 where there is no route', async () => {
    const call = await start({});
    expect((await call('/nowhere', { headers: INVOKED })).status).toBe(404);
  });

  test('calls text plain and keeps what the headers say', async () => {
    const call = await start({
      routes: {
        '/text': () => ({ body: 'ü' }),
        '/json': () => ({ headers: { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] }, body: '{}' }),
        '/bytes': () => ({ body: Buffer.from([1, 2, 255]) }),
        '/nothing': () => ({ status: 204 }),
      },
    });
    const text = await call('/text');
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(text.headers.get('content-length')).toBe('2');
    const json = await call('/json');
    expect(json.headers.get('content-type')).toBe('application/json');
    expect(json.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    const bytes = await call('/bytes');
    expect(bytes.headers.get('content-type')).toBeNull();
    expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([1, 2, 255]);
    expect((await call('/nothing')).headers.get('content-length')).toBeNull();
  });

  test('answers HEAD with the headers of GET alone', async () => {
    const call = await start({ routes: { '/x': () => ({ body: 'four' }) } });
    const head = await call('/x', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '4', '']);
  });

  test('does not begin an iterable for HEAD', async () => {
    const begin = vi.fn();
    const call = await start({
      routes: {
        '/x': () => ({
          body: (async function* () {
            begin();
            yield 'x';
          })(),
        }),
      },
    });
    expect((await call('/x', { method: 'HEAD' })).status).toBe(200);
    expect(begin).not.toHaveBeenCalled();
  });

  test('sends the chunks of an iterable as they come', async () => {
    const { promise: seen, resolve: firstChunkSeen } = Promise.withResolvers<void>();
    const call = await start({
      routes: {
        '/stream': () => ({
          body: (async function* () {
            yield 'one';
            await seen;
            yield 'two';
          })(),
        }),
      },
    });
    const received: string[] = [];
    for await (const chunk of (await call('/stream')).body!) {
      received.push(Buffer.from(chunk).toString());
      firstChunkSeen();
    }
    expect(received).toEqual(['one', 'two']);
  });

  test('stops an iterable when its reader leaves', async () => {
    const { promise: stopped, resolve: onStop } = Promise.withResolvers<void>();
    const call = await start({
      routes: {
        '/stream': () => ({
          body: (async function* () {
            try {
              for (;;) yield 'x'.repeat(65_536);
            } finally {
              setImmediate(onStop);
            }
          })(),
        }),
      },
    });
    await (await call('/stream')).body!.cancel();
    await stopped;
    expect(console.error).not.toHaveBeenCalled();
  });

  test('does not complain about a caller who leaves amid its request', async () => {
    const { promise: ended, resolve: onEnd } = Promise.withResolvers<unknown>();
    const { promise: begun, resolve: onBegin } = Promise.withResolvers<void>();
    await start({
      routes: {
        '/x': async (request) => {
          onBegin();
          return { body: await text(request).finally(() => setImmediate(onEnd)) };
        },
      },
    });
    const caller = connect((server!.address() as AddressInfo).port, '127.0.0.1');
    caller.write('POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf');
    await begun;
    caller.destroy();
    await ended;
    expect(console.error).not.toHaveBeenCalled();
  });

  test('turns a throw into an empty 500 and writes the error to standard error', async () => {
    const failure = new Error('no luck');
    const call = await start({ routes: { '/x': () => Promise.reject(failure) } });
    const reply = await call('/x');
    expect([reply.status, await reply.text()]).toEqual([500, '']);
    expect(console.error).toHaveBeenCalledWith(failure);
  });

  test('cuts an answer off when its body fails half-way', async () => {
    const call = await start({
      routes: {
        '/x': () => ({
          body: (async function* () {
            yield 'half';
            throw new Error('no more');
          })(),
        }),
      },
    });
    await expect(call('/x').then((reply) => reply.text())).rejects.toThrow();
    expect(console.error).toHaveBeenCalledWith(new Error('no more'));
  });
});
