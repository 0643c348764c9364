// Who may ask what: every endpoint, with every kind of key and with none.
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../packages/portico/src/admin/endpoints.ts';
import { ask as askRaw } from '../http/support/ask.ts';
import { until } from '../support/until.ts';
import { adminApp, ask, KEYS } from './support/admin-app.ts';

/** Method, path, policy. A name that is not there keeps the master key from changing anything. */
const TABLE: readonly (readonly [method: string, path: string, policy: 'open' | 'admin' | 'webhook'])[] = [
  ['GET', '/admin/host/ping', 'open'],
  ['POST', '/admin/host/ping', 'open'],
  ['GET', '/admin/host/status', 'admin'],
  ['GET', '/admin/host/processes', 'admin'],
  ['POST', '/admin/host/drain', 'admin'],
  ['GET', '/admin/host/drain/status', 'admin'],
  ['POST', '/admin/host/resume', 'admin'],
  ['POST', '/admin/host/restart', 'admin'],
  ['PUT', '/admin/host/state', 'admin'],
  ['POST', '/admin/host/synctriggers', 'admin'],
  ['POST', '/admin/host/log', 'admin'],
  ['GET', '/admin/host/config', 'admin'],
  ['GET', '/admin/host/extensions', 'admin'],
  ['POST', '/admin/host/debug', 'admin'],
  ['GET', '/admin/host/extensionBundle/v1/templates', 'admin'],
  ...['/admin/host/keys', '/admin/host/functionkeys', '/admin/host/systemkeys', '/admin/functions/Nobody/keys'].flatMap((path) => [
    ['GET', path, 'admin'] as const,
    ...['GET', 'PUT', 'DELETE', 'POST'].map((method) => [method, `${path}/none`, 'admin'] as const),
  ]),
  ['GET', '/admin/functions', 'admin'],
  ['GET', '/admin/functions/download', 'admin'],
  ['GET', '/admin/functions/Hello', 'admin'],
  ['POST', '/admin/functions/Nobody', 'admin'],
  ['PUT', '/admin/functions/host', 'admin'],
  ['DELETE', '/admin/functions/Nobody', 'admin'],
  ['GET', '/admin/functions/Hello/status', 'admin'],
  ['GET', '/admin/warmup', 'admin'],
  ['POST', '/admin/warmup', 'admin'],
  ['GET', '/admin/vfs/host.json', 'admin'],
  ['HEAD', '/admin/vfs/host.json', 'admin'],
  ['GET', '/admin/zip/', 'admin'],
  ['HEAD', '/admin/zip/', 'admin'],
  ...['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'].map((method) => [method, '/runtime/webhooks/blobs', 'webhook'] as const),
  ...['', '/live', '/ready', '/startup'].flatMap((name) =>
    ['GET', 'HEAD'].flatMap((method) => [
      [method, `/runtime/health${name}`, 'open'] as const,
      [method, `/runtime/health${name}?expand=true`, 'admin'] as const,
      [method, `/runtime/health${name}?x=1&EXP%41ND=TRUE`, 'admin'] as const,
    ]),
  ),
];

/** To write is refused with 403 to those who may ask, so the master key shows nothing. */
const REFUSED_TO_ALL = ['PUT /admin/vfs/x', 'DELETE /admin/vfs/x', 'PUT /admin/zip/x', 'DELETE /admin/zip/x'];

/** The status of a refusal; else it is none. */
const expected: Readonly<Record<'open' | 'admin' | 'webhook', Readonly<Record<string, number | undefined>>>> = {
  open: {},
  admin: { none: 401, wrong: 401, function: 401, host: 403, system: 403 },
  webhook: { none: 401, wrong: 401, function: 401, host: 403 },
};

test('the table names every endpoint', () => {
  const named = [...TABLE.map(([method, path]) => `${method} ${path}`), ...REFUSED_TO_ALL];
  const all = ENDPOINTS.flatMap(({ methods, path }) => methods.map((method) => ({ method, path })));
  const missing = all.filter(
    ({ method, path }) =>
      !named.some((one) => {
        const [own, target = ''] = one.split(' ');
        const segments = target.split('?')[0]?.toLowerCase().split('/').filter(Boolean) ?? [];
        const fixed = path.filter((segment) => segment !== '*');
        return (
          own === method &&
          segments.length >= fixed.length &&
          (path.includes('*') || segments.length === path.length) &&
          fixed.every((segment, index) => segment.startsWith('{') || segment === segments[index])
        );
      }),
  );
  expect(missing).toEqual([]);
});

