// What tools ask of a host and tell it: status, drain, resume, health.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { workerStopped } from '../../packages/portico/src/core/errors/handler.ts';
import type { RunningHandler } from '../../packages/portico/src/index.ts';
import { freePort } from '../../packages/portico/src/platform/ports.ts';
import { runBuild } from '../../packages/portico/src/worker/build-command.ts';
import { type RunningHost, runningHost } from '../support/running-host.ts';
import { heldBy, release, STEERABLE } from '../support/steerable-handler.ts';
import { hostJson, httpFunction, temporaryApp } from '../support/temporary-app.ts';
import { until } from '../support/until.ts';

vi.mock('../../packages/portico/src/worker/build-command.ts', () => ({ runBuild: vi.fn() }));

const STEERED = { 'handler.cjs': STEERABLE };

async function call(host: RunningHost, line: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const [method = '', path = ''] = line.split(' ');
  const answer = await fetch(host.url + path, { method });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}
const bodyOf = async (host: RunningHost, path: string): Promise<unknown> => (await call(host, `GET ${path}`)).body;
const statusOf = async (host: RunningHost, line: string): Promise<number> => (await call(host, line)).status;

const theOne = async (host: RunningHost): Promise<RunningHandler> => (await host.ready).handlers[0]!;

/** A request that is under way, in an array: a promise of a promise would be waited for. */
async function hold(host: RunningHost, port: number): Promise<Promise<Response>[]> {
  const answered = host.invoke('Hello', { query: '?hold' });
  await until(async () => (await heldBy(port)) === 1);
  return [answered];
}

describe('the expanded status', () => {
  test('tells of the processes, of what runs and waits, and of the limits', async () => {
    using app = temporaryApp({
      ...STEERED,
      'Other/function.json': httpFunction(),
      'host.json': hostJson({}, { extensions: { http: { maxConcurrentRequests: 50, maxOutstandingRequests: 100 } } }),
      'portico.json': { processes: 2, functions: { hello: { maxConcurrentRequests: 1, maxOutstandingRequests: 2 } } },
    });
    await using host = await runningHost(app);
    const { handlers } = await host.ready;
    const held = [1, 2].map(() => host.invoke('Hello', { query: '?hold' }));
    const oneIsHeld = () => until(async () => (await heldBy(handlers[0]!.port)) + (await heldBy(handlers[1]!.port)) === 1);
    await oneIsHeld();
    await until(async () => JSON.stringify(await bodyOf(host, '/admin/host/status?expand=true')).includes('"underWay":2'));
    const status = (await bodyOf(host, '/admin/host/status?expand=true')) as { handlers: { busyCount: number }[] };
    expect(status).toMatchObject({
      state: 'Running',
      draining: false,
      handlers: handlers.map(({ pid, port }) => ({ state: 'ready', pid, port })),
      requests: { underWay: 2, retrying: 0, running: 2, waiting: 0, maxConcurrentRequests: 50, maxOutstandingRequests: 100 },
      functions: [{ name: 'Hello', running: 1, waiting: 1, maxConcurrentRequests: 1, maxOutstandingRequests: 2 }],
    });
    expect(status.handlers.map(({ busyCount }) => busyCount).sort()).toEqual([0, 1]);
    expect((await host.invoke('Hello')).status).toBe(429);
    for (const expected of [1, 0]) {
      await oneIsHeld();
      for (const { port } of handlers) await release(port);
      await until(async () => JSON.stringify(await bodyOf(host, '/admin/host/status?expand=true')).includes(`"underWay":${expected}`));
    }
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
  });

  test('counts the changes on disk that the host has taken over, the start among them', async () => {
    using app = temporaryApp(STEERED);
    await using host = await runningHost(app);
    const reloads = async () => (await bodyOf(host, '/admin/host/status?expand=true')) as { reloads: unknown };
    expect(await reloads()).toMatchObject({ reloads: { underWay: true, count: 0 } });
    await host.ready;
    await until(async () => JSON.stringify((await reloads()).reloads) === '{"underWay":false,"count":1}');
    app.write('.env', 'GENERATION=2\n');
    await until(async () => JSON.stringify((await reloads()).reloads) === '{"underWay":false,"count":2}');
    expect(await (await host.invoke('Hello')).json()).toMatchObject({ generation: '2' });
  });

  test.each(['/admin/host/status', '/admin/host/status?expand=false'])('is told to nobody who does not ask for it: %s', async (path) => {
    using app = temporaryApp(STEERED);
    await using host = await runningHost(app);
    expect(await bodyOf(host, path)).not.toHaveProperty('handlers');
  });
});

