// The queue in the host's account through which every found blob goes, so that all instances of the app share the work.
import { Buffer } from 'node:buffer';
import type { QueueClient } from '@azure/storage-queue';
import { sendText } from '../../azure/send-text.ts';
import { type StorageAccount, storageAccount } from '../../azure/storage-account.ts';
import { isStatus } from '../../azure/storage-error.ts';
import type { HostContext } from '../../core/extension.ts';
import { type BlobMessage, blobQueueName, POISON_QUEUE, writeBlobMessage } from './blob-message.ts';

/** A service that takes the connection and never answers. */
const MOST_MS = 120_000;

export type BlobQueue = {
  client(): Promise<QueueClient>;
  /** In the same account. */
  poison(): Promise<QueueClient>;
  send(message: BlobMessage): Promise<void>;
  /** About, and those that are worked on among them. */
  length(signal: AbortSignal): Promise<number>;
  /** Called after each message that this host sends; one at a time. */
  onSent: (() => void) | undefined;
};

type QueueContext = Pick<HostContext, 'settings' | 'shared' | 'emulator' | 'hostId'>;

export function blobQueue(context: QueueContext): BlobQueue {
  return context.shared('blob queue', () => {
    const account = storageAccount(undefined, context);
    let isMade = false;
    const client = async (): Promise<QueueClient> => {
      const queue = await queueIn(account, blobQueueName(context.hostId));
      // It is nobody's but the host's, so whoever looks into it first makes it.
      if (!isMade) await queue.createIfNotExists({ abortSignal: AbortSignal.timeout(MOST_MS) });
      isMade = true;
      return queue;
    };
    const queue: BlobQueue = {
      client,
      poison: () => queueIn(account, POISON_QUEUE),
      async length(abortSignal) {
        try {
          return (await (await client()).getProperties({ abortSignal })).approximateMessagesCount ?? 0;
        } catch (error) {
          if (!isStatus(error, 404)) throw error;
          // Somebody has removed it: the next message makes it anew.
          isMade = false;
          return 0;
        }
      },
      onSent: undefined,
      async send(message) {
        await sendText(await client(), toBase64(writeBlobMessage(message)), AbortSignal.timeout(MOST_MS));
        queue.onSent?.();
      },
    };
    return queue;
  });
}

export async function queueIn(account: StorageAccount, name: string): Promise<QueueClient> {
  return (await account.queues()).getQueueClient(name);
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
