// The folder for what Portico keeps of an app: `.portico` in its root, or one of the user's where the root cannot be written to.
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Logger } from '../core/log.ts';
import { thisProcess } from './process-identity.ts';
import { writeFault } from './write-fault.ts';

export type StateFolder = {
  /** Absolute. Known without making it. */
  readonly path: string;
  /** As people read it: relative to the root if it is below it. */
  readonly label: string;
  /** Makes it, unless it is there, and gives its path. Throws STATE_UNWRITABLE or STATE_DISK_FULL. */
  make(): string;
};

export type StateFolderOptions = {
  /** Of the app; absolute. */
  readonly root: string;
  /** Where folders of this user's programs are: `stateHome()` of platform/. */
  readonly stateHome: () => string;
  readonly log: Logger;
};

const NAME = '.portico';
/** Git then ignores the folder itself as well. */
const GIT_IGNORE = '*\n';

export function stateFolder({ root, stateHome, log }: StateFolderOptions): StateFolder {
  const own = join(root, NAME);
  const isInRoot = isWritable(existsSync(own) ? own : root);
  const path = isInRoot ? own : join(stateHome(), 'portico', nameFor(root));
  let isTold = isInRoot;
  return {
    path,
    label: isInRoot ? NAME : path,
    make() {
      try {
        if (isInRoot) makeIgnored(path);
        else mkdirSync(path, { recursive: true });
      } catch (cause) {
        throw writeFault(path, cause);
      }
      if (!isTold)
        log.information('The folder of the app cannot be written to, so what the host remembers is kept elsewhere.', {
          fields: { folder: path },
        });
      isTold = true;
      return path;
    },
  };
}

/** Only the folder itself: an app that was removed stays so. */
function makeIgnored(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
  const file = join(folder, '.gitignore');
  // A full disk makes a file and then has no room for what is in it.
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0) return;
  const unfinished = `${file}.${thisProcess().pid}`;
  try {
    writeFileSync(unfinished, GIT_IGNORE);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Two apps have two names; the first part is for people. */
function nameFor(root: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(root)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `${basename(root).replace(/[^\w.-]/g, '_') || 'app'}-${hash.toString(16).padStart(8, '0')}`;
}
