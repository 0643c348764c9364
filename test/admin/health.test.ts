// /runtime/health/*: one word for everybody, the rest for who has the master key.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { adminApp, ask, KEYS } from './support/admin-app.ts';

const PATHS = ['/runtime/health', '/runtime/health/live', '/runtime/health/ready', '/runtime/health/startup'];
/** Listens once the file `go` is there. */
const LATE = `
const { existsSync } = require('node:fs');
const wait = setInterval(() => {
  if (!existsSync('go')) return;
  clearInterval(wait);
  require('node:http').createServer((_, response) => response.end()).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
}, 10);
`;

test('a host that serves says one word, and nothing else without a key', async () => {
  await using app = await adminApp();
  await app.ready;
  for (const path of PATHS) {
    expect(await ask(app, path), path).toMatchObject({ status: 200, text: '{"status":"Healthy"}' });
    expect(await ask(app, path, { key: KEYS.wrong }), path).toMatchObject({ status: 200, text: '{"status":"Healthy"}' });
    expect(await ask(app, path, { method: 'HEAD' }), path).toMatchObject({ status: 200, text: '' });
    expect((await ask(app, `${path}?expand=true`)).status, path).toBe(401);
    expect((await ask(app, `${path}?expand=true`, { key: KEYS.host })).status, path).toBe(403);
    expect((await ask(app, `${path}?expand=false&expand=true`)).text).toBe('{"status":"Healthy"}');
    expect((await ask(app, `${path}?Expand=TRUE`, { key: KEYS.master })).json, path).toMatchObject({
      status: 'Healthy',
      state: 'Running',
      handlers: [{ state: 'ready', pid: expect.any(Number) }],
      reloads: { underWay: false, count: 1 },
      draining: false,
      errors: [],
    });
  }
});

test('until the handler is ready the host lives and is not ready; who waits learns when it is', async () => {
  await using app = await adminApp({ files: { 'server.js': LATE } });
  const wordOf = async (path: string) => (await ask(app, path)).json;
  expect(await wordOf('/runtime/health/live')).toEqual({ status: 'Healthy' });
  for (const path of ['/runtime/health', '/runtime/health/ready', '/runtime/health/startup', '/runtime/health/ready?wait=0']) {
    expect(await ask(app, path), path).toMatchObject({ status: 503, text: '{"status":"Unhealthy"}' });
  }
  const waiting = ['ready', 'startup'].map((name) => ask(app, `/runtime/health/${name}?wait=60`));
  await ask(app, '/runtime/health/live');
  writeFileSync(join(app.root, 'go'), '');
  for (const answer of await Promise.all(waiting)) expect(answer).toMatchObject({ status: 200, text: '{"status":"Healthy"}' });
});

test('an app that goes offline is not ready, and has started all the same', async () => {
  await using app = await adminApp();
  await app.ready;
  writeFileSync(join(app.root, 'app_offline.htm'), 'away');
  await until(() => app.state === 'Offline');
  expect((await ask(app, '/runtime/health/ready')).status).toBe(503);
  expect((await ask(app, '/runtime/health/startup')).status).toBe(200);
  expect((await ask(app, '/runtime/health/live')).status).toBe(200);
});

test('what is wrong with the app is for who has the key', async () => {
  await using app = await adminApp({ files: { 'host.json': '{' } });
  expect(await ask(app, '/runtime/health/ready')).toMatchObject({ status: 503, text: '{"status":"Unhealthy"}' });
  const { status, json } = await ask(app, '/runtime/health/ready?expand=true', { key: KEYS.master });
  expect({ status, json }).toMatchObject({ status: 503, json: { state: 'Error', errors: [expect.any(String)] } });
});

test.each(['x', '-1', '1.5', '1e3', '', '%20', '9999999999', '1&wait=2x', '0x10'])(
  'wait=%s is refused or read as it stands',
  async (wait) => {
    await using app = await adminApp();
    await app.ready;
    const { status, json } = await ask(app, `/runtime/health/live?wait=${wait}`);
    if (wait === '1&wait=2x') expect(status).toBe(200);
    else expect({ status, json }).toMatchObject({ status: 400, json: { code: 'BadArgument', target: expect.stringMatching(/^wait=/) } });
  },
);

test('a longer wait than a minute counts as one, and ends with the host', async () => {
  const app = await adminApp({ files: { 'server.js': LATE } });
  const waiting = ask(app, '/runtime/health/ready?wait=600').catch(() => undefined);
  await ask(app, '/runtime/health/live');
  await app.stop({ graceMs: 0 });
  expect((await waiting)?.status ?? 503).toBe(503);
});
