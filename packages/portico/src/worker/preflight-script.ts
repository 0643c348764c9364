// The first line of a script, as the kernel reads it: "#!", the interpreter, and all the rest as one argument.
import { basename } from 'node:path';
import type { HostError } from '../core/error.ts';
import { workerInterpreterMissing, workerProgramUnknown, workerScriptLineEnds } from '../core/errors/handler.ts';
import { findOnPath, isFile } from './preflight-files.ts';
import { findAlternative } from './preflight-missing.ts';

/** `command`: the first line without its "#!". */
export function checkScript(file: string, command: string, path: string | undefined): HostError | undefined {
  if (command.endsWith('\r')) return workerScriptLineEnds({ file, interpreter: command.trim() });
  const firstLine = `#!${command}`;
  const [interpreter = '', ...words] = command.trim().split(/[ \t]+/);
  if (!isFile(interpreter)) {
    const other = findAlternative(basename(interpreter), path);
    const suggestion = other ? `Write #!/usr/bin/env ${other}.` : `Install ${basename(interpreter)}, or name another interpreter.`;
    return workerInterpreterMissing({ file, firstLine, missing: `there is no ${interpreter}`, suggestion });
  }
  return basename(interpreter) === 'env' ? checkEnv(file, firstLine, words, path) : undefined;
}

/** env looks the interpreter up on PATH. It splits what follows into words only after -S. */
function checkEnv(file: string, firstLine: string, words: readonly string[], path: string | undefined): HostError | undefined {
  const splits = words[0]?.startsWith('-S') || words[0] === '--split-string';
  const name = splits
    ? words
        .join(' ')
        .replace(/^-(S|-split-string) ?/, '')
        .split(' ')
        .find((word) => !word.includes('='))
    : words.join(' ');
  if (name === undefined || name.startsWith('-') || findOnPath(name, path) !== undefined) return undefined;
  const [first = name] = words;
  const other = findAlternative(first, path);
  const suggestion =
    name.includes(' ') && other === first
      ? `Write #!/usr/bin/env -S ${name}.`
      : other
        ? `Write #!/usr/bin/env ${other}.`
        : `Install ${first}.`;
  return workerInterpreterMissing({ file, firstLine, missing: `there is no "${name}" on PATH`, suggestion });
}

const MARKED = Buffer.from('\ufeff#!');

/** For a file that is executable but has no header that a system knows. */
export function describeUnknown(file: string, head: Buffer): HostError {
  if (head.length === 0) return workerProgramUnknown({ file, found: 'is empty', advice: 'Build it again.' });
  if (head.subarray(0, MARKED.length).equals(MARKED)) {
    return workerProgramUnknown({
      file,
      found: 'has a byte order mark before its "#!"',
      advice: 'Save it as UTF-8 without a byte order mark.',
    });
  }
  return workerProgramUnknown({ file, found: 'has no "#!" line', advice: 'Let its first line name its interpreter, such as #!/bin/sh.' });
}
