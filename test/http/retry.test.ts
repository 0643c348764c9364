// Retry policies in payload mode: the caller waits, and gets the answer of the last attempt.
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { workerStopped } from '../../packages/portico/src/core/errors/handler.ts';
import { until } from '../support/until.ts';
import { ask, question } from './support/ask.ts';
import { type RawHandler, startRawHandler } from './support/raw-handler.ts';
import type { SeenRequest } from './support/request-reader.ts';
import { type Served, type ServedOptions, serveWithClock } from './support/serve-with-clock.ts';

const reply = (status: number, body = '{}'): string =>
  `HTTP/1.1 ${status} Whatever\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const SUCCESS = reply(200, JSON.stringify({ Outputs: { res: { statusCode: 201, body: 'done' } } }));
const FAILURE = reply(500);

const fixed = (maxRetryCount: number, delayInterval = '00:00:10') => ({ strategy: 'fixedDelay', maxRetryCount, delayInterval });

type Pair = AsyncDisposable & { readonly handler: RawHandler; readonly served: Served };

/** Each attempt meets the next of these; the last one goes on for ever. */
async function serve(options: ServedOptions, ...replies: (string | ((socket: Socket) => void))[]): Promise<Pair> {
  let turn = 0;
  const handler = await startRawHandler({
    ended(_, socket) {
      const next = replies[Math.min(turn, replies.length - 1)]!;
      turn += 1;
      if (typeof next === 'string') socket.write(next);
      else next(socket);
    },
  });
  const served = await serveWithClock(handler.port, { mode: 'payload', ...options });
  return {
    handler,
    served,
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      await handler[Symbol.asyncDispose]();
    },
  };
}

/** Waits for so many attempts, each answered, and for the pause after the last one. */
const untilPause = ({ handler, served }: Pair, attempts: number): Promise<void> =>
  until(() => handler.requests.length === attempts && served.work.retryCount === 1);

const envelope = ({ body }: SeenRequest) => JSON.parse(body) as { Data: { req: { Body?: string } }; Metadata: Record<string, never> };
const idOf = ({ head }: SeenRequest): string => /^X-Azure-Functions-InvocationId: (.+)$/im.exec(head)?.[1] ?? '';
const codes = ({ records }: Served): string[] => records.flatMap(({ code }) => code ?? []);
const delays = ({ records }: Served) => records.flatMap(({ fields }) => (fields?.['delayMs'] === undefined ? [] : fields['delayMs']));

describe('a function with a retry policy', () => {
  test('that fails again and again is tried as often as it says, with its pauses, and the caller gets the last failure', async () => {
    await using pair = await serve({ functions: { Work: { retry: fixed(2) } } }, FAILURE);
    const { handler, served } = pair;
    const asked = ask(served.port, question('GET /Work'));
    for (const attempts of [1, 2]) {
      await untilPause(pair, attempts);
      await served.clock.advance(9999);
      expect([handler.requests.length, served.work.count, served.work.retryCount]).toEqual([attempts, 1, 1]);
      await served.clock.advance(1);
    }
    expect((await asked).answers[0]?.status).toBe(500);
    expect([handler.requests.length, served.work.count, served.work.retryCount]).toEqual([3, 0, 0]);
    expect(served.requests).toMatchObject([{ status: 500, outcome: 'failed' }]);
    expect(codes(served)).toEqual(['HANDLER_REPLY_FAILED', 'HANDLER_REPLY_FAILED', 'HANDLER_REPLY_FAILED', 'RETRIES_EXHAUSTED']);
    expect(served.records.at(-1)?.message).toBe("Function execution failed after '2' retries.");
    expect(served.records.filter(({ fields }) => fields !== undefined)).toMatchObject([
      { message: 'Waiting before retrying function execution.', fields: { delayMs: 10_000, retryCount: 1, maxRetryCount: 2 } },
      { fields: { retryCount: 2 } },
    ]);
  });

  test('that succeeds at last is a success', async () => {
    await using pair = await serve({ functions: { Work: { retry: fixed(5) } } }, FAILURE, FAILURE, SUCCESS);
    const { served } = pair;
    const asked = ask(served.port, question('GET /Work'));
    for (const attempts of [1, 2]) {
      await untilPause(pair, attempts);
      await served.clock.advance(10_000);
    }
    expect((await asked).answers[0]).toMatchObject({ status: 201, body: 'done' });
    expect(served.requests).toMatchObject([{ status: 201, outcome: 'succeeded' }]);
  });

  test('gets the body again, an invocation id of its own for each attempt, and is told what happened before', async () => {
    await using pair = await serve({ functions: { Work: { retry: fixed(2, '00:00:00') } } }, FAILURE, reply(200, '[]'), SUCCESS);
    const { handler, served } = pair;
    await ask(served.port, question('POST /Work', ['Content-Length: 4'], 'body'));
    expect(handler.requests.map((request) => envelope(request).Data.req.Body)).toEqual(['body', 'body', 'body']);
    const ids = handler.requests.map(idOf);
    expect(new Set(ids).size).toBe(3);
    expect(served.requests[0]?.invocationId).toBe(ids[2]);
    const contexts = handler.requests.map((request) => envelope(request).Metadata['RetryContext']);
    expect(contexts).toMatchObject([
      { RetryCount: 0, MaxRetryCount: 2, Exception: null },
      { RetryCount: 1, Exception: { InstanceId: ids[0], InnerException: { ClassName: 'HANDLER_REPLY_FAILED' } } },
      {
        RetryCount: 2,
        Exception: { InstanceId: ids[1], InnerException: { ClassName: expect.not.stringMatching('HANDLER_REPLY_FAILED') } },
      },
    ]);
  });

  test('is tried for ever if it says so, with pauses that grow to their maximum', async () => {
    const retry = { strategy: 'exponentialBackoff', maxRetryCount: -1, minimumInterval: '00:00:01', maximumInterval: '00:00:20' };
    await using pair = await serve({ functions: { Work: { retry } } }, FAILURE);
    const { served } = pair;
    const asked = ask(served.port, question('GET /Work'));
    for (let attempts = 1; attempts <= 12; attempts++) {
      await untilPause(pair, attempts);
      await served.clock.advance(20_000);
    }
    const [first, second, third, ...others] = delays(served) as number[];
    expect(first).toBe(1000);
    expect(second).toBeGreaterThanOrEqual(2600);
    expect(third).toBeLessThanOrEqual(5800);
    expect(others.slice(3)).toEqual(Array(others.length - 3).fill(20_000));
    await untilPause(pair, 13);
    served.stop();
    expect((await asked).answers[0]?.status).toBe(500);
  });

  test.each([
    ['of its own, which goes over that of host.json', { Work: { retry: fixed(1, '00:00:00') } }, 2],
    ['of host.json', { Work: {} }, 4],
  ])('may have one %s', async (_, functions, attempts) => {
    await using pair = await serve({ hostJson: { retry: fixed(3, '00:00:00') }, functions }, FAILURE);
    expect((await ask(pair.served.port, question('GET /Work'))).answers[0]?.status).toBe(500);
    expect(pair.handler.requests).toHaveLength(attempts);
  });

  test('is tried again when its HTTP output cannot be used', async () => {
    const odd = reply(200, JSON.stringify({ Outputs: { res: { statusCode: 99 } } }));
    await using pair = await serve({ functions: { Work: { retry: fixed(1, '00:00:00') } } }, odd, SUCCESS);
    expect((await ask(pair.served.port, question('GET /Work'))).answers[0]?.status).toBe(201);
  });

  test('is tried again when it runs out of time: each attempt has its own', async () => {
    await using pair = await serve(
      { hostJson: { functionTimeout: '00:00:30' }, functions: { Work: { retry: fixed(2) } } },
      () => {},
      () => {},
      SUCCESS,
    );
    const { handler, served } = pair;
    const asked = ask(served.port, question('GET /Work'));
    for (const attempts of [1, 2]) {
      await until(() => handler.requests.length === attempts && served.work.retryCount === 0);
      await served.clock.advance(29_999);
      expect(served.replaced).toHaveLength(attempts - 1);
      await served.clock.advance(1);
      expect(served.replaced).toHaveLength(attempts);
      await untilPause(pair, attempts);
      await served.clock.advance(10_000);
    }
    expect((await asked).answers[0]?.status).toBe(201);
  });

  test('that runs out of time in its last attempt is 504', async () => {
    await using pair = await serve(
      { hostJson: { functionTimeout: '00:00:30' }, functions: { Work: { retry: fixed(1, '00:00:00') } } },
      () => {},
    );
    const { handler, served } = pair;
    const asked = ask(served.port, question('GET /Work'));
    for (const attempts of [1, 2]) {
      await until(() => handler.requests.length === attempts);
      await served.clock.advance(30_000);
    }
    expect((await asked).answers[0]?.status).toBe(504);
    expect(codes(served)).toEqual(['FUNCTION_TIMED_OUT', 'FUNCTION_TIMED_OUT', 'RETRIES_EXHAUSTED']);
  });

  test('is tried again, in the next process, when the handler breaks off', async () => {
    await using pair = await serve({ functions: { Work: { retry: fixed(1) } } }, (socket) => socket.destroy(), SUCCESS);
    const { served, handler } = pair;
    const asked = ask(served.port, question('GET /Work'));
    await untilPause(pair, 1);
    served.handler(undefined);
    await served.clock.advance(10_000);
    await until(() => served.work.retryCount === 0);
    await served.clock.advance(5000);
    expect(handler.requests).toHaveLength(1);
    served.handler(handler.port);
    expect((await asked).answers[0]?.status).toBe(201);
    expect(codes(served)).toEqual(['HANDLER_REPLY_BROKEN']);
  });

  test('that the handler breaks off in its last attempt is 502', async () => {
    await using pair = await serve({ functions: { Work: { retry: fixed(1, '00:00:00') } } }, (socket) => socket.destroy());
    expect((await ask(pair.served.port, question('GET /Work'))).answers[0]?.status).toBe(502);
    expect(pair.handler.requests).toHaveLength(2);
  });

  test('counts an attempt that finds no handler as failed, with its pause, and is 503 when none comes back', async () => {
    await using pair = await serve({ functions: { Work: { retry: fixed(2) } } }, FAILURE);
    const { served, handler } = pair;
    const asked = ask(served.port, question('GET /Work'));
    await untilPause(pair, 1);
    served.handler(workerStopped());
    await served.clock.advance(10_000);
    await until(() => served.work.retryCount === 1 && delays(served).length === 2);
    expect(served.requests).toEqual([]);
    await served.clock.advance(10_000);
    const { answers, text } = await asked;
    expect(answers[0]?.status).toBe(503);
    expect(text).toContain('Retry-After: 5');
    expect(handler.requests).toHaveLength(1);
    expect(codes(served)).toEqual(['HANDLER_REPLY_FAILED', 'WORKER_STOPPED', 'WORKER_STOPPED', 'RETRIES_EXHAUSTED']);
  });

  test('goes on when the handler is back for a later attempt', async () => {
    await using pair = await serve({ functions: { Work: { retry: fixed(2) } } }, FAILURE, SUCCESS);
    const { served, handler } = pair;
    const asked = ask(served.port, question('GET /Work'));
    await untilPause(pair, 1);
    served.handler(workerStopped());
    await served.clock.advance(10_000);
    await until(() => served.work.retryCount === 1 && delays(served).length === 2);
    served.handler(handler.port);
    await served.clock.advance(10_000);
    expect((await asked).answers[0]?.status).toBe(201);
  });

  test('is not tried again once the host stops: the caller gets the last failure', async () => {
    await using pair = await serve({ functions: { Work: { retry: fixed(-1) } } }, FAILURE);
    const { handler, served } = pair;
    const asked = ask(served.port, question('GET /Work'));
    await untilPause(pair, 1);
    served.stop();
    expect((await asked).answers[0]?.status).toBe(500);
    expect([handler.requests.length, served.work.retryCount, codes(served).at(-1)]).toEqual([1, 0, 'RETRY_CUT_SHORT']);
  });

  test('is not tried again when the host stopped before it failed', async () => {
    const sockets: Socket[] = [];
    await using pair = await serve({ functions: { Work: { retry: fixed(5, '00:00:00') } } }, (socket) => void sockets.push(socket));
    const asked = ask(pair.served.port, question('GET /Work'));
    await until(() => sockets.length === 1);
    pair.served.stop();
    sockets[0]!.write(FAILURE);
    expect((await asked).answers[0]?.status).toBe(500);
    expect(pair.handler.requests).toHaveLength(1);
  });

  test('is not tried again once its caller has left', async () => {
    await using pair = await serve({ functions: { Work: { retry: fixed(5) } } }, FAILURE);
    const { handler, served } = pair;
    const caller = connect(served.port, '127.0.0.1');
    caller.write(question('GET /Work'));
    await untilPause(pair, 1);
    caller.destroy();
    await until(() => served.work.retryCount === 0);
    await served.clock.advance(60_000);
    expect([handler.requests.length, served.work.count]).toEqual([1, 0]);
    expect(served.requests).toMatchObject([{ status: undefined, outcome: 'aborted' }]);
    expect(codes(served)).toEqual(['HANDLER_REPLY_FAILED']);
  });
});

test('a function without a policy is tried once, and told nothing of retries', async () => {
  await using pair = await serve({}, FAILURE);
  expect((await ask(pair.served.port, question('GET /Work'))).answers[0]?.status).toBe(500);
  expect(pair.handler.requests).toHaveLength(1);
  expect(envelope(pair.handler.requests[0]!).Metadata).not.toHaveProperty('RetryContext');
});

test.each(['proxy', 'forward'] as const)('a 500 that is passed on in %s mode is an answer, and final', async (mode) => {
  await using pair = await serve({ mode, functions: { Work: { retry: fixed(5, '00:00:00') } } }, FAILURE);
  expect((await ask(pair.served.port, question('GET /Work'))).answers[0]?.status).toBe(500);
  expect(pair.handler.requests).toHaveLength(1);
});
