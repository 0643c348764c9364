import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ChildExit } from '../platform/child-process.ts';
import type { WorkerCommand } from './command.ts';
import { describeExit } from './process-exit.ts';

const cwd = mkdtempSync(join(tmpdir(), 'portico-exit-'));
writeFileSync(join(cwd, 'server.py'), '');
afterAll(() => rmSync(cwd, { recursive: true }));

function describeEnd(exit: Partial<ChildExit>, { args = [] as string[], lines = [] as string[] } = {}) {
  const command: WorkerCommand = {
    file: 'x',
    args,
    cwd,
    env: {},
    directory: cwd,
    written: 'x',
    section: 'customHandler',
    unknownNames: [],
  };
  return describeExit({
    command,
    exit: { code: undefined, signal: undefined, ...exit },
    ranMs: 5,
    wasReady: false,
    address: '127.0.0.1:4711',
    lines,
  });
}

describe('the end of a handler', () => {
  test.each<[what: string, exit: Partial<ChildExit>, more: { args?: string[]; lines?: string[] }, hint: RegExp]>([
    ['exit code 0', { code: 0 }, {}, /^A handler has to go on running.*On Azure an exit with code 0 goes unnoticed/],
    ['a port in use', { code: 1 }, { lines: ['listen tcp :80: bind: address already in use'] }, /^Another process has its port/],
    ['/dev/stderr', { code: 2 }, { lines: ['sh: 1: cannot create /dev/stderr: No such device or address'] }, /^Its output is a socket/],
    [
      'a script with Windows line ends',
      { code: 2 },
      { lines: ["run.sh: line 2: $'\\r': command not found"] },
      /^The script has Windows line ends/,
    ],
    ['a missing script', { code: 2 }, { args: ['-u', 'serve.py'] }, /^There is no "serve.py" in .*; did you mean "server.py"\?/],
    ['a missing script without neighbours', { code: 2 }, { args: ['sub/other.js'] }, /^There is no "sub\/other.js" in .*\. On Azure/],
    ['a script that is there', { code: 2 }, { args: ['--hook=none.js', 'server.py'], lines: ['x'] }, /^Its output should tell why/],
    ['a command that is not there', { code: 127 }, {}, /^A shell says by 127/],
    ['SIGKILL', { signal: 'SIGKILL' }, {}, /^SIGKILL comes from outside/],
    ['SIGKILL, as a shell tells it', { code: 137 }, {}, /^SIGKILL comes from outside/],
    ['SIGSEGV', { signal: 'SIGSEGV' }, {}, /^SIGSEGV is a crash in native code/],
    ['SIGABRT, as a shell tells it', { code: 134 }, {}, /^SIGABRT is a crash in native code/],
    ['SIGTERM', { signal: 'SIGTERM' }, {}, /^It gave no reason/],
    ['anything else', { code: 3 }, { lines: ['no database'] }, /^Its output should tell why.*Exceeded http worker restart retry count/],
  ])('by %s has its advice', (_, exit, more, hint) => {
    expect(describeEnd(exit, more).hint).toMatch(hint);
  });
});
