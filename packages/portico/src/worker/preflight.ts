// Whether the handler can be started at all, decided before it is tried: the system's own answer would be "No such file or directory" to half of these.
import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { HostError } from '../core/error.ts';
import { workerDirectoryMissing, workerProgramNotExecutable } from '../core/errors/handler.ts';
import type { Machine } from '../platform/machine.ts';
import { readProgramHeader } from './binary-header.ts';
import type { WorkerCommand } from './command.ts';
import { findOnPath, isDirectory, isExecutable, isFile, readHead } from './preflight-files.ts';
import { describeMissing } from './preflight-missing.ts';
import { checkLoader, checkMachine } from './preflight-program.ts';
import { checkScript, describeUnknown } from './preflight-script.ts';

/** What stands against the start. Undefined: nothing that can be seen from outside. */
export function preflight(command: WorkerCommand, machine: Machine): HostError | undefined {
  const { cwd, section } = command;
  if (!isDirectory(cwd)) return workerDirectoryMissing({ directory: cwd, section });
  const file = locate(command);
  return file === undefined ? describeMissing(command) : checkFile(file, command, machine);
}

function locate({ file, env }: WorkerCommand): string | undefined {
  if (isAbsolute(file)) return isFile(file) ? file : undefined;
  // What lies below the app root is absolute by now. The system would go on to look below the working directory; Azure's host does not.
  return /[\\/]/.test(file) ? undefined : findOnPath(file, env.PATH);
}

function checkFile(file: string, { env }: WorkerCommand, machine: Machine): HostError | undefined {
  // Undefined when the file may be run but not read.
  const head = readHead(file);
  const header = head && readProgramHeader(head);
  const emulated = head !== undefined && machine.runsForeign(head);
  const foreign = header?.kind === 'program' && !emulated ? checkMachine(file, header, machine) : undefined;
  // Windows knows neither the executable bit nor first lines that name an interpreter.
  if (foreign !== undefined || machine.platform === 'win32') return foreign;
  if (!isExecutable(file)) return workerProgramNotExecutable({ file, mode: (statSync(file).mode & 0o7777).toString(8).padStart(4, '0') });
  if (head === undefined || header === undefined || emulated) return undefined;
  if (header.kind === 'program') return checkLoader(file, header.loader);
  return header.kind === 'script' ? checkScript(file, header.command, env.PATH) : describeUnknown(file, head);
}
