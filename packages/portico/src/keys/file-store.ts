// Keys in files, as Azure's host has them with AzureWebJobsSecretStorageType=files: `host.json` and `FUNCTION.json` in a folder.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { HostError } from '../core/error.ts';
import { keysContested, keysShadowed, keysUnreadable, keysUnwritable } from '../core/errors/keys.ts';
import { report } from '../core/log.ts';
import { FileLock, LONGEST_WAIT_MS } from '../platform/file-lock.ts';
import { replaceFile } from '../platform/replace-file.ts';
import { readSmallFile, type SmallFile } from '../platform/small-file.ts';
import { type DocumentStoreOptions, documentStore } from './document-store.ts';
import type { KeyStore } from './key-store.ts';

export type FileStoreOptions = DocumentStoreOptions & {
  /** Absolute. It is made when keys are. */
  readonly folder: string;
  /** Makes what is above it, where that is a folder of the app's own. */
  readonly makeParent?: () => void;
  readonly clock: Clock;
};

const FRESH_FOR_MS = 1000;
const FOLDER_RIGHTS = 0o700;
const FILE_RIGHTS = 0o600;
const LOCK_FILE = '.portico.lock';

export function openFileStore({ folder, makeParent, clock, ...options }: FileStoreOptions): KeyStore {
  const known = new Map<string, SmallFile>();
  const told = new Set<string>();
  const pathOf = (name: string): string => join(folder, `${name}.json`);
  const lock = new FileLock(() => {
    makeParent?.();
    mkdirSync(folder, { recursive: true, mode: FOLDER_RIGHTS });
    return join(folder, LOCK_FILE);
  }, clock);

  function readFile(name: string): SmallFile | undefined {
    const path = pathOf(name);
    const before = known.get(name);
    try {
      const own = readSmallFile(path, before);
      if (own !== undefined && own === before) return own;
      const other = spelledOtherwise(name);
      // Both are there: what was revoked in the one must not come back from the other.
      if (own !== undefined && other !== undefined) tellOnce(join(folder, other), path);
      const file = own ?? (other === undefined ? undefined : readSmallFile(join(folder, other)));
      if (file === undefined) known.delete(name);
      else known.set(name, file);
      return file;
    } catch (error) {
      throw keysUnreadable(path, error);
    }
  }

  /** Parity: Azure's keys API writes `Other.json` and reads `other.json`, which are two files on Linux, so that such keys open nothing there. Here they do. */
  function spelledOtherwise(name: string): string | undefined {
    const file = `${name}.json`;
    // Where several differ in case only, which one counts must not depend on the file system.
    return list(folder)
      .sort()
      .find((one) => one !== file && one.toLowerCase() === file);
  }

  function tellOnce(ignored: string, used: string): void {
    if (!told.has(ignored)) report(options.log, 'warning', keysShadowed(ignored, used));
    told.add(ignored);
  }

  return documentStore(
    {
      place: folder,
      freshForMs: FRESH_FOR_MS,
      labelOf: pathOf,
      read: async (name) => readFile(name)?.text,
      async change(name, change, signal) {
        const path = pathOf(name);
        try {
          const done = await lock.run(async () => {
            const before = readFile(name);
            const after = change(before?.text);
            if (after !== undefined) await replaceFile(path, after, before?.mode ?? FILE_RIGHTS);
          }, signal);
          if (done === undefined) throw keysContested(path, `another program works on them for longer than ${LONGEST_WAIT_MS} ms`);
        } catch (error) {
          if (error instanceof HostError || signal.aborted) throw error;
          throw keysUnwritable(path, error);
        }
      },
    },
    options,
  );
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
