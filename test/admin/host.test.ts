// /admin/host/*: each row of the table, against a host that runs.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { type AdminApp, adminApp, ask, KEYS, type Question } from './support/admin-app.ts';

const key = KEYS.master;
const posted = (body: unknown): Question => ({ method: 'POST', key, body });

describe('the endpoints of the host', () => {
  test.each<[name: string, path: string, question: Question, expected: object]>([
    [
      'status',
      'status',
      { key },
      { status: 200, json: expect.objectContaining({ state: 'Running', functionAppContentEditingState: 'Unknown' }) },
    ],
    ['status, expanded', 'status?expand=true', { key }, { status: 200, json: expect.objectContaining({ handlers: [expect.anything()] }) }],
    [
      'processes',
      'processes',
      { key },
      { status: 200, json: { processes: [{ processId: process.pid, processName: 'node', isEligibleForOpenInBrowser: false }] } },
    ],
    [
      'drain status',
      'drain/status',
      { key },
      { status: 200, json: { state: 'Disabled', outstandingInvocations: 0, outstandingRetries: 0 } },
    ],
    ['resume', 'resume', posted(undefined), { status: 200, text: '{"state":"Running"}' }],
    [
      'sync triggers',
      'synctriggers',
      posted(undefined),
      { status: 500, text: '{"status":"Invalid environment for SyncTriggers operation."}' },
    ],
    ['debug', 'debug', posted(undefined), { status: 200, text: '' }],
    ['templates', 'extensionBundle/v1/templates', { key }, { status: 404, text: expect.stringMatching(/^Templates not found/) }],
    ['bindings', 'extensionbundle/V1/Bindings', { key }, { status: 404, text: expect.stringMatching(/^Binding metadata not found/) }],
    ['resources', 'extensionBundle/v1/resources', { key }, { status: 404, text: expect.stringMatching(/^Resources metadata not found/) }],
    [
      'resources of a language',
      'extensionBundle/v1/resources.de-DE',
      { key },
      { status: 404, text: expect.stringMatching(/^Resources\.de-DE not found/) },
    ],
    ['no such resources', 'extensionBundle/v1/resources.%0d%0aX', { key }, { status: 404, text: '' }],
    ['no such bundle', 'extensionBundle/v1/__proto__', { key }, { status: 404, text: '' }],
  ])('%s', async (_, path, question, expected) => {
    await using app = await adminApp();
    await app.ready;
    expect(await ask(app, `/admin/host/${path}`, question)).toMatchObject(expected);
  });

  test('config is indented text', async () => {
    await using app = await adminApp();
    const { headers, text, json } = await ask(app, '/admin/host/config', { key });
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text).toContain('\n  "extensions": {\n    "http": {\n');
    expect(json).toMatchObject({ extensions: { http: { routePrefix: 'api', maxConcurrentRequests: -1 } }, concurrency: expect.anything() });
  });

  test('links name the request without its key', async () => {
    await using app = await adminApp();
    const { json } = await ask(app, `/admin/host/extensions?code=${key}`);
    expect(json).toEqual({ extensions: [], links: [{ rel: 'self', href: `http://127.0.0.1:${app.port}/admin/host/extensions` }] });
  });

  test('a restart tells where things are, and replaces the handler', async () => {
    await using app = await adminApp();
    const before = (await app.ready).handlers[0]?.pid;
    const { status, json } = await ask(app, '/admin/host/restart', posted(undefined));
    expect(status).toBe(200);
    expect(json).toMatchObject({ isSelfHost: true, scriptPath: app.root, secretsPath: app.secrets, logPath: '' });
    await until(async () => {
      const { json } = await ask(app, '/admin/host/status?expand=true', { key });
      const { handlers } = json as { handlers: { pid: number; state: string }[] };
      return handlers.some(({ pid, state }) => pid !== before && state === 'ready');
    });
    expect(app.records.map(({ message }) => message)).toContain('The admin API restarted the host: reloading the handler.');
  });

  test('drains and resumes', async () => {
    await using app = await adminApp();
    await app.ready;
    expect(await ask(app, '/admin/host/drain', posted(undefined))).toMatchObject({ status: 202, text: '' });
    expect((await ask(app, '/admin/host/drain/status', { key })).json).toMatchObject({ state: 'Completed' });
    expect((await ask(app, '/admin/host/resume', posted(undefined))).status).toBe(200);
    expect((await ask(app, '/admin/host/drain/status', { key })).json).toMatchObject({ state: 'Disabled' });
  });
});

