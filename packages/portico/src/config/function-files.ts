import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionFile } from './function-json.ts';
import { readText } from './read-text.ts';

/** Every immediate folder of the root with a function.json, sorted by name as Azure sorts them, which decides who gets a route first. */
export function functionFiles(root: string): FunctionFile[] {
  return foldersIn(root).flatMap((name) => {
    const directory = join(root, name);
    const file = readText(join(directory, 'function.json'));
    return file ? [{ name, directory, file }] : [];
  });
}

/** Ordinal, ignoring case: by code unit of the upper-case name. */
export function compareNames(one: string, other: string): number {
  const [upper, otherUpper] = [one.toUpperCase(), other.toUpperCase()];
  return upper === otherUpper ? 0 : upper < otherUpper ? -1 : 1;
}

function foldersIn(root: string): string[] {
  try {
    const entries = readdirSync(root, { withFileTypes: true });
    // A link may lead to a folder; what it leads to shows when function.json is read.
    return entries.flatMap((entry) => (entry.isDirectory() || entry.isSymbolicLink() ? [entry.name] : [])).sort(compareNames);
  } catch {
    // Parity: a root that cannot be listed has no functions; that host.json is missing there is the problem people see.
    return [];
  }
}
