// A handler that runs and is of no use: it takes no connection, or its event loop is stuck.
import { describe, expect, test } from 'vitest';
import { stillRunning } from '../../../../test/support/process-tree.ts';
import { START_LIMIT_MS, type SupervisedHandler, superviseHandler } from '../../../../test/support/supervised-handler.ts';
import { until } from '../../../../test/support/until.ts';
import type { HealthCheckConfig } from '../core/function-app.ts';

const HEALTH: HealthCheckConfig = { path: '/health', intervalMs: 1000, timeoutMs: 200, failureThreshold: 2 };

/** For a handler that answers: the clock of the test must not outrun it. */
const PATIENT: HealthCheckConfig = { ...HEALTH, timeoutMs: 3_600_000 };

const codes = ({ records }: SupervisedHandler): string[] => records.flatMap(({ code }) => code ?? []);

describe.runIf(process.platform !== 'win32')('a handler that has refused a connection', () => {
  test('is ready again, in the same process, once it takes one', async () => {
    await using handler = superviseHandler();
    const { worker } = handler;
    worker.start();
    await handler.becomes('ready');
    const { pid, port } = worker;
    await handler.togglePort(false);
    worker.refused();
    worker.refused();
    expect([worker.state, worker.trouble]).toEqual(['unreachable', undefined]);
    await handler.clock.advance(1999);
    expect(codes(handler)).toEqual([]);
    await handler.clock.advance(1);
    const warning = {
      level: 'warning',
      code: 'WORKER_REFUSES',
      message: `The handler (process ${pid}) goes on running, but takes no connection on 127.0.0.1:${port}. Requests wait for it for up to ${START_LIMIT_MS} ms, then it is ended.`,
    };
    expect(handler.records.filter(({ code }) => code !== undefined)).toMatchObject([warning]);
    await handler.clock.advance(10_000);
    expect([worker.state, codes(handler)]).toEqual(['unreachable', ['WORKER_REFUSES']]);
    await handler.togglePort(true);
    await handler.becomes('ready');
    expect(handler.records).toContainEqual(
      expect.objectContaining({ level: 'information', message: 'The handler takes connections again.' }),
    );
    expect([worker.pid, worker.port]).toEqual([pid, port]);
    expect(handler.states).toEqual(['starting', 'ready', 'unreachable', 'ready']);
    await handler.togglePort(false);
    worker.refused();
    expect(worker.state).toBe('unreachable');
  });

  test('is ended and started again when it takes none for as long as a start may take', async () => {
    await using handler = superviseHandler();
    const { worker, clock } = handler;
    worker.start();
    await handler.becomes('ready');
    const { pid, port } = worker;
    await handler.togglePort(false);
    worker.refused();
    await clock.advance(START_LIMIT_MS - 1);
    expect(worker.state).toBe('unreachable');
    await clock.advance(1);
    await until(() => worker.state !== 'unreachable');
    await handler.becomes('ready');
    expect(handler.states).toEqual(['starting', 'ready', 'unreachable', 'failed', 'starting', 'ready']);
    expect(stillRunning([pid!])).toEqual([]);
    expect(handler.asked()).toContain('SIGTERM');
    expect(handler.records).toContainEqual(
      expect.objectContaining({
        level: 'error',
        code: 'WORKER_UNREACHABLE',
        message: `The handler (process ${pid}) went on running, but took no connection on 127.0.0.1:${port} for ${START_LIMIT_MS} ms, so it was ended.`,
        fields: { retryInMs: 0 },
      }),
    );
    expect(worker.trouble).toBeUndefined();
    process.kill(worker.pid!, 'SIGKILL');
    await handler.hasFailed(2);
    expect(codes(handler)).toEqual(['WORKER_REFUSES', 'WORKER_UNREACHABLE', 'WORKER_EXITED']);
  });

  test('is not waited for when it has ended meanwhile', async () => {
    await using handler = superviseHandler();
    const { worker, clock } = handler;
    worker.start();
    await handler.becomes('ready');
    process.kill(worker.pid!, 'SIGKILL');
    worker.refused();
    expect(worker.state).toBe('unreachable');
    await until(() => worker.state !== 'unreachable');
    await handler.becomes('ready');
    await clock.advance(2 * START_LIMIT_MS);
    expect(handler.states).toEqual(['starting', 'ready', 'unreachable', 'failed', 'starting', 'ready']);
    expect(codes(handler)).toEqual(['WORKER_EXITED']);
  });

  test('can be stopped', async () => {
    await using handler = superviseHandler();
    const { worker, clock } = handler;
    worker.start();
    await handler.becomes('ready');
    await handler.togglePort(false);
    worker.refused();
    await worker.stop(0);
    await clock.advance(2 * START_LIMIT_MS);
    expect(handler.states).toEqual(['starting', 'ready', 'unreachable', 'stopping', 'stopped']);
    expect(codes(handler)).toEqual([]);
  });

  test('is left alone unless it was ready', async () => {
    await using handler = superviseHandler({ script: 'process.exit(1)' });
    const { worker } = handler;
    worker.refused();
    worker.start();
    worker.refused();
    await handler.hasFailed(2);
    worker.refused();
    await worker.stop(0);
    worker.refused();
    expect(handler.states).toEqual(['starting', 'failed', 'starting', 'failed', 'stopping', 'stopped']);
  });
});

