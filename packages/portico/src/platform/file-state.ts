// What the file system says of an entry, as far as it tells whether somebody changed it.
import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { sep } from 'node:path';

export type EntryState = {
  readonly kind: 'file' | 'folder';
  /** Two states of an entry are alike when their marks are. */
  readonly mark: string;
  readonly mtimeMs: number;
};

/** A folder is the same as long as it is there. */
export const FOLDER_MARK = 'folder';

export type Entry = { readonly name: string; readonly isFile: boolean };

/** Undefined when there is no such entry. A link to a file is that file; one to a folder is a folder if it is to be followed. */
export function readEntry(path: string, isFollowed: () => boolean): EntryState | undefined {
  const own = statOf(path, lstatSync);
  if (!own?.isSymbolicLink()) return own && toState(own);
  const target = statOf(path, statSync);
  return target === undefined || (target.isDirectory() && !isFollowed()) ? { ...toState(own), kind: 'file' } : toState(target);
}

/** Undefined when it cannot be read. */
export function listFolder(path: string): Entry[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true }).map((entry) => ({ name: entry.name, isFile: entry.isFile() }));
  } catch {
    // Gone, or closed to us: in either case nothing in it can be seen.
    return undefined;
  }
}

/** With slashes, as ignore files and people write it. */
export function withSlashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

/** The mode too: a handler that did not start may have lacked permission. */
function toState(stats: Stats): EntryState {
  const { size, mtimeMs, mode } = stats;
  return stats.isDirectory()
    ? { kind: 'folder', mark: FOLDER_MARK, mtimeMs }
    : { kind: 'file', mark: `${size} ${mtimeMs} ${mode}`, mtimeMs };
}

function statOf(path: string, read: typeof statSync): Stats | undefined {
  try {
    return read(path, { throwIfNoEntry: false });
  } catch {
    // A link that leads to itself, a file where a folder was, or somewhere we may not look.
    return undefined;
  }
}
