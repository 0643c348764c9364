import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HostError } from '../core/error.ts';
import { parseTemplate, type Template } from '../core/expressions/template.ts';
import type { InvocationOutcome, TriggerEvent } from '../core/extension.ts';
import type { BindingMetadata } from '../core/function-app.ts';
import type { InvocationSummary, LogRecord } from '../core/log.ts';
import { whenAborted } from '../core/when-aborted.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { HandlerChannel } from '../worker/handler-channel.ts';
import { runForEvent } from './event-run.ts';
import type { FunctionBindings, LoadedBindings } from './function-bindings.ts';
import type { InvocationHost } from './invocation-host.ts';
import type { RunnableFunction } from './runnable-function.ts';
import { TimeLimit } from './time-limit.ts';
import { WorkInHand } from './work-in-hand.ts';

const NEVER = new AbortController().signal;
const EVENT: TriggerEvent = {
  value: '{"id":7}',
  bindingData: [['QueueTrigger', '{"id":7}']],
  reason: "New queue message detected on 'q'.",
};
const NO_HANDLER = new HostError('NO_HANDLER', 'worker', { message: 'It does not start.' });

type Seen = {
  readonly body: { Data: Record<string, unknown>; Metadata: Record<string, unknown> };
  readonly headers: NodeJS.Dict<string | string[]>;
};

let clock: FakeClock;
let stopping: AbortController;
let records: LogRecord[];
let summaries: InvocationSummary[];
let requests: Seen[];
let channel: HandlerChannel | undefined;
let missing: HostError | undefined;
let host: InvocationHost;
let handler: ReturnType<typeof createServer>;
/** What the handler does with its next requests; then it succeeds. */
let answers: ((response: ServerResponse) => void)[];

const reply =
  (value: object, status = 200) =>
  (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
const fails = reply({}, 500);

beforeEach(async () => {
  clock = new FakeClock();
  stopping = new AbortController();
  [records, summaries, requests, answers] = [[], [], [], []];
  missing = undefined;
  handler = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({ body: JSON.parse(Buffer.concat(chunks).toString()), headers: request.headers });
    (answers.shift() ?? reply({}))(response);
  });
  await new Promise<void>((resolve) => handler.listen(0, '127.0.0.1', resolve));
  channel = new HandlerChannel((handler.address() as AddressInfo).port, clock);
  host = {
    stopping: stopping.signal,
    work: new WorkInHand(),
    get channel() {
      return channel;
    },
    async whenChannel(signal) {
      for (;;) {
        signal.throwIfAborted();
        if (channel !== undefined) return channel;
        if (missing !== undefined) return missing;
        await clock.sleep(10, signal);
      }
    },
    replace: () => true,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    remark: (where, { code, message }) => where.log('warning', message, { code }),
  };
});

afterEach(() => {
  handler.close();
  handler.closeAllConnections();
});

const fn = (more: Partial<RunnableFunction> = {}): RunnableFunction => ({
  name: 'Fn',
  triggerName: 'msg',
  bindings: undefined,
  timeLimit: undefined,
  retry: undefined,
  ...more,
});

function run(more: Partial<RunnableFunction> = {}, signal = NEVER): Promise<InvocationOutcome> {
  const observer = {
    log: (record: LogRecord) => void records.push(record),
    request: () => {},
    invocation: (summary: InvocationSummary) => void summaries.push(summary),
  };
  return runForEvent(fn(more), EVENT, { host, observer, clock, random: { fraction: () => 0, uuid: () => 'guid' } }, signal);
}

/** Moves the clock while something real is waited for as well. */
async function whileTimePasses<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  void promise.finally(() => {
    settled = true;
  });
  while (!settled) {
    await clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return promise;
}

