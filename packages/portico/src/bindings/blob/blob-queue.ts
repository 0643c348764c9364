// The queue in the host's account through which every found blob goes, so that all instances of the app share the work.
import { Buffer } from 'node:buffer';
import type { QueueClient } from '@azure/storage-queue';
import { type StorageAccount, storageAccount } from '../../azure/storage-account.ts';
import { isStatus } from '../../azure/storage-error.ts';
import type { HostContext } from '../../core/extension.ts';
import { type BlobMessage, blobQueueName, POISON_QUEUE, writeBlobMessage } from './blob-message.ts';

export type BlobQueue = {
  client(): Promise<QueueClient>;
  /** In the same account. */
  poison(): Promise<QueueClient>;
  send(message: BlobMessage, signal: AbortSignal): Promise<void>;
  /** Called after each message that this host sends; one at a time. */
  onSent: (() => void) | undefined;
};

type QueueContext = Pick<HostContext, 'settings' | 'shared' | 'emulator' | 'hostId'>;

export function blobQueue(context: QueueContext): BlobQueue {
  return context.shared('blob queue', () => {
    const account = storageAccount(undefined, context);
    const client = (): Promise<QueueClient> => queueIn(account, blobQueueName(context.hostId));
    const queue: BlobQueue = {
      client,
      poison: () => queueIn(account, POISON_QUEUE),
      onSent: undefined,
      async send(message, signal) {
        await sendText(await client(), toBase64(writeBlobMessage(message)), signal);
        queue.onSent?.();
      },
    };
    return queue;
  });
}

export async function queueIn(account: StorageAccount, name: string): Promise<QueueClient> {
  return (await account.queues()).getQueueClient(name);
}

/** Makes the queue if there is none. */
export async function sendText(queue: QueueClient, text: string, abortSignal: AbortSignal): Promise<void> {
  try {
    await queue.sendMessage(text, { abortSignal });
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    await queue.createIfNotExists({ abortSignal });
    await queue.sendMessage(text, { abortSignal });
  }
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
