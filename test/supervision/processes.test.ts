// Several processes of one handler, and what callers notice when one of them is in trouble: nothing, if it can be helped.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../packages/portico/src/platform/ports.ts';
import { ask, question } from '../http/support/ask.ts';
import { stillRunning } from '../support/process-tree.ts';
import { type RunningHost, runningHost } from '../support/running-host.ts';
import { heldBy, release, STEERABLE } from '../support/steerable-handler.ts';
import { takesConnections } from '../support/takes-connections.ts';
import { hostJson, httpFunction, temporaryApp } from '../support/temporary-app.ts';
import { until } from '../support/until.ts';

async function theOne(host: RunningHost): Promise<{ readonly pid: number; readonly port: number }> {
  const [handler] = (await host.ready).handlers;
  return { pid: handler!.pid!, port: handler!.port };
}

type Answer = { readonly pid: number; readonly body: string };
type Member = { readonly state: string; readonly pid: number; readonly port: number; readonly busyCount: number };

const readStatus = async (host: RunningHost) =>
  (await (await fetch(`${host.url}/admin/host/status?expand=true`)).json()) as { readonly handlers: Member[] };
const states = async (host: RunningHost): Promise<string> => (await readStatus(host)).handlers.map(({ state }) => state).join(' ');

async function answerOf(asked: Promise<Response>): Promise<Answer> {
  const response = await asked;
  const body = await response.text();
  expect([response.status, body]).toEqual([200, expect.stringMatching(/^\{/)]);
  return JSON.parse(body) as Answer;
}

describe('several processes of one handler', () => {
  const FILES = { 'handler.cjs': STEERABLE, 'portico.json': { processes: 3 } };

  test('take requests in turn, and the idle ones first', async () => {
    using app = temporaryApp(FILES);
    await using host = await runningHost(app);
    const { handlers } = await host.ready;
    expect(new Set(handlers.map(({ pid }) => pid)).size).toBe(3);
    expect(new Set(handlers.map(({ port }) => port)).size).toBe(3);
    const inTurn: number[] = [];
    for (let i = 0; i < 6; i++) inTurn.push((await answerOf(host.invoke('Hello'))).pid);
    expect(inTurn.slice(3)).toEqual(inTurn.slice(0, 3));
    expect([...inTurn.slice(0, 3)].sort()).toEqual(handlers.map(({ pid }) => pid).sort());

    const held = [host.invoke('Hello', { query: '?hold' }), host.invoke('Hello', { query: '?hold' })];
    const busy = (): Promise<number[]> => readStatus(host).then(({ handlers }) => handlers.map(({ busyCount }) => busyCount));
    await until(async () => (await busy()).sort().join() === '0,1,1');
    const idle = (await readStatus(host)).handlers.find(({ busyCount }) => busyCount === 0);
    for (let i = 0; i < 5; i++) expect((await answerOf(host.invoke('Hello'))).pid).toBe(idle?.pid);
    for (const { port } of handlers) await release(port);
    await Promise.all(held);
  });

  test('serve on without a failed request when one of them hangs and is killed, and it comes back', async () => {
    using app = temporaryApp(FILES);
    await using host = await runningHost(app);
    const [victim] = (await host.ready).handlers;
    process.kill(victim!.pid!, 'SIGSTOP');
    // Some of these go to the process that does not read them any more.
    const asked = Array.from({ length: 12 }, () => host.invoke('Hello'));
    await until(async () => {
      const stuck = (await readStatus(host)).handlers.find(({ pid }) => pid === victim!.pid)!.busyCount;
      return stuck > 0 && host.requests.filter(({ functionName }) => functionName).length === asked.length - stuck;
    });
    process.kill(victim!.pid!, 'SIGKILL');
    const pids = (await Promise.all(asked.map(answerOf))).map(({ pid }) => pid);
    expect(pids).not.toContain(victim!.pid);
    await until(() => host.records.some(({ code }) => code === 'WORKER_EXITED'));
    await until(async () => (await states(host)) === 'ready ready ready');
    expect(host.requests.every(({ status, outcome }) => status === 200 && outcome === 'succeeded')).toBe(true);
    expect(host.records.filter(({ level }) => level === 'error').map(({ code }) => code)).toEqual(['WORKER_EXITED']);
  });

  test('take each other uploads over whose connection is refused, with all of the body', async () => {
    using app = temporaryApp({ ...FILES, 'portico.json': { processes: 2 } });
    await using host = await runningHost(app);
    const [closed, open] = (await host.ready).handlers;
    process.kill(closed!.pid!, 'SIGUSR2');
    await until(async () => !(await takesConnections(closed!.port)));
    expect(await states(host)).toBe('ready ready');
    const body = 'x'.repeat(300_000);
    for (let i = 0; i < 4; i++) {
      const answer = await answerOf(host.invoke('Hello', { method: 'POST', body }));
      expect([answer.pid, answer.body.length]).toEqual([open!.pid, body.length]);
    }
    expect((await states(host)).split(' ').sort()).toEqual(['ready', 'unreachable']);
    process.kill(closed!.pid!, 'SIGUSR2');
    await until(async () => (await states(host)) === 'ready ready');
    expect(host.records.filter(({ level }) => level === 'error')).toEqual([]);
    expect(stillRunning([closed!.pid!])).toHaveLength(1);
  });

  test('are waited for when none of them takes a connection', async () => {
    using app = temporaryApp({ ...FILES, 'portico.json': { processes: 2 } });
    await using host = await runningHost(app);
    const { handlers } = await host.ready;
    for (const { pid, port } of handlers) {
      process.kill(pid!, 'SIGUSR2');
      await until(async () => !(await takesConnections(port)));
    }
    const waiting = host.invoke('Hello');
    await until(async () => (await states(host)) === 'unreachable unreachable');
    expect((await fetch(`${host.url}/runtime/health/ready`)).status).toBe(503);
    process.kill(handlers[1]!.pid!, 'SIGUSR2');
    expect((await answerOf(waiting)).pid).toBe(handlers[1]!.pid);
  });
});

describe('a process that crashes', () => {
  test.each([
    ['forward', { enableForwardingHttpRequest: true }],
    ['payload', { enableForwardingHttpRequest: false }],
  ])('in a request is 502 for its caller, and the log says why: %s mode', async (_, mode) => {
    using app = temporaryApp({
      'host.json': hostJson(mode),
      'handler.cjs': `require('node:http').createServer((request, response) => {
        if (request.url === '/') return response.end();
        console.error('what a pity');
        process.exit(3);
      }).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');`,
    });
    await using host = await runningHost(app);
    await host.ready;
    expect((await host.invoke('Hello')).status).toBe(502);
    expect(host.requests).toMatchObject([{ status: 502, outcome: 'failed', functionName: 'Hello' }]);
    await until(() => host.records.some(({ code }) => code === 'HANDLER_REPLY_BROKEN'));
    expect(host.records.find(({ code }) => code === 'HANDLER_REPLY_BROKEN')).toMatchObject({
      level: 'error',
      message: expect.stringMatching(/^The handler did not answer "Hello": .*exited with code 3/),
      functionName: 'Hello',
      invocationId: host.requests[0]!.invocationId,
    });
    await until(async () => (await states(host)) === 'ready');
  });

  test('is waited for by those who come meanwhile', async () => {
    using app = temporaryApp({ 'handler.cjs': STEERABLE });
    await using host = await runningHost(app);
    const { pid } = await theOne(host);
    process.kill(pid, 'SIGKILL');
    await until(() => stillRunning([pid]).length === 0);
    for (let i = 0; i < 5; i++) expect((await answerOf(host.invoke('Hello'))).pid).not.toBe(pid);
  });
});

describe('a process whose function runs out of time', () => {
  test('is replaced: its successor serves at once, and its neighbours finish', async () => {
    using app = temporaryApp({
      'handler.cjs': STEERABLE,
      'Patient/function.json': httpFunction(),
      'portico.json': { functions: { Hello: { functionTimeout: '00:00:01' } } },
    });
    await using host = await runningHost(app);
    const { pid, port } = await theOne(host);
    const neighbour = host.invoke('Patient', { query: '?hold', method: 'POST', body: 'x' });
    const stuck = host.invoke('Hello', { query: '?hold' });
    expect((await stuck).status).toBe(504);
    expect((await answerOf(host.invoke('Patient'))).pid).not.toBe(pid);
    expect([stillRunning([pid]), await heldBy(port)]).toEqual([[pid], 2]);
    await release(port);
    expect((await answerOf(neighbour)).pid).toBe(pid);
    await until(async () => (await states(host)) === 'ready');
    expect(stillRunning([pid])).toEqual([]);
    expect(host.records.filter(({ level }) => level === 'error').map(({ code }) => code)).toEqual(['FUNCTION_TIMED_OUT']);
  });
});

describe('a process whose function runs out of time on a fixed port', () => {
  test('is replaced once its neighbours have finished; until then nothing is ready, and requests wait', async () => {
    using app = temporaryApp({
      'host.json': hostJson({ port: await freePort('127.0.0.1') }),
      'handler.cjs': STEERABLE,
      'Patient/function.json': httpFunction(),
      'portico.json': { functions: { Hello: { functionTimeout: '00:00:01' } } },
    });
    await using host = await runningHost(app);
    const { pid, port } = await theOne(host);
    const neighbour = host.invoke('Patient', { query: '?hold' });
    expect((await host.invoke('Hello', { query: '?hold' })).status).toBe(504);
    const waiting = host.invoke('Patient');
    expect((await readStatus(host)).handlers).toMatchObject([{ state: 'ready', pid, retiring: true, busyCount: 1 }]);
    expect((await fetch(`${host.url}/runtime/health/ready`)).status).toBe(503);
    await release(port);
    expect((await answerOf(neighbour)).pid).toBe(pid);
    expect((await answerOf(waiting)).pid).not.toBe(pid);
    expect((await readStatus(host)).handlers).toMatchObject([{ state: 'ready', port, retiring: false }]);
    expect((await fetch(`${host.url}/runtime/health/ready`)).status).toBe(200);
  });
});

describe('a handler that somebody else runs', () => {
  test('may go away and come back: requests wait meanwhile, and so does readiness', async () => {
    using app = temporaryApp();
    const port = await freePort('127.0.0.1');
    const opens = async () => {
      const server = createServer((_, response) => response.end('here'));
      await once(server.listen(port, '127.0.0.1'), 'listening');
      return server;
    };
    const first = await opens();
    await using host = await runningHost(app, { attachPort: port });
    await host.ready;
    expect(await (await host.invoke('Hello')).text()).toBe('here');
    first.closeAllConnections();
    await once(first.close(), 'close');
    const waiting = host.invoke('Hello', { method: 'POST', body: 'x' });
    await until(async () => (await states(host)) === 'unreachable');
    expect((await fetch(`${host.url}/runtime/health/ready`)).status).toBe(503);
    const second = await opens();
    expect(await (await waiting).text()).toBe('here');
    expect(await states(host)).toBe('ready');
    second.closeAllConnections();
    second.close();
  });
});

describe('a process that is unhealthy', () => {
  test.runIf(process.platform !== 'win32')('is 503 with the reason, not ready, and serves again once it is well', async () => {
    using app = temporaryApp({
      'handler.cjs': STEERABLE,
      'portico.json': { healthCheck: { path: '/', intervalMs: 100, timeoutMs: 100, failureThreshold: 1 } },
    });
    await using host = await runningHost(app);
    const { pid } = await theOne(host);
    process.kill(pid, 'SIGSTOP');
    await until(async () => (await states(host)) === 'unhealthy');
    const { answers } = await ask(host.port, question('GET /api/Hello'));
    expect(answers[0]).toMatchObject({
      status: 503,
      head: expect.stringMatching(/^Retry-After: 5$/m),
      body: expect.stringContaining('GET / gave no answer within 100 ms'),
    });
    expect((await fetch(`${host.url}/runtime/health/ready`)).status).toBe(503);
    process.kill(pid, 'SIGCONT');
    await until(async () => (await fetch(`${host.url}/runtime/health/ready`)).status === 200);
    expect((await answerOf(host.invoke('Hello'))).pid).toBe(pid);
  });
});
