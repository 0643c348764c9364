// A stop with work in hand.
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { localCertificate } from '../../packages/portico/src/cli/local-certificate.ts';
import { ask, question } from '../http/support/ask.ts';
import { stillRunning } from '../support/process-tree.ts';
import { type RunningHost, runningHost } from '../support/running-host.ts';
import { heldBy, release, STEERABLE } from '../support/steerable-handler.ts';
import { hostJson, temporaryApp } from '../support/temporary-app.ts';
import { until } from '../support/until.ts';

type Started = { readonly host: RunningHost; readonly pid: number; readonly handlerPort: number };

async function start(root: string, graceMs?: number): Promise<Started> {
  const host = await runningHost({ root }, graceMs === undefined ? {} : { graceMs });
  const [handler] = (await host.ready).handlers;
  return { host, pid: handler!.pid!, handlerPort: handler!.port };
}

const codes = ({ records }: RunningHost): string[] => records.flatMap(({ code }) => code ?? []);

describe('a stop with work in hand', () => {
  test('finishes it, turns new requests away, and closes the port', async () => {
    using app = temporaryApp({ 'handler.cjs': STEERABLE });
    const { host, pid, handlerPort } = await start(app.root);
    const underWay = ask(host.port, question('GET /api/Hello?hold'));
    await until(async () => (await heldBy(handlerPort)) === 1);
    const stopped = host.stop();
    await until(() => host.state === 'Stopping');

    const refused = await ask(host.port, question('GET /api/Hello'), { untilClosed: true });
    expect(refused).toMatchObject({ endedBy: 'server', answers: [{ status: 503, body: 'This function host is stopping.\n' }] });
    expect(refused.answers[0]?.head).toMatch(/^Retry-After: 1$/m);
    expect(refused.answers[0]?.head).toMatch(/^Connection: close$/m);
    const statusOf = async (path: string) => (await ask(host.port, question(`GET ${path}`))).answers[0]?.status;
    expect(await statusOf('/runtime/health/ready')).toBe(503);
    expect(await statusOf('/runtime/health/live')).toBe(200);
    expect(await (await fetch(`${host.url}/admin/host/status`)).json()).toMatchObject({ state: 'Stopping' });
    expect([await statusOf('/nosuch'), stillRunning([pid])]).toEqual([503, [pid]]);

    await release(handlerPort);
    const { answers } = await underWay;
    expect([answers[0]?.status, answers[0]?.head]).toEqual([200, expect.stringMatching(/^Connection: close$/m)]);
    await stopped;
    expect([host.state, stillRunning([pid])]).toEqual(['Stopped', []]);
    await expect(fetch(host.url)).rejects.toThrow();
    expect(host.records.map(({ message }) => message)).toContain('Finishing 1 invocation (GET /api/Hello); new ones are turned away.');
    expect(host.records.map(({ message }) => message)).toContain('Everything that was under way is finished.');
    expect(host.requests.filter(({ functionName }) => functionName === 'Hello')).toMatchObject([{ status: 200, outcome: 'succeeded' }]);
  });

  test('lets an upload go on to its end', async () => {
    using app = temporaryApp({ 'handler.cjs': STEERABLE });
    const { host } = await start(app.root);
    const caller = connect(host.port, '127.0.0.1').setEncoding('latin1');
    let heard = '';
    caller.on('data', (text) => {
      heard += text;
    });
    caller.write(question('POST /api/Hello', ['Content-Length: 8'], 'half'));
    await until(() => host.state === 'Running');
    await until(async () => (await (await fetch(`${host.url}/admin/host/status?expand=true`)).text()).includes('"underWay":1'));
    const stopped = host.stop();
    await until(() => host.state === 'Stopping');
    caller.write('half');
    await once(caller, 'end');
    expect(heard).toContain('"body":"halfhalf"');
    await stopped;
  });

  test('runs what waited for its turn', async () => {
    using app = temporaryApp({
      'handler.cjs': STEERABLE,
      'portico.json': { functions: { Hello: { maxConcurrentRequests: 1 } } },
    });
    const { host, handlerPort } = await start(app.root);
    const running = ask(host.port, question('GET /api/Hello?hold'));
    await until(async () => (await heldBy(handlerPort)) === 1);
    const waiting = ask(host.port, question('GET /api/Hello'));
    await until(async () => (await (await fetch(`${host.url}/admin/host/status?expand=true`)).text()).includes('"underWay":2'));
    const stopped = host.stop();
    await until(() => host.state === 'Stopping');
    await release(handlerPort);
    expect([(await running).answers[0]?.status, (await waiting).answers[0]?.status]).toEqual([200, 200]);
    await stopped;
  });

  test('waits until its caller has the whole answer, however slowly that is taken', async () => {
    const bytes = 20_000_000;
    using app = temporaryApp({
      'host.json': hostJson({ enableForwardingHttpRequest: false }),
      'handler.cjs': `
        const body = JSON.stringify({ Outputs: { res: { body: 'x'.repeat(${bytes}) } } });
        require('node:http').createServer((request, response) => {
          if (request.url === '/') return response.end();
          response.setHeader('Content-Type', 'application/json');
          response.end(body);
        }).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');`,
    });
    const { host } = await start(app.root);
    const caller = connect(host.port, '127.0.0.1').setEncoding('latin1');
    caller.write(question('GET /api/Hello', ['Connection: close']));
    await once(caller, 'readable');
    const stopped = host.stop();
    await until(() => host.state === 'Stopping');
    let heardBytes = 0;
    for await (const text of caller) heardBytes += (text as string).length;
    expect(heardBytes).toBeGreaterThan(bytes);
    await stopped;
    expect(codes(host)).toEqual([]);
  });

  test('finishes it over https as well', async () => {
    using app = temporaryApp({ 'handler.cjs': STEERABLE });
    const { key, cert } = await localCertificate({ environment: { XDG_STATE_HOME: app.root }, now: new Date(), hosts: [] });
    const host = await runningHost(app, { https: { key, cert } });
    const [handler] = (await host.ready).handlers;
    const idle = connectSecurely({ port: host.port, host: '127.0.0.1', rejectUnauthorized: false });
    const idleClosed = once(idle, 'close');
    idle.write(question('GET /api/Hello'));
    await once(idle.resume(), 'data');
    const caller = connectSecurely({ port: host.port, host: '127.0.0.1', rejectUnauthorized: false }).setEncoding('latin1');
    caller.write(question('GET /api/Hello?hold'));
    await until(async () => (await heldBy(handler!.port)) === 1);
    const stopped = host.stop();
    await idleClosed;
    await release(handler!.port);
    let heard = '';
    for await (const text of caller) heard += text as string;
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\}$/s);
    await stopped;
  });

  test('gives the caller of an upload time to read that it was turned away', async () => {
    using app = temporaryApp({ 'handler.cjs': STEERABLE });
    const { host, handlerPort } = await start(app.root);
    const underWay = ask(host.port, question('GET /api/Hello?hold'));
    await until(async () => (await heldBy(handlerPort)) === 1);
    const stopped = host.stop();
    await until(() => host.state === 'Stopping');
    const bytes = 8 * 1024 * 1024;
    const caller = connect(host.port, '127.0.0.1').setEncoding('latin1');
    caller.write(question('POST /api/Hello', [`Content-Length: ${bytes}`]));
    const closed = once(caller, 'close');
    let failure: Error | undefined;
    caller.on('error', (error) => {
      failure = error;
    });
    for (let sent = 0; sent < bytes && caller.writable; sent += 65_536) {
      if (!caller.write('x'.repeat(65_536))) await Promise.race([once(caller, 'drain'), closed]);
    }
    let heard = '';
    for await (const text of caller) heard += text as string;
    expect([failure, heard.slice(0, 12)]).toEqual([undefined, 'HTTP/1.1 503']);
    await release(handlerPort);
    await underWay;
    await stopped;
  });

  test('cuts it off after the grace, and says what', async () => {
    using app = temporaryApp({ 'handler.cjs': STEERABLE });
    const { host, pid, handlerPort } = await start(app.root, 100);
    const streaming = ask(host.port, question('GET /api/Hello?stream'));
    await until(async () => (await heldBy(handlerPort)) === 1);
    await host.stop();
    expect((await streaming).answers[0]).toMatchObject({ status: 200, complete: false });
    expect(host.records).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        code: 'WORK_CUT_OFF',
        message: 'Cut off, because it did not finish in time: 1 invocation (GET /api/Hello).',
      }),
    );
    expect(host.requests).toMatchObject([{ status: 200, outcome: 'failed' }]);
    expect(stillRunning([pid])).toEqual([]);
    // Nor is it the handler that is to blame.
    await until(() => codes(host).at(-1) !== 'WORK_CUT_OFF');
    expect(codes(host).slice(-2)).toEqual(['WORK_CUT_OFF', 'REQUEST_CUT_OFF']);
  });

  test('lets a handler that heeds SIGTERM finish its answer after the grace', async () => {
    using app = temporaryApp({
      'handler.cjs': `${STEERABLE}
        process.on('SIGTERM', () => {
          for (const go of held.splice(0)) go();
          server.close(() => process.exit());
          setTimeout(() => process.exit(), 100);
        });`,
    });
    const { host, handlerPort } = await start(app.root, 50);
    const underWay = ask(host.port, question('GET /api/Hello?hold'));
    await until(async () => (await heldBy(handlerPort)) === 1);
    await host.stop();
    expect((await underWay).answers[0]).toMatchObject({ status: 200, complete: true });
    expect(codes(host)).toEqual(['WORK_CUT_OFF']);
  });

  test('is hurried by a further stop without grace, which also ends a handler that ignores SIGTERM', async () => {
    using app = temporaryApp({ 'handler.cjs': `process.on('SIGTERM', () => {});${STEERABLE}` });
    const { host, pid, handlerPort } = await start(app.root);
    const underWay = ask(host.port, question('GET /api/Hello?hold'));
    await until(async () => (await heldBy(handlerPort)) === 1);
    const stopped = host.stop();
    await until(() => host.records.some(({ message }) => message.startsWith('Finishing')));
    const hurriedMs = performance.now();
    await host.stop({ graceMs: 0 });
    await stopped;
    expect(performance.now() - hurriedMs).toBeLessThan(2000);
    expect(stillRunning([pid])).toEqual([]);
    expect((await underWay).answers[0]?.status).not.toBe(200);
  });

  test('is hurried also when only the handler is still there', async () => {
    using app = temporaryApp({ 'handler.cjs': `process.on('SIGTERM', () => console.log('not yet'));${STEERABLE}` });
    const { host, pid } = await start(app.root);
    const stopped = host.stop();
    await until(() => host.records.some(({ message }) => message === 'not yet'));
    const hurriedMs = performance.now();
    await host.stop({ graceMs: 0 });
    await stopped;
    expect(performance.now() - hurriedMs).toBeLessThan(2000);
    expect(stillRunning([pid])).toEqual([]);
  });

  test('waits for nothing once it is asked for a second time without grace', async () => {
    using app = temporaryApp({ 'handler.cjs': `process.on('SIGTERM', () => {});${STEERABLE}` });
    const { host, pid, handlerPort } = await start(app.root);
    const underWay = ask(host.port, question('GET /api/Hello?hold'));
    await until(async () => (await heldBy(handlerPort)) === 1);
    const stoppedMs = performance.now();
    void host.stop({ graceMs: 0 });
    await host.stop({ graceMs: 0 });
    expect(performance.now() - stoppedMs).toBeLessThan(2000);
    expect(stillRunning([pid])).toEqual([]);
    await underWay;
  });
});