describe('a drain', () => {
  test('goes on until nothing is under way, HTTP goes on, and a resume begins anew with another handler', async () => {
    using app = temporaryApp(STEERED);
    await using host = await runningHost(app);
    const { pid, port } = await theOne(host);
    const drain = (): Promise<unknown> => bodyOf(host, '/admin/host/drain/status');
    const [answered] = await hold(host, port);
    expect(await drain()).toEqual({ state: 'Disabled', outstandingInvocations: 1, outstandingRetries: 0 });
    expect(await statusOf(host, 'POST /admin/host/drain')).toBe(202);
    expect(await statusOf(host, 'POST /admin/host/drain')).toBe(202);
    expect(await drain()).toEqual({ state: 'InProgress', outstandingInvocations: 1, outstandingRetries: 0 });
    expect(await bodyOf(host, '/admin/host/status?expand=true')).toMatchObject({ state: 'Running', draining: true });
    expect((await host.invoke('Hello')).status).toBe(200);
    await release(port);
    await answered;
    await until(async () => ((await drain()) as { state: string }).state === 'Completed');

    expect(await call(host, 'POST /admin/host/resume')).toEqual({ status: 200, body: { state: 'Running' } });
    expect(await drain()).toMatchObject({ state: 'Disabled' });
    const { handlers } = (await bodyOf(host, '/admin/host/status?expand=true')) as { handlers: { state: string; pid: number }[] };
    expect(handlers).toMatchObject([{ state: 'ready' }]);
    expect(handlers[0]!.pid).not.toBe(pid);
  });

  test('counts what waits for its next attempt by itself', async () => {
    using app = temporaryApp({
      'host.json': hostJson({ enableForwardingHttpRequest: false }),
      'Hello/function.json': { ...httpFunction(), retry: { strategy: 'fixedDelay', maxRetryCount: 3, delayInterval: '01:00:00' } },
      'handler.cjs': `require('node:http').createServer((request, response) => {
        response.statusCode = request.url === '/' ? 200 : 500;
        response.end();
      }).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');`,
    });
    await using host = await runningHost(app);
    const failing = host.invoke('Hello');
    await statusOf(host, 'POST /admin/host/drain');
    await until(async () => JSON.stringify(await bodyOf(host, '/admin/host/drain/status')).includes('"outstandingRetries":1'));
    expect(await bodyOf(host, '/admin/host/drain/status')).toEqual({
      state: 'InProgress',
      outstandingInvocations: 0,
      outstandingRetries: 1,
    });
    await host.stop();
    expect((await failing).status).toBe(500);
  });

  test('that nobody began is resumed without anything happening', async () => {
    using app = temporaryApp(STEERED);
    await using host = await runningHost(app);
    const { handlers } = await host.ready;
    expect(await call(host, 'POST /admin/host/resume')).toEqual({ status: 200, body: { state: 'Running' } });
    expect(await bodyOf(host, '/admin/host/status?expand=true')).toMatchObject({ handlers });
  });

  test.each([
    ['in error', { 'host.json': '{' }],
    ['off line', { 'app_offline.htm': 'away' }],
  ])('is refused by a host that is %s, and so is a resume', async (_, files) => {
    using app = temporaryApp({ ...STEERED, ...files });
    await using host = await runningHost(app);
    expect(await statusOf(host, 'POST /admin/host/drain')).toBe(503);
    expect(await statusOf(host, 'POST /admin/host/resume')).toBe(409);
    expect(await bodyOf(host, '/admin/host/drain/status')).toMatchObject({ state: 'Disabled' });
  });

  test('is refused by a host that stops', async () => {
    using app = temporaryApp(STEERED);
    const host = await runningHost(app);
    const { port } = await theOne(host);
    const [answered] = await hold(host, port);
    const stopped = host.stop();
    await until(() => host.state === 'Stopping');
    expect(await statusOf(host, 'POST /admin/host/drain')).toBe(503);
    expect(await statusOf(host, 'POST /admin/host/resume')).toBe(409);
    await release(port);
    await answered;
    await stopped;
  });

  test.each(['GET /admin/host/drain', 'POST /admin/host/drain/status', 'GET /admin/host/resume', 'DELETE /admin/host/status'])(
    'and its like are 404 under another method: %s',
    async (line) => {
      using app = temporaryApp(STEERED);
      await using host = await runningHost(app);
      expect(await statusOf(host, line)).toBe(404);
    },
  );
});

