// Paths that mean one thing to whoever guards a door and another to whoever opens it.
import { describe, expect, test } from 'vitest';
import { ask, question } from '../http/support/ask.ts';
import { until } from '../support/until.ts';
import { type Attacked, attackedApp, KEYS } from './support/attacked-app.ts';
import { firstStatus } from './support/first-status.ts';

/** How a path may be written that ends up at \`/NAME\`. */
const spellings = (name: string): string[] => {
  const first = `%${name.charCodeAt(0).toString(16)}`;
  const rest = name.slice(1);
  return [
    `/${name}`,
    `/${name.toUpperCase()}`,
    `//${name}`,
    `///${name}`,
    `/./${name}`,
    `/.//${name}`,
    `/%2e/${name}`,
    `/x/../${name}`,
    `/x/%2e%2e/${name}`,
    `/x/%2E%2e/${name}`,
    `/x/.%2e/${name}`,
    `/x/%2e./${name}`,
    `/x/..//${name}`,
    `/open/../${name}`,
    `/open/x/../../${name}`,
    `/../../${name}`,
    `/open/%2e%2e%2f${name}`,
    `/open/..%2f${name}`,
    `/open/..%5c${name}`,
    `/open\\..\\${name}`,
    `/\\${name}`,
    `\\${name}`,
    `/open/..;/${name}`,
    `/;/${name}`,
    `/${name};x=1`,
    `/;x=1/${name}`,
    `/${first}${rest}`,
    `/%25${first.slice(1)}${rest}`,
    `/%${first.slice(1).toUpperCase()}${rest}`,
    `/${name}%2f`,
    `/${name}%00`,
    `/%00/${name}`,
    `/${name}%20`,
    `/${name}.`,
    `/${name}..`,
    `/${name}/`,
    `/${name}/.`,
    `/${name}/x/..`,
    `/${name}?`,
    `/${name}#x`,
    `/open/..%c0%af${name}`,
    `/open/%c0%ae%c0%ae/${name}`,
    `/open/%e0%80%ae%e0%80%ae/${name}`,
    `/open/%u002e%u002e/${name}`,
    `/open/%252e%252e/${name}`,
    `/%EF%BC%8F${name}`,
    `/open/\uFF0E\uFF0E/${name}`,
    `/${name}\x00`,
    `/\t${name}`,
    `/${name}\r\nX: y`,
    `http://app.example/${name}`,
    `http://app.example//${name}`,
    `http://other.example/open/../${name}`,
    `HTTP://app.example/%2e/${name}`,
    `http:///${name}`,
    `http://app.example\\${name}`,
    `http://app.example#/open/../${name}`,
    `http://app.example?/${name}`,
    `http://a@app.example/${name}`,
    `app.example:80/${name}`,
    name,
    `*/${name}`,
    '*',
    `/x?/../${name}`,
  ];
};

/** What a handler makes of a path that reads it as the URL standard says. */
const asHandlersRead = (url: string): string => new URL(url, 'http://handler.example').pathname.toLowerCase();

type Outcome = { readonly status: number | undefined; readonly body: string; readonly functionName: string | undefined };

async function send(app: Attacked, method: string, target: string, headers: string[] = []): Promise<Outcome> {
  const before = app.requests.length;
  const { answers } = await ask(app.port, question(`${method} ${target}`, headers));
  const [answer] = answers;
  // What node:http itself refuses is not told.
  if (answer?.status !== 400) await until(() => app.requests.length > before);
  return { status: answer?.status, body: answer?.body ?? '', functionName: app.requests[before]?.functionName };
}

describe.each(['proxy', 'forward', 'payload'] as const)('in %s mode', (mode) => {
  test('no spelling of /admin and /runtime comes past the keys', async () => {
    await using app = await attackedApp({ mode });
    const paths = ['admin/host/status', 'admin/host/keys', 'admin/functions', 'runtime/webhooks/demo'];
    for (const path of paths.flatMap(spellings)) {
      const { status, functionName, body } = await send(app, 'GET', path);
      expect(body, path).not.toMatch(/"state"|"keys"|the-master-key|config_href/);
      // Else a function has it, which is called something else.
      if (functionName === undefined) expect([400, 401, 403, 404], path).toContain(status);
      else expect(['Open', 'Zeverything'], path).toContain(functionName);
    }
    for (const { url } of await app.seen()) expect(asHandlersRead(url)).not.toMatch(/^\/(?:admin|runtime)(?:\/|$)/);
  });

  test('no spelling of a route comes past its key, and the handler reads what the key was for', async () => {
    await using app = await attackedApp({ mode });
    for (const path of [...spellings('guarded/x'), ...spellings('boss')]) {
      const { status, functionName } = await send(app, 'GET', path);
      if (functionName === 'Guarded' || functionName === 'Boss') expect(status, path).toBe(401);
    }
    const seen = await app.seen();
    expect(seen.length).toBeGreaterThan(10);
    for (const { url } of seen) expect(asHandlersRead(url)).not.toMatch(/^\/(?:guarded|boss)(?:\/|$)/);
  });

  test("with one function's key no other one opens, however it is written", async () => {
    await using app = await attackedApp({ mode });
    const header = [`X-Functions-Key: ${KEYS.guarded}`];
    for (const path of spellings('boss')) {
      const { status, functionName } = await send(app, 'GET', path, header);
      if (functionName === 'Boss') expect(status, path).toBe(401);
    }
    for (const { url } of await app.seen()) expect(asHandlersRead(url)).not.toMatch(/^\/boss(?:\/|$)/);
    expect(await send(app, 'GET', '/guarded/x', header)).toMatchObject({ status: 200, functionName: 'Guarded' });
  });
});

