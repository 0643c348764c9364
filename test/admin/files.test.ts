// /admin/vfs: files of the app that are read, and everything that is tried to read others.
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appFolder } from '../support/app-folder.ts';
import { type AdminApp, adminApp, ask, KEYS } from './support/admin-app.ts';

const SECRET = 'nobody may read this';
const get = (app: AdminApp, path: string, method = 'GET') => ask(app, path, { method, key: KEYS.master });

const SECRETS = [
  'local.settings.json',
  'local.settings.json.bak',
  'local.settings.json~',
  'local.settings.Development.json',
  '.local.settings.json.swp',
  '.env',
  '.env.local',
  '.envrc',
  '.portico/keys.json',
  '.portico/secrets/host.json',
  '.git/config',
  'deep/.env',
  'server.key',
  'server.pem',
  'server.pfx',
  'server.p12',
];

async function appWithSecrets(variables = {}): Promise<AdminApp & { readonly outside: string }> {
  const files = {
    ...Object.fromEntries(SECRETS.map((name) => [name, SECRET])),
    'deep/er/x.txt': 'deep',
    'a b.html': '<script>',
    empty: '',
  };
  const app = await adminApp({ files, variables });
  const outside = appFolder({ 'secret.txt': SECRET });
  symlinkSync(join(outside, 'secret.txt'), join(app.root, 'link.txt'));
  symlinkSync(outside, join(app.root, 'link'));
  symlinkSync('..', join(app.root, 'up'));
  symlinkSync('/', join(app.root, 'slash'));
  symlinkSync('.env', join(app.root, 'harmless.txt'));
  symlinkSync('.portico', join(app.root, 'harmless'));
  symlinkSync('circle', join(app.root, 'circle'));
  symlinkSync('deep/er', join(app.root, 'inside'));
  symlinkSync('nowhere', join(app.root, 'dangling'));
  return Object.assign(app, { outside });
}

describe('files of the app', () => {
  test('are read by their path below the root and by the one that functions name', async () => {
    await using app = await appWithSecrets();
    for (const path of ['deep/er/x.txt', 'inside/x.txt', `${app.root.slice(1)}/deep/er/x.txt`, `/${app.root}//deep/./er/x.txt`]) {
      expect(await get(app, `/admin/vfs/${path}`), path).toMatchObject({
        status: 200,
        text: 'deep',
        headers: { 'content-type': 'text/plain' },
      });
    }
    const { json } = await get(app, '/admin/functions/Hello');
    const { config_href } = json as { config_href: string };
    expect((await get(app, new URL(config_href).pathname)).json).toMatchObject({ bindings: expect.any(Array) });
  });

  test('are found in a folder that is called like the one of the app', async () => {
    await using app = await appWithSecrets();
    const nested = app.root.slice(1);
    mkdirSync(join(app.root, nested), { recursive: true });
    writeFileSync(join(app.root, nested, 'main.py'), 'nested');
    writeFileSync(join(app.root, nested, 'host.json'), 'of the folder');
    expect((await get(app, `/admin/vfs/${nested}/main.py`)).text).toBe('nested');
    expect((await get(app, `/admin/vfs/${nested}/host.json`)).json).toMatchObject({ version: '2.0' });
    expect((await get(app, `/admin/vfs/${nested}/${nested}/host.json`)).text).toBe('of the folder');
  });

  test('are told of before they are read', async () => {
    await using app = await appWithSecrets();
    const head = await get(app, '/admin/vfs/deep/er/x.txt', 'HEAD');
    expect(head).toMatchObject({ status: 200, text: '', headers: { 'content-length': '4', 'content-type': 'text/plain' } });
    expect(head.headers['etag']).toBe((await get(app, '/admin/vfs/deep/er/x.txt')).headers['etag']);
    expect(await get(app, '/admin/vfs/empty')).toMatchObject({ status: 200, text: '' });
  });

  test('that a browser shows can do nothing', async () => {
    await using app = await appWithSecrets();
    const { headers } = await get(app, '/admin/vfs/a%20b.html');
    expect(headers).toMatchObject({
      'content-type': 'text/html',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
    });
  });

  test('are passed on byte for byte', async () => {
    await using app = await appWithSecrets();
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7) % 256));
    writeFileSync(join(app.root, 'bytes.bin'), bytes);
    const answer = await get(app, '/admin/vfs/bytes.bin');
    expect(answer.bytes.equals(bytes)).toBe(true);
    expect(answer.headers['content-type']).toBe('application/octet-stream');
  });

  test('are listed as Kudu lists them', async () => {
    await using app = await appWithSecrets();
    const base = `http://127.0.0.1:${app.port}/admin/vfs${app.root}`;
    for (const path of ['/admin/vfs', '/admin/vfs/', `/admin/vfs${app.root}/`, `/admin/vfs/?code=${KEYS.master}`]) {
      const { status, json } = await get(app, path);
      expect(status, path).toBe(200);
      const entries = json as Record<string, unknown>[];
      expect(entries.map(({ name }) => name)).toEqual(['Hello', 'Manual', 'a b.html', 'deep', 'empty', 'host.json', 'inside', 'server.js']);
      expect(entries.find(({ name }) => name === 'a b.html')).toEqual({
        name: 'a b.html',
        size: 8,
        mtime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/),
        crtime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/),
        mime: 'text/html',
        href: `${base}/a%20b.html`,
        path: join(app.root, 'a b.html'),
      });
      expect(entries.find(({ name }) => name === 'deep')).toMatchObject({ size: 0, mime: 'inode/directory', href: `${base}/deep/` });
    }
    expect((await get(app, '/admin/vfs/deep')).json).toMatchObject([{ name: 'er' }]);
  });
});

