// The command line as a real process: signals, exit codes, closed and slow readers. What needs no process is tested beside the code.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { leftBehind, processTree } from './support/process-tree.ts';
import { needs } from './support/requirements.ts';

const MAIN = fileURLToPath(new URL('../packages/portico/src/cli/main.ts', import.meta.url));
const OBEDIENT = '';
const STUBBORN = "process.on('SIGTERM', () => {});";
/** Listens when somebody has taken its four megabytes of output. */
const TALKATIVE = "await new Promise((taken) => process.stdout.write(('x'.repeat(99) + '\\n').repeat(40_000), taken));";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('portico', () => {
  test('prints its version alone', async () => {
    const { version } = JSON.parse(readFileSync(join(MAIN, '../../../package.json'), 'utf8'));
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('says what is wrong with the command line and ends with 2', async () => {
    expect(await run(['start', '--prot', '80'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'portico: There is no flag --prot.\n  → Did you mean --port?\n',
    });
  });

  test('says that there is no app and ends with 2', async () => {
    const { code, stdout, stderr } = await run(['start', folder]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('host.json');
  });

  test('does without the host until it is needed', () => {
    const loaded = staticImports(MAIN).map((file) => /\/src\/([^/]+)\//.exec(file)?.[1]);
    expect(loaded.length).toBeGreaterThan(5);
    expect(loaded.length).toBeLessThan(25);
    expect(new Set(loaded)).toEqual(new Set(['cli', 'core', 'platform']));
  });
});

describe.skipIf(process.platform === 'win32')('portico start', () => {
  test('serves, and after Ctrl+C ends with 0 and leaves no process', async () => {
    const portico = await start(OBEDIENT);
    expect(await (await fetch(`${portico.url}/api/hello`)).text()).toBe('hello');
    expect(await portico.stop('SIGINT')).toEqual({ code: 0, left: [] });
    expect(portico.output()).toMatch(/\n {2}hello {2}GET {2}http:\S+\/api\/hello\n/);
    expect(portico.output()).toMatch(/\n\S+ ✓ 200 GET \/api\/hello [\d.]+ ms #[0-9a-f]{4}\n/);
    expect(existsSync(portico.readyFile)).toBe(false);
  });

  test('takes the two signals of one key press under npm for one', async () => {
    const portico = await start(OBEDIENT);
    portico.child.kill('SIGINT');
    expect(await portico.stop('SIGINT')).toEqual({ code: 0, left: [] });
  });

  test('ends at once with 130 on the second Ctrl+C, and takes the handler along', async () => {
    const portico = await start(STUBBORN);
    portico.child.kill('SIGINT');
    await vi.waitFor(() => expect(portico.output()).toContain('stopping (SIGINT)'), 5000);
    const again = setInterval(() => portico.child.kill('SIGINT'), 50);
    const end = await portico.exited;
    clearInterval(again);
    expect(end).toEqual({ code: 130, left: [] });
    expect(existsSync(portico.readyFile)).toBe(false);
  });

  test('ends with 70 on a fault of its own, says it, and takes the handler along', async () => {
    const throwLater = "data:text/javascript,process.on('SIGUSR2',()=>{throw new Error('boom')})";
    const portico = await start(STUBBORN, { nodeFlags: ['--import', throwLater] });
    expect(await portico.stop('SIGUSR2')).toEqual({ code: 70, left: [] });
    expect(portico.output()).toContain('portico: a fault in Portico itself: Error: boom');
  });

  test('names the owner of a taken port and ends with 1', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as { port: number };
    try {
      const { code, stderr } = await run(['start', makeApp(OBEDIENT), '--port', String(port)]);
      expect(code).toBe(1);
      expect(stderr).toMatch(new RegExp(`^portico: Port ${port} is unavailable`));
      if (process.platform === 'linux') expect(stderr).toContain(String(process.pid));
    } finally {
      server.close();
    }
  });

  test('goes on when nobody reads its output any more', async () => {
    const portico = await start(OBEDIENT);
    portico.child.stdout?.destroy();
    // As many lines as are written at once, so that the host meets the closed pipe while it serves.
    for (let count = 0; count < 40; count++) expect((await fetch(`${portico.url}/api/hello?${'x'.repeat(2000)}`)).status).toBe(200);
    expect(await portico.stop('SIGTERM')).toEqual({ code: 0, left: [] });
  });

  test('goes on when its output is read too slowly, and says how many lines are missing', async () => {
    const portico = await start(TALKATIVE, { paused: true });
    expect(await (await fetch(`${portico.url}/api/hello`)).text()).toBe('hello');
    portico.child.stdout?.resume();
    const loss = /… \d+ lines dropped: whatever reads this output is too slow\n/;
    await vi.waitFor(() => expect(loss.test(portico.output())).toBe(true), 5000);
    expect(await portico.stop('SIGTERM')).toEqual({ code: 0, left: [] });
    expect(portico.output().includes('stopping (SIGTERM)')).toBe(true);
  });

  test('--json writes nothing but JSON', async () => {
    const portico = await start("console.log('made');", { flags: ['--json'] });
    await fetch(`${portico.url}/api/hello`);
    await portico.stop('SIGTERM');
    const events = portico
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(['listening', 'ready', 'log', 'request', 'stopping']));
  });

  test('--https serves with a certificate that its own authority vouches for', async () => {
    const portico = await start(OBEDIENT, { flags: ['--https'] });
    const authority = readFileSync(join(folder, 'state', 'portico', 'authority.crt'));
    const [response] = await once(request(`${portico.url}/api/hello`, { ca: authority, agent: false }).end(), 'response');
    expect((await response.toArray()).join('')).toBe('hello');
    expect(await portico.stop('SIGTERM')).toEqual({ code: 0, left: [] });
  });
});

describe.skipIf(process.platform === 'win32')('portico start --auth', () => {
  const ANY_KEY = /[\w-]{54}==|code=[\w-]{9}/;

  test.each([[[]], [['--json']]])('asks callers for keys, and what it writes into a pipe holds none: %j', async (flags) => {
    const portico = await start(OBEDIENT, { flags: ['--auth', ...flags], authLevel: 'function' });
    const key = await keyOf(portico.app, 'hello');
    const statuses = [];
    for (const query of ['', '?code=wrong', `?code=${encodeURIComponent(key)}`]) {
      statuses.push((await fetch(`${portico.url}/api/hello${query}`)).status);
    }
    expect(statuses).toEqual([401, 401, 200]);
    const invoked = await run(['invoke', 'hello', '--app', portico.app, '--url', portico.url]);
    expect(invoked).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^✓ hello 200 /),
      stderr: expect.stringContaining('keys.json'),
    });
    expect(await portico.stop('SIGTERM')).toEqual({ code: 0, left: [] });
    expect(portico.output()).toContain('.portico/keys.json');
    for (const text of [portico.output(), invoked.stdout, invoked.stderr]) expect(text).not.toMatch(ANY_KEY);
  });

  test('takes over what "portico keys" changes while it runs', async () => {
    const portico = await start(OBEDIENT, { flags: ['--auth'], authLevel: 'function' });
    const { code, stdout } = await run(['keys', 'create', 'hello', 'ci', '--app', portico.app]);
    expect(code).toBe(0);
    const statusOf = async () => (await fetch(`${portico.url}/api/hello`, { headers: { 'x-functions-key': stdout.trim() } })).status;
    await vi.waitFor(async () => expect(await statusOf()).toBe(200), 10_000);
    expect((await run(['keys', 'revoke', 'hello', 'ci', '--yes', '--app', portico.app])).code).toBe(0);
    await vi.waitFor(async () => expect(await statusOf()).toBe(401), 10_000);
    expect(await portico.stop('SIGTERM')).toEqual({ code: 0, left: [] });
  });

  // "script" runs a command in a pseudo terminal.
  test.skipIf(needs('terminal'))('shows a URL with the key in it at a terminal', async () => {
    const app = makeApp(OBEDIENT, 'function');
    // A shell that stays would have the Ctrl+C as well, and its own opinion of it.
    const words = ['exec', process.execPath, MAIN, 'start', app, '--port', '0', '--auth', '--no-watch'];
    const child = spawn('script', ['--quiet', '--return', '--command', words.join(' '), '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    onTestFinished(() => void child.kill());
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    const exited = once(child, 'close');
    await vi.waitFor(() => expect(output).toContain('ready in'), { timeout: 20_000, interval: 20 });
    const [, url = ''] = /\n {2}hello {2}GET {2}(http:\S+\?code=\S+)/.exec(output) ?? [];
    expect(await (await fetch(url)).text()).toBe('hello');
    // Ctrl+C.
    child.stdin.write('\u0003');
    expect(await exited).toEqual([0, null]);
  });
});

async function keyOf(app: string, owner: string): Promise<string> {
  const { stdout } = await run(['keys', 'list', owner, '--show', '--json', '--app', app]);
  return JSON.parse(stdout).value;
}

async function run(words: string[]) {
  const child = spawn(process.execPath, [MAIN, ...words], { cwd: folder });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
  const [code] = await once(child, 'close');
  return { code, ...output };
}

type StartOptions = { flags?: string[]; nodeFlags?: string[]; paused?: boolean; authLevel?: string };

/** An app whose handler does as it is told before it listens. */
async function start(handlerCode: string, { flags = [], nodeFlags = [], paused = false, authLevel }: StartOptions = {}) {
  const app = makeApp(handlerCode, authLevel);
  const readyFile = join(app, 'ready.json');
  const child = spawn(process.execPath, [...nodeFlags, MAIN, 'start', app, '--port', '0', '--ready-file', readyFile, ...flags], {
    env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  if (paused) child.stdout.pause();
  let processes: number[] = [];
  const exited = once(child, 'close').then(async ([code]) => ({ code, left: await leftBehind(processes) }));
  const isReady = () => expect(existsSync(readyFile) || child.exitCode !== null, output).toBe(true);
  await vi.waitFor(isReady, { timeout: 20_000, interval: 20 });
  expect(child.exitCode, output).toBe(null);
  processes = processTree(child.pid as number);
  expect(processes.length).toBeGreaterThan(1);
  const { url } = JSON.parse(readFileSync(readyFile, 'utf8')) as { url: string };
  const stop = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return { child: child as ChildProcess, app, url, readyFile, exited, stop, output: () => output };
}

function makeApp(handlerCode: string, authLevel = 'anonymous'): string {
  const app = mkdtempSync(join(folder, 'app-'));
  const description = { defaultExecutablePath: process.execPath, arguments: ['handler.mjs'] };
  const bindings = [
    { type: 'httpTrigger', direction: 'in', name: 'req', methods: ['get'], authLevel },
    { type: 'http', direction: 'out', name: 'res' },
  ];
  mkdirSync(join(app, 'hello'));
  writeFileSync(
    join(app, 'host.json'),
    JSON.stringify({ version: '2.0', customHandler: { description, enableForwardingHttpRequest: true } }),
  );
  writeFileSync(join(app, 'hello', 'function.json'), JSON.stringify({ bindings }));
  writeFileSync(
    join(app, 'handler.mjs'),
    `import { createServer } from 'node:http';
    ${handlerCode}
    createServer((_, response) => response.end('hello')).listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');`,
  );
  return app;
}

/** The files that are read before the program does anything. */
function staticImports(entry: string): string[] {
  const files = [entry];
  // Grows while it is walked.
  for (const file of files) {
    const imports = readFileSync(file, 'utf8').matchAll(/^import (?!type )(?:[^;']* from )?'(\.[^']+\.ts)'/gm);
    files.push(
      ...[...imports].map(([, target = '']) => normalize(join(dirname(file), target))).filter((target) => !files.includes(target)),
    );
  }
  return files;
}
