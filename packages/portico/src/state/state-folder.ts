// The folder for what Portico keeps of an app: `.portico` in its root, or one of the user's where the root cannot be written to.
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stateUnwritable } from '../core/error-catalogue.ts';
import type { Logger } from '../core/log.ts';

export type StateFolder = {
  /** Absolute. Known without making it. */
  readonly path: string;
  /** As people read it: relative to the root if it is below it. */
  readonly label: string;
  /** Makes it, unless it is there, and gives its path. Throws STATE_UNWRITABLE. */
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
        mkdirSync(path, { recursive: true });
        if (isInRoot && !existsSync(join(path, '.gitignore'))) writeFileSync(join(path, '.gitignore'), GIT_IGNORE);
      } catch (cause) {
        throw stateUnwritable(path, cause);
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