/** Each is written as it is sent. {root}, {outside} and {name} are filled in. */
const ATTEMPTS = [
  '../{name}',
  '..%2f{name}',
  '%2e%2e/{name}',
  '%2e%2e%2f%2e%2e%2f{outside}/secret.txt',
  '..%5c{name}',
  '....//{name}',
  '..;/{name}',
  '.%00./{name}',
  '%c0%ae%c0%ae/{name}',
  '%252e%252e/{name}',
  'deep/../../{name}',
  'deep/%2e%2e/%2e%2e/{name}',
  'deep%2f..%2f..%2f{name}',
  '{outside}/secret.txt',
  '/{outside}/secret.txt',
  '//{outside}//secret.txt',
  '%2f{outside}%2fsecret.txt',
  '{root}/../{name}',
  '{root}%2f..%2f{name}',
  '{root}/up/{name}',
  '{root}x/secret.txt',
  'etc/passwd',
  '/etc/passwd',
  '{root}/slash/etc/passwd',
  'slash/etc/passwd',
  'file:///etc/passwd',
  'C:/Windows/win.ini',
  'up/{name}/secret.txt',
  'up',
  'link',
  'link/',
  'link/secret.txt',
  'link.txt',
  'circle',
  'dangling',
  'harmless.txt',
  'harmless',
  'harmless/keys.json',
  'host.json/x',
  'host.json%00.txt',
  'deep/er/x.txt%00',
  'nosuch',
  'x'.repeat(5000),
  'proc/self/environ',
  'fifo',
];

describe('what is no file of the app', () => {
  test.each(ATTEMPTS)('%s is 404', async (attempt) => {
    await using app = await appWithSecrets();
    execFileSync('mkfifo', [join(app.root, 'fifo')]);
    const path = attempt
      .replace('{root}', app.root.slice(1))
      .replace('{outside}', app.outside.slice(1))
      .replace('{name}', app.outside.split('/').at(-1) ?? '');
    for (const method of ['GET', 'HEAD']) {
      for (const area of ['vfs', 'zip']) {
        const { status, text } = await get(app, `/admin/${area}/${path}`, method);
        expect(status, `${method} ${area}`).toBe(404);
        expect(text).toBe('');
      }
    }
  });

  test('is not given out, however it is called', async () => {
    await using app = await appWithSecrets();
    for (const name of SECRETS) {
      for (const path of [
        name,
        name.toUpperCase(),
        `${name}.`,
        `${name}%20`,
        `${name}/`,
        name.replaceAll('.', '%2e'),
        `${app.root.slice(1)}/${name}`,
      ]) {
        const { status, text } = await get(app, `/admin/vfs/${path}`);
        expect(status, path).toBe(404);
        expect(text).toBe('');
      }
    }
    for (const folder of ['.portico', '.git', '.portico/secrets'])
      expect((await get(app, `/admin/vfs/${folder}/`)).status, folder).toBe(404);
    expect((await get(app, '/admin/vfs/deep/')).json).toMatchObject([{ name: 'er' }]);
  });

  test('are the keys, where they lie among the files of the app', async () => {
    await using app = await adminApp({ variables: { FUNCTIONS_SECRETS_PATH: 'my keys' } });
    mkdirSync(join(app.root, 'my keys'));
    writeFileSync(
      join(app.root, 'my keys/host.json'),
      JSON.stringify({ masterKey: { name: 'master', value: KEYS.master, encrypted: false } }),
    );
    symlinkSync('my keys', join(app.root, 'other'));
    for (const path of ['my%20keys', 'my%20keys/host.json', 'other/host.json'])
      expect((await get(app, `/admin/vfs/${path}`)).status, path).toBe(404);
    expect((await get(app, '/admin/vfs/host.json')).status).toBe(200);
  });

  test('a second name of a file inside is one', async () => {
    await using app = await adminApp();
    linkSync(join(app.root, 'server.js'), join(app.root, 'again.js'));
    expect((await get(app, '/admin/vfs/again.js')).status).toBe(200);
  });
});