describe('a run for an event', () => {
  test('sends the value, its data and an id, and succeeds with the reply', async () => {
    const outcome = await run();
    expect(outcome).toEqual({ status: 'succeeded', invocationId: requests[0]?.headers['x-azure-functions-invocationid'] });
    expect(requests[0]?.body).toEqual({
      Data: { msg: '"{\\"id\\":7}"' },
      Metadata: { sys: { MethodName: 'Fn', UtcNow: '2026-01-01T00:00:00.0000000Z', RandGuid: 'guid' }, id: '"7"' },
    });
    expect(requests[0]?.headers).not.toHaveProperty('traceparent');
    expect(summaries).toMatchObject([{ functionName: 'Fn', outcome: 'succeeded', reason: EVENT.reason }]);
    expect(host.work.count).toBe(0);
  });

  test('fails with what the handler answered', async () => {
    answers = [fails];
    expect(await run()).toMatchObject({ status: 'failed', error: { code: 'HANDLER_REPLY_FAILED' } });
    expect(records).toMatchObject([{ level: 'error', functionName: 'Fn' }]);
    expect(summaries).toMatchObject([{ outcome: 'failed' }]);
  });

  test('is tried again as the retry policy says, under the same id', async () => {
    answers = [fails, fails];
    const outcome = await whileTimePasses(run({ retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayMs: 60_000 } }));
    expect(outcome.status).toBe('succeeded');
    expect(new Set(requests.map(({ headers }) => headers['x-azure-functions-invocationid'])).size).toBe(1);
    expect(requests.map(({ body }) => (body.Metadata['RetryContext'] as { RetryCount: number }).RetryCount)).toEqual([0, 1, 2]);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(120_000);
  });

  test('waits for a handler, also when one will not start for a while', async () => {
    const ready = channel;
    [channel, missing] = [undefined, NO_HANDLER];
    const running = run();
    await clock.advance(60_000);
    expect([requests.length, summaries.length]).toEqual([0, 0]);
    channel = ready;
    expect((await whileTimePasses(running)).status).toBe('succeeded');
  });

  test('goes to the next handler when the first has not read it', async () => {
    const live = channel;
    // Nobody listens there any more.
    const gone = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => gone.once('listening', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    channel = new HandlerChannel(port, clock, () => {
      channel = live;
    });
    expect((await run()).status).toBe('succeeded');
    expect(requests).toHaveLength(1);
  });

  test('has as much time in its second attempt as in the first', async () => {
    answers = [() => {}, (response) => void clock.advance(4000).then(() => reply({})(response))];
    const timeLimit = new TimeLimit(5000, 'functionTimeout in host.json', clock, NEVER);
    const retry = { strategy: 'fixedDelay', maxRetryCount: 1, delayMs: 1000 } as const;
    expect((await whileTimePasses(run({ timeLimit, retry }))).status).toBe('succeeded');
  });

  test('fails when its time is over, and the process is replaced', async () => {
    answers = [() => {}];
    const timeLimit = new TimeLimit(5000, 'functionTimeout in host.json', clock, NEVER);
    expect(await whileTimePasses(run({ timeLimit }))).toMatchObject({ status: 'failed', error: { code: 'FUNCTION_TIMED_OUT' } });
  });
});

describe('a run that nobody finishes', () => {
  test('does not begin when the host stops', async () => {
    stopping.abort();
    expect(await run()).toEqual({ status: 'abandoned' });
    expect([requests.length, summaries.length]).toEqual([0, 0]);
  });

  test('is abandoned while it waits for a handler and the host stops', async () => {
    [channel, missing] = [undefined, NO_HANDLER];
    const running = run();
    await clock.advance(100);
    stopping.abort();
    expect(await running).toEqual({ status: 'abandoned' });
  });

  test('is abandoned when its signal aborts, and the handler loses the request', async () => {
    const arrived = Promise.withResolvers<ServerResponse>();
    answers = [(response) => arrived.resolve(response)];
    const gone = new AbortController();
    const running = run({}, gone.signal);
    const response = await arrived.promise;
    const closed = new Promise((resolve) => response.once('close', resolve));
    gone.abort();
    expect(await running).toEqual({ status: 'abandoned' });
    await closed;
    expect(summaries).toMatchObject([{ outcome: 'abandoned' }]);
  });

  test('fails when the host stops during the pause before a retry', async () => {
    answers = [fails];
    const running = run({ retry: { strategy: 'fixedDelay', maxRetryCount: -1, delayMs: 3_600_000 } });
    while (host.work.retryCount === 0) await new Promise((resolve) => setImmediate(resolve));
    stopping.abort();
    expect((await running).status).toBe('failed');
    expect(requests).toHaveLength(1);
  });
});

