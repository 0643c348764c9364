// Paths that mean one thing to whoever guards a door and another to whoever opens it.
import { describe, expect, test } from 'vitest';
import { ask, question } from '../http/support/ask.ts';
import { until } from '../support/until.ts';
import { type Attacked, attackedApp, KEYS } from './support/attacked-app.ts';

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
