// Which key opens which function, against a real host and handler: the tables of https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningHost, runningHost } from './support/running-host.ts';
import { httpFunction, type TemporaryApp, temporaryApp } from './support/temporary-app.ts';
import { until } from './support/until.ts';

const KEYS = {
  none: undefined,
  empty: '',
  wrong: 'a-key-of-nobody',
  own: 'The-Key-Of-Each-Function',
  'own, in other letters': 'the-key-of-each-function',
  'own, cut short': 'The-Key-Of-Each-Functio',
  "another function's": 'the-key-of-another',
  host: 'a-function-key-of-the-host',
  system: 'a-system-key-of-the-host',
  master: 'the-master-key',
} as const;
type Kind = keyof typeof KEYS;

const LEVELS = ['anonymous', 'function', 'system', 'admin', 'user', undefined] as const;
const OPENED_BY: Record<string, readonly Kind[]> = {
  anonymous: Object.keys(KEYS) as Kind[],
  function: ['own', 'host', 'master'],
  system: ['system', 'master'],
  admin: ['master'],
  user: ['master'],
  undefined: ['own', 'host', 'master'],
};
const TOLD: Partial<Record<Kind, string>> = {
  own: 'function/default',
  host: 'function/everywhere',
  system: 'system/probe_extension',
  master: 'admin/master',
};

const nameOf = (level: string | undefined): string => `Level_${level ?? 'missing'}`;
const named = (name: string, value: string): object => ({ name, value, encrypted: false });
const secrets: Record<string, object> = {
  'secrets/host.json': {
    masterKey: named('master', KEYS.master),
    functionKeys: [named('everywhere', KEYS.host)],
    systemKeys: [named('probe_extension', KEYS.system)],
  },
  'secrets/another.json': { keys: [named('default', KEYS["another function's"])] },
};
const functions: Record<string, object> = { 'Another/function.json': httpFunction({ authLevel: 'function' }) };
for (const level of LEVELS) {
  secrets[`secrets/${nameOf(level).toLowerCase()}.json`] = { keys: [named('default', KEYS.own)] };
  functions[`${nameOf(level)}/function.json`] = httpFunction({ authLevel: level });
}
functions['Off/function.json'] = httpFunction({ authLevel: 'function' });
functions['OffOpen/function.json'] = httpFunction();
secrets['secrets/off.json'] = { keys: [named('default', KEYS.own)] };

function environmentOf({ root }: TemporaryApp): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    AzureWebJobsSecretStorageType: 'files',
    FUNCTIONS_SECRETS_PATH: `${root}/secrets`,
    'AzureWebJobs.Off.Disabled': 'true',
    'AzureWebJobs.OffOpen.Disabled': 'true',
  };
}

let app: TemporaryApp & Disposable;
let guarded: RunningHost;
let open: RunningHost;

beforeAll(async () => {
  app = temporaryApp({ ...functions, ...secrets });
  [guarded, open] = await Promise.all([
    runningHost(app, { auth: true, environment: environmentOf(app) }),
    runningHost(app, { environment: environmentOf(app) }),
  ]);
});

afterAll(async () => {
  await Promise.all([guarded?.stop(), open?.stop()]);
  app?.[Symbol.dispose]();
});

const byHeader = (key: string | undefined): RequestInit => ({ headers: key === undefined ? {} : { 'x-functions-key': key } });

describe.each(LEVELS)('a function of level %s', (level) => {
  const rows = (Object.keys(KEYS) as Kind[]).map((kind) => [kind, OPENED_BY[`${level}`]?.includes(kind) ?? false] as const);

  test.each(rows)('with the key "%s": %s', async (kind, opens) => {
    const answer = await fetch(`${guarded.url}/api/${nameOf(level)}`, byHeader(KEYS[kind]));
    expect(answer.status).toBe(opens ? 200 : 401);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    if (!opens) return expect(await answer.text()).toBe('');
    const { headers } = (await answer.json()) as { headers: Record<string, string> };
    expect(headers['x-functions-keyid']).toBe(TOLD[kind]);
  });

  test.each(rows.filter(([kind]) => KEYS[kind]))('with the key "%s" in the query: %s', async (kind, opens) => {
    const answer = await fetch(`${guarded.url}/api/${nameOf(level)}?x=1&code=${KEYS[kind]}`);
    expect(answer.status).toBe(opens ? 200 : 401);
  });

  test('asks nobody for a key where keys are off', async () => {
    const answer = await fetch(`${open.url}/api/${nameOf(level)}`, byHeader('whatever'));
    expect(answer.status).toBe(200);
    const { headers } = (await answer.json()) as { headers: Record<string, string> };
    expect(headers['x-functions-keyid']).toBeUndefined();
  });
});

