import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFakeProgram, type FakeProgram } from '../../../../test/support/fake-program.ts';
import { systemClock } from '../platform/system-clock.ts';
import type { Program } from './program.ts';
import { runPortico } from './run-portico.ts';

type Reply = { status?: number; type?: string; body?: unknown };
type Seen = { request: string; type: string | undefined; body: string };

const ID = 'a1b2c3d4-0000-4000-8000-000000000000';
const TICK = { name: 'tick', invoke_url_template: null, config: { bindings: [{ type: 'timerTrigger' }] }, isDisabled: false };

let folder: string;
let server: Server;
let url: string;
let seen: Seen[];
/** `GET /path` → what is answered; a list is used up until its last. */
let replies: Record<string, Reply | Reply[]>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portico-invoke-'));
  seen = [];
  replies = {
    'GET /admin/functions': { body: [TICK, { ...TICK, name: 'orders' }] },
    'GET /admin/functions/tick': { body: TICK },
    'POST /admin/functions/tick?wait=true': { body: { status: 'succeeded', invocationId: ID } },
  };
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  server.close();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const line = `${request.method} ${request.url}`;
  seen.push({ request: line, type: request.headers['content-type'], body: (await buffer(request)).toString() });
  const reply = replies[line];
  const { status = reply ? 200 : 404, type = 'application/json', body = '' } = (Array.isArray(reply) ? nextOf(reply) : reply) ?? {};
  response.writeHead(status, { 'Content-Type': type });
  response.end(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body));
}

function nextOf(list: Reply[]): Reply | undefined {
  return list.length > 1 ? list.shift() : list[0];
}

