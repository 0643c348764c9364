// What the host remembers, and where: in the app's storage account if it has one, as Azure's host does, so that the two can take over from one another;
// in a file beside the app otherwise. Nothing is opened, made or loaded before it is needed.
import { resolveStorageConnection } from '../azure/connection.ts';
import type { StorageConnection } from '../azure/storage-address.ts';
import type { Clock } from '../core/clock.ts';
import { stateClosed } from '../core/errors/state.ts';
import type { AppSettings } from '../core/function-app.ts';
import type { Logger } from '../core/log.ts';
import type { Random } from '../core/random.ts';
import type { StateStore } from '../core/state-store.ts';
import { stateFolder } from '../platform/state-folder.ts';
import { stateHome as ownStateHome } from '../platform/state-home.ts';
import { systemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';

export type StateOptions = {
  /** Of the app; absolute. */
  readonly root: string;
  readonly settings: AppSettings;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Where this user's programs keep what they remember, for a root that cannot be written to. */
  readonly stateHome?: () => string;
};

type OpenStore = Omit<StateStore, 'place' | 'isLocal'>;

export function openState(options: StateOptions): StateStore {
  const { place, isLocal, open } = choose(options);
  let opened: Promise<OpenStore> | undefined;
  let isClosed = false;
  const store = (): Promise<OpenStore> => {
    if (isClosed) return Promise.reject(stateClosed());
    // Whoever asks next tries again.
    opened ??= open().catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    place,
    isLocal,
    leases: { acquire: async (...request) => (await store()).leases.acquire(...request) },
    documents: {
      read: async (...request) => (await store()).documents.read(...request),
      write: async (...request) => (await store()).documents.write(...request),
    },
    receipts: { claim: async (...request) => (await store()).receipts.claim(...request) },
    async close() {
      isClosed = true;
      // One that could not be opened has told whoever asked for it, and there is nothing to close.
      const store = await opened?.catch(() => undefined);
      await store?.close();
    },
  };
}

function choose({ root, settings, log, clock = systemClock, random = systemRandom, stateHome }: StateOptions) {
  const resolved = resolveStorageConnection(undefined, settings);
  // A connection that cannot be read is no reason to remember elsewhere: two hosts would do the same work then. Each use says what is wrong with it.
  if (!('connection' in resolved) || resolved.connection.kind === 'account') {
    return {
      place: placeOf(resolved),
      isLocal: false,
      open: async (): Promise<OpenStore> => {
        const { openBlobState } = await import('./blob-state.ts');
        return openBlobState({ settings, clock, random, log });
      },
    };
  }
  const folder = stateFolder({ root, stateHome: stateHome ?? (() => ownStateHome()), log });
  return {
    place: `${folder.label}/state.db`,
    isLocal: true,
    open: async (): Promise<OpenStore> => {
      const { openSqliteState } = await import('./sqlite-state.ts');
      return openSqliteState({ folder, clock, random, log });
    },
  };
}

function placeOf(resolved: { readonly connection: StorageConnection } | { readonly problem: unknown }): string {
  // It is in blobs: without their address there is no account to name.
  return 'connection' in resolved && hasBlobs(resolved.connection)
    ? `storage account ${resolved.connection.name}, container azure-webjobs-hosts`
    : 'AzureWebJobsStorage, which cannot be read';
}

function hasBlobs(connection: StorageConnection): boolean {
  return connection.kind === 'emulator' || connection.endpoints.blob !== undefined;
}
