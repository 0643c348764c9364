// Notices what matters of an app's changes on disk: its configuration, its functions, and the files beside a handler that did not start.
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/error.ts';
import type { FunctionApp } from '../core/function-app.ts';
import type { Logger } from '../core/log.ts';
import { watchFolder } from '../platform/watch-folder.ts';
import { OFFLINE_FILE } from './app-generation.ts';

export type AppChange = {
  /** Relative to the root. */
  readonly file: string;
  /** `app`: what the host reads. `handler`: anything else that lies where the handler's files lie. */
  readonly kind: 'app' | 'handler';
};

export type AppWatcherOptions = {
  readonly root: string;
  /** As it was read last: says where the handler's files lie. */
  readonly app: () => FunctionApp;
  /** What changed after it was read and before it was watched counts as well. */
  readonly readAtMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** The next change is told when this one has been dealt with. */
  readonly onChange: (change: AppChange) => Promise<void>;
};

/** An editor writes a file in several steps; what follows within this time belongs to the same change. */
const SETTLE_MS = 100;

const READ_BY_THE_HOST = new Set(['host.json', 'local.settings.json', 'portico.json', '.env', '.env.local', OFFLINE_FILE]);
const NEVER_A_FUNCTION = /^(?:\.|node_modules$)/;

/** Returns how to end it; that resolves when the change in hand has been dealt with. */
export function watchApp({ root, app, readAtMs, clock, log, onChange }: AppWatcherOptions): () => Promise<void> {
  const folders = new Map<string, () => void>();
  const ended = new AbortController();
  let pending: AppChange | undefined;
  let delivering: Promise<void> | undefined;

  const seen = (change: AppChange): void => {
    if (pending?.kind !== 'app') pending = change;
    delivering ??= deliver().finally(() => {
      delivering = undefined;
    });
  };
  const deliver = async (): Promise<void> => {
    while (pending !== undefined && !ended.signal.aborted) {
      try {
        await clock.sleep(SETTLE_MS, ended.signal);
        const change = pending;
        pending = undefined;
        // Before it is read, so that nothing is missed; and after, because the handler may now lie elsewhere.
        watchFolders();
        await onChange(change);
        watchFolders();
      } catch (error) {
        if (error !== ended.signal.reason)
          log.error('A change on disk could not be taken over; the next one is tried again.', { fields: { reason: messageOf(error) } });
      }
    }
  };
  const watchFolders = (): void => {
    if (ended.signal.aborted) return;
    const wanted = new Set([dirname(root), root, ...functionFolders(root), ...handlerFolders(root, app())]);
    for (const folder of folders.keys()) if (!wanted.has(folder)) forget(folder);
    for (const folder of wanted) if (!folders.has(folder)) watchEntries(folder);
  };
  const watchEntries = (folder: string): void => {
    const stop = watchFolder(
      folder,
      (name) => entryChanged(folder, name),
      (error) => unwatchable(folder, error),
    );
    if (stop !== undefined) folders.set(folder, stop);
  };
  const forget = (folder: string): void => {
    folders.get(folder)?.();
    folders.delete(folder);
  };
  const entryChanged = (folder: string, name: string): void => {
    const path = join(folder, name);
    const isRoot = path === root;
    if (folder === dirname(root) && !isRoot) return;
    const wasWatched = folders.has(path);
    // It may be another folder of that name by now, and a watch stays with the old one.
    for (const known of folders.keys()) if (known === path || (isRoot && known.startsWith(root))) forget(known);
    if (pending?.kind === 'app') return;
    const readByTheHost =
      isRoot || (folder === root ? READ_BY_THE_HOST.has(name) || wasWatched || isFunctionFolder(root, name) : name === 'function.json');
    seen({ file: relative(root, path) || basename(root), kind: readByTheHost ? 'app' : 'handler' });
  };
  const unwatchable = (folder: string, error: NodeJS.ErrnoException): void => {
    forget(folder);
    if (error.code === 'ENOENT') return;
    // Stays among the watched, so that this is said once.
    folders.set(folder, () => {});
    log.warning('A folder cannot be watched, so changes in it are not noticed.', { fields: { folder, reason: error.message } });
  };

  watchFolders();
  const missed = whatTheHostReads(root).find((path) => changedAfter(path, readAtMs));
  if (missed !== undefined) seen({ file: relative(root, missed) || basename(root), kind: 'app' });
  return async () => {
    ended.abort();
    for (const stop of folders.values()) stop();
    await delivering;
  };
}

/** Folders too: their time tells of what was added and taken away. */
function whatTheHostReads(root: string): string[] {
  return [
    root,
    ...[...READ_BY_THE_HOST].map((name) => join(root, name)),
    ...functionFolders(root).flatMap((folder) => [folder, join(folder, 'function.json')]),
  ];
}

function functionFolders(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter(
        (entry) =>
          (entry.isDirectory() && !NEVER_A_FUNCTION.test(entry.name)) || (entry.isSymbolicLink() && isFunctionFolder(root, entry.name)),
      )
      .map(({ name }) => join(root, name));
  } catch {
    // The root is gone for the moment; the watch of its parent says when it is back.
    return [];
  }
}

/** Where the executable and its script lie, as far as that is within the app. */
function handlerFolders(root: string, { config }: FunctionApp): string[] {
  const { executablePath, workerPath, workerDirectory, arguments: words = [] } = config?.handler ?? {};
  return [executablePath, workerPath, ...words]
    .filter((path) => path?.includes('/'))
    .map((path) => dirname(resolve(root, workerDirectory ?? '', path as string)))
    .filter((folder) => !relative(root, folder).startsWith('..') && basename(folder) !== 'node_modules');
}

function isFunctionFolder(root: string, name: string): boolean {
  return !NEVER_A_FUNCTION.test(name) && stateOf(join(root, name))?.isDirectory() === true;
}

function changedAfter(path: string, atMs: number): boolean {
  return (stateOf(path)?.mtimeMs ?? 0) > atMs;
}

function stateOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A link that leads to itself, or somewhere we may not look: nothing of the app's.
    return undefined;
  }
}