describe('health', () => {
  const READY = '/runtime/health/ready';

  test('is live at once, and ready with the handler', async () => {
    using app = temporaryApp(STEERED);
    const gate = join(app.root, '..', `portico-gate-${process.pid}`);
    await using host = await runningHost(app, { environment: { PATH: process.env['PATH'], START_WHEN: gate } });
    expect(await call(host, 'GET /runtime/health/live')).toEqual({ status: 200, body: { status: 'Healthy' } });
    expect(await call(host, `GET ${READY}`)).toEqual({ status: 503, body: { status: 'Unhealthy' } });
    expect(await statusOf(host, 'HEAD /runtime/health')).toBe(503);
    writeFileSync(gate, '');
    await host.ready;
    rmSync(gate);
    expect(await call(host, `GET ${READY}`)).toEqual({ status: 200, body: { status: 'Healthy' } });
    expect(await call(host, 'HEAD /runtime/health')).toEqual({ status: 200, body: '' });
    expect(await statusOf(host, 'POST /runtime/health')).toBe(404);
    expect(await statusOf(host, 'GET /runtime/health/soul')).toBe(404);
  });

  test.each([
    ['in error', 503, { 'host.json': '{' }],
    ['off line', 503, { 'app_offline.htm': 'away' }],
    ['without functions', 200, { 'Hello/function.json': undefined }],
  ])('of an app that is %s is live, and readiness %i', async (_, status, files) => {
    using app = temporaryApp({ ...STEERED, ...files });
    await using host = await runningHost(app);
    await host.ready;
    expect([await statusOf(host, 'GET /runtime/health/live'), await statusOf(host, `GET ${READY}`)]).toEqual([200, status]);
  });

  test('is not ready while the next handler waits for the port of the old one', async () => {
    using app = temporaryApp({ ...STEERED, 'host.json': hostJson({ port: await freePort('127.0.0.1') }), '.env': 'GENERATION=1\n' });
    await using host = await runningHost(app);
    const { port } = await theOne(host);
    const [answered] = await hold(host, port);
    app.write('.env', 'GENERATION=2\n');
    await until(() => host.records.some(({ message }) => message.startsWith('.env changed')));
    expect(await statusOf(host, `GET ${READY}`)).toBe(503);
    const waiting = host.invoke('Hello');
    await release(port);
    await answered;
    expect(await (await waiting).json()).toMatchObject({ generation: '2' });
    expect(await statusOf(host, `GET ${READY}`)).toBe(200);
  });

  test('is not ready while the handler is built, nor when that has failed', async () => {
    const building = Promise.withResolvers<void>();
    vi.mocked(runBuild).mockImplementationOnce(async () => {
      await building.promise;
      return { how: 'failed', error: workerStopped() };
    });
    using app = temporaryApp(STEERED);
    await using host = await runningHost(app, { build: 'make' });
    expect(await statusOf(host, `GET ${READY}`)).toBe(503);
    building.resolve();
    await host.ready;
    expect(await statusOf(host, `GET ${READY}`)).toBe(503);
    expect((await host.invoke('Hello')).status).toBe(503);
  });
});
