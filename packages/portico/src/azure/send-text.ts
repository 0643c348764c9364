import type { QueueClient } from '@azure/storage-queue';
import { isStatus } from './storage-error.ts';

/** Sends it as it is. Makes the queue if there is none. */
export async function sendText(queue: QueueClient, text: string, abortSignal?: AbortSignal): Promise<void> {
  const options = abortSignal === undefined ? {} : { abortSignal };
  try {
    await queue.sendMessage(text, options);
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    await queue.createIfNotExists(options);
    await queue.sendMessage(text, options);
  }
}
