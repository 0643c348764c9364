// A small file that others change: read again only when it is another one.
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';

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

type Stats = { readonly ino: bigint; readonly size: bigint; readonly mtimeNs: bigint; readonly ctimeNs: bigint };

function markAt(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && markOf(stats);
}

/** Rights count too: the time of the last change of any kind says so. */
function markOf({ ino, size, mtimeNs, ctimeNs }: Stats): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}
