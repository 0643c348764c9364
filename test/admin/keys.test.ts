// The keys API: each row of its table, and what is sent to it by mistake or on purpose.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask as askRaw } from '../http/support/ask.ts';
import { type AdminApp, adminApp, ask, KEYS } from './support/admin-app.ts';

type Body = { readonly name: string; readonly value: string; readonly links: object[] };

const as = (app: AdminApp, method: string, path: string, body?: unknown) => ask(app, path, { method, key: KEYS.master, body });
const linksTo = (app: AdminApp, path: string) => [{ rel: 'self', href: `http://127.0.0.1:${app.port}${path}` }];
const opens = async (app: AdminApp, path: string, key: string): Promise<boolean> => (await ask(app, path, { key })).status !== 401;

const SCOPES: readonly (readonly [base: string, name: string, value: string])[] = [
  ['/admin/host/keys', 'default', KEYS.host],
  ['/admin/host/functionkeys', 'default', KEYS.host],
  ['/admin/host/systemkeys', 'blobs_extension', KEYS.system],
  ['/admin/functions/Hello/keys', 'default', KEYS.function],
  ['/admin/functions/HELLO/keys', 'default', KEYS.function],
];

const NO_KEYS: readonly unknown[] = [
  undefined,
  { name: 'mine' },
  { value: '' },
  { value: null },
  { value: 7 },
  { value: ['x'] },
  { value: 'x'.repeat(1025) },
  '{"value":',
  '[]',
  '"x"',
  'null',
];

const NO_NAMES = ['%20', '%00', 'a%0d%0ab', 'a%2Fb', '%2e%2e%2fx', 'a%5Cb', '%7F', '%C2%85', 'x'.repeat(128)];

describe.each(SCOPES)('%s', (base, name, value) => {
  test('lists its keys', async () => {
    await using app = await adminApp();
    expect(await as(app, 'GET', `${base}?code=${KEYS.master}&x=1`)).toMatchObject({
      status: 200,
      json: { keys: [{ name, value }], links: linksTo(app, base) },
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
  });

  test('shows one, whatever the case of its name', async () => {
    await using app = await adminApp();
    const path = `${base}/${name.toUpperCase()}`;
    expect(await as(app, 'GET', path)).toMatchObject({ status: 200, json: { name, value, links: linksTo(app, path) } });
    expect(await as(app, 'GET', `${base}/none`)).toMatchObject({ status: 404, text: '' });
  });

  test('makes one, and makes it anew', async () => {
    await using app = await adminApp();
    const path = `${base}/extra`;
    const made = await as(app, 'POST', `${path}?code=${KEYS.master}`);
    expect(made).toMatchObject({ status: 201, json: { name: 'extra', links: linksTo(app, path) } });
    expect(made.headers['location']).toBe(`http://127.0.0.1:${app.port}${path}`);
    const again = await as(app, 'POST', `${base}/EXTRA`);
    expect(again).toMatchObject({ status: 200, json: { name: 'extra' } });
    expect(again.headers['location']).toBeUndefined();
    const [first, second] = [made, again].map(({ json }) => (json as Body).value);
    expect(first).toMatch(/^[\w-]{54}==$/);
    expect(second).not.toBe(first);
    expect((await as(app, 'GET', path)).json).toMatchObject({ value: second });
  });

  test('sets one, replaces it and deletes it', async () => {
    await using app = await adminApp();
    const path = `${base}/mine`;
    const set = await as(app, 'PUT', path, { name: 'mine', value: 'a value of my own' });
    expect(set).toMatchObject({ status: 201, json: { name: 'mine', value: 'a value of my own', links: linksTo(app, path) } });
    expect(set.headers['location']).toBe(`http://127.0.0.1:${app.port}${path}`);
    expect(await as(app, 'PUT', path, { VALUE: 'another' })).toMatchObject({ status: 200, json: { name: 'mine', value: 'another' } });
    expect((await as(app, 'GET', base)).json).toMatchObject({
      keys: [
        { name, value },
        { name: 'mine', value: 'another' },
      ],
    });
    expect(await as(app, 'DELETE', path)).toMatchObject({ status: 204, text: '' });
    expect(await as(app, 'DELETE', path)).toMatchObject({ status: 404, text: '' });
  });

  test('refuses what is no key', async () => {
    await using app = await adminApp();
    for (const body of NO_KEYS) {
      expect(await as(app, 'PUT', `${base}/mine`, body), String(body)).toMatchObject({ status: 400, text: 'Invalid key value' });
    }
    expect((await as(app, 'GET', base)).json).toMatchObject({ keys: [{ name, value }] });
  });

  test('refuses what is no name of one', async () => {
    await using app = await adminApp();
    for (const bad of NO_NAMES) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        const answer = await as(app, method, `${base}/${bad}`, method === 'PUT' ? { value: 'x' } : undefined);
        expect(answer, `${method} ${bad}`).toMatchObject({ status: 400, text: 'Invalid key name' });
      }
    }
    expect((await as(app, 'GET', base)).json).toMatchObject({ keys: [{ name, value }] });
  });
});

