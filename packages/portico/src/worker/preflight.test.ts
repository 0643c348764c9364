import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Machine } from '../platform/machine.ts';
import type { WorkerCommand } from './command.ts';
import { preflight } from './preflight.ts';

const root = mkdtempSync(join(tmpdir(), 'portico-preflight-'));
const linux: Machine = { platform: 'linux', arch: 'x64', runsForeign: () => false };
const WINDOWS_PROGRAM = 'MZ';
const ARM_PROGRAM = `\x7fELF\x02\x01${'\0'.repeat(12)}\xb7${'\0'.repeat(60)}`;
const INTEL_PROGRAM = ARM_PROGRAM.replace('\xb7', '\x3e');
const OLD_INTEL_PROGRAM = ARM_PROGRAM.replace('\xb7', '\x03').replace('\x02\x01', '\x01\x01');

/** Writes an executable below the root. */
function write(name: string, content: string): void {
  writeFileSync(join(root, name), content, { encoding: 'latin1', mode: 0o755 });
}

function check(file: string, { machine = linux, cwd = root }: { machine?: Machine; cwd?: string } = {}) {
  const command: WorkerCommand = {
    file: file.startsWith('./') ? join(root, file) : file,
    args: [],
    cwd,
    env: { PATH: join(root, 'path') },
    directory: root,
    written: file,
    section: 'customHandler',
    unknownNames: [],
  };
  return preflight(command, machine);
}

describe.runIf(process.platform !== 'win32')('preflight', () => {
  beforeAll(() => {
    for (const folder of ['path', 'sub', 'handler']) mkdirSync(join(root, folder));
    write('path/python3', INTEL_PROGRAM);
    write('path/node', INTEL_PROGRAM);
    write('path/broken', '#!/no/such/perl\n');
    write('sub/below', INTEL_PROGRAM);
    write('server', INTEL_PROGRAM);
    write('worker.exe', WINDOWS_PROGRAM);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  test.each([
    ['a program for this machine', INTEL_PROGRAM],
    ['a program for its older sister', OLD_INTEL_PROGRAM],
    ['a shell script', '#!/bin/sh\n'],
    ['a script for a program on PATH', '#!/usr/bin/env node\n'],
    ['a script for a program on PATH, with options', '#!/usr/bin/env -S NODE_ENV=test node --no-warnings\n'],
    ['a script whose env has options of its own', '#!/usr/bin/env -i node\n'],
  ])('passes %s', (_, content) => {
    write('passes', content);
    expect(check('./passes')).toBeUndefined();
  });

  test('passes a name on PATH', () => {
    expect(check('node')).toBeUndefined();
  });

  test.each([
    ['program', ARM_PROGRAM],
    ['format that the system itself does not know', 'an archive '.repeat(10)],
  ])('passes a foreign %s where an emulator runs it', (_, content) => {
    write('foreign', content);
    expect(check('./foreign', { machine: { ...linux, runsForeign: (head) => head.length > 64 } })).toBeUndefined();
  });

  test.each<[what: string, content: string, code: string, hint: RegExp]>([
    ['a program for another processor', ARM_PROGRAM, 'WORKER_PROGRAM_FOREIGN', /GOOS=linux GOARCH=amd64 go build/],
    ['an empty file', '', 'WORKER_PROGRAM_UNKNOWN', /^Build it again/],
    ['a script after a byte order mark', '\xef\xbb\xbf#!/bin/sh\n', 'WORKER_PROGRAM_UNKNOWN', /without a byte order mark/],
    [
      'a script for what is on PATH under another name',
      '#!/usr/bin/env python\n',
      'WORKER_INTERPRETER_MISSING',
      /^Write #!\/usr\/bin\/env python3\./,
    ],
    ['a script for what is elsewhere', '#!/opt/bin/python3 -u\n', 'WORKER_INTERPRETER_MISSING', /^Write #!\/usr\/bin\/env python3\./],
    ['a script for what is nowhere', '#!/opt/bin/lisp\n', 'WORKER_INTERPRETER_MISSING', /^Install lisp/],
    [
      'a script that gives env two words',
      '#!/usr/bin/env node --no-warnings\n',
      'WORKER_INTERPRETER_MISSING',
      /^Write #!\/usr\/bin\/env -S node --no-warnings\./,
    ],
    ['a script with Windows line ends after env', '#!/usr/bin/env node\r\n', 'WORKER_SCRIPT_LINE_ENDS', /^sed -i/],
  ])('refuses %s', (_, content, code, hint) => {
    write('refused', content);
    expect(check('./refused')).toMatchObject({ code, hint: expect.stringMatching(hint) });
  });

  test('looks at what it finds on PATH as well', () => {
    expect(check('broken')).toMatchObject({ code: 'WORKER_INTERPRETER_MISSING' });
  });

  test('says of a program for Windows what is beside it', () => {
    write('server.exe', WINDOWS_PROGRAM);
    expect(check('./server.exe')?.hint).toMatch(/^There is "server" beside it/);
    write('app.dll', WINDOWS_PROGRAM);
    expect(check('./app.dll')?.hint).toMatch(/^dotnet runs it: .*\["app.dll"\]/);
  });

  test('asks Windows for nothing but the right machine', () => {
    const windows: Machine = { platform: 'win32', arch: 'arm64', runsForeign: () => false };
    write('script.bat', 'echo');
    expect(check('./script.bat', { machine: windows })).toBeUndefined();
    expect(check('./server', { machine: windows })).toMatchObject({
      message: expect.stringMatching(/is a Linux program for x64; this machine is win32\/arm64/),
    });
  });

  test.each([
    ['sever', 'Did you mean "server"?'],
    ['worker', 'Did you mean "worker.exe"?'],
    ['server.EXE', 'There is "server": a program has no .exe here.'],
    ['python', 'There is "python3" on PATH.'],
    ['python.exe', 'There is "python3" on PATH.'],
    ['below', 'It is in the working directory: write "sub/below".'],
    ['handler', `${join(root, 'handler')} is a folder: name the program in it.`],
    ['nothing-like-it', 'Build it, or correct'],
  ])('suggests for %s: %s', (file, suggestion) => {
    rmSync(join(root, 'server.exe'), { force: true });
    const error = check(file, { cwd: join(root, 'sub') });
    expect(error?.code).toBe('WORKER_PROGRAM_MISSING');
    expect(error?.hint?.startsWith(suggestion), error?.hint).toBe(true);
  });
});
