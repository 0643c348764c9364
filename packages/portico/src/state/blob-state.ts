// What the hosts of an app remember together, in blobs. Names, metadata and bytes are those of Azure's host: the two share them, and take over from one another.
// https://github.com/Azure/azure-webjobs-sdk/blob/dev/src/Microsoft.Azure.WebJobs.Host.Storage/Singleton/BlobLeaseDistributedLockManager.cs
import { text } from 'node:stream/consumers';
import type { BlobGetPropertiesResponse, BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { storageAccount } from '../azure/storage-account.ts';
import { describeStorageError, isStatus, storageCodeOf } from '../azure/storage-error.ts';
import type { Clock } from '../core/clock.ts';
import type { AppSettings } from '../core/function-app.ts';
import type { Logger } from '../core/log.ts';
import type { Random } from '../core/random.ts';
import type { Receipt, StateStore } from '../core/state-store.ts';
import { LeaseKeeper } from './lease-keeper.ts';

export type BlobStateOptions = { readonly settings: AppSettings; readonly clock: Clock; readonly random: Random; readonly log: Logger };

const CONTAINER = 'azure-webjobs-hosts';
const BLOB_TYPE = { blobHTTPHeaders: { blobContentType: 'application/octet-stream' } };

const RECEIPT_SECONDS = 30;
/** A receipt with it is claimed, one without is done. */
const INCOMPLETE = 'Incomplete';

/** What a lease can be, when nobody has it. */
const FREE_STATES: readonly (string | undefined)[] = ['available', 'expired', 'broken'];

export function openBlobState({ settings, clock, random, log }: BlobStateOptions): Omit<StateStore, 'place' | 'isLocal'> {
  const leases = new LeaseKeeper(clock, log);
  const givenBack = new Set<Promise<void>>();

  async function container(): Promise<ContainerClient> {
    // AzureWebJobsStorage names an account, or this would be another store: the emulator is not asked for.
    const emulator = () => Promise.reject(new Error('There is no emulator here.'));
    account ??= storageAccount(undefined, { settings, emulator, shared: (_, make) => make() });
    return (await account.blobs()).getContainerClient(CONTAINER);
  }
  let account: ReturnType<typeof storageAccount> | undefined;

  async function use<Result>(verb: string, path: string, work: (blob: BlockBlobClient) => Promise<Result>): Promise<Result> {
    try {
      return await work((await container()).getBlockBlobClient(path));
    } catch (error) {
      throw describeStorageError(error, `The blob "${CONTAINER}/${path}" cannot be ${verb}`);
    }
  }

  /** With a container, if there was none. */
  async function upload(blob: BlockBlobClient, content: string, options: Parameters<BlockBlobClient['upload']>[2]): Promise<void> {
    const write = () => blob.upload(content, Buffer.byteLength(content), { ...BLOB_TYPE, ...options });
    try {
      await write();
    } catch (error) {
      if (storageCodeOf(error) !== 'ContainerNotFound') throw error;
      await (await container()).createIfNotExists(options?.abortSignal ? { abortSignal: options.abortSignal } : {});
      await write();
    }
  }

  /** An empty blob, unless somebody was faster. */
  async function create(blob: BlockBlobClient, metadata: Record<string, string> | undefined, abortSignal: AbortSignal): Promise<void> {
    try {
      await upload(blob, '', { conditions: { ifNoneMatch: '*' }, abortSignal, ...(metadata && { metadata }) });
    } catch (error) {
      if (!isStatus(error, 409) && !isStatus(error, 412)) throw error;
    }
  }

  /** The id of the lease; undefined: somebody else has it. */
  async function lease(blob: BlockBlobClient, seconds: number, abortSignal: AbortSignal): Promise<string | undefined> {
    const id = random.uuid();
    try {
      await blob.getBlobLeaseClient(id).acquireLease(seconds, { abortSignal });
      return id;
    } catch (error) {
      if (isStatus(error, 409)) return undefined;
      // It may be granted although nobody waits for the answer.
      if (abortSignal.aborted) giveBack(blob, id);
      throw error;
    }
  }

  /** Without waiting, and as far as it can be done: it runs out by itself. `close()` waits. */
  function giveBack(blob: BlockBlobClient, id: string): void {
    const given: Promise<void> = endLease(blob, id)
      .catch(() => {})
      .finally(() => givenBack.delete(given));
    givenBack.add(given);
  }

  async function endLease(blob: BlockBlobClient, id: string): Promise<void> {
    try {
      await blob.getBlobLeaseClient(id).releaseLease();
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  const receiptOf = (blob: BlockBlobClient, path: string, leaseId: string): Receipt => ({
    complete: () =>
      use('written', path, async () => {
        try {
          await blob.setMetadata({}, { conditions: { leaseId } });
        } catch (error) {
          // The time ran out: whoever has it now does it once more, and completes it.
          if (!isGone(error)) throw error;
        }
        await endLease(blob, leaseId);
      }),
    release: () => use('written', path, () => endLease(blob, leaseId)),
  });

  return {
    leases: {
      acquire: (path, durationMs, signal) =>
        use('leased', path, async (blob) => {
          const found = await propertiesOf(blob, signal);
          if (found === undefined) await create(blob, undefined, signal);
          else if (!FREE_STATES.includes(found.leaseState)) return undefined;
          const askedAtMs = clock.monotonicMs();
          const id = await lease(blob, Math.ceil(durationMs / 1000), signal);
          if (id === undefined) return undefined;
          return leases.keep({
            path,
            durationMs,
            askedAtMs,
            renew: (abortSignal) => renew(blob, id, abortSignal),
            release: () => endLease(blob, id),
          });
        }),
    },
    documents: {
      read: (path, abortSignal) =>
        use('read', path, async (blob) => {
          try {
            const { readableStreamBody } = await blob.download(0, undefined, { abortSignal });
            return readableStreamBody && (await text(readableStreamBody));
          } catch (error) {
            if (isStatus(error, 404)) return undefined;
            throw error;
          }
        }),
      write: (path, content, abortSignal) => use('written', path, (blob) => upload(blob, content, { abortSignal })),
    },
    receipts: {
      claim: (path, signal) =>
        use('claimed', path, async (blob) => {
          const found = await propertiesOf(blob, signal);
          if (found && isDone(found)) return 'done';
          if (found === undefined) await create(blob, { [INCOMPLETE]: INCOMPLETE }, signal);
          const id = await lease(blob, RECEIPT_SECONDS, signal);
          if (id === undefined) return 'taken';
          // Somebody may have completed it between the two.
          const now = await propertiesOf(blob, signal).catch((error) => {
            giveBack(blob, id);
            throw error;
          });
          if (now && !isDone(now)) return receiptOf(blob, path, id);
          await endLease(blob, id);
          return 'done';
        }),
    },
    async close() {
      await Promise.all([leases.close(), ...givenBack]);
    },
  };
}

async function propertiesOf(blob: BlockBlobClient, abortSignal: AbortSignal): Promise<BlobGetPropertiesResponse | undefined> {
  try {
    return await blob.getProperties({ abortSignal });
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** Names of metadata ignore case, and arrive in any. */
function isDone({ metadata = {} }: BlobGetPropertiesResponse): boolean {
  return !Object.keys(metadata).some((name) => name.toLowerCase() === INCOMPLETE.toLowerCase());
}

async function renew(blob: BlockBlobClient, id: string, abortSignal: AbortSignal): Promise<boolean> {
  try {
    await blob.getBlobLeaseClient(id).renewLease({ abortSignal });
    return true;
  } catch (error) {
    // Parity: only what may pass is tried again.
    if (isGone(error) || isStatus(error, 400)) return false;
    throw error;
  }
}

/** Somebody else has the lease, or the blob is no longer there. */
function isGone(error: unknown): boolean {
  return [404, 409, 412].some((status) => isStatus(error, status));
}
