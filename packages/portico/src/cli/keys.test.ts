import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFakeProgram, FakeDescriptor } from '../../../../test/support/fake-program.ts';
import { httpFunction, type TemporaryApp, temporaryApp } from '../../../../test/support/temporary-app.ts';
import { systemClock } from '../platform/system-clock.ts';
import { runPortico } from './run-portico.ts';
import type { Input } from './standard-input.ts';

const TIMER = { bindings: [{ type: 'timerTrigger', direction: 'in', name: 'timer', schedule: '0 0 * * * *' }] };
/** As Azure makes them. */
const MADE = /^[\w-]{54}==$/;
const NOTICED = '  in .portico/keys.json; a host that runs notices within 1 s';

let app: TemporaryApp & Disposable;
beforeEach(() => {
  app = temporaryApp({
    'Hello/function.json': httpFunction({ authLevel: 'function' }),
    'open/function.json': httpFunction({ route: 'open' }),
    'tick/function.json': TIMER,
    'system/function.json': httpFunction({ authLevel: 'function', route: 'system' }),
  });
});
afterEach(() => app[Symbol.dispose]());

const typed = (text: string, isTty = false): Input => ({ isTty, readAll: async () => Buffer.from(text), readLine: async () => text });

async function keys(words: string[], { stdin = typed(''), environment = {}, isTty = false } = {}) {
  const program = createFakeProgram({
    argv: ['keys', ...words],
    workingDirectory: app.root,
    stdin,
    environment,
    clock: systemClock,
    stdout: new FakeDescriptor({ isTty }),
  });
  return { code: await runPortico(program), stdout: program.stdout.lines, stderr: program.stderr.lines };
}

async function valueOfKey(owner: string, name: string): Promise<string | undefined> {
  const { stdout } = await keys(['list', owner, '--show', '--json']);
  return stdout.map((line) => JSON.parse(line)).find((key) => key.name === name)?.value;
}

describe('portico keys list', () => {
  test('shows whose they are, their names and where they are, and makes those that functions need', async () => {
    expect(await keys(['list'])).toEqual({
      code: 0,
      stderr: [],
      stdout: [
        'keys in .portico/keys.json',
        '  master           master   ********',
        '  host             default  ********',
        '  Hello            default  ********',
        '  function:system  default  ********',
      ],
    });
  });

  test('shows their values only when it is told to', async () => {
    const { stdout: shown } = await keys(['list', '--show']);
    const values = shown.slice(1).map((line) => line.trim().split(/ +/)[2]);
    expect(values).toEqual([1, 2, 3, 4].map(() => expect.stringMatching(MADE)));
    expect(new Set(values).size).toBe(4);
    for (const hidden of [await keys(['list']), await keys(['list', '--json']), await keys(['list', 'Hello'])]) {
      for (const value of values) expect(hidden.stdout.join('\n')).not.toContain(value);
    }
    expect((await keys(['list', '--show'])).stdout).toEqual(shown);
  });

  test('shows those of one owner, in any case', async () => {
    expect((await keys(['list', 'hello'])).stdout).toEqual(['keys in .portico/keys.json', '  Hello  default  ********']);
    expect((await keys(['list', 'MASTER'])).stdout).toEqual(['keys in .portico/keys.json', '  master  master  ********']);
    expect((await keys(['list', 'system'])).stdout).toEqual(['no keys in .portico/keys.json']);
    expect((await keys(['list', 'function:system'])).stdout).toEqual([
      'keys in .portico/keys.json',
      '  function:system  default  ********',
    ]);
  });

  test('writes JSON for programs', async () => {
    const place = '.portico/keys.json';
    const { stdout } = await keys(['list', 'Hello', '--json']);
    expect(stdout.map((line) => JSON.parse(line))).toEqual([{ owner: 'Hello', name: 'default', place }]);
    expect((await keys(['list', 'system', '--json'])).stdout).toEqual([]);
  });

  test('of a function that needs none shows what it has', async () => {
    await keys(['create', 'tick', 'spare']);
    expect((await keys(['list'])).stdout).toContain('  tick             spare    ********');
    expect((await keys(['list'])).stdout.join()).not.toContain('open');
  });
});

