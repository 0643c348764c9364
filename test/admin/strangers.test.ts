// Without keys: web pages that try to use the admin API of a developer's machine, by DNS rebinding and across origins.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../packages/portico/src/admin/endpoints.ts';
import { ask as askRaw } from '../http/support/ask.ts';
import { adminApp, ask, KEYS } from './support/admin-app.ts';

describe('bound to loopback, without keys', () => {
  test.each([
    ['localhost:{port}', 200],
    ['LOCALHOST:{port}', 200],
    ['localhost.:{port}', 200],
    ['localhost', 200],
    ['app.localhost:1', 200],
    ['127.0.0.1:{port}', 200],
    ['127.8.9.10', 200],
    ['127.1', 200],
    ['[::1]:{port}', 200],
    ['evil.example', 403],
    ['evil.example:{port}', 403],
    ['localhost.evil.example', 403],
    ['evillocalhost', 403],
    ['127.0.0.1.evil.example', 403],
    ['127.0.0.1.', 200],
    ['0.0.0.0:{port}', 403],
    ['[::]', 403],
    ['[::ffff:127.0.0.1]', 403],
    ['192.168.1.4:{port}', 403],
    ['128.0.0.1', 403],
    ['2130706433', 200],
    ['localhost:99999', 403],
  ])('Host "%s" is answered with %i', async (host, status) => {
    await using app = await adminApp({ auth: false });
    const headers = { host: host.replace('{port}', String(app.port)) };
    const answer = await ask(app, '/admin/host/status', { headers });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.text).toMatch(/^This request came by another name .+ --auth .+\.\n$/);
    expect((await ask(app, '/admin/host/keys', { headers })).status).toBe(status === 200 ? 409 : 403);
  });

  test('an absolute target counts as well as the Host', async () => {
    await using app = await adminApp({ auth: false });
    const own = `http://localhost:${app.port}/admin/host/status`;
    expect((await ask(app, own)).status).toBe(200);
    expect((await ask(app, own, { headers: { host: 'evil.example' } })).status).toBe(403);
    expect((await ask(app, 'http://evil.example/admin/host/status')).status).toBe(403);
  });

  test.each([
    ['none, as HTTP/1.0 allows and no browser does', 'HTTP/1.0', 200],
    ['an empty one', 'HTTP/1.1\r\nHost:', 403],
  ])('who says no Host: %s', async (_, rest, status) => {
    await using app = await adminApp({ auth: false });
    const { answers } = await askRaw(app.port, `GET /admin/host/status ${rest}\r\n\r\n`);
    expect(answers.map((answer) => answer.status)).toEqual([status]);
  });

  test.each([
    ['none', {}, 200],
    ['of this host', { origin: 'http://127.0.0.1:{port}' }, 200],
    ['of this host by another name of the machine', { origin: 'http://localhost:{port}' }, 200],
    ['as a browser says it', { origin: 'http://127.0.0.1:{port}', 'sec-fetch-site': 'same-origin' }, 200],
    ['of an address that was typed', { 'sec-fetch-site': 'none' }, 200],
    ['of a script of the own page', { 'sec-fetch-site': 'same-origin' }, 200],
    ['of a stranger', { origin: 'https://evil.example' }, 403],
    ['of a stranger on our port', { origin: 'http://evil.example:{port}' }, 403],
    ['that is opaque', { origin: 'null' }, 403],
    ['that is empty', { origin: '' }, 403],
    ['of an extension', { origin: 'chrome-extension://abcdef' }, 403],
    ['of another port of this machine', { origin: 'http://localhost:3000' }, 403],
    ['with another protocol', { origin: 'https://127.0.0.1:{port}' }, 403],
    ['that is two', { origin: 'http://127.0.0.1:{port}, https://evil.example' }, 403],
    ['of an image on a foreign page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['of a page on another port', { 'sec-fetch-site': 'same-site' }, 403],
    ['of a page that --cors allows', { origin: 'https://friend.example' }, 403],
    ['of a link on a page that --cors allows', { origin: 'https://friend.example', 'sec-fetch-site': 'cross-site' }, 403],
  ])('an origin %s', async (_, said, status) => {
    await using app = await adminApp({ auth: false, cors: { origins: ['https://friend.example'], credentials: false } });
    const headers = Object.fromEntries(Object.entries(said).map(([name, value]) => [name, value.replace('{port}', String(app.port))]));
    expect((await ask(app, '/admin/host/status', { headers })).status).toBe(status);
    // Blindly: with a body that needs no preflight.
    const blind = await ask(app, '/admin/host/drain', { method: 'POST', headers: { ...headers, 'content-type': 'text/plain' }, body: 'x' });
    expect(blind.status).toBe(status === 200 ? 202 : 403);
    if (status === 403) expect(blind.text).toMatch(/^This request came from a web page .+ --auth .+\.\n$/);
    const draining = await ask(app, '/admin/host/drain/status');
    expect(draining.json).toMatchObject({ state: status === 200 ? 'Completed' : 'Disabled' });
  });

  test.each([
    ['by another name', { host: 'evil.example' }],
    ['from another page', { origin: 'https://evil.example', 'content-type': 'text/plain' }],
    ['from another page, unseen', { 'sec-fetch-site': 'cross-site' }],
  ])('nothing that is not for everybody is for who comes %s', async (_, headers) => {
    await using app = await adminApp({ auth: false });
    for (const { methods, path, policy } of ENDPOINTS) {
      // One word of health is for everybody, by whatever name.
      if (policy === 'open' || typeof policy === 'function') continue;
      const target = `/${path.map((segment) => (segment.startsWith('{') ? 'Manual' : segment)).join('/')}`;
      for (const method of methods) {
        expect((await ask(app, target, { method, headers, body: method === 'GET' ? undefined : '{}' })).status, target).toBe(403);
      }
    }
    // Nor has any of it happened: no function is gone, and nothing restarts.
    await app.ready;
    expect(existsSync(join(app.root, 'Manual/function.json'))).toBe(true);
    expect(app.records.filter(({ message }) => message.includes('The admin API'))).toEqual([]);
  });

  test('ping and the one word of health are for everybody', async () => {
    await using app = await adminApp({ auth: false });
    await app.ready;
    const headers = { host: 'evil.example', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    for (const path of ['/admin/host/ping', '/runtime/health/live', '/runtime/health/ready', '/runtime/health/startup']) {
      expect((await ask(app, path, { headers })).status, path).toBe(200);
    }
    expect((await ask(app, '/runtime/health/live?expand=true', { headers })).status).toBe(403);
  });

  test('a webhook is not for other names either', async () => {
    await using app = await adminApp({ auth: false });
    expect((await ask(app, '/runtime/webhooks/blobs', { headers: { host: 'evil.example' } })).status).toBe(403);
  });
});

test('bound to everything, without keys, the names are unknown, and pages of others are still refused', async () => {
  await using app = await adminApp({ auth: false, address: '0.0.0.0' });
  const statusOf = async (headers: Record<string, string>): Promise<number> => (await ask(app, '/admin/host/status', { headers })).status;
  expect(await statusOf({ host: 'build.example' })).toBe(200);
  expect(await statusOf({ host: 'build.example', origin: 'http://build.example' })).toBe(200);
  expect(await statusOf({ host: 'build.example', origin: 'https://evil.example' })).toBe(403);
  expect(await statusOf({ host: 'build.example', origin: 'http://localhost' })).toBe(403);
});

test('with keys a key is all that counts', async () => {
  await using app = await adminApp();
  const headers = { host: 'app.example', origin: 'https://portal.example' };
  expect((await ask(app, '/admin/host/status', { headers, key: KEYS.master })).status).toBe(200);
  expect((await ask(app, '/admin/host/status', { headers })).status).toBe(401);
});