describe('a WebSocket', () => {
  /** Greets every WebSocket on '/greet'. */
  const SOCKET_HANDLER = `${STEERABLE}
    const { createHash } = require('node:crypto');
    const sockets = new Set();
    server.on('upgrade', (request, socket) => {
      const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
      socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
      sockets.add(socket);
    });
    server.on('request', ({ url }) => {
      if (url === '/greet') for (const socket of sockets) socket.write(Buffer.from([0x81, 2, 0x48, 0x69]));
    });`;

  test('ends with the handler, and not before: it holds no stop up', async () => {
    using app = temporaryApp({ 'handler.cjs': SOCKET_HANDLER });
    const { host, handlerPort } = await start(app.root);
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/api/Hello`);
    await once(socket, 'open');
    const underWay = ask(host.port, question('GET /api/Hello?hold'));
    await until(async () => (await heldBy(handlerPort)) === 1);
    const stopped = host.stop();
    await until(() => host.state === 'Stopping');
    const greeted = once(socket, 'message');
    await fetch(`http://127.0.0.1:${handlerPort}/greet`);
    expect((await greeted)[0].data).toBe('Hi');
    const closed = once(socket, 'close');
    const releasedMs = performance.now();
    await release(handlerPort);
    await underWay;
    await stopped;
    await closed;
    expect(performance.now() - releasedMs).toBeLessThan(2000);
    expect(host.requests.filter(({ status }) => status === 101)).toMatchObject([{ outcome: 'succeeded' }]);
    expect(codes(host)).not.toContain('WORK_CUT_OFF');
  });

  test('is not opened any more during a stop', async () => {
    using app = temporaryApp({ 'handler.cjs': STEERABLE });
    const { host, handlerPort } = await start(app.root);
    const underWay = ask(host.port, question('GET /api/Hello?hold'));
    await until(async () => (await heldBy(handlerPort)) === 1);
    const stopped = host.stop();
    await until(() => host.state === 'Stopping');
    const handshake = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    const { answers } = await ask(host.port, question('GET /api/Hello', handshake), { untilClosed: true });
    expect(answers[0]?.status).toBe(503);
    expect(host.records.filter(({ level }) => level === 'error')).toEqual([]);
    await release(handlerPort);
    await underWay;
    await stopped;
  });
});
