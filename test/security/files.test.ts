// Names that lead elsewhere, in everything that reads names: files of the app, zips, functions, keys, webhooks.
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask, question } from '../http/support/ask.ts';
import { type Attacked, attackedApp, KEYS } from './support/attacked-app.ts';

const AS_MASTER = [`X-Functions-Key: ${KEYS.master}`];

async function answerTo(app: Attacked, line: string, body = ''): Promise<{ status: number | undefined; body: string }> {
  const headers = [...AS_MASTER, 'Content-Type: application/json', ...(body === '' ? [] : [`Content-Length: ${body.length}`])];
  const { answers } = await ask(app.port, question(line, headers, body));
  return { status: answers[0]?.status, body: answers[0]?.body ?? '' };
}

const UP = [
  '..',
  '%2e%2e',
  '.%2e',
  '..%2f..',
  '%2e%2e%2f%2e%2e',
  '..%5c..',
  '%252e%252e',
  '..%00',
  '..;',
  '...',
  '%c0%ae%c0%ae',
  '..%ef%bc%8f..',
];

describe('files of the app', () => {
  test('are those below its root, and none that are secret', async () => {
    await using app = await attackedApp();
    const { root } = app.app;
    const secrets = app.app.settings.FUNCTIONS_SECRETS_PATH ?? '';
    writeFileSync(join(root, 'local.settings.json'), '{"Values":{"A":"TOP-SECRET"}}');
    writeFileSync(join(root, '.env.local'), 'A=TOP-SECRET');
    writeFileSync(join(root, 'tls.pem'), 'TOP-SECRET');
    mkdirSync(join(root, '.portico'), { recursive: true });
    writeFileSync(join(root, '.portico/keys.json'), 'TOP-SECRET');
    const outside = join(dirname(root), `outside-${process.pid}-${app.port}`);
    symlinkSync('/etc', join(root, 'etc'));
    symlinkSync(join(root, '..'), join(root, 'up'));
    symlinkSync(secrets, join(root, 'keys'));
    symlinkSync(join(root, 'local.settings.json'), join(root, 'harmless.json'));
    symlinkSync('.', join(root, 'round'));
    const paths = [
      ...UP.flatMap((up) => [
        `${up}/etc/passwd`,
        `${up}/${up}/${up}/etc/passwd`,
        `Open/${up}/${up}/etc/passwd`,
        `${up}${secrets}/host.json`,
      ]),
      ...[
        '/etc/passwd',
        '//etc/passwd',
        '%2fetc%2fpasswd',
        'etc/passwd',
        'up/etc/passwd',
        'keys/host.json',
        'file:%2f%2f%2fetc/passwd',
        'C:%5cWindows',
      ],
      ...[
        'local.settings.json',
        'LOCAL.SETTINGS.JSON',
        'local.settings.json.',
        'local.settings.json%20',
        'harmless.json',
        '.env.local',
        'tls.pem',
      ],
      ...[
        '.portico/keys.json',
        '.PORTICO/keys.json',
        '%2eportico/keys.json',
        './.portico/keys.json',
        'Open/../.portico/keys.json',
        'round/.portico/keys.json',
        'round/round/local.settings.json',
      ],
      `${secrets}/host.json`.slice(1),
      `${root}/local.settings.json`.slice(1),
      `${root}/../${outside}`.slice(1),
    ];
    for (const path of paths) {
      const { status, body } = await answerTo(app, `GET /admin/vfs/${path}`);
      // What leads out of /admin is a function's.
      const isOurs = app.requests.at(-1)?.functionName === undefined;
      if (isOurs) expect([400, 404], path).toContain(status);
      if (isOurs) expect(body, path).not.toMatch(/root:|TOP-SECRET|the-master-key/);
    }
    expect((await answerTo(app, 'GET /admin/vfs/Open/function.json')).status).toBe(200);
    for (const line of ['GET /admin/zip/', 'GET /admin/functions/download']) {
      const { text } = await ask(app.port, question(line, AS_MASTER));
      expect(text, line).toMatch(/^HTTP\/1\.1 200 /);
      expect(text, line).toContain('Open/function.json');
      expect(text, line).not.toMatch(/local\.settings|keys\.json|tls\.pem|\.env|harmless|etc\/passwd|\.\.\//);
    }
  });

  test('are not written', async () => {
    await using app = await attackedApp();
    for (const line of ['PUT /admin/vfs/evil.txt', 'PUT /admin/vfs/../evil.txt', 'DELETE /admin/vfs/server.js', 'PUT /admin/zip/']) {
      expect((await answerTo(app, line, 'x')).status, line).toBeOneOf([403, 404]);
    }
    expect(readdirSync(app.app.root)).not.toContain('evil.txt');
    expect(readdirSync(app.app.root)).toContain('server.js');
  });
});

describe('names of functions', () => {
  test('lead to no folder but those of the app', async () => {
    await using app = await attackedApp();
    const config = JSON.stringify({ config: { bindings: [] } });
    for (const name of [
      ...UP.map((up) => `${up}%2fevil`),
      // Those that are dots alone lead to another path.
      ...UP.filter((up) => !/^(?:\.|%2e){1,2}$/.test(up)),
      'a%2fb',
      'a%5cb',
      '.portico',
      'a%00b',
      '%20',
      'host.json',
      'a:b',
      '-x',
      '1x',
      'é',
    ]) {
      for (const method of ['GET', 'PUT', 'DELETE', 'POST']) {
        const { status } = await answerTo(app, `${method} /admin/functions/${name}`, method === 'GET' ? '' : config);
        expect([400, 404, 405, 409], `${method} ${name}`).toContain(status);
      }
      expect((await answerTo(app, `GET /admin/functions/${name}/status`)).status, name).toBeOneOf([400, 404]);
      expect((await answerTo(app, `GET /admin/functions/${name}/keys`)).status, name).toBeOneOf([400, 404]);
      expect((await answerTo(app, `POST /admin/functions/${name}/keys/x`)).status, name).toBeOneOf([400, 404]);
    }
    // Others write there as well, under other names.
    expect(readdirSync(dirname(app.app.root))).not.toContain('evil');
    expect(readdirSync(app.app.root).sort()).toEqual(['Boss', 'Getter', 'Guarded', 'Open', 'Zeverything', 'host.json', 'server.js']);
  });

  test('of keys become no files', async () => {
    await using app = await attackedApp();
    const secrets = app.app.settings.FUNCTIONS_SECRETS_PATH ?? '';
    const listed = (): string[] => readdirSync(secrets).filter((name) => name !== '.portico.lock');
    const files = listed();
    for (const name of ['..%2f..%2fevil', '%2e%2e', '__proto__', 'constructor', 'a%00b']) {
      for (const base of ['/admin/functions/Guarded/keys', '/admin/host/keys', '/admin/host/systemkeys']) {
        const { status } = await answerTo(app, `POST ${base}/${name}`);
        expect(status, `${base}/${name}`).toBeLessThan(500);
      }
    }
    expect(listed()).toEqual(files);
    expect(existsSync(join(secrets, '../evil'))).toBe(false);
    expect((await answerTo(app, 'GET /admin/host/keys')).status).toBe(200);
  });
});
