// A file that is written whole or not at all: whoever reads it finds the text from before or the new one, also after a power cut.
import { constants } from 'node:fs';
import { open, readlink, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, sep } from 'node:path';
import { newGuid } from './ids.ts';

type Before = { readonly mode: number; readonly uid: number; readonly gid: number };

const RIGHTS = 0o777;

/**
 * Several may write at once, and the last one counts. A link stays, and what it leads to is written.
 * `mode`: its rights; undefined: those that it has, or those of any new file. Rejects with what the file system says, and leaves nothing then.
 */
export async function replaceFile(path: string, text: string, mode?: number): Promise<void> {
  const before = await look(path);
  const file = await followLinks(path);
  // A name that the watcher ignores.
  const draft = `${file}.${newGuid()}.tmp`;
  try {
    await writeDraft(draft, text, mode, before);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await keepName(dirname(file));
}

/** Undefined: there is none. Rejects where links lead round in a circle, among others. */
async function look(path: string): Promise<Before | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What a link leads to need not be there yet. */
async function followLinks(path: string): Promise<string> {
  for (let file = path; ; ) {
    const link = await readlink(file).catch(() => undefined);
    // No link, or nothing at all.
    if (link === undefined) return file;
    // Not joined: where ".." leads to is the system's to say, for the folder may be a link as well.
    file = isAbsolute(link) ? link : `${dirname(file)}${sep}${link}`;
  }
}

async function writeDraft(draft: string, text: string, mode: number | undefined, before: Before | undefined): Promise<void> {
  const rights = mode ?? (before && before.mode & RIGHTS);
  const handle = await open(draft, 'wx', rights);
  try {
    // Root alone may give it away: what it changes for somebody else stays theirs, or they could no longer read it.
    if (before !== undefined) await handle.chown(before.uid, before.gid).catch(() => {});
    // The user's mask may have taken rights away.
    if (rights !== undefined) await handle.chmod(rights);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A power cut could still undo the renaming. Folders that this user may not list, and some file systems of a network, cannot be asked for that: the file is whole either way. */
async function keepName(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  // What was to be written is written: to say that it was not would be wrong.
  await handle?.sync().catch(() => {});
  await handle?.close();
}
