// Who listens to a queue is told when this process sends to it, and does not have to find out by looking.
import type { HostContext } from '../../core/extension.ts';

export type QueueWakers = {
  /** Returns how to end it. */
  onSent(account: string, queueName: string, wake: () => void): () => void;
  sent(account: string, queueName: string): void;
};

/** One for the host. */
export function queueWakers({ shared }: Pick<HostContext, 'shared'>): QueueWakers {
  return shared('queue wakers', makeQueueWakers);
}

function makeQueueWakers(): QueueWakers {
  const wakers = new Map<string, Set<() => void>>();
  return {
    onSent(account, queueName, wake) {
      const key = `${account}/${queueName}`;
      const listening = wakers.get(key) ?? new Set();
      wakers.set(key, listening.add(wake));
      return () => {
        listening.delete(wake);
      };
    },
    sent(account, queueName) {
      for (const wake of wakers.get(`${account}/${queueName}`) ?? []) wake();
    },
  };
}
