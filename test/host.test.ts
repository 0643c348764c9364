// The host as a library, with real handlers: what starts, what is served, and what happens when files change.
import { once } from 'node:events';
import { readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createHost, type Host, type RunningHandler } from '../packages/portico/src/index.ts';
import { keepHeapSmall } from '../packages/portico/src/platform/small-heap.ts';
import { processTree, stillRunning } from './support/process-tree.ts';
import { runningHost } from './support/running-host.ts';
import { hostJson, httpFunction, temporaryApp } from './support/temporary-app.ts';

vi.mock('../packages/portico/src/platform/small-heap.ts', () => ({ keepHeapSmall: vi.fn() }));

const statusOf = async (host: Host, path: string): Promise<number> => (await fetch(`${host.url}${path}`)).status;
const readJson = async (response: Response) => (await response.json()) as Record<string, never>;

describe('createHost', () => {
  test('serves a function through its handler and tells how the start went', async () => {
    using app = temporaryApp();
    await using host = await runningHost(app);
    const report = await host.ready;
    expect(report).toMatchObject({ handlers: [{ pid: expect.any(Number), port: expect.any(Number) }] });
    const answer = await host.invoke('hello', { query: '?x=1', method: 'POST', body: 'hi' });
    expect(await readJson(answer)).toMatchObject({
      method: 'POST',
      url: '/api/Hello?x=1',
      body: 'hi',
      headers: { 'x-forwarded-for': '127.0.0.1' },
    });
    expect(host.requests).toMatchObject([{ status: 200, outcome: 'succeeded', functionName: 'Hello', target: '/api/Hello?x=1' }]);
  });

  test('leaves the memory of the program that embeds it alone', async () => {
    using app = temporaryApp();
    await using host = await runningHost(app);
    await host.ready;
    expect(keepHeapSmall).not.toHaveBeenCalled();
  });

  test('lets requests wait that come before the handler is ready', async () => {
    using app = temporaryApp({ 'handler.cjs': `setTimeout(() => require('./late.cjs'), 300);`, 'late.cjs': lateHandler });
    await using host = await runningHost(app);
    expect(await statusOf(host, '/api/Hello')).toBe(200);
  });

  test('rejects a start on a port that is taken, names who has it, and leaves nothing running', async () => {
    using app = temporaryApp();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const host = createHost({ root: app.root, port, environment: { PATH: process.env['PATH'] } });
    const before = processTree(process.pid);
    await expect(host.start()).rejects.toMatchObject({ code: 'PORT_IN_USE', message: expect.stringContaining(String(process.pid)) });
    expect(host.state).toBe('Stopped');
    expect(stillRunning(processTree(process.pid)).filter((pid) => !before.includes(pid))).toEqual([]);
    expect(await host.ready).toMatchObject({ failed: { code: 'PORT_IN_USE' } });
    other.close();
  });

  test('stops twice, before its start and during it', async () => {
    using app = temporaryApp();
    const host = createHost({ root: app.root, port: 0, environment: { PATH: process.env['PATH'] } });
    const starting = host.start();
    await Promise.all([host.stop(), host.stop()]);
    await starting;
    expect(host.state).toBe('Stopped');
    await expect(fetch(host.url)).rejects.toThrow();
  });

  test('leaves no process behind and does not start again', async () => {
    using app = temporaryApp();
    const host = await runningHost(app);
    const [{ pid }] = (await host.ready).handlers as [RunningHandler];
    await host.stop();
    expect(stillRunning([pid!])).toEqual([]);
    const stopped = createHost({ root: app.root, port: 0 });
    await stopped.stop();
    await expect(stopped.start()).rejects.toMatchObject({ code: 'HOST_STOPPED' });
    expect(await stopped.ready).not.toHaveProperty('handler');
    expect(stopped.state).toBe('Stopped');
  });

  test('tells the handler the address it really has', async () => {
    using app = temporaryApp({ 'handler.cjs': handlerThat('response.end(process.env.WEBSITE_HOSTNAME)') });
    await using host = await runningHost(app);
    expect(await (await host.invoke('Hello')).text()).toBe(`localhost:${new URL(host.url).port}`);
  });

  test('says which functions there are when one is unknown', async () => {
    using app = temporaryApp();
    await using host = await runningHost(app);
    await expect(host.invoke('Nobody')).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN', hint: 'The app has Hello.' });
  });

  test('fills the parameters of a route in', async () => {
    using app = temporaryApp({ 'Item/function.json': httpFunction({ route: 'items/{id:int}/{*rest}' }) });
    await using host = await runningHost(app);
    const answer = await host.invoke('Item', { params: { id: '7', rest: 'a b/c' } });
    expect(await readJson(answer)).toMatchObject({ url: '/api/items/7/a%20b/c' });
  });
});

