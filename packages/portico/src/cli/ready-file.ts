import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { readyFileUnwritable } from '../core/errors/start-command.ts';

/** A file whose presence means: it runs, and this is where. Scripts wait for it. */
export type ReadyFile = {
  write(content: object): void;
  /** May be called at any time, also when there is none. */
  remove(): void;
};

/** Removes what an earlier run may have left behind, and notices a bad path before anything is started. */
export function openReadyFile(path: string): ReadyFile {
  const unfinished = `${path}.new`;
  orExplain(path, () => {
    rmSync(path, { force: true });
    // Whether it can be written shows when it is: a folder that is missing or closed, a full disk.
    writeFileSync(unfinished, '');
    rmSync(unfinished);
  });
  return {
    // Renamed into place, so that nobody reads half of it.
    write: (content) =>
      orExplain(path, () => {
        writeFileSync(unfinished, `${JSON.stringify(content)}\n`);
        renameSync(unfinished, path);
      }),
    remove: () => {
      try {
        for (const file of [path, unfinished]) rmSync(file, { force: true });
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