describe('portico invoke', () => {
  test('runs a function that no request triggers, without input', async () => {
    const { code, stdout, stderr } = await invoke('tick');
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
    expect(stdout).toEqual([expect.stringMatching(/^✓ tick [\d.]+ ms #a1b2$/)]);
    expect(seen.at(-1)).toEqual({ request: 'POST /admin/functions/tick?wait=true', type: undefined, body: '' });
  });

  test.each([
    ['a text', ['--data', 'héllo'], 'héllo'],
    ['the empty text', ['--data='], ''],
    ['a text that begins with a dash', ['--data=-1'], '-1'],
    ['a file', ['--data', '@order.json'], '{"id":1}\n'],
    ['standard input', ['--data', '-'], 'typed'],
  ])('gives it %s as its input', async (_, words, expected) => {
    writeFileSync(join(folder, 'order.json'), '{"id":1}\n');
    expect((await invoke('tick', ...words)).code).toBe(0);
    expect(seen.at(-1)).toMatchObject({ type: 'application/json', body: JSON.stringify({ input: expected }) });
  });

  test('shows why it failed and ends with 1', async () => {
    const error = { code: 'WORKER_STATUS', message: 'The handler answered 500.\nIt said: no', hint: 'Look there.' };
    replies['POST /admin/functions/tick?wait=true'] = { body: { status: 'failed', invocationId: ID, error } };
    const { code, stdout } = await invoke('tick');
    expect(code).toBe(1);
    expect(stdout).toEqual([
      expect.stringMatching(/^✗ tick [\d.]+ ms #a1b2$/),
      '  The handler answered 500.',
      '  It said: no',
      '  → Look there.',
    ]);
  });

  test('says that nobody finished it and ends with 1', async () => {
    replies['POST /admin/functions/tick?wait=true'] = { body: { status: 'abandoned' } };
    const { code, stdout } = await invoke('tick');
    expect(code).toBe(1);
    expect(stdout).toEqual([expect.stringMatching(/^↯ tick [\d.]+ ms$/), '  The host stopped before it was done.']);
  });

  test.each([
    ['there is no event for the input', 400, { code: 'BLOB_NOT_GIVEN', message: 'tick needs a blob.', hint: 'Give its path.' }],
    ['no handler runs', 503, { code: 'WORKER_EXITED', message: 'It exited.', hint: 'Look there.' }],
  ])('shows why %s and ends with 1', async (_, status, error) => {
    replies['POST /admin/functions/tick?wait=true'] = { status, body: error };
    const { code, stdout } = await invoke('tick');
    expect(code).toBe(1);
    expect(stdout.slice(1)).toEqual([`  ${error.message}`, `  → ${error.hint}`]);
  });

  test('writes JSON for programs', async () => {
    const error = { code: 'X', message: 'No.' };
    replies['POST /admin/functions/tick?wait=true'] = { body: { status: 'failed', invocationId: ID, error } };
    const { code, stdout } = await invoke('tick', '--json');
    expect(code).toBe(1);
    expect(stdout.map((line) => JSON.parse(line))).toEqual([
      { functionName: 'tick', outcome: 'failed', durationMs: expect.any(Number), invocationId: ID, error },
    ]);
  });

  test.each([
    ['tikc', 2, `The host at URL has no function "tikc".`, 'Did you mean tick?'],
    ['nosuch', 2, `The host at URL has no function "nosuch".`, 'It has tick, orders.'],
  ])('names the functions that there are: %s', async (name, code, message, hint) => {
    expect(await invoke(name)).toEqual({ code, stdout: [], stderr: [`portico: ${message.replace('URL', url)}`, `  → ${hint}`] });
  });

  test('says why a function cannot run and ends with 1', async () => {
    replies['GET /admin/functions/broken/status'] = { body: { errors: ['broken/function.json:3:5: Bad type.'] } };
    const { code, stderr } = await invoke('broken');
    expect(code).toBe(1);
    expect(stderr[0]).toBe('portico: The function "broken" cannot run: broken/function.json:3:5: Bad type.');
  });

  test.each([401, 403])('says that the host wants to know who asks: %i', async (status) => {
    replies['GET /admin/functions/tick'] = { status };
    const { code, stderr } = await invoke('tick');
    expect(code).toBe(1);
    expect(stderr[0]).toBe(`portico: The host at ${url} does not let this command in: the answer was ${status}.`);
    expect(stderr[1]).toContain('--key');
  });

  test('says why the host does not let it in, if that does', async () => {
    replies['GET /admin/functions/tick'] = { status: 403, type: 'text/plain', body: 'Call it as \x1blocalhost.\nMore.\n' };
    expect((await invoke('tick')).stderr[1]).toBe('  → Call it as \\x1blocalhost.');
  });

  test.each([
    ['text', { type: 'text/html', body: '<html>' }, 200],
    ['other JSON', { body: [1] }, 200],
    ['an error', { status: 500 }, 500],
  ])('notices that something else than a host listens there: %s', async (_, reply, status) => {
    replies['GET /admin/functions/tick'] = reply;
    const { code, stderr } = await invoke('tick');
    expect(code).toBe(1);
    expect(stderr).toEqual([
      `portico: GET ${url}/admin/functions/tick was answered with ${status}, as no host of functions answers.`,
      '  → Something else may listen there: check --port or --url.',
    ]);
  });

  test('says how to start a host where none answers', async () => {
    server.close();
    const { code, stderr } = await invoke('tick');
    expect(code).toBe(1);
    expect(stderr[0]).toMatch(`portico: No host answers at ${url}: connect ECONNREFUSED`);
    expect(stderr[1]).toBe('  → Start it with "portico start", or say where it is with --port or --url.');
  });

  test.each([
    [['tick', '--data', '@nosuch.json'], /^portico: The data cannot be read from \S+nosuch\.json: ENOENT/],
    [['tick', '--data', '@.'], /^portico: The data cannot be read from \S+: EISDIR/],
    [['tick', '--port', '0'], /^portico: --port cannot be "0"\.$/],
    [['tick', '--port', 'auto'], /^portico: --port cannot be "auto"\.$/],
    [['tick', '--url', '127.0.0.1:7071'], /^portico: --url cannot be "127\.0\.0\.1:7071"\.$/],
    [['tick', '--url', 'http://a/b'], /^portico: --url cannot be "http:\/\/a\/b"\.$/],
    [['tick', '--url', 'http://a', '--port', '1'], /^portico: --url and --port /],
    [['tick', '--app', 'nosuch', '--port', '1'], /^portico: Unable to find project root: there is no folder \S+nosuch\./],
    [['tick', '--watch'], /^portico: Unable to find project root\./],
  ])('refuses %j', async (words, message) => {
    const program = createFakeProgram({ argv: ['invoke', ...words], workingDirectory: folder });
    expect(await runPortico(program)).toBe(2);
    expect(program.stderr.lines[0]).toMatch(message);
    expect(seen).toEqual([]);
  });

  test('refuses input that is no text', async () => {
    writeFileSync(join(folder, 'image.png'), Buffer.from([0x89, 0x50]));
    const { code, stderr } = await invoke('tick', '--data', '@image.png');
    expect(code).toBe(2);
    expect(stderr[0]).toBe(`portico: The data from ${join(folder, 'image.png')} is no text: it is not UTF-8.`);
  });

  test.each([
    ['--app', () => ['--app', 'app']],
    ['--port', () => ['--port', new URL(url).port]],
  ])('finds the host by %s', async (_, words) => {
    const LocalHttpPort = Number(new URL(url).port);
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app', 'host.json'), '{}');
    writeFileSync(join(folder, 'app', 'local.settings.json'), JSON.stringify({ IsEncrypted: false, Host: { LocalHttpPort } }));
    const program = createFakeProgram({ argv: ['invoke', 'tick', ...words()], workingDirectory: folder });
    expect(await runPortico(program)).toBe(0);
  });
});

describe('portico invoke of an HTTP function', () => {
  const hello = (trigger: object = {}, more: object = {}) => ({
    body: {
      name: 'hello',
      invoke_url_template: `${url}/api/hello`,
      config: { bindings: [{ type: 'httpTrigger', ...trigger }, { type: 'http' }] },
      isDisabled: false,
      ...more,
    },
  });

  test('calls its own address and shows the answer', async () => {
    replies['GET /admin/functions/hello'] = hello();
    replies['GET /api/hello'] = { type: 'text/plain', body: 'Hello!\nBye.\n' };
    const { code, stdout } = await invoke('hello');
    expect(code).toBe(0);
    expect(stdout).toEqual([expect.stringMatching(/^✓ hello 200 [\d.]+ ms$/), 'Hello!', 'Bye.']);
  });

  test.each([
    ['GET', {}, []],
    ['POST', {}, ['--data', 'x']],
    ['POST', { methods: ['post'] }, []],
    ['PUT', { methods: ['get', 'put'] }, ['--data', 'x']],
    ['GET', { methods: [] }, []],
    ['OPTIONS', { Methods: ['options'] }, []],
  ])('uses a method that it takes: %s for %j %j', async (method, trigger, words) => {
    replies['GET /admin/functions/hello'] = hello(trigger);
    replies[`${method} /api/hello`] = { status: 204 };
    expect(await invoke('hello', ...words)).toMatchObject({ code: 0, stdout: [expect.stringMatching(/^✓ hello 204 /)] });
  });

  test.each([
    ['{"a":1}', 'application/json', '{"a":1}'],
    ['5', 'text/plain; charset=utf-8', '5'],
    ['@bytes', 'application/octet-stream', '\uFFFD'],
  ])('sends the data as the body, by its kind: %s', async (data, type, body) => {
    writeFileSync(join(folder, 'bytes'), Buffer.from([0xff]));
    replies['GET /admin/functions/hello'] = hello();
    replies['POST /api/hello'] = {};
    await invoke('hello', '--data', data);
    expect(seen.at(-1)).toEqual({ request: 'POST /api/hello', type, body });
  });

  test.each([400, 404, 500])('ends with 1 when the answer is %i', async (status) => {
    replies['GET /admin/functions/hello'] = hello();
    replies['GET /api/hello'] = { status, body: 'no' };
    expect(await invoke('hello')).toMatchObject({ code: 1, stdout: [expect.stringMatching(`^✗ hello ${status} `), 'no'] });
  });

  test('describes a body that is no text, and gives it to programs', async () => {
    replies['GET /admin/functions/hello'] = hello();
    replies['GET /api/hello'] = { type: 'image/png', body: Buffer.from([0x89, 0x50]) };
    expect((await invoke('hello')).stdout[1]).toBe('(2 bytes of image/png; --json shows them)');
    expect(JSON.parse((await invoke('hello', '--json')).stdout[0]!)).toMatchObject({ status: 200, bodyBase64: 'iVA=' });
  });

  test.each([
    ['/api/items/{id?}', '/api/items'],
    ['/api/{*rest}', '/api'],
    ['/api/items/{page:int=1}', '/api/items'],
  ])('leaves out what its route can do without: %s', async (template, path) => {
    replies['GET /admin/functions/hello'] = hello({}, { invoke_url_template: url + template });
    replies[`GET ${path}`] = {};
    expect((await invoke('hello')).code).toBe(0);
  });

  test.each([
    [
      2,
      '/api/items/{id:int}',
      [],
      /^portico: "hello" has a route with parameters, whose values nobody has given: \S+\/api\/items\/\{id:int\}$/,
    ],
    [2, '/api/hello', ['--data', 'x'], /^portico: "hello" answers GET alone, and such a request has no body for --data\.$/],
  ])('ends with %i where it cannot be called so: %s %j', async (code, template, words, message) => {
    replies['GET /admin/functions/hello'] = hello({ methods: ['get'] }, { invoke_url_template: url + template });
    const { stderr, ...rest } = await invoke('hello', ...words);
    expect(rest).toEqual({ code, stdout: [] });
    expect(stderr[0]).toMatch(message);
  });

  test('says that it is disabled', async () => {
    replies['GET /admin/functions/hello'] = hello({}, { isDisabled: true });
    const { code, stderr } = await invoke('hello');
    expect(code).toBe(1);
    expect(stderr[0]).toBe('portico: The function "hello" is disabled, and its address is answered with 404.');
    expect(stderr[1]).toContain('Set AzureWebJobs.hello.Disabled (or AzureWebJobs_hello_Disabled) to "false" where the host has it from');
  });

  test('says which line of which file disables it, where that is here', async () => {
    replies['GET /admin/functions/hello'] = hello({}, { isDisabled: true });
    writeFileSync(join(folder, 'host.json'), '{}');
    writeFileSync(join(folder, '.env'), 'A=1\nazurewebjobs_HELLO_disabled=True\n');
    const { code, stderr } = await invoke('hello');
    expect(code).toBe(1);
    expect(stderr[0]).toBe(
      'portico: The function "hello" is disabled by azurewebjobs_HELLO_disabled in .env:2, and its address is answered with 404.',
    );
    expect(stderr[1]).toContain('Set it to "false" there');
  });

  test('takes a 404 that says something for its own answer, also when it is disabled', async () => {
    replies['GET /admin/functions/hello'] = hello({}, { isDisabled: true });
    replies['GET /api/hello'] = { status: 404, body: 'no such thing' };
    expect((await invoke('hello')).stdout).toEqual([expect.stringMatching(/^✗ hello 404 /), 'no such thing']);
  });
});

describe('portico invoke --watch', () => {
  const reloads = (underWay: boolean, count: number) => ({ body: { state: 'Running', reloads: { underWay, count } } });
  const runs = () => seen.filter(({ request }) => request.startsWith('POST')).map(({ body }) => JSON.parse(body || '{}').input);
  const STATUS = 'GET /admin/host/status?expand=true';

  beforeEach(() => writeFileSync(join(folder, 'host.json'), '{}'));

  test('runs the function again when the app has changed and the host has taken that over, until Ctrl+C', async () => {
    replies[STATUS] = reloads(false, 1);
    const { program, exitCode } = begin('tick', '--watch');
    await vi.waitFor(() => expect(seen.at(-1)?.request).toBe(STATUS));
    replies[STATUS] = reloads(true, 1);
    writeFileSync(join(folder, 'server.js'), '1');
    await vi.waitFor(() => expect(seen.filter(({ request }) => request === STATUS).length).toBeGreaterThan(9), 5000);
    expect(runs()).toHaveLength(1);
    replies[STATUS] = reloads(false, 2);
    await vi.waitFor(() => expect(runs()).toHaveLength(2), 5000);
    await vi.waitFor(() => expect(program.stdout.lines).toHaveLength(2));
    program.send('SIGINT');
    expect(await exitCode).toBe(0);
  });

  test('reads the data anew when its file changes, also one that lies elsewhere and of which the host knows nothing', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'portico-data-'));
    try {
      const file = join(elsewhere, 'order.json');
      writeFileSync(file, 'one');
      replies[STATUS] = reloads(false, 1);
      const { program, exitCode } = begin('tick', '--watch', '--data', `@${file}`);
      await vi.waitFor(() => expect(seen.at(-1)?.request).toBe(STATUS));
      writeFileSync(file, 'two');
      await vi.waitFor(() => expect(runs()).toEqual(['one', 'two']), 5000);
      program.send('SIGTERM');
      expect(await exitCode).toBe(0);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  test('goes on when a later run finds a fault, and says it', async () => {
    replies[STATUS] = reloads(false, 1);
    const { program, exitCode } = begin('tick', '--watch');
    await vi.waitFor(() => expect(seen.at(-1)?.request).toBe(STATUS));
    replies['GET /admin/functions/tick/status'] = { body: { errors: ['Half-saved.'] } };
    delete replies['GET /admin/functions/tick'];
    writeFileSync(join(folder, 'server.js'), '1');
    await vi.waitFor(() => expect(program.stderr.text).toContain('The function "tick" cannot run: Half-saved.'), 5000);
    replies['GET /admin/functions/tick'] = { body: TICK };
    writeFileSync(join(folder, 'server.js'), '22');
    await vi.waitFor(() => expect(runs()).toHaveLength(2), 5000);
    program.send('SIGINT');
    expect(await exitCode).toBe(0);
  });

  test('ends when the first run finds a fault', async () => {
    expect(await begin('nosuch', '--watch').exitCode).toBe(2);
  });
});

function begin(...words: string[]): { program: FakeProgram; exitCode: Promise<number> } {
  const stdin = { isTty: false, readAll: async () => Buffer.from('typed'), readLine: async () => '' };
  const clock = systemClock as Program['clock'] as FakeProgram['clock'];
  const program = createFakeProgram({ argv: ['invoke', ...words, '--url', url], workingDirectory: folder, stdin, clock });
  return { program, exitCode: runPortico(program) };
}

async function invoke(...words: string[]) {
  const { program, exitCode } = begin(...words);
  return { code: await exitCode, stdout: program.stdout.lines, stderr: program.stderr.lines };
}
