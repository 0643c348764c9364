// For `portico invoke --watch`: when something has changed that the next run may notice, and the host has taken it over.
import { basename, dirname } from 'node:path';
import { loadFunctionApp } from '../config/load-function-app.ts';
import type { Clock } from '../core/clock.ts';
import { HostError } from '../core/error.ts';
import { isJsonObject } from '../core/json-value.ts';
import { createLogger } from '../core/log.ts';
import { watchApp } from '../host/app-watcher.ts';
import { createBurst } from '../host/watch/burst.ts';
import { watchFolder } from '../platform/watch-folder.ts';
import type { AdminClient } from './admin-client.ts';

export type WatchOptions = {
  /** Of the app. */
  readonly root: string;
  readonly dataFile: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly client: AdminClient;
};

export type Changes = {
  /** Resolves once something has changed since the last call, and the host is done with it. Rejects when the signal aborts. */
  next(): Promise<void>;
  stop(): void;
};

type Reloads = { readonly underWay: boolean; readonly count: number };

const QUIET_MS = 100;
const LONGEST_BURST_MS = 1000;
const POLL_MS = 100;
/** The host watches the same files and is told of a change when we are. One that it has not noticed by now it does not care for. */
const NOTICED_WITHIN_MS = 500;

const NO_LOG = createLogger({ log: () => {} }, '');

export function watchForChanges({ root, dataFile, environment, clock, client }: WatchOptions, signal: AbortSignal): Changes {
  let changed = Promise.withResolvers<void>();
  const read = () => loadFunctionApp({ root, environment });
  let app = read();
  const watcher = watchApp({
    root,
    app: () => app,
    readAtMs: clock.now().getTime(),
    watchesSources: true,
    clock,
    log: NO_LOG,
    onChange(change) {
      if (change.app) app = read();
      changed.resolve();
    },
  });
  const happened = createBurst({ clock, quietMs: QUIET_MS, mostMs: LONGEST_BURST_MS, onSettled: async () => changed.resolve() }, signal);
  const unwatch = dataFile === undefined ? undefined : watchDataFile(dataFile, happened);

  /** Undefined: it cannot be reached now, or does not tell. */
  async function readReloads(): Promise<Reloads | undefined> {
    try {
      const status = await client.read('/admin/host/status?expand=true', signal);
      const { underWay, count } = isJsonObject(status) && isJsonObject(status.reloads) ? status.reloads : {};
      return typeof count === 'number' ? { underWay: underWay === true, count } : undefined;
    } catch (thrown) {
      // A host that is being started anew: it is asked again, and the run itself says what is wrong if it stays away.
      if (thrown instanceof HostError) return undefined;
      throw thrown;
    }
  }

  async function takenOver(before: Reloads | undefined): Promise<void> {
    const endMs = clock.monotonicMs() + NOTICED_WITHIN_MS;
    for (;;) {
      const now = await readReloads();
      // One that was started anew counts from the beginning.
      const isNoticed = now !== undefined && now.count !== before?.count;
      if (!now?.underWay && (isNoticed || clock.monotonicMs() >= endMs)) return;
      await clock.sleep(POLL_MS, signal);
    }
  }

  return {
    async next() {
      const before = await readReloads();
      const aborted = Promise.withResolvers<never>();
      const abort = () => aborted.reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      try {
        await Promise.race([changed.promise, aborted.promise]);
      } finally {
        signal.removeEventListener('abort', abort);
      }
      changed = Promise.withResolvers();
      await takenOver(before);
    },
    stop() {
      watcher.stop();
      unwatch?.();
    },
  };
}

/** Its folder, for most editors put a new file in its place. */
function watchDataFile(file: string, happened: () => void): (() => void) | undefined {
  // A folder that cannot be watched: the file is read again with the next change of the app.
  return watchFolder(
    dirname(file),
    (name) => name === basename(file) && happened(),
    () => {},
  );
}
