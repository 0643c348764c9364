import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createHandler } from './create-handler.ts';
import type { PayloadFunction } from './payload.ts';

let server: Server | undefined;

afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  vi.restoreAllMocks();
});

/** Posts a payload to one function, as the host does. */
async function invoke(run: PayloadFunction, payload: object = { Data: {}, Metadata: {} }): Promise<Response> {
  server = createServer(createHandler({ functions: { Order: run } })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/Order`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'X-Azure-Functions-InvocationId': 'b1', traceparent: '00-a-b-01' },
    body: JSON.stringify(payload),
  });
}

describe('a function in payload mode', () => {
  test('gets its inputs and metadata without the layer of JSON the host wraps around them', async () => {
    const run = vi.fn<PayloadFunction>(() => undefined);
    await invoke(run, {
      Data: {
        text: '"hello"',
        json: '"{\\"a\\":1}"',
        list: '["a","b"]',
        missing: 'null',
        bytes: '1234',
        word: 'true',
        plain: '"not closed',
        req: { Method: 'GET' },
      },
      Metadata: { DequeueCount: '1', Id: '"7"', ExpirationTime: '2026-01-09T03:04:05+00:00', sys: { MethodName: 'Order' } },
    });
    const [data, metadata] = run.mock.calls[0]!;
    expect(data).toEqual({
      text: 'hello',
      json: '{"a":1}',
      list: ['a', 'b'],
      missing: null,
      bytes: '1234',
      word: 'true',
      plain: '"not closed',
      req: { Method: 'GET' },
    });
    expect(metadata).toEqual({ DequeueCount: 1, Id: '7', ExpirationTime: '2026-01-09T03:04:05+00:00', sys: { MethodName: 'Order' } });
  });

  test('knows its name and the ids of the invocation', async () => {
    const run = vi.fn<PayloadFunction>(() => undefined);
    await invoke(run);
    expect(run.mock.calls[0]![2]).toMatchObject({ functionName: 'Order', invocationId: 'b1', traceparent: '00-a-b-01' });
  });

  test('answers with outputs, logs and the return value, as JSON', async () => {
    const reply = await invoke(async (_data, _metadata, { log }) => {
      log('first');
      log('second');
      return { res: { statusCode: 201 }, file: new Uint8Array([1, 2, 3]), $return: 'done' };
    });
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(await reply.json()).toEqual({
      Outputs: { res: { statusCode: 201 }, file: 'AQID' },
      Logs: ['first', 'second'],
      ReturnValue: 'done',
    });
  });

  test('answers without "Outputs" when it returns nothing', async () => {
    const reply = await invoke(() => undefined);
    expect(await reply.json()).toEqual({ Logs: [] });
  });

  test('fails the invocation when it throws, and its log is not lost', async () => {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {});
    const failure = new Error('no luck');
    const reply = await invoke((_data, _metadata, { log }) => {
      log('got this far');
      throw failure;
    });
    expect(reply.status).toBe(500);
    expect(printed).toHaveBeenCalledWith('got this far');
    expect(reported).toHaveBeenCalledWith(failure);
  });

  test('is found by its exact name alone, and never on an object of ours', async () => {
    await invoke(() => undefined);
    const { port } = server!.address() as AddressInfo;
    for (const name of ['order', 'constructor', 'Order/x']) {
      expect((await fetch(`http://127.0.0.1:${port}/${name}`, { method: 'POST' })).status).toBe(404);
    }
  });
});