describe('portico keys create', () => {
  test('prints the new key alone, and says beside it what it is', async () => {
    const { code, stdout, stderr } = await keys(['create', 'hello', 'ci']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: ['✓ key ci of Hello made', NOTICED] });
    expect(stdout).toEqual([expect.stringMatching(MADE)]);
    expect(await valueOfKey('Hello', 'ci')).toBe(stdout[0]);
  });

  test.each([
    ['host', 'default', 'key default of host'],
    ['master', 'master', 'master key'],
  ])('renews what is there, and without a name the usual one: %s', async (owner, name, said) => {
    const before = await valueOfKey(owner, name);
    const { stdout, stderr } = await keys(['create', owner]);
    expect(stderr[0]).toBe(`✓ ${said} renewed: its old value opens nothing any more`);
    expect(stdout[0]).not.toBe(before);
    expect(await valueOfKey(owner, name)).toBe(stdout[0]);
  });

  test('writes JSON for programs', async () => {
    const { stdout, stderr } = await keys(['create', 'system', 'hooks', '--json']);
    expect({ stderr, count: stdout.length }).toEqual({ stderr: [], count: 1 });
    expect(JSON.parse(stdout[0]!)).toEqual({
      owner: 'system',
      name: 'hooks',
      isNew: true,
      value: expect.stringMatching(MADE),
      place: '.portico/keys.json',
      noticedWithinMs: 1000,
    });
  });
});

describe('portico keys set', () => {
  test.each([
    ['a text', ['my key'], 'my key'],
    ['a file', ['@secret'], 'from-a-file'],
    ['standard input', ['-'], 'typed'],
  ])('takes the value from %s, without repeating it', async (_, words, value) => {
    writeFileSync(join(app.root, 'secret'), 'from-a-file\r\n');
    const { code, stdout, stderr } = await keys(['set', 'host', 'ci', ...words], { stdin: typed('typed\n') });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: [], stderr: ['✓ key ci of host set', NOTICED] });
    expect(await valueOfKey('host', 'ci')).toBe(value);
  });

  test('says that the old value is gone, and gives programs no value either', async () => {
    await keys(['set', 'Hello', 'ci', 'old']);
    expect((await keys(['set', 'Hello', 'CI', 'new'])).stderr[0]).toBe('✓ key ci of Hello set: its old value opens nothing any more');
    const { stdout } = await keys(['set', 'Hello', 'ci', 'newer', '--json']);
    expect(JSON.parse(stdout[0]!)).toEqual({
      owner: 'Hello',
      name: 'ci',
      isNew: false,
      place: '.portico/keys.json',
      noticedWithinMs: 1000,
    });
  });

  test.each([
    ['', 'the command line'],
    [' padded', 'the command line'],
    ['zwei\nZeilen', 'the command line'],
    ['schlüssel', 'the command line'],
    ['x'.repeat(1025), 'the command line'],
  ])('refuses what no caller could send, without repeating it: %j', async (value, source) => {
    const { code, stdout, stderr } = await keys(['set', 'host', 'ci', value]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: [] });
    expect(stderr[0]).toBe(`portico: What ${source} gives cannot be a key.`);
    if (value !== '') expect(stderr.join('\n')).not.toContain(value);
    expect(existsSync(join(app.root, '.portico'))).toBe(false);
  });

  test('takes the longest that the host compares', async () => {
    expect((await keys(['set', 'host', 'ci', 'x'.repeat(1024)])).code).toBe(0);
  });
});

describe('portico keys revoke', () => {
  beforeEach(() => keys(['set', 'Hello', 'ci', 'value']));

  test('takes a key away', async () => {
    expect(await keys(['revoke', 'hello', 'CI', '--yes'])).toEqual({ code: 0, stdout: [], stderr: ['✓ key CI of Hello revoked', NOTICED] });
    expect(await valueOfKey('Hello', 'ci')).toBeUndefined();
    expect(await valueOfKey('Hello', 'default')).toMatch(MADE);
  });

  test('asks at a terminal', async () => {
    const no = await keys(['revoke', 'Hello', 'ci'], { stdin: typed('n', true) });
    expect(no).toEqual({
      code: 1,
      stdout: [],
      stderr: ['Revoke the key ci of Hello? Type y and Enter:', 'Nothing was revoked.'],
    });
    expect(await valueOfKey('Hello', 'ci')).toBe('value');
    expect((await keys(['revoke', 'Hello', 'ci'], { stdin: typed('Y', true) })).code).toBe(0);
    expect(await valueOfKey('Hello', 'ci')).toBeUndefined();
  });

  test.each([
    ['Hello', 'cii', 'There is no key "cii" of Hello.', 'Did you mean ci?'],
    ['Hello', 'nosuch', 'There is no key "nosuch" of Hello.', 'There is default, ci.'],
    ['system', 'hooks', 'There is no key "hooks" of system.', 'There are no keys of system.'],
    ['master', 'master', 'The master key cannot be revoked.', expect.stringContaining('"portico keys create master"')],
  ])('says that there is none of that name: %s %s', async (owner, name, message, hint) => {
    const { code, stderr } = await keys(['revoke', owner, name, '--yes']);
    expect({ code, stderr: [stderr[0]?.replace('portico: ', ''), stderr[1]?.replace('  → ', '')] }).toEqual({
      code: 2,
      stderr: [message, hint],
    });
  });
});

