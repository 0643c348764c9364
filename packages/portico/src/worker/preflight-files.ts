import { accessSync, closeSync, constants, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { HEADER_BYTES } from './binary-header.ts';

export function isFile(path: string): boolean {
  return stat(path)?.isFile() === true;
}

export function isDirectory(path: string): boolean {
  return stat(path)?.isDirectory() === true;
}

// Absent, behind a closed folder, a circle of links: for a start it is all the same.
function stat(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}

/** Where the system would find a program of that name. */
export function findOnPath(name: string, path: string | undefined): string | undefined {
  const names = delimiter === ';' ? [name, `${name}.exe`] : [name];
  const folders = path?.split(delimiter) ?? [];
  return folders.flatMap((folder) => names.map((candidate) => resolve(folder, candidate))).find(isExecutable);
}

/** The first bytes of a file; undefined when it may not be read. */
export function readHead(file: string): Buffer | undefined {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const head = Buffer.alloc(HEADER_BYTES);
      return head.subarray(0, readSync(descriptor, head, 0, HEADER_BYTES, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

export function fileNamesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
