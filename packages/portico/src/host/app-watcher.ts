// Notices what matters of an app's changes on disk: its configuration, its functions, and the files beside a handler that did not start.
import { readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Clock } from '../core/clock.ts';
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

/** An editor writes a file in several steps; what follows within this time belongs to the same change. */
const SETTLE_MS = 100;

const READ_BY_THE_HOST = new Set(['host.json', 'local.settings.json', 'portico.json', '.env', '.env.local', OFFLINE_FILE]);
const NEVER_A_FUNCTION = /^(?:\.|node_modules$)/;

/** Returns how to end it. */
export function watchApp(
  root: string,
  app: () => FunctionApp,
  clock: Clock,
  log: Logger,
  onChange: (change: AppChange) => void,
): () => void {
  const folders = new Map<string, () => void>();
  const ended = new AbortController();
  let pending: AppChange | undefined;

  const seen = (change: AppChange): void => {
    const waiting = pending !== undefined;
    if (pending?.kind !== 'app') pending = change;
    if (waiting) return;
    clock.sleep(SETTLE_MS, ended.signal).then(settle, () => {
      // The host stops: nobody wants to know any more.
    });
  };
  const settle = (): void => {
    const change = pending;
    pending = undefined;
    if (change === undefined) return;
    onChange(change);
    watchFolders();
  };
  const watchFolders = (): void => {
    const wanted = new Set([root, ...functionFolders(root), ...handlerFolders(root, app())]);
    for (const [folder, stop] of folders) {
      if (wanted.has(folder)) continue;
      stop();
      folders.delete(folder);
    }
    for (const folder of wanted) {
      if (!folders.has(folder))
        folders.set(
          folder,
          watchFolder(
            folder,
            (name) => entryChanged(folder, name),
            (error) => unwatchable(folder, error),
          ),
        );
    }
  };
  const entryChanged = (folder: string, name: string): void => {
    const file = relative(root, join(folder, name));
    const readByTheHost = folder === root ? READ_BY_THE_HOST.has(name) || isFolder(root, name, folders) : name === 'function.json';
    seen({ file, kind: readByTheHost ? 'app' : 'handler' });
  };
  const unwatchable = (folder: string, error: NodeJS.ErrnoException): void => {
    folders.delete(folder);
    if (error.code !== 'ENOENT')
      log.warning('A folder cannot be watched, so changes in it are not noticed.', { fields: { folder, reason: error.message } });
  };

  watchFolders();
  return () => {
    ended.abort();
    for (const stop of folders.values()) stop();
  };
}

function functionFolders(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !NEVER_A_FUNCTION.test(entry.name))
      .map(({ name }) => join(root, name));
  } catch {
    // The root is gone for the moment; its own watch says when it is back.
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

function isFolder(root: string, name: string, known: ReadonlyMap<string, unknown>): boolean {
  return !NEVER_A_FUNCTION.test(name) && (known.has(join(root, name)) || functionFolders(root).includes(join(root, name)));
}