test.each([
  ['Off', undefined, 401],
  ['Off', KEYS.wrong, 401],
  ['Off', KEYS.own, 404],
  ['Off', KEYS.host, 404],
  ['Off', KEYS.master, 200],
  ['OffOpen', undefined, 404],
  ['OffOpen', KEYS.wrong, 404],
  ['OffOpen', KEYS.master, 200],
  ['Nowhere', undefined, 404],
  ['Nowhere', KEYS.master, 404],
])('%s, which is disabled or nobody has, with the key %s: %i', async (name, key, status) => {
  expect((await fetch(`${guarded.url}/api/${name}`, byHeader(key))).status).toBe(status);
});

test('a disabled function is off for everybody where keys are', async () => {
  expect((await fetch(`${open.url}/api/Off`)).status).toBe(404);
});

test('why it was refused is said once for each function', async () => {
  await using host = await runningHost(app, { auth: true, environment: environmentOf(app) });
  for (const key of [undefined, undefined, KEYS.wrong, KEYS.system]) {
    await fetch(`${host.url}/api/${nameOf('function')}`, byHeader(key));
    await fetch(`${host.url}/api/${nameOf('admin')}`, byHeader(key));
  }
  const said = host.records.filter(({ code }) => code?.startsWith('KEY_')).map(({ code, functionName }) => `${functionName} ${code}`);
  const expected = ['function', 'admin'].flatMap((level) => ['KEY_MISSING', 'KEY_WRONG'].map((code) => `${nameOf(level)} ${code}`));
  expect(said.toSorted()).toEqual(expected.toSorted());
});

describe('a function that cannot be read, beside one that is open to all and takes every path,', () => {
  const torn = { ...secrets, 'Torn/function.json': '{ "bindings": [', 'Zall/function.json': httpFunction({ route: '{*path}' }) };

  test('is open to nobody by way of that', async () => {
    using own = temporaryApp(torn);
    await using host = await runningHost(own, { auth: true, environment: environmentOf(own) });
    for (const path of ['Torn', 'torn?x', '%54orn', 'x/../Torn', ';/Torn', 'x/..%2fTorn']) {
      for (const key of [undefined, KEYS.wrong, KEYS.system]) {
        const answer = await fetch(`${host.url}/api/${path}`, byHeader(key));
        expect([path, answer.status, await answer.text()]).toEqual([path, 401, '']);
      }
    }
    expect((await fetch(`${host.url}/api/other`)).status).toBe(200);
  });

  test.each([
    ['Production', 'Function "Torn" cannot run.\n'],
    ['Development', expect.stringMatching(/^Function "Torn" cannot run: .*JSON/)],
  ])('says why to whoever has a key, as far as it is said in %s', async (environment, text) => {
    using own = temporaryApp(torn);
    const variables = { ...environmentOf(own), AZURE_FUNCTIONS_ENVIRONMENT: environment };
    await using host = await runningHost(own, { auth: true, environment: variables });
    const answer = await fetch(`${host.url}/api/Torn`, byHeader(KEYS.host));
    expect([answer.status, await answer.text()]).toEqual([503, text]);
  });
});

test('a body that nobody will read does not keep the connection, and the next request is answered', async () => {
  const body = new ReadableStream({
    async pull(controller) {
      // Else nothing else gets its turn in this process.
      await setImmediate();
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  const refused = fetch(`${guarded.url}/api/${nameOf('function')}`, { method: 'POST', body, duplex: 'half' } as RequestInit);
  expect((await refused).status).toBe(401);
  await (await refused).body?.cancel();
  expect((await fetch(`${guarded.url}/api/${nameOf('function')}`, byHeader(KEYS.own))).status).toBe(200);
});

test.each([
  ['127.0.0.1', '0.0.0.0', 200],
  ['0.0.0.0', '127.0.0.1', 401],
])('a host that listens on %s goes on as it began when a file says %s later: %i without a key', async (before, after, status) => {
  const settings = (address: string): object => ({ Values: {}, Host: { LocalHttpAddress: address } });
  using own = temporaryApp({ 'Hello/function.json': httpFunction({ authLevel: 'function' }), 'local.settings.json': settings(before) });
  await using host = await runningHost(own);
  const url = `http://127.0.0.1:${host.port}/api/Hello`;
  expect((await fetch(url)).status).toBe(status);
  own.write('local.settings.json', settings(after));
  own.write('Later/function.json', httpFunction());
  await until(async () => (await fetch(`http://127.0.0.1:${host.port}/api/Later`)).status === 200);
  expect((await fetch(url)).status).toBe(status);
  expect(host.keys === undefined).toBe(status === 200);
});

test('keys in the way of a listener on every interface: asked for without a word, unless it is said otherwise', async () => {
  await using everywhere = await runningHost(app, { address: '0.0.0.0', environment: environmentOf(app) });
  await using careless = await runningHost(app, { address: '0.0.0.0', auth: false, environment: environmentOf(app) });
  const path = `/api/${nameOf('function')}`;
  expect((await fetch(`http://127.0.0.1:${everywhere.port}${path}`)).status).toBe(401);
  expect((await fetch(`http://127.0.0.1:${everywhere.port}${path}`, byHeader(KEYS.own))).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${careless.port}${path}`)).status).toBe(200);
});