describe('portico keys refuses', () => {
  const FUNCTIONS = 'The app has Hello, open, system, tick.';

  test.each([
    [['list', 'helo'], 'Keys belong to host, system, master or a function, and there is no function "helo".', 'Did you mean Hello?'],
    [['create', 'nosuch'], expect.stringContaining('no function "nosuch"'), FUNCTIONS],
    [['create', 'systm'], expect.stringContaining('no function "systm"'), 'Did you mean system?'],
    [['create', 'function:host'], expect.stringContaining('no function "function:host"'), expect.any(String)],
    [['create', 'master', 'other'], 'A key cannot be called "other".', 'Its name is master, for there is one master key.'],
    [['set', 'host', '_master', 'x'], 'A key cannot be called "_master".', expect.stringContaining('beginning with a letter or a digit')],
    [['create', 'host', 'a/b'], 'A key cannot be called "a/b".', expect.any(String)],
    [['create', 'host', ''], 'A key cannot be called "".', expect.any(String)],
    [['create', 'host', '--show'], '"portico keys create" has no flag --show.', expect.any(String)],
    [['list', '--yes'], '"portico keys list" has no flag --yes.', expect.any(String)],
    [['set', 'host', 'ci', '@nosuch'], expect.stringMatching(/^The data cannot be read from \S+nosuch: ENOENT/), expect.any(String)],
    [['list', '--app', '/nosuch'], expect.stringContaining('Unable to find project root'), expect.any(String)],
    [
      ['revoke', 'host', 'default'],
      '"portico keys revoke" asks before it deletes anything, and there is no terminal to ask at.',
      'Give --yes if that is what you want.',
    ],
  ])('%j, and makes nothing', async (words, message, hint) => {
    const { code, stdout, stderr } = await keys(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: [] });
    expect(stderr[0]?.replace('portico: ', '')).toEqual(message);
    expect(stderr[1]?.replace('  → ', '')).toEqual(hint);
    expect(existsSync(join(app.root, '.portico'))).toBe(false);
  });

  test('what its store does not allow, and shows what is there', async () => {
    const environment = { PORTICO_KEYS__HOST__MASTER: 'the-master', PORTICO_KEYS__FUNCTIONS__HELLO__ci: 'of-hello' };
    const { code, stdout, stderr } = await keys(['create', 'Hello'], { environment });
    expect({ code, stdout }).toEqual({ code: 1, stdout: [] });
    expect(stderr[0]).toMatch(/^portico: The keys in the variables PORTICO_KEYS__… cannot be changed here\.$/);
    expect((await keys(['list'], { environment })).stdout).toEqual([
      'keys in the variables PORTICO_KEYS__…',
      '  master  master  ********',
      '  Hello   ci      ********',
    ]);
  });

  test('to guess when its store cannot be read', async () => {
    mkdirSync(join(app.root, '.portico', 'keys.json'), { recursive: true });
    const { code, stdout, stderr } = await keys(['list']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: [] });
    expect(stderr[0]).toMatch(/keys\.json/);
  });
});

test('portico keys keeps every key when many are made at once', async () => {
  for (let index = 0; index < 20; index++) {
    app.write(`f${index}/function.json`, httpFunction({ authLevel: 'function', route: `f${index}` }));
  }
  const { stdout } = await keys(['list', '--show', '--json']);
  const found = stdout.map((line) => JSON.parse(line));
  expect(found).toHaveLength(24);
  const file = readFileSync(join(app.root, '.portico', 'keys.json'), 'utf8');
  for (const { value } of found) expect(file).toContain(value);
});
