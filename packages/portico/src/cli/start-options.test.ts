import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { readHostOptions, readLevels, readVerbosity } from './start-options.ts';

test('--quiet and --verbose exclude each other', () => {
  expect([readVerbosity({ quiet: true }), readVerbosity({ verbose: true }), readVerbosity({})]).toEqual(['quiet', 'verbose', 'normal']);
  expect(() => readVerbosity({ quiet: true, verbose: true })).toThrow(
    expect.objectContaining({ kind: 'usage', message: '--quiet and --verbose ask for opposite things.' }),
  );
});

describe('readHostOptions', () => {
  test('leaves out what no flag says', async () => {
    expect(await readHostOptions({}, false)).toEqual({ watch: false });
  });

  test('reads every flag', async () => {
    const flags = {
      port: '0',
      address: '::1',
      functions: ['a, b', 'c'],
      cors: ['http://localhost:3000,https://example.org', '*'],
      'cors-credentials': true,
      'xff-style': 'azure',
      build: 'make handler',
      grace: '2.5',
      watch: true,
      auth: true,
      as: 'Jane Roe, role=reader ,role=a=b',
    } as const;
    expect(await readHostOptions(flags, false)).toEqual({
      port: 0,
      address: '::1',
      functions: ['a', 'b', 'c'],
      cors: { origins: ['http://localhost:3000', 'https://example.org', '*'], credentials: true },
      xffStyle: 'azure',
      build: 'make handler',
      graceMs: 2500,
      watch: true,
      auth: true,
      user: { name: 'Jane Roe', roles: ['reader', 'a=b'] },
    });
  });

  test('asks for keys as it is told, and otherwise as the host sees fit', async () => {
    expect((await readHostOptions({ auth: true }, false)).auth).toBe(true);
    expect((await readHostOptions({ 'no-auth': true }, false)).auth).toBe(false);
    expect(await readHostOptions({}, false)).not.toHaveProperty('auth');
  });

  test('attaches to a handler that somebody else runs, and watches nothing of it', async () => {
    expect(await readHostOptions({ attach: '43121' }, true)).toEqual({ attachPort: 43121, watch: false });
  });

  test('watches sources in a terminal, unless told not to', async () => {
    expect(await readHostOptions({}, true)).toEqual({ watch: true });
    expect(await readHostOptions({ 'no-watch': true }, true)).toEqual({ watch: false });
  });

  test('--port auto takes the first free port from 7071 up', async () => {
    const { port: first } = await readHostOptions({ port: 'auto' }, false);
    expect(first).toBeGreaterThanOrEqual(7071);
    await using _ = await listenOn(first as number);
    const { port: second } = await readHostOptions({ port: 'auto' }, false);
    expect(second).toBeGreaterThan(first as number);
  });

  test.each([
    [{ port: '70000' }, '--port cannot be "70000".', 'It is a number from 0 to 65535, or auto.'],
    [{ port: '' }, '--port cannot be "".', 'It is a number from 0 to 65535, or auto.'],
    [{ port: '1e3' }, '--port cannot be "1e3".', 'It is a number from 0 to 65535, or auto.'],
    [{ grace: '30s' }, '--grace cannot be "30s".', 'It is a number of seconds from 0 to 86400.'],
    [{ attach: '1', build: 'make' }, '--attach and --build ask for opposite things.', 'Leave one of them out.'],
    [{ watch: true, 'no-watch': true }, '--watch and --no-watch ask for opposite things.', 'Leave one of them out.'],
    [{ auth: true, 'no-auth': true }, '--auth and --no-auth ask for opposite things.', 'Leave one of them out.'],
    ...['', ',role=a', 'alice,', 'alice,reader', 'alice,role=', 'alice,Role=a', 'ali\nce', '\ud800'].map(
      (as) =>
        [
          { as },
          `--as cannot be "${as}".`,
          'It is a name or an e-mail address, and a role after each ",role=": alice@example.org,role=reader.',
        ] as const,
    ),
    [{ attach: '0' }, '--attach cannot be "0".', 'It is a number from 1 to 65535.'],
    [{ 'xff-style': 'Azure' }, '--xff-style cannot be "Azure".', 'It is plain or azure.'],
    [{ cors: ['localhost'] }, '--cors cannot be "localhost".', 'It is * or origins such as http://localhost:3000.'],
    [{ cors: ['http://a.b/'] }, '--cors cannot be "http://a.b/".', 'It is an origin, without anything after it: http://a.b.'],
    [
      { 'cors-credentials': true },
      '--cors-credentials means nothing without --cors.',
      'Give --cors as well, or leave --cors-credentials out.',
    ],
  ] as const)('refuses %j', async (flags, message, hint) => {
    await expect(readHostOptions(flags, false)).rejects.toMatchObject({ message, hint, kind: 'usage' });
  });
});

describe('readLevels', () => {
  test('takes levels whole or by their beginning, one or several at a time', () => {
    expect(readLevels({ log: ['Function.Hello=Debug', 'Host=warn,DEFAULT=i'] })).toEqual({
      'Function.Hello': 'debug',
      Host: 'warning',
      default: 'information',
    });
  });

  test.each(['Host', 'Host=', '=debug', 'Host=loud'])('refuses "%s"', (entry) => {
    expect(() => readLevels({ log: [entry] })).toThrow(
      expect.objectContaining({ code: 'FLAG_VALUE_WRONG', message: `--log cannot be "${entry}".` }),
    );
  });
});

async function listenOn(port: number): Promise<AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
