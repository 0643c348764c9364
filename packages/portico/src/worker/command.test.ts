import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { handlerConfig } from '../../../../test/support/handler-config.ts';
import type { HandlerConfig } from '../core/function-app.ts';
import { expandSettings, resolveCommand } from './command.ts';

const root = mkdtempSync(join(tmpdir(), 'portico-command-'));
for (const folder of ['bin', 'sub', 'handler']) mkdirSync(join(root, folder));
for (const file of ['handler.mjs', 'run.sh', 'bin/run.sh']) {
  writeFileSync(join(root, file), '');
  chmodSync(join(root, file), 0o755);
}
afterAll(() => rmSync(root, { recursive: true }));

function resolve(description: Partial<HandlerConfig>, environment: Record<string, string> = {}) {
  return resolveCommand(handlerConfig(description), { root, environment, port: 4711, workerId: 'an-id' });
}

describe('command', () => {
  // The cases of the recordings handler-start.*.
  test.each<[recording: string, Partial<HandlerConfig>, Record<string, string>, string[]]>([
    [
      'arguments',
      {
        arguments: ['handler.mjs', 'two words', '"quoted words"', "'single quoted'", 'back\\slash', 'a\\"b', '', '$HOME', '*', 'tab\there'],
      },
      {},
      ['handler.mjs', 'two', 'words', 'quoted words', "'single", "quoted'", 'back\\slash', 'a"b', '$HOME', '*', 'tab', 'here'],
    ],
    [
      'expansion',
      {
        arguments: [
          'handler.mjs',
          '--set=%ORACLE_SETTING%',
          '--unset=%ORACLE_NOTHING%!',
          '--port=%FUNCTIONS_CUSTOMHANDLER_PORT%',
          '100%',
          '%%',
        ],
      },
      { ORACLE_SETTING: 'a value' },
      ['handler.mjs', '--set=a', 'value', '--unset=!', '--port=4711', '100%'],
    ],
    [
      'worker-path',
      { arguments: ['--no-warnings'], workerPath: 'handler.mjs', workerArguments: ['one', 'two words'] },
      {},
      ['--no-warnings', join(root, 'handler.mjs'), 'one', 'two', 'words'],
    ],
  ])('gives the arguments of the recording handler-start.%s', (_, description, environment, args) => {
    expect(resolve(description, environment).args).toEqual(args);
  });

  test.each<[what: string, Partial<HandlerConfig>, file: string]>([
    ['looks below the app root', { executablePath: 'run.sh' }, join(root, 'run.sh')],
    ['takes "./" for the app root', { executablePath: './run.sh' }, join(root, 'run.sh')],
    ['looks below the worker directory', { executablePath: 'run.sh', workerDirectory: 'bin' }, join(root, 'bin/run.sh')],
    ['does not look below the working directory', { executablePath: 'other.sh', workingDirectory: 'sub' }, 'other.sh'],
    ['leaves a name that is no file there to PATH', { executablePath: 'node' }, 'node'],
    ['does not take a folder for a program', { executablePath: 'handler' }, 'handler'],
    ['keeps an absolute path', { executablePath: '/opt/handler' }, '/opt/handler'],
    ['expands a setting', { executablePath: '%PROGRAM%' }, 'deno'],
    ['leaves an unknown name as typed', { executablePath: '%NOTHING%/x' }, '%NOTHING%/x'],
  ])('%s for the program', (_, description, file) => {
    expect(resolve(description, { PROGRAM: 'deno' }).file).toBe(file);
  });

  test('runs in the app root, or in the working directory below it', () => {
    expect(resolve({}).cwd).toBe(root);
    expect(resolve({ workingDirectory: 'sub', workerDirectory: 'bin' }).cwd).toBe(join(root, 'sub'));
  });

  test('overrides its own five variables and passes the others on', () => {
    expect(resolve({}, { FUNCTIONS_CUSTOMHANDLER_PORT: '1', FUNCTIONS_HTTPWORKER_ID: 'mine', OTHER: 'x' }).env).toEqual({
      FUNCTIONS_CUSTOMHANDLER_PORT: '4711',
      FUNCTIONS_HTTPWORKER_PORT: '4711',
      FUNCTIONS_CUSTOMHANDLER_WORKER_ID: 'an-id',
      FUNCTIONS_HTTPWORKER_ID: 'an-id',
      FUNCTIONS_APP_ROOT_PATH: root,
      OTHER: 'x',
    });
  });

  test('names what it removed, and shows no value of a setting', () => {
    const { written, unknownNames } = resolve({ arguments: ['--key=%SECRET%', '%NOTHING%'] }, { SECRET: 's3cret' });
    expect(unknownNames).toEqual(['NOTHING']);
    expect(written).toBe('node --key=%SECRET% %NOTHING%');
  });

  test('fills in its own port, not one that the host was given', () => {
    const { args } = resolve(
      { arguments: ['%FUNCTIONS_HTTPWORKER_PORT%'], workerArguments: ['%FUNCTIONS_HTTPWORKER_PORT%'] },
      { FUNCTIONS_HTTPWORKER_PORT: '1' },
    );
    expect(args).toEqual(['4711', '4711']);
  });

  test('does not read a value as a pattern', () => {
    expect(resolve({ arguments: ['%FUNCTIONS_APP_ROOT_PATH%', '%A%'] }, { A: '$&$1' }).args).toEqual([root, '$&$1']);
  });
});

describe('expansion of settings', () => {
  test.each([
    ['%A%', '1'],
    ['x%A%y%A%z', 'x1y1z'],
    ['%N%', '%N%'],
    ['%N%A%', '%N1'],
    ['%A%A%', '1A%'],
    ['100%', '100%'],
    ['%%', '%%'],
    ['', ''],
  ])('makes of %j %j', (text, expanded) => {
    expect(expandSettings(text, { A: '1' })).toBe(expanded);
  });

  test('knows no names of the language itself', () => {
    expect(expandSettings('%constructor%', {})).toBe('%constructor%');
  });
});
