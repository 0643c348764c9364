// Which keys `portico invoke` sends, and to whom.
import { existsSync, mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFakeProgram } from '../../../../test/support/fake-program.ts';
import { httpFunction, type TemporaryApp, temporaryApp } from '../../../../test/support/temporary-app.ts';
import { systemClock } from '../platform/system-clock.ts';
import { clientKeys } from './client-keys.ts';
import { runPortico } from './run-portico.ts';

let app: TemporaryApp & Disposable;
let server: Server;
let url: string;
/** Of every request: what it asks for, and its key. */
let seen: string[];
/** Path → the key that opens it; undefined: it asks for none. What is not here is not found. */
let opens: Record<string, string | undefined>;
/** Where the host says that its HTTP function is. */
let functionUrl: string;

beforeEach(async () => {
  app = temporaryApp({ 'Hello/function.json': httpFunction({ authLevel: 'function' }) });
  seen = [];
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '', url).pathname;
    const key = request.headers['x-functions-key'] as string | undefined;
    seen.push(`${path} ${key ?? '-'}`);
    if (!Object.hasOwn(opens, path)) response.writeHead(404).end();
    else if (opens[path] !== undefined && opens[path] !== key) response.writeHead(401).end();
    else response.end(JSON.stringify(answerOf(path, request.method)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  functionUrl = `${url}/api/hello`;
});
afterEach(() => {
  app[Symbol.dispose]();
  server.close();
});

function answerOf(path: string, method = ''): object {
  if (path.startsWith('/api')) return { hello: true };
  if (method === 'POST') return { status: 'succeeded', invocationId: 'a1b2c3d4-0000-4000-8000-000000000000' };
  const name = path.split('/').at(-1);
  const { bindings } = httpFunction({ authLevel: level });
  return { name, invoke_url_template: name === 'tick' ? null : functionUrl, config: { bindings }, isDisabled };
}

let level: string;
let isDisabled: boolean;
beforeEach(() => {
  level = 'function';
  isDisabled = false;
});

type Circumstances = { words?: string[]; environment?: Record<string, string>; host?: string; workingDirectory?: string };

async function invoke(name: string, { words = [], environment = {}, host = url, workingDirectory = app.root }: Circumstances = {}) {
  const program = createFakeProgram({
    argv: ['invoke', name, '--url', host, ...words],
    workingDirectory,
    environment,
    clock: systemClock,
  });
  return { code: await runPortico(program), stdout: program.stdout.lines, stderr: program.stderr.lines };
}

async function keyOf(owner: string): Promise<string> {
  const program = createFakeProgram({ argv: ['keys', 'list', owner, '--show', '--json'], workingDirectory: app.root, clock: systemClock });
  expect(await runPortico(program)).toBe(0);
  return JSON.parse(program.stdout.lines[0]!).value;
}

describe('portico invoke without a key', () => {
  test('sends none to a host that asks for none, and makes none', async () => {
    opens = { '/admin/functions/tick': undefined };
    expect(await invoke('tick')).toMatchObject({ code: 0, stderr: [] });
    expect(seen).toEqual(['/admin/functions/tick -', '/admin/functions/tick -']);
    expect(existsSync(join(app.root, '.portico'))).toBe(false);
  });

  test('calls an HTTP function once only, although its own answer is 401', async () => {
    opens = { '/admin/functions/hello': undefined, '/api/hello': 'its own affair' };
    expect(await invoke('hello')).toMatchObject({ code: 1, stderr: [] });
    expect(seen).toEqual(['/admin/functions/hello -', '/api/hello -']);
  });

  test('takes the master key of the app when the host asks for one, and says so beside the result', async () => {
    const master = await keyOf('master');
    opens = { '/admin/functions/tick': master };
    const { code, stdout, stderr } = await invoke('tick');
    expect({ code, stderr }).toEqual({ code: 0, stderr: ['with the keys in .portico/keys.json'] });
    expect(stdout.join()).not.toContain(master);
    expect(seen).toEqual(['/admin/functions/tick -', `/admin/functions/tick ${master}`, `/admin/functions/tick ${master}`]);
  });

  test.each([
    ['function', 'Hello'],
    ['admin', 'master'],
    ['system', 'system'],
  ])('calls an HTTP function of level %s with the key of %s', async (authLevel, owner) => {
    level = authLevel;
    const program = createFakeProgram({ argv: ['keys', 'create', 'system', 'hooks'], workingDirectory: app.root, clock: systemClock });
    await runPortico(program);
    const key = await keyOf(owner);
    opens = { '/admin/functions/hello': await keyOf('master'), '/api/hello': key };
    expect((await invoke('hello')).code).toBe(0);
    expect(seen.at(-1)).toBe(`/api/hello ${key}`);
  });

  test('calls an anonymous function without one', async () => {
    level = 'anonymous';
    opens = { '/admin/functions/hello': await keyOf('master'), '/api/hello': undefined };
    expect((await invoke('hello')).code).toBe(0);
    expect(seen.at(-1)).toBe('/api/hello -');
  });

  test('calls one that is disabled with the master key, for which it runs', async () => {
    level = 'anonymous';
    isDisabled = true;
    const master = await keyOf('master');
    opens = { '/admin/functions/hello': master, '/api/hello': master };
    expect((await invoke('hello')).code).toBe(0);
    expect(seen.at(-1)).toBe(`/api/hello ${master}`);
  });

  test('says how to give one when the host is that of another app', async () => {
    opens = { '/admin/functions/tick': 'of another app' };
    const { code, stderr } = await invoke('tick');
    expect(code).toBe(1);
    expect(stderr[1]).toBe(`portico: The host at ${url} does not let this command in: the answer was 401.`);
    expect(stderr[2]).toContain('Give its master key with --key or in the variable PORTICO_KEY');
    expect(seen).toHaveLength(2);
  });

  test('gives none to a port of another user', async () => {
    const program = createFakeProgram({ argv: [], workingDirectory: app.root, clock: systemClock });
    const keys = clientKeys({}, url, program, async (port) => url.endsWith(`:${port}`));
    expect([await keys.asked(), keys.master, await keys.forFunction('hello', 'function')]).toEqual([false, undefined, undefined]);
    expect(program.stderr.lines).toEqual([expect.stringMatching(/^port \d+ belongs to another user .* unless --key gives it$/)]);
  });

  test('says how to give one where there is no app', async () => {
    opens = { '/admin/functions/tick': 'of the app' };
    const { code, stderr } = await invoke('tick', { workingDirectory: '/' });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: [expect.stringContaining('the answer was 401'), expect.any(String)] });
    expect(seen).toEqual(['/admin/functions/tick -']);
  });

  test('says why the keys of the app cannot be read', async () => {
    mkdirSync(join(app.root, '.portico', 'keys.json'), { recursive: true });
    opens = { '/admin/functions/tick': 'of the app' };
    const { code, stderr } = await invoke('tick');
    expect(code).toBe(1);
    expect(stderr[1]).toMatch(/^portico: .*keys\.json/);
  });
});

