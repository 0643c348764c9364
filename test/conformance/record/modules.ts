// The storage emulator and SDKs are looked for only when a step needs them.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The file a package name stands for, seen from each of the folders in turn. */
export function findModule(name: string, folders: readonly string[]): string {
  const found = lookForModule(name, folders);
  if (found === undefined) throw new Error(`${name} was not found. Install it beside the recorder or pass --modules DIR.`);
  return found;
}

/** Undefined: none of them has it. */
export function lookForModule(name: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    try {
      return createRequire(join(folder, 'x.js')).resolve(name);
    } catch {
      // Not in this folder; the next one may have it.
    }
  }
  return undefined;
}

export async function importModule<T>(name: string, folders: readonly string[]): Promise<T> {
  return (await import(pathToFileURL(findModule(name, folders)).href)) as T;
}