describe('with keys', () => {
  test.each(['none', 'wrong', 'function', 'host', 'system', 'master'] as const)('what the key "%s" opens', async (name) => {
    await using app = await adminApp();
    await app.ready;
    const key = name === 'none' ? undefined : KEYS[name];
    for (const [method, path, policy] of TABLE) {
      const { status, headers } = await ask(app, path, { method, key });
      const label = `${method} ${path}`;
      const refusal = expected[policy][name];
      if (refusal === undefined) expect([401, 403], label).not.toContain(status);
      else expect(status, label).toBe(refusal);
      expect(headers['www-authenticate'], label).toBe(refusal === 401 ? 'Bearer' : undefined);
    }
  });

  test('a system key opens the webhook of its extension alone, ignoring case', async () => {
    await using app = await adminApp();
    const statusOf = async (path: string): Promise<number> => (await ask(app, path, { key: KEYS.system })).status;
    expect(await statusOf('/runtime/webhooks/Blobs/x')).toBe(404);
    expect(await statusOf('/runtime/webhooks/eventgrid')).toBe(403);
    expect(await statusOf('/runtime/webhooks/blobs_extension')).toBe(403);
    expect(await statusOf(`/runtime/webhooks/blobs?code=${KEYS.system}`)).toBe(404);
  });

  test('a key that is called like the one of an extension opens no webhook, unless it is a system key', async () => {
    await using app = await adminApp();
    const put = (path: string) => ask(app, path, { method: 'PUT', key: KEYS.master, body: { value: 'by-name-alone' } });
    expect((await put('/admin/host/keys/blobs_extension')).status).toBe(201);
    expect((await ask(app, '/runtime/webhooks/blobs', { key: 'by-name-alone' })).status).toBe(403);
  });

  test('a key in the query counts where there is no header', async () => {
    await using app = await adminApp();
    expect((await ask(app, `/admin/host/status?code=${KEYS.master}`)).status).toBe(200);
    expect((await ask(app, `/admin/host/status?code=${KEYS.master}`, { key: KEYS.wrong })).status).toBe(401);
  });

  test('nobody writes files, and who may not ask is not told why', async () => {
    await using app = await adminApp();
    for (const line of REFUSED_TO_ALL) {
      const [method = '', path = ''] = line.split(' ');
      expect((await ask(app, path, { method })).status, line).toBe(401);
      expect(await ask(app, path, { method, key: KEYS.host }), line).toMatchObject({ status: 403, text: '' });
      expect(await ask(app, path, { method, key: KEYS.master, body: 'x' }), line).toMatchObject({
        status: 403,
        text: expect.stringContaining('does not write code'),
      });
    }
  });

  test.each([
    '/admin',
    '/admin/',
    '/runtime',
    '/admin/nosuch',
    '/admin/host',
    '/admin/host/nosuch',
    '/admin/host/nosuch/default',
    '/admin/host/status/x',
    '/admin/host%2Fstatus',
    '/admin/functions/Hello/keys/a/b',
    '/admin/functions/Hello/nosuch',
    '/admin/host/scale/status',
    '/admin/host/metrics',
    '/admin/instance/assign',
    '/runtime/webhooks',
    '/runtime/health/nosuch',
    '/runtime/swagger',
  ])('%s is nobody`s, whatever the key', async (path) => {
    await using app = await adminApp();
    for (const key of [undefined, KEYS.wrong, KEYS.host, KEYS.master]) {
      for (const method of ['GET', 'POST', 'PATCH']) expect((await ask(app, path, { method, key })).status).toBe(404);
    }
  });

  test.each([
    ['POST', '/admin/host/status'],
    ['GET', '/admin/host/drain'],
    ['DELETE', '/admin/host/drain/status'],
    ['GET', '/admin/host/synctriggers'],
    ['PATCH', '/admin/functions/Hello'],
    ['HEAD', '/admin/host/status'],
    ['POST', '/runtime/health/live'],
  ])('%s %s is unknown to all, as on Azure', async (method, path) => {
    await using app = await adminApp();
    for (const key of [undefined, KEYS.master]) expect((await ask(app, path, { method, key })).status).toBe(404);
  });
});

test.each([
  ['without a key', 'POST /admin/host/drain', undefined, '401'],
  ['with the key', 'POST /admin/host/drain', KEYS.master, '202'],
  ['to nobody', 'PUT /admin/nosuch', undefined, '404'],
  ['to everybody', 'POST /admin/host/ping', undefined, '200'],
])('a body that never ends and that nobody asked for is cut off: %s', async (_, line, key, status) => {
  await using app = await adminApp();
  await app.ready;
  const socket = connect(app.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(
    `${line} HTTP/1.1\r\nHost: localhost\r\n${key === undefined ? '' : `x-functions-key: ${key}\r\n`}Transfer-Encoding: chunked\r\n\r\n`,
  );
  await until(() => answer.includes('\r\n\r\n'));
  const chunk = `100000\r\n${'x'.repeat(0x10_0000)}\r\n`;
  const endless = Readable.from(
    (function* () {
      for (let megabytes = 0; megabytes < 500; megabytes += 1) yield chunk;
    })(),
  );
  await expect(pipeline(endless, socket)).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});

test('a body that nobody asked for leaves the connection as it is', async () => {
  await using app = await adminApp();
  const head = `Host: localhost\r\nx-functions-key: ${KEYS.master}\r\n`;
  const first = `POST /admin/host/debug HTTP/1.1\r\n${head}Content-Length: 100000\r\n\r\n${'x'.repeat(100_000)}`;
  const second = `GET /admin/host/status HTTP/1.1\r\n${head}Connection: close\r\n\r\n`;
  const { answers } = await askRaw(app.port, first + second, { methods: ['POST', 'GET'] });
  expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
});

test('without keys everybody is an administrator, and there are no keys to show', async () => {
  await using app = await adminApp({ auth: false });
  expect((await ask(app, '/admin/host/status')).status).toBe(200);
  expect((await ask(app, '/admin/host/status', { key: KEYS.wrong })).status).toBe(200);
  for (const path of ['/admin/host/keys', '/admin/host/systemkeys/_master', '/admin/functions/Hello/keys/default']) {
    expect(await ask(app, path)).toMatchObject({ status: 409, text: expect.stringContaining('--auth') });
  }
});
