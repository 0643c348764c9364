// A small file that others change: read again only when it is another one, and written whole or not at all.
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

export type SmallFile = {
  readonly text: string;
  /** Two readings of a path with one mark are of the same text. */
  readonly mark: string;
  /** Rights, as the system has them. */
  readonly mode: number;
};

const RIGHTS = 0o777;
const OF_OTHERS = 0o077;

/** Undefined: there is none. `known`: the last reading, which counts if nothing has changed. Throws what the file system throws. */
export function readSmallFile(path: string, known?: SmallFile): SmallFile | undefined {
  if (known !== undefined && known.mark === markAt(path)) return known;
  let handle: number;
  try {
    // A pipe of that name would keep the whole program waiting for somebody who writes.
    handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const stats = fstatSync(handle, { bigint: true });
    return { text: readFileSync(handle, 'utf8'), mark: markOf(stats), mode: Number(stats.mode) & RIGHTS };
  } finally {
    closeSync(handle);
  }
}

/** Whether users of this machine who are not its owner may read or write it. Windows tells that elsewhere. */
export function isOpenToOthers({ mode }: SmallFile): boolean {
  return process.platform !== 'win32' && (mode & OF_OTHERS) !== 0;
}

/** Whoever reads sees the one before or this one. Only one may write at a time. */
export function replaceSmallFile(path: string, text: string, mode: number): void {
  const unfinished = `${path}.new`;
  // What a process left that was killed, or somebody's link to elsewhere.
  rmSync(unfinished, { force: true });
  try {
    const handle = openSync(unfinished, 'wx', mode);
    try {
      // The user's mask may have taken rights away.
      fchmodSync(handle, mode);
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  keepName(dirname(path));
}

/** A power cut could still undo the renaming. Folders that this user may not list, and some file systems of a network, cannot be asked for that: the file is whole either way. */
function keepName(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, constants.O_RDONLY);
    fsyncSync(handle);
  } catch {
    // What was to be written is written: to say that it was not would be wrong.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

type Stats = { readonly ino: bigint; readonly size: bigint; readonly mtimeNs: bigint; readonly ctimeNs: bigint };

function markAt(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && markOf(stats);
}

/** Rights count too: the time of the last change of any kind says so. */
function markOf({ ino, size, mtimeNs, ctimeNs }: Stats): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}