describe('the state of the host', () => {
  const put = (app: AdminApp, body: unknown, headers = {}) => ask(app, '/admin/host/state', { method: 'PUT', key, body, headers });

  test('goes offline and back, and says whether anything changed', async () => {
    await using app = await adminApp();
    await app.ready;
    const page = join(app.root, 'app_offline.htm');
    expect(await put(app, '"running"')).toMatchObject({ status: 200, text: '' });
    expect(await put(app, '"Offline"')).toMatchObject({ status: 202, text: '' });
    expect(await put(app, '"offline"')).toMatchObject({ status: 200, text: '' });
    await until(() => app.state === 'Offline');
    expect(await ask(app, '/api/Hello')).toMatchObject({ status: 503, text: readFileSync(page, 'utf8') });
    expect((await ask(app, '/admin/host/status', { key })).json).toMatchObject({ state: 'Offline' });
    for (const [method, path, status] of [
      ['POST', 'drain', 503],
      ['POST', 'resume', 409],
      ['GET', 'processes', 503],
    ] as const) {
      expect((await ask(app, `/admin/host/${path}`, { method, key })).status, path).toBe(status);
    }
    expect((await put(app, '"RUNNING"')).status).toBe(202);
    await until(() => app.state === 'Running');
    expect(existsSync(page)).toBe(false);
  });

  test('is taken over although nobody watches the files', async () => {
    await using app = await adminApp({ files: { 'host.json': hostJsonUnwatched } });
    await app.ready;
    expect((await put(app, '"offline"')).status).toBe(202);
    await until(() => app.state === 'Offline');
  });

  test.each([['"sideways"'], ['{"state":"offline"}'], ['["offline"]'], ['null'], ['7'], ['"offline'], [''], ['"\\u006ffflin"']])(
    '%s is none',
    async (body) => {
      await using app = await adminApp();
      expect(await put(app, body)).toMatchObject({ status: 400, text: '' });
      expect(existsSync(join(app.root, 'app_offline.htm'))).toBe(false);
    },
  );

  test('a body that is no JSON by its type, or too much, is refused', async () => {
    await using app = await adminApp();
    expect((await put(app, '"offline"', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await put(app, `"${'x'.repeat(1024 * 1024)}"`)).status).toBe(413);
  });

  test('does not change by a folder of that name, which is in the way', async () => {
    await using app = await adminApp();
    mkdirSync(join(app.root, 'app_offline.htm'));
    expect((await put(app, '"running"')).status).toBe(200);
    expect(await put(app, '"offline"')).toMatchObject({ status: 409, text: 'This host cannot write that file of the app.\n' });
    expect(readdirSync(app.root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

const hostJsonUnwatched = {
  version: '2.0',
  fileWatchingEnabled: false,
  customHandler: { description: { defaultExecutablePath: 'node', arguments: ['server.js'] } },
};

describe('lines that are posted', () => {
  test('are written at their level', async () => {
    await using app = await adminApp();
    const lines = [
      { level: 'Verbose', message: 'v' },
      { Level: 'info', Message: 'i', source: 's', functionName: 'Hello' },
      { level: 'WARNING', message: 'w' },
      { level: 1, message: 7 },
      { level: 'Off', message: 'off' },
      { message: 'no level' },
      {},
    ];
    expect(await ask(app, '/admin/host/log', posted(lines))).toMatchObject({ status: 200, text: '' });
    const written = app.records.filter(({ category }) => category === 'Host.Controllers.Host');
    expect(written).toMatchObject([
      { level: 'debug', message: 'v' },
      { level: 'information', message: 'i', fields: { source: 's' }, functionName: 'Hello' },
      { level: 'warning', message: 'w' },
      { level: 'error', message: '7' },
    ]);
  });

  test('steer no terminal and look like no line of ours', async () => {
    await using app = await adminApp();
    const lines = [{ level: 'info', message: 'a\u001b[2J\tb\r\nc', source: 'x\n12:00 y\u2028', functionName: 'F\u009b31m\u0007' }];
    expect((await ask(app, '/admin/host/log', posted(lines))).status).toBe(200);
    expect(app.records.filter(({ category }) => category === 'Host.Controllers.Host')).toMatchObject([
      { message: 'a [2J\tb \nc', fields: { source: 'x 12:00 y ' }, functionName: 'F 31m ' },
    ]);
  });

  test.each<[unknown]>([
    [undefined],
    ['null'],
    ['[null]'],
    ['{}'],
    ['{"level":"Info"}'],
    ['[{"level":"Nosuch","message":"x"}]'],
    ['[{"level":"Info","message":{}}]'],
    ['[{"level":9}]'],
    ['[{"level":[]}]'],
    ['['],
    ['["x"]'],
  ])('%s is none', async (body) => {
    await using app = await adminApp();
    const answer = await ask(app, '/admin/host/log', posted(body));
    expect(answer).toMatchObject({ status: 400, text: 'An array of log entry objects is expected.' });
    expect(app.records.filter(({ category }) => category === 'Host.Controllers.Host')).toEqual([]);
  });
});
