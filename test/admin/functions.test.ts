// /admin/functions/*: functions that are written and deleted, their state, and the app as a zip.
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appFolder, httpFunction } from '../support/app-folder.ts';
import { readZip } from '../support/read-zip.ts';
import { until } from '../support/until.ts';
import { type AdminApp, adminApp, ask, KEYS } from './support/admin-app.ts';

const as = (app: AdminApp, method: string, path: string, body?: unknown) => ask(app, path, { method, key: KEYS.master, body });
const read = (app: AdminApp, path: string): unknown => JSON.parse(readFileSync(join(app.root, path), 'utf8'));

/** Root may write anywhere, so it becomes somebody else meanwhile. */
async function asUser(work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a function', () => {
  test('is listed, shown and asked for its state', async () => {
    await using app = await adminApp({ files: { 'Broken/function.json': httpFunction({ authLevel: 'nosuch' }) } });
    const { json } = await as(app, 'GET', '/admin/functions');
    expect(json).toMatchObject([{ name: 'Broken' }, { name: 'Hello' }, { name: 'Manual' }]);
    expect(await as(app, 'GET', '/admin/functions/HELLO')).toMatchObject({ status: 200, json: { name: 'Hello' } });
    expect(await as(app, 'GET', '/admin/functions/hello/status')).toMatchObject({ status: 200, text: '{}' });
    expect((await as(app, 'GET', '/admin/functions/Broken/status')).json).toMatchObject({ errors: [expect.any(String)] });
    for (const path of ['Nobody', 'Nobody/status', '..%2fHello', '%00'])
      expect((await as(app, 'GET', `/admin/functions/${path}`)).status).toBe(404);
  });

  test('is described with addresses that can be asked as they stand', async () => {
    await using app = await adminApp({ variables: { TMPDIR: '/tmp/my files/ü' } });
    const { json } = await as(app, 'GET', '/admin/functions/Hello');
    const { test_data_href } = json as { test_data_href: string };
    expect(new URL(test_data_href).href).toBe(test_data_href);
    expect(test_data_href).toMatch(/\/admin\/vfs\/tmp\/my%20files\/%C3%BC\/FunctionsData\/Hello\.dat$/);
  });

  test('is written, and served a moment later', async () => {
    await using app = await adminApp();
    await app.ready;
    const config = httpFunction({ route: 'new/{id}' });
    const path = '/admin/functions/New_one-1';
    const { status, json, headers } = await as(app, 'PUT', `${path}?code=${KEYS.master}`, { config, files: null, test_data: 'x' });
    const base = `http://127.0.0.1:${app.port}`;
    expect({ status, location: headers['location'] }).toEqual({ status: 201, location: `${base}${path}` });
    expect(json).toMatchObject({
      name: 'New_one-1',
      href: `${base}${path}`,
      invoke_url_template: `${base}/api/new/{id}`,
      config,
      files: null,
      isDisabled: false,
    });
    expect(read(app, 'New_one-1/function.json')).toEqual(config);
    expect(readdirSync(join(app.root, 'New_one-1'))).toEqual(['function.json']);
    await until(async () => (await ask(app, '/api/new/7')).status !== 404);
    expect(await as(app, 'GET', path)).toMatchObject({ status: 200, json: { ...(json as object), test_data: '' } });
  });

  test('is written over under the name that it has', async () => {
    await using app = await adminApp();
    const config = httpFunction({ methods: ['get'] });
    expect(await as(app, 'PUT', '/admin/functions/hello', { CONFIG: config, files: {} })).toMatchObject({
      status: 201,
      json: { name: 'Hello' },
    });
    expect(read(app, 'Hello/function.json')).toEqual(config);
    expect(existsSync(join(app.root, 'hello'))).toBe(false);
  });

  test.each([
    ['bad%20name', 'bad name is not a valid function name'],
    ['9digits', '9digits is not a valid function name'],
    ['Host', 'Host is not a valid function name'],
    ['..%2fevil', '../evil is not a valid function name'],
    ['..%5cevil', '..\\evil is not a valid function name'],
    ['.portico', '.portico is not a valid function name'],
    ['x%00', 'x\0 is not a valid function name'],
    ['x'.repeat(129), `${'x'.repeat(129)} is not a valid function name`],
  ])('cannot be called %s', async (name, text) => {
    await using app = await adminApp();
    const before = readdirSync(app.root);
    expect(await as(app, 'PUT', `/admin/functions/${name}`, { config: httpFunction() })).toMatchObject({ status: 400, text });
    expect((await as(app, 'DELETE', `/admin/functions/${name}`)).status).toBe(404);
    expect(readdirSync(app.root)).toEqual(before);
  });

  test.each<[unknown, number]>([
    [undefined, 400],
    ['', 400],
    ['[]', 400],
    ['{"config":', 400],
    [{}, 400],
    [{ config: null }, 400],
    [{ config: [] }, 400],
    [{ config: 'x' }, 400],
    [{ config: {} }, 400],
    [{ config: { bindings: {} } }, 400],
    [{ config: { bindings: ['x'] } }, 400],
    [{ config: httpFunction(), files: { 'run.sh': 'rm -rf /' } }, 403],
    [{ config: httpFunction(), files: ['x'] }, 403],
    [{ config: httpFunction(), padding: 'x'.repeat(1024 * 1024) }, 413],
  ])('is not written from %j', async (body, status) => {
    await using app = await adminApp();
    expect((await as(app, 'PUT', '/admin/functions/Fresh', body)).status).toBe(status);
    expect(existsSync(join(app.root, 'Fresh'))).toBe(false);
  });

  test('does not take the place of what is something else', async () => {
    await using app = await adminApp({ files: { 'src/main.go': 'package main', notes: 'mine' } });
    const outside = appFolder({ 'function.json': httpFunction(), 'precious.txt': 'x' });
    symlinkSync(outside, join(app.root, 'Linked'));
    mkdirSync(join(app.root, 'Half'));
    symlinkSync(join(outside, 'function.json'), join(app.root, 'Half/function.json'));
    for (const name of ['src', 'notes', 'Linked', 'linked', 'Half']) {
      expect(await as(app, 'PUT', `/admin/functions/${name}`, { config: httpFunction() }), name).toMatchObject({ status: 409 });
      expect((await as(app, 'DELETE', `/admin/functions/${name}`)).status, name).toBe(404);
    }
    expect(readdirSync(outside).sort()).toEqual(['function.json', 'precious.txt']);
    expect(lstatSync(join(app.root, 'Half/function.json')).isSymbolicLink()).toBe(true);
  });

  test('goes with its folder, and links in that lead nowhere any more', async () => {
    await using app = await adminApp();
    const outside = appFolder({ 'precious.txt': 'x' });
    symlinkSync(outside, join(app.root, 'Hello/link'));
    expect(await as(app, 'DELETE', '/admin/functions/hELLO')).toMatchObject({ status: 204, text: '' });
    expect(existsSync(join(app.root, 'Hello'))).toBe(false);
    expect(readdirSync(outside)).toEqual(['precious.txt']);
    expect((await as(app, 'DELETE', '/admin/functions/Hello')).status).toBe(404);
    await until(async () => (await as(app, 'GET', '/admin/functions/Hello')).status === 404);
  });

  test('is written and deleted by many at once, as if they came one after another', async () => {
    await using app = await adminApp();
    const put = () => as(app, 'PUT', '/admin/functions/Fresh', { config: httpFunction() });
    const take = () => as(app, 'DELETE', '/admin/functions/Fresh');
    const statusesOf = async (asked: ReturnType<typeof put>[]) => new Set((await Promise.all(asked)).map(({ status }) => status));
    expect(await statusesOf(Array.from({ length: 10 }, put))).toEqual(new Set([201]));
    expect(await statusesOf(Array.from({ length: 10 }, take))).toEqual(new Set([204, 404]));
    for (const status of await statusesOf(Array.from({ length: 20 }, (_, i) => (i % 2 ? take : put)())))
      expect([201, 204, 404]).toContain(status);
  });

  test('is neither written nor deleted where nothing can be written', async () => {
    await using app = await adminApp();
    // From now on its keys are known.
    expect((await as(app, 'GET', '/admin/functions')).status).toBe(200);
    chmodSync(app.root, 0o555);
    try {
      await asUser(async () => {
        const text = 'This host cannot write that file of the app.';
        expect(await as(app, 'PUT', '/admin/functions/Fresh', { config: httpFunction() })).toMatchObject({ status: 400, text });
        expect(await as(app, 'DELETE', '/admin/functions/Hello')).toMatchObject({ status: 400, text });
      });
    } finally {
      chmodSync(app.root, 0o755);
    }
  });

  test('is taken over although nobody watches the files', async () => {
    const hostJson = {
      version: '2.0',
      fileWatchingEnabled: false,
      customHandler: { description: { defaultExecutablePath: 'node', arguments: ['server.js'] } },
    };
    await using app = await adminApp({ files: { 'host.json': hostJson } });
    await app.ready;
    await as(app, 'PUT', '/admin/functions/Fresh', { config: httpFunction() });
    await until(async () => (await as(app, 'GET', '/admin/functions/Fresh')).status === 200);
    await as(app, 'DELETE', '/admin/functions/Fresh');
    await until(async () => (await as(app, 'GET', '/admin/functions/Fresh')).status === 404);
  });
});

