// Turns a found version of a blob into one message for each function that watches for it, once and for ever.
//
//   claim the receipt → send the message → complete the receipt
//
// A crash before the message leaves a receipt that somebody else may claim after half a minute; one after it costs a second run and never a blob.
import { createHash } from 'node:crypto';
import type { HostContext } from '../../core/extension.ts';
import { fullNameOf } from './blob-message.ts';
import { type BlobQueue, blobQueue } from './blob-queue.ts';
import type { FoundBlob } from './found-blob.ts';
import type { WatchedPath } from './watched-path.ts';

/** What a function watches. */
export type Watch = {
  readonly functionName: string;
  /** Name of the storage account. */
  readonly account: string;
  readonly path: WatchedPath;
};

/** Of a blob's name in Azure Storage. */
const MOST_CHARACTERS = 1024;

export class BlobNotifier {
  readonly #context: Pick<HostContext, 'state' | 'hostId'>;
  readonly #queue: Pick<BlobQueue, 'send'>;
  /** Receipts whose message was sent, but which could not be completed. */
  readonly #sent = new Set<string>();

  constructor(context: Pick<HostContext, 'state' | 'hostId'>, queue: Pick<BlobQueue, 'send'>) {
    this.#context = context;
    this.#queue = queue;
  }

  /** 'taken': somebody else is about to send it, or has ended while it was. Throws when storage fails; the version is found again then. */
  async notify({ functionName, path: { container } }: Watch, blob: FoundBlob, signal: AbortSignal): Promise<'done' | 'taken'> {
    const path = receiptPath({ hostId: this.#context.hostId, functionName, container, blob });
    const receipt = await this.#context.state.receipts.claim(path, signal);
    if (receipt === 'done' || receipt === 'taken') return receipt;
    if (!this.#sent.has(path)) {
      try {
        // Nobody may cut it off: a message that was sent for an answer which nobody reads would be sent again.
        await this.#queue.send({ functionName, container, blob: blob.name, etag: blob.etag, blobType: blob.blobType });
      } catch (error) {
        // Whether it can be given back does not matter: it lapses by itself.
        await receipt.release().catch(() => {});
        throw error;
      }
    }
    this.#sent.add(path);
    await receipt.complete();
    this.#sent.delete(path);
    return 'done';
  }
}

export function blobNotifier(context: Parameters<typeof blobQueue>[0] & Pick<HostContext, 'state'>): BlobNotifier {
  return context.shared('blob notifier', () => new BlobNotifier(context, blobQueue(context)));
}

type ReceiptFacts = { readonly hostId: string; readonly functionName: string; readonly container: string; readonly blob: FoundBlob };

/** Parity: the ETag stands there with its quotation marks. A blob whose name leaves no room for it is named by a digest; Azure's host cannot run for it at all. */
export function receiptPath({ hostId, functionName, container, blob: { name, etag } }: ReceiptFacts): string {
  const folder = `blobreceipts/${hostId}/${fullNameOf(functionName)}/${etag}/${container}`;
  const path = `${folder}/${name}`;
  return path.length <= MOST_CHARACTERS ? path : `${folder}/${createHash('sha256').update(name).digest('hex')}`;
}
