import { rename, rm, writeFile } from 'node:fs/promises';
import { newGuid } from '../platform/ids.ts';

/** Whoever reads the file finds the old text or the new one. Rejects with what the file system says, and leaves nothing then. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  // A name that the watcher ignores.
  const draft = `${path}.${newGuid()}.tmp`;
  try {
    await writeFile(draft, text, { flag: 'wx' });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** The last one: a folder has the name. */
const NOT_WRITABLE: ReadonlySet<unknown> = new Set(['EROFS', 'EACCES', 'EPERM', 'EISDIR']);

const DISK_FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** One sentence; undefined: that is not what is wrong. */
export function whyNotWritable(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (DISK_FULL.has(code)) return 'There is no room on the disk of the app.';
  return NOT_WRITABLE.has(code) ? 'This host cannot write that file of the app.' : undefined;
}
