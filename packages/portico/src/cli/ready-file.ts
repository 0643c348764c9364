import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readyFileUnwritable } from '../core/error-catalogue.ts';

/** A file whose presence means: it runs, and this is where. Scripts wait for it. */
export type ReadyFile = {
  write(content: object): void;
  /** May be called at any time, also when there is none. */
  remove(): void;
};

/** Removes what an earlier run may have left behind, and notices a bad path before anything is started. */
export function openReadyFile(path: string): ReadyFile {
  orExplain(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
  });
  return {
    // Renamed into place, so that nobody reads half of it.
    write: (content) =>
      orExplain(path, () => {
        writeFileSync(`${path}.new`, `${JSON.stringify(content)}\n`);
        renameSync(`${path}.new`, path);
      }),
    remove: () => {
      try {
        rmSync(path, { force: true });
      } catch {
        // The process is about to end and has nobody left to tell; the process ids in the file show that it is stale.
      }
    },
  };
}

function orExplain(path: string, act: () => void): void {
  try {
    act();
  } catch (thrown) {
    throw readyFileUnwritable(path, thrown);
  }
}