/** Of paths that the host takes for the open function, and that a handler may take for another one. */
const MISTAKABLE = [
  '/guarded//x',
  '/guarded///x',
  '/open/..%2fguarded/x',
  '/open/..%2Fguarded/x',
  '/open/..%5cguarded/x',
  '/open/%2e%2e%2fguarded/x',
  '/open%2f..%2fguarded%2fx',
  '/open/x%2f..%2f..%2fguarded//x',
  '/open/..;/guarded/x',
  '/open/..;x=1/guarded/x',
  '/open/..%3b/guarded/x',
  '/guarded;x=1/y',
  '/guarded;/x',
  '/guarded%2fx',
  '/guarded%5cx',
  '/guarded%3bx',
  '/;/guarded/x',
  '/%2fguarded/x',
  '/open/..%2fGUARDED/x',
  '/open/..%2f%67uarded/x',
  'http://other.example/guarded//x',
];

describe('a path that a handler may take for that of another function', () => {
  const handshake = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];

  test.each(['proxy', 'forward'] as const)('wants the key of that one too in %s mode', async (mode) => {
    await using app = await attackedApp({ mode });
    for (const path of MISTAKABLE) {
      expect((await send(app, 'GET', path)).status, path).toBe(401);
      expect((await send(app, 'GET', path, ['X-Functions-Key: wrong'])).status, path).toBe(401);
      expect((await send(app, 'GET', path, [`X-Functions-Key: ${KEYS.system}`])).status, path).toBe(401);
      expect(await firstStatus(app.port, question(`GET ${path}`, handshake)), path).toBe(401);
    }
    expect(await app.seen()).toEqual([]);
    const remarks = app.records.filter(({ code }) => code === 'PATH_MISTAKABLE');
    expect([...new Set(remarks.map(({ functionName }) => functionName))].sort()).toEqual(['Open', 'Zeverything']);
    expect(remarks[0]?.message).toContain('no key of Guarded, which');
    for (const path of MISTAKABLE) expect((await send(app, 'GET', path, [`X-Functions-Key: ${KEYS.guarded}`])).status, path).toBe(200);
  });

  test('is told of where somebody has the key of the one that the route leads to, and of that alone', async () => {
    await using app = await attackedApp();
    const target = 'GET /guarded/..%2f..%2fboss';
    expect((await ask(app.port, question(target))).answers[0]?.status).toBe(401);
    expect(app.records.filter(({ code }) => code === 'PATH_MISTAKABLE')).toEqual([]);
    expect((await ask(app.port, question(target, [`X-Functions-Key: ${KEYS.guarded}`]))).answers[0]?.status).toBe(401);
    expect(app.records.filter(({ code }) => code === 'PATH_MISTAKABLE')).toMatchObject([{ functionName: 'Guarded' }]);
  });

  test('is told of once, for a WebSocket too', async () => {
    await using app = await attackedApp();
    expect(await firstStatus(app.port, question('GET /open/..%2fguarded/x', handshake))).toBe(401);
    expect(app.records.filter(({ code }) => code === 'PATH_MISTAKABLE')).toMatchObject([{ functionName: 'Open' }]);
  });

  test('needs none where it is that of an open one, or of nobody', async () => {
    await using app = await attackedApp();
    for (const path of ['/open//x', '/open/a;b=1', '/open/a%2fb', '/elsewhere//x', '/open/..%2felsewhere', '/open/x?y=/..//guarded/x']) {
      expect((await send(app, 'GET', path)).status, path).toBe(200);
    }
  });

  test('needs none where handlers go by the name of the function', async () => {
    await using app = await attackedApp({ mode: 'payload' });
    for (const path of MISTAKABLE) {
      expect(await send(app, 'GET', path), path).toMatchObject({
        status: 200,
        functionName: expect.stringMatching(/^(?:Open|Zeverything)$/),
      });
    }
  });

  test('needs none where nobody is asked for a key', async () => {
    await using app = await attackedApp({ auth: false });
    for (const path of MISTAKABLE) expect((await send(app, 'GET', path)).status, path).toBe(200);
  });
});

test.each(['proxy', 'forward'] as const)('HEAD wants the key of whoever answers GET there in %s mode', async (mode) => {
  await using app = await attackedApp({ mode });
  expect((await send(app, 'HEAD', '/getter')).status).toBe(401);
  expect((await send(app, 'HEAD', '/open/..%2fgetter')).status).toBe(401);
  expect(await app.seen()).toEqual([]);
  expect((await send(app, 'HEAD', '/getter', [`X-Functions-Key: ${KEYS.host}`])).status).toBe(200);
  expect((await send(app, 'HEAD', '/open/x')).status).toBe(200);
});

test('no header leads to another path than that of the request', async () => {
  await using app = await attackedApp();
  const headers = [
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-Forwarded-Path',
    'X-Forwarded-Uri',
    'X-Override-URL',
    'Destination',
    'X-HTTP-Method-Override',
  ];
  for (const name of headers) {
    expect(await send(app, 'GET', '/guarded/x', [`${name}: /open/x`])).toMatchObject({ status: 401, functionName: 'Guarded' });
    expect(await send(app, 'GET', '/open/x', [`${name}: /admin/host/status`])).toMatchObject({ status: 200, functionName: 'Open' });
  }
  expect((await app.seen()).map(({ url }) => url)).toEqual(headers.map(() => '/open/x'));
});