describe.runIf(process.platform !== 'win32')('a handler with a health check', () => {
  /** Ready, and then stuck so that nothing is answered until `release`. */
  async function becomesStuck(handler: SupervisedHandler): Promise<void> {
    process.kill(handler.worker.pid!, 'SIGSTOP');
    await handler.becomes('unhealthy', 100);
  }
  const release = ({ worker }: SupervisedHandler): void => void process.kill(worker.pid!, 'SIGCONT');

  test('is unhealthy while its event loop is stuck, and ready once it goes on', async () => {
    await using handler = superviseHandler({ healthCheck: HEALTH });
    const { worker, clock } = handler;
    worker.start();
    await handler.becomes('ready');
    const { pid } = worker;
    const spinning = fetch(`http://127.0.0.1:${worker.port}/spin`);
    await until(() => handler.asked().includes('/spin'));
    await clock.advance(HEALTH.intervalMs + HEALTH.timeoutMs);
    expect(worker.state).toBe('ready');
    await handler.becomes('unhealthy', 100);
    expect(worker.trouble).toMatchObject({
      code: 'WORKER_UNHEALTHY',
      message: `The handler (process ${pid}) failed its health check 2 times in a row: GET /health gave no answer within 200 ms. It gets no requests until it is well again; while no process is well, functions answer 503.`,
    });
    await clock.advance(5000);
    expect(codes(handler)).toEqual(['WORKER_UNHEALTHY']);
    handler.write('enough');
    expect((await spinning).status).toBe(200);
    await handler.becomes('ready', 100);
    expect([worker.pid, worker.trouble]).toEqual([pid, undefined]);
    expect(handler.states).toEqual(['starting', 'ready', 'unhealthy', 'ready']);
    expect(handler.records).toContainEqual(expect.objectContaining({ level: 'information', message: 'The handler is well again.' }));
  });

  test('is unhealthy when it says so itself, after as many failures as are allowed', async () => {
    await using handler = superviseHandler({ healthCheck: { ...PATIENT, failureThreshold: 3 } });
    const { worker, clock } = handler;
    worker.start();
    await handler.becomes('ready');
    const checks = (): number => handler.asked().filter((url) => url === '/health').length;
    const check = (count: number): Promise<void> =>
      until(async () => {
        if (checks() < count) await clock.advance(100);
        return checks() === count;
      });
    handler.write('ill');
    for (const count of [1, 2]) await check(count);
    expect(worker.state).toBe('ready');
    await check(3);
    await until(() => worker.state === 'unhealthy');
    expect(worker.trouble?.message).toContain('failed its health check 3 times in a row: GET /health gave status 500');
    handler.remove('ill');
    await check(4);
    await until(() => worker.state === 'ready');
  });

  test('that may not fail once is told so', async () => {
    await using handler = superviseHandler({ healthCheck: { ...PATIENT, failureThreshold: 1 } });
    handler.worker.start();
    await handler.becomes('ready');
    handler.write('ill');
    await handler.becomes('unhealthy', 100);
    expect(handler.worker.trouble?.message).toContain('failed its health check: GET /health gave status 500');
  });

  test('that crashes while it is unhealthy is started again, and checked again', async () => {
    await using handler = superviseHandler({ healthCheck: HEALTH });
    const { worker } = handler;
    worker.start();
    await handler.becomes('ready');
    await becomesStuck(handler);
    process.kill(worker.pid!, 'SIGKILL');
    await until(() => worker.state === 'failed' || worker.state === 'starting');
    await handler.becomes('ready');
    expect(worker.trouble).toBeUndefined();
    await becomesStuck(handler);
    release(handler);
    await handler.becomes('ready', 100);
    expect(handler.states.join(' ')).toBe('starting ready unhealthy failed starting ready unhealthy ready');
  });

  test('that is unhealthy and has refused a connection is ready once it takes one', async () => {
    await using handler = superviseHandler({ healthCheck: HEALTH });
    const { worker } = handler;
    worker.start();
    await handler.becomes('ready');
    await becomesStuck(handler);
    worker.refused();
    expect(worker.state).toBe('unreachable');
    release(handler);
    await handler.becomes('ready', 100);
    expect([worker.state, worker.trouble]).toEqual(['ready', undefined]);
  });

  test('can be stopped while it is unhealthy', async () => {
    await using handler = superviseHandler({ healthCheck: HEALTH });
    const { worker, clock } = handler;
    worker.start();
    await handler.becomes('ready');
    const { pid } = worker;
    await becomesStuck(handler);
    await worker.stop(0);
    await clock.advance(2 * START_LIMIT_MS);
    expect(handler.states.slice(-3)).toEqual(['unhealthy', 'stopping', 'stopped']);
    expect(stillRunning([pid!])).toEqual([]);
  });

  test('is asked for nothing when none is configured', async () => {
    await using handler = superviseHandler();
    const { worker, clock } = handler;
    worker.start();
    await handler.becomes('ready');
    await clock.advance(600_000);
    await (await fetch(`http://127.0.0.1:${worker.port}/last`)).text();
    await until(() => handler.asked().includes('/last'));
    expect(handler.asked()).toEqual(['/', '/last']);
  });
});

