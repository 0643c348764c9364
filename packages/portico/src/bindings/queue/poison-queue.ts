import type { PoisonQueue } from '../../azure/held-message.ts';
import { sendText } from '../../azure/send-text.ts';
import type { StorageAccount } from '../../azure/storage-account.ts';
import { poisonNameOf } from './queue-name.ts';
import type { QueueWakers } from './queue-wakers.ts';

/** Of that queue, in the same account; made when it gets its first message. Undefined: there is none. */
export function poisonQueueOf(queueName: string, account: StorageAccount, wakers: QueueWakers): PoisonQueue | undefined {
  const name = poisonNameOf(queueName);
  if (name === undefined) return undefined;
  return {
    name,
    async send(text, signal) {
      await sendText((await account.queues()).getQueueClient(name), text, signal);
      wakers.sent(account.name, name);
    },
  };
}