/** `request` and `response` are in scope. */
const handlerThat = (statements: string): string => `
require('node:http').createServer((request, response) => {
  if (request.url === '/') return response.end();
  ${statements}
}).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
`;

describe('a stop', () => {
  test('lets what is under way end, then its connections, and serves nothing more on them', async () => {
    using app = temporaryApp({ 'handler.cjs': handlerThat(`setTimeout(() => response.end('done'), 600);`) });
    const host = await runningHost(app);
    await host.ready;
    const agent = new Agent({ keepAlive: true });
    const untouched = connect(Number(new URL(host.url).port), '127.0.0.1');
    await once(untouched, 'connect');
    const answered = once(get(`${host.url}/api/Hello`, { agent }), 'response');
    await vi.waitFor(() => expect(Object.keys(agent.sockets)).toHaveLength(1));
    await pause(200);
    const startedMs = performance.now();
    const stopped = host.stop();
    const [answer] = await answered;
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
    answer.resume();
    await stopped;
    expect(performance.now() - startedMs).toBeLessThan(3000);
    agent.destroy();
    untouched.destroy();
  });

  test('ends a connection whose answer has begun with that answer', async () => {
    using app = temporaryApp({
      'host.json': hostJson({ enableForwardingHttpRequest: false, enableProxyingHttpRequest: true }),
      'handler.cjs': handlerThat(`response.write('one'); setTimeout(() => response.end('two'), 600);`),
    });
    const host = await runningHost(app);
    const answer = await fetch(`${host.url}/api/Hello`);
    const startedMs = performance.now();
    const stopped = host.stop();
    expect(await answer.text()).toBe('onetwo');
    await stopped;
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });

  test('answers those who wait for the handler at once', async () => {
    using app = temporaryApp({ 'handler.cjs': 'setInterval(() => {}, 1000);' });
    const host = await runningHost(app);
    const waiting = fetch(`${host.url}/api/Hello`);
    await pause(200);
    const startedMs = performance.now();
    const stopped = host.stop();
    expect((await waiting).status).toBe(503);
    expect(performance.now() - startedMs).toBeLessThan(2000);
    await stopped;
  });

  test('leaves no question open to a store of keys that does not answer', async () => {
    using app = temporaryApp({ 'Hello/function.json': httpFunction({ authLevel: 'function' }) });
    const store = createServer(() => {}).listen(0, '127.0.0.1');
    await once(store, 'listening');
    const { port } = store.address() as AddressInfo;
    const environment = {
      PATH: process.env['PATH'],
      AzureWebJobsSecretStorageType: 'blob',
      AzureWebJobsStorage: `AccountName=app;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:${port}/app`,
    };
    const host = await runningHost(app, { auth: true, environment });
    const asked = once(store, 'request');
    const refused = expect(fetch(`${host.url}/api/Hello?code=a-key`)).rejects.toThrow();
    const [{ socket }] = (await asked) as [IncomingMessage];
    const givenUp = once(socket, 'close');
    await host.stop({ graceMs: 0 });
    await refused;
    await givenUp;
    // Nobody waited for its answer to say that there was none.
    expect(host.records.filter(({ level }) => level === 'error')).toEqual([]);
    store.close();
  });

  test('while a change is taken over leaves no handler behind', async () => {
    using app = temporaryApp({
      '.env': 'GENERATION=1\n',
      'handler.cjs': `require('node:fs').appendFileSync('../pids-${process.pid}', process.pid + ' ');${handlerThat(`setTimeout(() => response.end(), 1500);`)}`,
    });
    const pids = join(app.root, '..', `pids-${process.pid}`);
    const host = await runningHost(app);
    await host.ready;
    const underWay = fetch(`${host.url}/api/Hello`);
    await pause(100);
    app.write('.env', 'GENERATION=2\n');
    await vi.waitFor(() => expect(host.records.some(({ message }) => message.startsWith('.env changed'))).toBe(true));
    await host.stop();
    expect((await underWay).status).toBe(200);
    await pause(300);
    const started = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
    rmSync(pids);
    expect(stillRunning(started)).toEqual([]);
  });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const lateHandler = `require('node:http').createServer((request, response) => response.end('late')).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');`;

describe('one broken thing', () => {
  test('disables its function alone, whose URL says why', async () => {
    using app = temporaryApp({
      'BadRoute/function.json': httpFunction({ route: 'x/{id' }),
      'BadJson/function.json': '{ "bindings": [',
      'BadLevel/function.json': httpFunction({ authLevel: 'everyone' }),
    });
    await using host = await runningHost(app);
    expect(await statusOf(host, '/api/Hello')).toBe(200);
    const urls = { BadRoute: '/api/x/7', BadJson: '/api/BadJson', BadLevel: '/api/BadLevel' };
    for (const [name, url] of Object.entries(urls)) {
      const answer = await fetch(`${host.url}${url}`);
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain(`"${name}" cannot run: `);
    }
    const broken = host.functions().filter(({ problem }) => problem !== undefined);
    expect(broken.map(({ name }) => name).sort()).toEqual(['BadJson', 'BadLevel', 'BadRoute']);
  });

  test('in host.json is 503 with the reason until it is mended', async () => {
    using app = temporaryApp({ 'host.json': '{ "version": "2.0", ' });
    await using host = await runningHost(app);
    expect(host.state).toBe('Error');
    const answer = await fetch(`${host.url}/api/Hello`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('host.json:1:');
    const status = await readJson(await fetch(`${host.url}/admin/host/status`));
    expect(status).toMatchObject({ state: 'Error', errors: [expect.stringContaining('host.json')] });
    app.write('host.json', hostJson());
    await vi.waitFor(async () => expect(await statusOf(host, '/api/Hello')).toBe(200), { timeout: 10_000 });
    expect(host.state).toBe('Running');
  });

  test('in the handler is 503 with the reason until a file changes', async () => {
    using app = temporaryApp({ 'host.json': hostJson({ description: { defaultExecutablePath: './server' } }) });
    await using host = await runningHost(app);
    expect((await host.ready).failed).toMatchObject({ code: 'WORKER_PROGRAM_MISSING' });
    const answer = await fetch(`${host.url}/api/Hello`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('server');
    app.write('host.json', hostJson());
    await vi.waitFor(async () => expect(await statusOf(host, '/api/Hello')).toBe(200), { timeout: 10_000 });
  });
});

describe('what a user meets first', () => {
  test('a handler that crashes at every start is 503 with the reason, without a long wait', async () => {
    using app = temporaryApp({ 'handler.cjs': `console.error('no database'); process.exit(3);` });
    await using host = await runningHost(app);
    await host.ready;
    await vi.waitFor(() => expect(host.records.filter(({ code }) => code === 'WORKER_EXITED').length).toBeGreaterThan(2), {
      timeout: 10_000,
    });
    const answer = await fetch(`${host.url}/api/Hello`, { signal: AbortSignal.timeout(5000) });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.text()).toContain('no database');
    const [first, ...others] = host.records.filter(({ code }) => code === 'WORKER_EXITED');
    expect(first?.message).toContain('no database');
    expect(others.at(-1)?.message).toBe('The handler failed in the same way again.');
  });

  test('a folder that does not exist rejects the start', async () => {
    const host = createHost({ root: '/nosuch-folder', port: 0, environment: {} });
    await expect(host.start()).rejects.toMatchObject({ code: 'APP_ROOT_NOT_FOUND' });
  });

  test('a misspelt trigger answers at its URL with the reason', async () => {
    using app = temporaryApp({ 'Typo/function.json': { bindings: [{ type: 'htpTrigger', direction: 'in', name: 'req' }] } });
    await using host = await runningHost(app);
    const answer = await fetch(`${host.url}/api/Typo`);
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('htpTrigger')]);
  });

  test('who may read across origins is what the host says, not the handler', async () => {
    using app = temporaryApp({
      'handler.cjs': `require('node:http').createServer((request, response) => { response.setHeader('Access-Control-Allow-Origin', '*'); response.end('x'); }).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');`,
    });
    await using host = await runningHost(app, { cors: { origins: ['http://localhost:3000'], credentials: true } });
    const answer = await host.invoke('Hello', { headers: { origin: 'http://localhost:3000' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('vary')).toBe('Origin');
  });
});

describe('changes on disk', () => {
  test('a new function is served, a removed one is gone', async () => {
    using app = temporaryApp();
    await using host = await runningHost(app);
    app.write('New/function.json', httpFunction());
    await vi.waitFor(async () => expect(await statusOf(host, '/api/New')).toBe(200), { timeout: 10_000 });
    app.remove('New');
    await vi.waitFor(async () => expect(await statusOf(host, '/api/New')).toBe(404), { timeout: 10_000 });
    expect(await statusOf(host, '/api/Hello')).toBe(200);
  });

  test('app_offline.htm takes the app off line and its removal brings it back', async () => {
    using app = temporaryApp();
    await using host = await runningHost(app);
    app.write('app_offline.htm', '<h1>away</h1>');
    await vi.waitFor(() => expect(host.state).toBe('Offline'), { timeout: 10_000 });
    const answer = await fetch(`${host.url}/api/Hello`);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([503, 'text/html', '<h1>away</h1>']);
    expect(await statusOf(host, '/admin/host/ping')).toBe(200);
    app.remove('app_offline.htm');
    await vi.waitFor(async () => expect(await statusOf(host, '/api/Hello')).toBe(200), { timeout: 10_000 });
  });

  test('another environment for the handler means another handler', async () => {
    using app = temporaryApp({ '.env': 'GENERATION=1\n' });
    await using host = await runningHost(app);
    expect(await readJson(await host.invoke('Hello'))).toMatchObject({ generation: '1' });
    app.write('.env', 'GENERATION=2\n');
    await vi.waitFor(async () => expect(await readJson(await host.invoke('Hello'))).toMatchObject({ generation: '2' }), {
      timeout: 10_000,
    });
  });

  test('a handler that is replaced ends what it is doing first, while the next one serves newcomers', async () => {
    using app = temporaryApp({
      '.env': 'GENERATION=1\n',
      'handler.cjs': handlerThat(`setTimeout(() => response.end(process.env.GENERATION), request.url.endsWith('slow') ? 1000 : 0);`),
    });
    await using host = await runningHost(app);
    await host.ready;
    const slow = fetch(`${host.url}/api/Hello?slow`);
    await pause(100);
    app.write('.env', 'GENERATION=2\n');
    await vi.waitFor(async () => expect(await (await fetch(`${host.url}/api/Hello`)).text()).toBe('2'));
    expect(await (await slow).text()).toBe('1');
  });

  test('a folder called app_offline.htm takes nothing off line', async () => {
    using app = temporaryApp({ 'app_offline.htm/page': '' });
    await using host = await runningHost(app);
    expect(await statusOf(host, '/api/Hello')).toBe(200);
  });

  test('a handler that writes beside itself and crashes is waited for longer and longer', async () => {
    using app = temporaryApp({
      'handler.cjs': `require('node:fs').appendFileSync('starts', 'x'); process.exit(1);`,
      'host.json': hostJson({ description: { defaultExecutablePath: 'node', arguments: ['./handler.cjs'] } }),
    });
    await using host = await runningHost(app);
    await pause(2000);
    // Four as a rule; each at once would be ten and more.
    expect(host.records.filter(({ code }) => code === 'WORKER_EXITED').length).toBeLessThan(7);
  });

  test('a change between createHost and start counts', async () => {
    using app = temporaryApp();
    const host = createHost({ root: app.root, port: 0, environment: { PATH: process.env['PATH'] } });
    await pause(20);
    app.write('New/function.json', httpFunction());
    await host.start();
    await vi.waitFor(async () => expect(await statusOf(host, '/api/New')).toBe(200), { timeout: 10_000 });
    await host.stop();
  });

  test('a folder that was replaced by another of its name is watched', async () => {
    using app = temporaryApp();
    await using host = await runningHost(app);
    app.remove('Hello');
    app.write('Hello/function.json', httpFunction({ route: 'one' }));
    await vi.waitFor(async () => expect(await statusOf(host, '/api/one')).toBe(200), { timeout: 10_000 });
    app.write('Hello/function.json', httpFunction({ route: 'two' }));
    await vi.waitFor(async () => expect(await statusOf(host, '/api/two')).toBe(200), { timeout: 10_000 });
  });

  test('a root that was away is served again, and watched', async () => {
    using app = temporaryApp();
    await using host = await runningHost(app);
    await host.ready;
    renameSync(app.root, `${app.root}-away`);
    await vi.waitFor(() => expect(host.state).toBe('Error'), { timeout: 10_000 });
    renameSync(`${app.root}-away`, app.root);
    await vi.waitFor(() => expect(host.state).toBe('Running'), { timeout: 10_000 });
    app.write('New/function.json', httpFunction());
    await vi.waitFor(async () => expect(await statusOf(host, '/api/New')).toBe(200), { timeout: 10_000 });
  });

  test('a function behind a symbolic link is watched like the others', async () => {
    using elsewhere = temporaryApp();
    using app = temporaryApp();
    symlinkSync(join(elsewhere.root, 'Hello'), join(app.root, 'Linked'));
    await using host = await runningHost(app);
    elsewhere.write('Hello/function.json', httpFunction({ route: 'behind' }));
    await vi.waitFor(async () => expect(await statusOf(host, '/api/behind')).toBe(200), { timeout: 10_000 });
  });
});

describe('an attached handler', () => {
  test('is waited for and then used, and nothing is started', async () => {
    using app = temporaryApp({ 'host.json': hostJson({ description: { defaultExecutablePath: './never-started' } }) });
    const handler = createServer((request, response) => response.end(`attached ${request.url}`));
    await new Promise<void>((resolve) => handler.listen(0, '127.0.0.1', resolve));
    const { port } = handler.address() as AddressInfo;
    handler.close();
    await using host = await runningHost(app, { attachPort: port });
    const early = host.invoke('Hello');
    const late = createServer((request, response) => response.end(`attached ${request.url}`));
    await new Promise<void>((resolve) => late.listen(port, '127.0.0.1', resolve));
    expect(await (await early).text()).toBe('attached /api/Hello');
    expect((await host.ready).handlers).toEqual([{ pid: undefined, port }]);
    await host.stop();
    expect(late.listening).toBe(true);
    late.close();
  });
});