describe.runIf(process.platform !== 'win32')('a handler that is stopped', () => {
  test('and goes on after SIGTERM is killed, which is said', async () => {
    await using handler = superviseHandler();
    const { worker, clock } = handler;
    worker.start();
    await handler.becomes('ready');
    handler.write('deaf');
    const stopped = worker.stop(5000);
    await until(() => handler.asked().includes('SIGTERM'));
    await clock.advance(5000);
    await stopped;
    expect(handler.records.filter(({ code }) => code !== undefined)).toMatchObject([
      {
        level: 'warning',
        code: 'WORKER_KILLED',
        message: 'The handler "node handler.mjs" was killed: it, or what it had started, went on running for 5000 ms after SIGTERM.',
      },
    ]);
  });

  test.each([
    ['ends on SIGTERM', async (handler: SupervisedHandler) => handler.worker.stop(5000)],
    ['is given no time', async (handler: SupervisedHandler) => handler.worker.stop(0)],
    [
      'is hurried',
      async (handler: SupervisedHandler) => {
        handler.write('deaf');
        const stopped = handler.worker.stop(5000);
        await until(() => handler.asked().includes('SIGTERM'));
        await handler.worker.stop(0);
        await stopped;
      },
    ],
  ])('and %s is nothing to speak of', async (_, stop) => {
    await using handler = superviseHandler();
    handler.worker.start();
    await handler.becomes('ready');
    await stop(handler);
    expect(codes(handler)).toEqual([]);
  });
});

test('a handler that is tried again and stopped in the same moment is stopped', async () => {
  await using handler = superviseHandler({ script: 'process.exit(1)' });
  const { worker, clock } = handler;
  worker.start();
  await handler.hasFailed(2);
  await clock.advance(500);
  await handler.hasFailed(3);
  await clock.advance(1000);
  await handler.hasFailed(4);
  await clock.advance(1000);
  worker.retry();
  await worker.stop(0);
  expect(handler.states.slice(-3)).toEqual(['failed', 'stopping', 'stopped']);
});
