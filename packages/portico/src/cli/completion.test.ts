import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completionScript } from './completion.ts';
import { START_FLAGS } from './flags.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-completion-'));
  mkdirSync(join(folder, 'my app'));
  writeFileSync(join(folder, 'my.pfx'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(process.platform === 'win32')('bash completion', () => {
  test.each([
    ['portico ', ['start', 'invoke', 'queue', 'keys', 'config', 'completion', 'help', '--help', '--version']],
    ['portico st', ['start']],
    ['portico start --xff', ['--xff-style']],
    ['portico start --xff-style ', ['plain', 'azure']],
    ['portico start --xff-style a', ['azure']],
    ['portico start my', ['my app']],
    ['portico start --cert my', ['my app', 'my.pfx']],
    ['portico start --port ', []],
    ['portico start --quiet --lo', ['--log']],
    ['portico completion ', ['bash', 'zsh', 'fish']],
    ['portico help --', ['--help']],
    ['portico invoke --', ['--data', '--watch', '--port', '--url', '--key', '--app', '--json', '--help']],
    ['portico invoke --app my', ['my app']],
    ['portico keys ', ['list', 'create', 'set', 'revoke']],
    ['portico keys list --s', ['--show']],
    ['portico help k', ['keys']],
    ['portico config ', ['show']],
    ['portico config show my', ['my app']],
    ['portico config show --', ['--origin', '--show-secrets', '--json', '--help']],
    ['portico queue ', ['send', 'peek', 'replay', 'purge', 'list']],
    ['portico queue peek --c', ['--connection', '--count']],
    ['portico bogus ', []],
  ])('of "%s"', (line, expected) => {
    expect(complete(line).sort()).toEqual(expected.sort());
  });

  test('offers every flag of start', () => {
    expect(complete('portico start --')).toEqual([...Object.keys(START_FLAGS), 'help'].map((name) => `--${name}`));
  });
});

test.each(['zsh', 'fish'] as const)('%s completion mentions every flag of start', (shell) => {
  const script = completionScript(shell);
  for (const name of Object.keys(START_FLAGS))
    expect(script).toMatch(shell === 'zsh' ? new RegExp(`--${name}\\[`) : new RegExp(` -l ${name} `));
});

/** What bash would offer for the line, whose last word is the one being typed. */
function complete(line: string): string[] {
  const driver = `${completionScript('bash')}
    read -ra COMP_WORDS <<<"$1"; [[ $1 == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _portico
    ((\${#COMPREPLY[@]} == 0)) || printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['--norc', '-c', driver, 'bash', line], { cwd: folder, encoding: 'utf8' });
  return output.split('\n').filter(Boolean);
}