describe('inputs and outputs', () => {
  const binding = (name: string, direction: 'in' | 'out'): BindingMetadata => ({
    name,
    type: 'blob',
    direction,
    dataType: undefined,
    cardinality: undefined,
    properties: {},
  });

  const template = (text: string): Template => {
    const parsed = parseTemplate(text, { binding: 'b', property: 'path' });
    if ('problem' in parsed) throw new Error(parsed.problem.message);
    return parsed.template;
  };

  function bindings({ inputs = [], outputs = [] }: Partial<LoadedBindings>): FunctionBindings {
    const metadata = [...inputs, ...outputs].map((one) => one.binding);
    return { metadata, keepsText: false, expressions: { clock, random: { uuid: () => 'guid' } }, load: async () => ({ inputs, outputs }) };
  }

  test('are read before the call and written after it, with the data of the event', async () => {
    const written: unknown[] = [];
    answers = [reply({ Outputs: { out: { a: 1 } } })];
    const outcome = await run({
      bindings: bindings({
        inputs: [{ binding: binding('blob', 'in'), input: { read: async (scope) => scope.bind(template('in/{id}')) } }],
        outputs: [
          {
            binding: binding('out', 'out'),
            output: {
              bind: (scope) => {
                const path = scope.bind(template('out/{id}'));
                return { write: async ({ value }) => [void written.push(path, value)].flatMap(() => []) };
              },
            },
          },
        ],
      }),
    });
    expect(outcome.status).toBe('succeeded');
    expect(requests[0]?.body.Data['blob']).toBe('"in/7"');
    expect(written).toEqual(['out/7', { a: 1 }]);
  });

  test.each([
    [
      'an output wants a name that the event does not have',
      'EXPRESSION_WITHOUT_VALUE',
      {
        outputs: [
          {
            binding: binding('out', 'out'),
            output: { bind: (scope: { bind(t: Template): string }) => ({ path: scope.bind(template('{nobody}')), write: async () => [] }) },
          },
        ],
      },
    ],
    [
      'an input cannot be read',
      'INPUT_FAILED',
      { inputs: [{ binding: binding('in', 'in'), input: { read: () => Promise.reject(new Error('no disk')) } }] },
    ],
  ])('fail the run before the call when %s', async (_, code, loaded) => {
    expect(await run({ bindings: bindings(loaded) })).toMatchObject({ status: 'failed', error: { code } });
    expect(requests).toEqual([]);
  });

  test('fail the run after the call when an output cannot be written', async () => {
    answers = [reply({ Outputs: { out: 'x y' } })];
    const output = { bind: () => ({ write: () => Promise.reject(new Error('no storage')) }) };
    const outcome = await run({ bindings: bindings({ outputs: [{ binding: binding('out', 'out'), output }] }) });
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'OUTPUT_FAILED', message: expect.stringContaining('no storage') } });
  });

  test.each(['read', 'written'])('count for the time of the function while they are %s, and the handler is let alone', async (when) => {
    const never = (): Promise<never> => new Promise(() => {});
    const replaced: unknown[] = [];
    host = Object.assign(Object.create(host), { replace: (one: unknown) => replaced.push(one) });
    const timeLimit = new TimeLimit(5000, 'functionTimeout in host.json', clock, NEVER);
    answers = [reply({ Outputs: { out: 'x y' } })];
    const loaded =
      when === 'read'
        ? { inputs: [{ binding: binding('in', 'in'), input: { read: never } }] }
        : { outputs: [{ binding: binding('out', 'out'), output: { bind: () => ({ write: never }) } }] };
    const outcome = await whileTimePasses(run({ timeLimit, bindings: bindings(loaded) }));
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'FUNCTION_TIMED_OUT' } });
    expect(replaced).toEqual([]);
  });

  test('that make the payload too large fail the run, and only that', async () => {
    // Each has room, and together they have none.
    const half = 'x'.repeat(270_000_000);
    const inputs = ['a', 'b'].map((name) => ({ binding: binding(name, 'in'), input: { read: async () => half } }));
    expect(await run({ bindings: bindings({ inputs }) })).toMatchObject({ status: 'failed', error: { code: 'PAYLOAD_TOO_LARGE' } });
    expect(requests).toEqual([]);
  });

  test('that throw what nobody foresaw fail the run, and only that', async () => {
    const broken = { ...bindings({}), load: () => Promise.reject(new TypeError('x is not a function')) };
    expect(await run({ bindings: broken })).toMatchObject({ status: 'failed', error: { code: 'BINDINGS_FAILED' } });
    expect(host.work.count).toBe(0);
  });

  test('end their work when the run is given up', async () => {
    const gone = new AbortController();
    const ended = Promise.withResolvers<void>();
    const input = {
      async read(_: unknown, signal: AbortSignal) {
        await whenAborted(signal);
        ended.resolve();
        return null;
      },
    };
    const running = run({ bindings: bindings({ inputs: [{ binding: binding('in', 'in'), input }] }) }, gone.signal);
    await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    expect(await running).toEqual({ status: 'abandoned' });
    await ended.promise;
  });
});