test('a name of 127 characters, of any alphabet, is one', async () => {
  await using app = await adminApp();
  const name = `é${'x'.repeat(126)}`;
  expect((await as(app, 'PUT', `/admin/host/keys/${encodeURIComponent(name)}`, { value: 'x' })).json).toMatchObject({ name });
});

test('a body of another type or size is refused', async () => {
  await using app = await adminApp();
  const put = (body: string, type: string) =>
    ask(app, '/admin/host/keys/mine', { method: 'PUT', key: KEYS.master, body, headers: { 'content-type': type } });
  expect((await put('{"value":"x"}', 'text/plain')).status).toBe(415);
  expect((await put(`{"value":"${'x'.repeat(1024 * 1024)}"}`, 'application/json')).status).toBe(413);
});

test('a body that waits to be wanted is asked for, unless it is too long', async () => {
  await using app = await adminApp();
  const put = async (body: string) => {
    const head = ['PUT /admin/host/keys/mine HTTP/1.1', 'Host: localhost', `X-Functions-Key: ${KEYS.master}`, 'Expect: 100-continue'];
    const lines = [...head, 'Content-Type: application/json', `Content-Length: ${body.length}`, 'Connection: close', '', ''];
    const { answers } = await askRaw(app.port, lines.join('\r\n'), { afterwards: body, methods: ['PUT'] });
    return answers.map(({ status }) => status);
  };
  expect(await put('{"value":"x"}')).toContain(201);
  expect(await put('x'.repeat(1024 * 1024 + 1))).toEqual([413]);
});

describe('the master key', () => {
  test('is shown among the system keys alone', async () => {
    await using app = await adminApp();
    const path = '/admin/host/systemkeys/_master';
    expect(await as(app, 'GET', path)).toMatchObject({
      status: 200,
      json: { name: '_master', value: KEYS.master, links: linksTo(app, path) },
    });
    expect((await as(app, 'GET', '/admin/host/keys/_master')).status).toBe(404);
    expect((await as(app, 'GET', '/admin/functions/Hello/keys/_master')).status).toBe(404);
  });

  test.each(['keys', 'functionkeys', 'systemkeys'])('is set by way of %s, and counts at once', async (scope) => {
    await using app = await adminApp();
    const path = `/admin/host/${scope}/_master`;
    expect(await as(app, 'PUT', path, { value: 'the-next-master' })).toMatchObject({
      status: 200,
      json: { name: '_master', value: 'the-next-master' },
    });
    expect((await as(app, 'GET', '/admin/host/status')).status).toBe(401);
    const made = await ask(app, path, { method: 'POST', key: 'the-next-master' });
    expect(made).toMatchObject({ status: 201, json: { name: '_master' } });
    const { value } = made.json as Body;
    expect((await ask(app, '/admin/host/status', { key: value })).status).toBe(200);
    expect(JSON.parse(readFileSync(join(app.secrets, 'host.json'), 'utf8'))).toMatchObject({ masterKey: { value } });
  });

  test.each(['keys', 'functionkeys', 'systemkeys'])('is not deleted by way of %s', async (scope) => {
    await using app = await adminApp();
    expect(await as(app, 'DELETE', `/admin/host/${scope}/_MASTER`)).toMatchObject({ status: 400, text: 'Cannot delete System Key.' });
  });
});

