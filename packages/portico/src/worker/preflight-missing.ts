// The program is not where host.json says: what may have been meant?
import { existsSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import type { HostError } from '../core/error.ts';
import { workerProgramMissing } from '../core/errors/handler.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { WorkerCommand } from './command.ts';
import { fileNamesIn, findOnPath, isFile } from './preflight-files.ts';

export function describeMissing(command: WorkerCommand): HostError {
  const { file, directory, section } = command;
  const tried = [resolve(directory, file), ...(isBareName(file) ? ['the folders of PATH'] : [])];
  return workerProgramMissing({ file, section, tried, suggestion: suggest(command) });
}

function suggest({ file, directory, cwd, env }: WorkerCommand): string | undefined {
  const wanted = resolve(directory, file);
  if (existsSync(wanted)) return `${wanted} is a folder: name the program in it.`;

  const withoutExe = basename(file).replace(/\.exe$/i, '');
  const neighbours = fileNamesIn(dirname(wanted));
  if (withoutExe !== basename(file) && neighbours.includes(withoutExe)) return `There is "${withoutExe}": a program has no .exe here.`;
  const near = neighbours.includes(`${withoutExe}.exe`) ? `${withoutExe}.exe` : nearestName(basename(file), neighbours);
  if (near !== undefined) return `Did you mean "${near}"?`;

  const other = isBareName(file) ? findAlternative(withoutExe, env.PATH) : undefined;
  if (other !== undefined) return `There is "${other}" on PATH.`;
  const below = resolve(cwd, file);
  return isFile(below) ? `It is in the working directory: write "${relative(directory, below)}".` : undefined;
}

const ALTERNATIVES: Readonly<Record<string, readonly string[]>> = {
  python: ['python3', 'python2'],
  python3: ['python'],
  node: ['nodejs', 'bun', 'deno'],
  pip: ['pip3'],
};

/** Another name under which the same interpreter may be there. */
export function findAlternative(name: string, path: string | undefined): string | undefined {
  return [name, ...(ALTERNATIVES[name] ?? [])].find((candidate) => findOnPath(candidate, path) !== undefined);
}

function isBareName(file: string): boolean {
  return !/[\\/]/.test(file);
}
