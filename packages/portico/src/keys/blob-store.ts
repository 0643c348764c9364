// Keys in a container of the app's storage account, where Azure's host has them: `HOSTID/host.json` and `HOSTID/FUNCTION.json`. Names and bytes are its own,
// so that the two share them.
import { text } from 'node:stream/consumers';
import type { BlockBlobClient, BlockBlobUploadOptions, ContainerClient } from '@azure/storage-blob';
import { describeStorageError, isStatus, storageCodeOf } from '../azure/storage-error.ts';
import type { Clock } from '../core/clock.ts';
import type { HostError } from '../core/error.ts';
import { keysContested } from '../core/errors/keys.ts';
import { storageUnreachable } from '../core/errors/storage.ts';
import { type DocumentStoreOptions, documentStore } from './document-store.ts';
import type { KeyStore } from './key-store.ts';

export type BlobStoreOptions = DocumentStoreOptions & {
  /** For people: the account and the container. */
  readonly containerLabel: string;
  /** What the blobs of this app begin with: its id, or that of its slot. */
  readonly prefix: string;
  /** May load what it needs. Asked for each time, and rejects with a HostError where it leads nowhere. */
  readonly container: () => Promise<ContainerClient>;
  readonly clock: Clock;
};

const FRESH_FOR_MS = 10_000;
/** Each time somebody else was faster, and has what he wanted now. */
const MOST_ATTEMPTS = 30;
/** The clients themselves wait for ever for an account that takes the connection and says nothing. */
export const ANSWER_WITHIN_MS = 10_000;

/** As it was read last. */
type Known = { readonly etag: string; readonly text: string };

export function openBlobStore({ containerLabel, prefix, container, clock, ...options }: BlobStoreOptions): KeyStore {
  const known = new Map<string, Known>();
  const place = `${containerLabel}/${prefix}`;
  const labelOf = (name: string): string => `${place}/${name}.json`;

  type Work<Result> = (blob: BlockBlobClient, abortSignal: AbortSignal) => Promise<Result>;

  async function use<Result>(verb: string, name: string, signal: AbortSignal, work: Work<Result>): Promise<Result> {
    const failed = `The keys in ${labelOf(name)} cannot be ${verb}`;
    const late = new AbortController();
    const over = new AbortController();
    try {
      const blob = (await container()).getBlockBlobClient(`${prefix}/${name}.json`);
      // Rejects when the work is over.
      clock.sleep(ANSWER_WITHIN_MS, over.signal).then(
        () => late.abort(noAnswer(failed, blob.url)),
        () => {},
      );
      return await work(blob, AbortSignal.any([signal, late.signal]));
    } catch (cause) {
      throw late.signal.aborted ? late.signal.reason : describeStorageError(cause, failed);
    } finally {
      over.abort();
    }
  }

  const read = (name: string, signal: AbortSignal): Promise<Known | undefined> =>
    use('read', name, signal, async (blob, abortSignal) => {
      const found = await download(blob, known.get(name), abortSignal);
      if (found === undefined) known.delete(name);
      else known.set(name, found);
      return found;
    });

  /** False: somebody was faster. */
  const write = (name: string, content: string, before: Known | undefined, signal: AbortSignal): Promise<boolean> =>
    use('written', name, signal, async (blob, abortSignal) => {
      const conditions = before === undefined ? { ifNoneMatch: '*' } : { ifMatch: before.etag };
      const upload: BlockBlobUploadOptions = { blobHTTPHeaders: { blobContentType: 'application/octet-stream' }, conditions, abortSignal };
      try {
        await blob.upload(content, Buffer.byteLength(content), upload);
        return true;
      } catch (error) {
        if (isStatus(error, 409) || isStatus(error, 412)) return false;
        if (storageCodeOf(error) !== 'ContainerNotFound') throw error;
        await (await container()).createIfNotExists({ abortSignal });
        return false;
      }
    });

  return documentStore(
    {
      place,
      freshForMs: FRESH_FOR_MS,
      labelOf,
      read: async (name, signal) => (await read(name, signal))?.text,
      async change(name, change, signal) {
        for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
          const before = await read(name, signal);
          const after = change(before?.text);
          if (after === undefined || (await write(name, after, before, signal))) return;
        }
        throw keysContested(labelOf(name), `others were faster ${MOST_ATTEMPTS} times`);
      },
    },
    options,
  );
}

function noAnswer(failed: string, url: string): HostError {
  const reason = `it did not answer within ${ANSWER_WITHIN_MS} ms`;
  const advice = 'A firewall or a proxy may stand between: check the network of this machine, and the state of the account.';
  return storageUnreachable({ failed, host: new URL(url).host, reason, advice, cause: undefined });
}

/** Undefined: there is no such blob. */
async function download(blob: BlockBlobClient, known: Known | undefined, abortSignal: AbortSignal): Promise<Known | undefined> {
  try {
    const answer = await blob.download(0, undefined, { abortSignal, ...(known && { conditions: { ifNoneMatch: known.etag } }) });
    return { etag: answer.etag as string, text: await text(answer.readableStreamBody as NodeJS.ReadableStream) };
  } catch (error) {
    if (known !== undefined && isStatus(error, 304)) return known;
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}