test('a key works from when it is set to when it is deleted, and only where it should', async () => {
  await using app = await adminApp();
  await app.ready;
  expect(await opens(app, '/api/Hello', 'mine')).toBe(false);
  await as(app, 'PUT', '/admin/functions/Hello/keys/mine', { value: 'mine' });
  expect(await opens(app, '/api/Hello', 'mine')).toBe(true);
  expect(await opens(app, '/admin/host/status', 'mine')).toBe(false);
  await as(app, 'DELETE', '/admin/functions/Hello/keys/mine');
  expect(await opens(app, '/api/Hello', 'mine')).toBe(false);
});

test.each(['Nobody', '..%2fHello', '%00', 'host', '_master'])('the function "%s" has no keys', async (name) => {
  await using app = await adminApp();
  for (const path of [`/admin/functions/${name}/keys`, `/admin/functions/${name}/keys/default`])
    expect((await as(app, 'GET', path)).status).toBe(404);
  expect((await as(app, 'POST', `/admin/functions/${name}/keys/mine`)).status).toBe(404);
});

test('keys that are variables are shown, and not changed', async () => {
  await using app = await adminApp({
    variables: {
      AzureWebJobsSecretStorageType: 'environment',
      PORTICO_KEYS__HOST__MASTER: KEYS.master,
      PORTICO_KEYS__FUNCTIONS__HELLO__DEFAULT: KEYS.function,
    },
  });
  expect((await as(app, 'GET', '/admin/host/systemkeys/_master')).json).toMatchObject({ value: KEYS.master });
  for (const [method, path] of [
    ['POST', '/admin/host/keys/mine'],
    ['PUT', '/admin/host/keys/_master'],
    ['PUT', '/admin/functions/Hello/keys/default'],
    ['DELETE', '/admin/functions/Hello/keys/default'],
  ] as const) {
    const answer = await as(app, method, path, method === 'PUT' ? { value: 'x' } : undefined);
    expect(answer, path).toMatchObject({ status: 409, text: expect.stringMatching(/cannot be changed here\.\n.+start it anew\.\n$/) });
  }
});

test.each([
  ['in Development', 'Development', /keys/i],
  ['elsewhere', 'Production', /^$/],
])('a store that is away is 503, and says why %s', async (_, environment, text) => {
  await using app = await adminApp({ variables: { AZURE_FUNCTIONS_ENVIRONMENT: environment } });
  rmSync(join(app.secrets, 'host.json'));
  mkdirSync(join(app.secrets, 'host.json'));
  const answer = await as(app, 'GET', '/admin/host/keys');
  expect(answer).toMatchObject({ status: 503, text: expect.stringMatching(text), headers: { 'retry-after': '1' } });
  expect((await ask(app, '/admin/host/status')).status).toBe(401);
  expect((await ask(app, '/admin/host/ping', { key: 'x' })).status).toBe(200);
});

test('no key is in the log', async () => {
  await using app = await adminApp();
  await as(app, 'PUT', `/admin/host/keys/mine?code=${KEYS.master}`, { value: 'a-value-of-my-own' });
  await as(app, 'GET', `/admin/host/keys?CODE=${KEYS.master}`);
  const said = JSON.stringify([app.records, app.requests]);
  expect(said).not.toContain(KEYS.master);
  expect(said).not.toContain('a-value-of-my-own');
});
