// POST /admin/functions/NAME, in every state that a host can be in.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventApp } from '../support/event-app.ts';
import { type RunningHost, runningHost } from '../support/running-host.ts';
import { until } from '../support/until.ts';

const manual = [{ type: 'manualTrigger', direction: 'in', name: 'input' }];
const yearly = (more: object = {}) => [{ type: 'timerTrigger', direction: 'in', name: 'tick', schedule: '0 0 0 1 1 *', ...more }];

const post = (host: RunningHost, target: string, body?: string, type = 'application/json') =>
  fetch(`${host.url}/admin/functions/${target}`, {
    method: 'POST',
    ...(body !== undefined && { body, headers: { 'content-type': type } }),
  });

describe('a call by hand', () => {
  test('gives the function what is posted as its input', async () => {
    const app = eventApp({ functions: { Manual: manual } });
    await using host = await runningHost(app);
    for (const body of ['{"input":"hello"}', '{"INPUT":{"a":1.5}}', '{"input":true}', '{"input":null}', '{}', '', undefined]) {
      const { length } = app.received;
      expect((await post(host, 'manual', body)).status).toBe(202);
      await until(() => app.received.length > length);
    }
    expect(app.received.map(({ data }) => data['input'])).toEqual(['"hello"', '"{\\"a\\":1.5}"', '"true"', 'null', 'null', 'null', 'null']);
    expect(Object.keys(app.received[0]!.metadata)).toEqual(['input', 'sys']);
    expect(Object.keys(app.received[4]!.metadata)).toEqual(['sys']);
  });

  test.each([
    ['of a function that is not there', 'Nobody', '{}', 'application/json', 404],
    ['of a function that HTTP calls', 'Hello', '{}', 'application/json', 404],
    ['with something else than JSON', 'Manual', 'hello', 'text/plain', 415],
    ['with broken JSON', 'Manual', '{"input":', 'application/json', 400],
    ['with JSON that is no object', 'Manual', '"hello"', 'application/json', 400],
  ])('%s is refused', async (_, name, body, type, status) => {
    const http = [{ type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous' }];
    const app = eventApp({ functions: { Manual: manual, Hello: http } });
    await using host = await runningHost(app);
    expect((await post(host, name, body, type)).status).toBe(status);
    expect(app.received).toEqual([]);
  });

  test('runs a function that is disabled, as on Azure, and none that host.json leaves out', async () => {
    const app = eventApp({ functions: { Off: manual, Out: manual }, files: { '.env': 'AzureWebJobs.Off.Disabled=true\n' } });
    await using host = await runningHost(app, { functions: ['Off'] });
    expect([(await post(host, 'Off')).status, (await post(host, 'Out')).status]).toEqual([202, 404]);
    await until(() => app.received.length === 1);
  });

  test('comes too early while the app is offline, and says so', async () => {
    const app = eventApp({ functions: { Manual: manual }, files: { 'app_offline.htm': 'closed' } });
    await using host = await runningHost(app);
    const answer = await post(host, 'Manual');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toEqual({ message: 'No function is run now: the state of the host is Offline.' });
  });

  test('that waits is told how it went', async () => {
    const app = eventApp({ functions: { Manual: manual }, replies: { Manual: '() => { throw new Error("no"); }' } });
    await using host = await runningHost(app);
    const failed = await (await post(host, 'Manual?wait=true', '{}')).json();
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'HANDLER_REPLY_FAILED' } });
  });

  test('that waits for a handler which does not start is told why', async () => {
    const app = eventApp({ functions: { Manual: manual }, files: { 'server.js': 'process.exit(3)' } });
    await using host = await runningHost(app);
    await host.ready;
    const answer = await post(host, 'Manual?wait=true', '{}');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({
      code: 'WORKER_EXITED',
      message: expect.stringContaining('code 3'),
      hint: expect.anything(),
    });
    expect((await post(host, 'Manual', '{}')).status).toBe(202);
  });

  test('that nobody waits for any more is no fault', async () => {
    const app = eventApp({ functions: { Manual: manual }, files: { 'server.js': 'setInterval(() => {}, 1000)' } });
    await using host = await runningHost(app);
    const gone = new AbortController();
    const asked = fetch(`${host.url}/admin/functions/Manual?wait=true`, { method: 'POST', signal: gone.signal });
    await fetch(`${host.url}/admin/host/ping`);
    gone.abort();
    await expect(asked).rejects.toThrow();
    await until(() => host.requests.some(({ outcome }) => outcome === 'aborted'));
    expect(host.records.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('is finished when the host stops', async () => {
    const replies = {
      Manual: 'async () => { while (!require("node:fs").existsSync("go")) await new Promise((next) => setTimeout(next, 10)); }',
    };
    const app = eventApp({ functions: { Manual: manual }, replies });
    const host = await runningHost(app);
    const answered = post(host, 'Manual?wait=true', '{}');
    await until(() => app.received.length === 1);
    const stopped = host.stop();
    await until(() => host.state === 'Stopping');
    writeFileSync(join(app.root, 'go'), '');
    expect(await (await answered).json()).toMatchObject({ status: 'succeeded' });
    await stopped;
  });

  test('is given up with the host', async () => {
    const app = eventApp({ functions: { Manual: manual }, replies: { Manual: '() => new Promise(() => {})' } });
    const host = await runningHost(app);
    const answer = post(host, 'Manual?wait=true', '{}').catch(() => undefined);
    await until(() => app.received.length === 1);
    await host.stop({ graceMs: 0 });
    await answer;
    expect(host.state).toBe('Stopped');
  });
});

describe('the triggers of an app', () => {
  test('go on after a drain although one run never ends', async () => {
    const app = eventApp({
      functions: { Hung: yearly({ runOnStartup: true }), Tick: yearly({ schedule: '* * * * * *' }) },
      replies: { Hung: '() => new Promise(() => {})' },
    });
    await using host = await runningHost(app, { graceMs: 100 });
    await until(() => app.of('Hung').length === 1 && app.of('Tick').length >= 1);
    await fetch(`${host.url}/admin/host/drain`, { method: 'POST' });
    expect((await fetch(`${host.url}/admin/host/resume`, { method: 'POST' })).status).toBe(200);
    const { length } = app.of('Tick');
    await until(() => app.of('Tick').length > length + 1);
  });

  test('come back when a setting is changed and changed back', async () => {
    const app = eventApp({ functions: { Tick: yearly({ schedule: '* * * * * *' }) }, files: { '.env': 'A=1\n' } });
    await using host = await runningHost(app);
    await until(() => app.received.length >= 1);
    const isOff = (off: boolean) => until(() => host.functions()[0]?.disabled === off);
    writeFileSync(`${app.root}/.env`, 'A=1\nAzureWebJobs.Tick.Disabled=true\n');
    await isOff(true);
    writeFileSync(`${app.root}/.env`, 'A=1\n');
    await isOff(false);
    const { length } = app.received;
    await until(() => app.received.length > length);
    expect(host.records.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('share the processes of the handler', async () => {
    const app = eventApp({
      functions: { Manual: manual },
      replies: { Manual: '() => { require("node:fs").appendFileSync("pids.txt", process.pid + "\\n"); }' },
      files: { 'portico.json': { processes: 2 } },
    });
    await using host = await runningHost(app);
    await until(async () => (await host.ready).handlers.length === 2);
    for (let count = 1; count <= 6; count += 1) {
      await post(host, 'Manual?wait=true', '{}');
      await until(() => app.received.length === count);
    }
    const { readFileSync } = await import('node:fs');
    const pids = readFileSync(`${app.root}/pids.txt`, 'utf8').trim().split('\n');
    expect([...Map.groupBy(pids, (pid) => pid).values()].map(({ length }) => length)).toEqual([3, 3]);
  });
});