describe('portico invoke with a key', () => {
  test.each<[string, Circumstances]>([
    ['--key', { words: ['--key', 'given'] }],
    ['PORTICO_KEY', { environment: { PORTICO_KEY: 'given' } }],
    ['--key rather than PORTICO_KEY', { words: ['--key', 'given'], environment: { PORTICO_KEY: 'other' } }],
  ])('sends that of %s from the first request on, and no other', async (_, circumstances) => {
    opens = { '/admin/functions/hello': 'given', '/api/hello': 'given' };
    expect(await invoke('hello', circumstances)).toMatchObject({ code: 0, stderr: [] });
    expect(seen).toEqual(['/admin/functions/hello given', '/api/hello given']);
    opens = { '/admin/functions/hello': 'another' };
    seen = [];
    expect(await invoke('hello', circumstances)).toMatchObject({ code: 1, stderr: [expect.stringContaining('401'), expect.any(String)] });
    expect(seen).toEqual(['/admin/functions/hello given']);
  });

  test.each<[string, Circumstances]>([
    ['--key', { words: ['--key=\u00fcber'] }],
    ['--key', { words: ['--key='] }],
    ['PORTICO_KEY', { environment: { PORTICO_KEY: 'two\nlines' } }],
  ])('refuses what cannot be one, without repeating it: %s %j', async (source, circumstances) => {
    const { code, stderr } = await invoke('hello', circumstances);
    expect({ code, seen }).toEqual({ code: 2, seen: [] });
    expect(stderr).toEqual([`portico: What ${source} gives cannot be a key.`, expect.stringContaining('  → A key is 1 to 1024 ')]);
  });
});

describe('a key never goes to another machine by itself', () => {
  test.each([
    ['http://localhost:1', true],
    ['http://127.3.2.1:1', true],
    ['https://[::1]:1', true],
    ['http://192.0.2.1:1', false],
    ['http://[2001:db8::1]:1', false],
    ['http://localhost.example.org', false],
    ['http://127.0.0.1.example.org', false],
  ])('%s is this machine: %s', async (host, expected) => {
    const program = createFakeProgram({ argv: [], workingDirectory: app.root, clock: systemClock });
    const keys = clientKeys({}, host, program);
    expect(await keys.asked()).toBe(expected);
    expect(keys.master !== undefined).toBe(expected);
  });

  test('not from the store of the app', async () => {
    opens = { '/admin/functions/tick': await keyOf('master') };
    // Every interface of this machine, and for all that the command knows another one.
    const { code, stderr } = await invoke('tick', { host: url.replace('127.0.0.1', '0.0.0.0') });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: [expect.stringContaining('the answer was 401'), expect.any(String)] });
    expect(seen).toEqual(['/admin/functions/tick -']);
  });

  test('nor to where the host says that its function is, whoever gave it', async () => {
    functionUrl = `${url.replace('127.0.0.1', 'localhost')}/api/hello`;
    opens = { '/admin/functions/hello': 'given', '/api/hello': undefined };
    await invoke('hello', { words: ['--key', 'given'] });
    expect(seen.at(-1)).toBe('/api/hello -');
  });
});