describe('the app as a zip', () => {
  const files = {
    '.funcignore': '*.tmp\n/ignored/\n!keep.tmp\n',
    'a.tmp': 'x',
    'keep.tmp': 'kept',
    'ignored/x.txt': 'x',
    'deep/er/x.txt': 'deep',
    'local.settings.json': '{}',
    '.env': 'SECRET=1',
    '.git/config': 'x',
    '.portico/keys.json': '{}',
    'certificate.pem': 'x',
  };

  test('holds what would be published', async () => {
    await using app = await adminApp({ files });
    const outside = appFolder({ 'secret.txt': 'x' });
    symlinkSync(join(outside, 'secret.txt'), join(app.root, 'leads-out.txt'));
    symlinkSync(outside, join(app.root, 'leads-out'));
    symlinkSync(app.root, join(app.root, 'deep/circle'));
    symlinkSync(join(app.root, 'deep/er/x.txt'), join(app.root, 'leads-in.txt'));
    symlinkSync(join(app.root, '.env'), join(app.root, 'harmless.txt'));
    const { status, headers, bytes } = await as(app, 'GET', '/admin/functions/download');
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/zip' });
    const found = readZip(bytes);
    expect(Object.keys(found).sort()).toEqual(
      [
        '.funcignore',
        'Hello/function.json',
        'Manual/function.json',
        'deep/er/x.txt',
        'host.json',
        'keep.tmp',
        'leads-in.txt',
        'server.js',
      ].sort(),
    );
    expect(found).toMatchObject({ 'keep.tmp': 'kept', 'leads-in.txt': 'deep' });
  });

  test('of a folder holds what is below it', async () => {
    await using app = await adminApp({ files });
    const { bytes, headers } = await as(app, 'GET', '/admin/zip/deep/');
    expect(readZip(bytes)).toEqual({ 'er/x.txt': 'deep' });
    expect(headers['content-disposition']).toBe('attachment; filename="deep.zip"');
    for (const path of ['host.json', '.git', '.portico/', 'nosuch', '%2e%2e%2f'])
      expect((await as(app, 'GET', `/admin/zip/${path}`)).status, path).toBe(404);
  });

  test('whose caller goes away leaves no file open', async () => {
    await using app = await adminApp({ files: { 'big.bin': 'x'.repeat(64 * 1024 * 1024) } });
    const open = () =>
      readdirSync('/proc/self/fd')
        .flatMap((fd) => linkOf(`/proc/self/fd/${fd}`))
        .filter((path) => path.endsWith('big.bin'));
    const asked = request({ port: app.port, path: '/admin/functions/download', headers: { 'x-functions-key': KEYS.master } });
    asked.on('error', () => {});
    asked.on('response', (response) => response.once('data', () => asked.destroy()));
    asked.end();
    await until(() => app.requests.some(({ target }) => target === '/admin/functions/download'));
    await until(() => open().length === 0);
    expect((await as(app, 'GET', '/admin/host/status')).status).toBe(200);
  });
});

function linkOf(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    // Closed meanwhile.
    return [];
  }
}
