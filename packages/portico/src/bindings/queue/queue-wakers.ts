// Who listens to a queue is told when this process sends to it, and does not have to find out by looking.
import type { HostContext } from '../../core/extension.ts';

export type QueueWakers = {
  /** Returns how to end it. */
  onSent(account: string, queueName: string, wake: () => void): () => void;
  sent(account: string, queueName: string): void;
};

/** One for the host. */
export function queueWakers({ shared }: Pick<HostContext, 'shared'>): QueueWakers {
  return shared('queue wakers', () => {
    const wakers = new Map<string, Set<() => void>>();
    const keyOf = (account: string, queueName: string): string => `${account}/${queueName}`;
    return {
      onSent(account, queueName, wake) {
        const key = keyOf(account, queueName);
        const all = wakers.get(key) ?? new Set();
        wakers.set(key, all.add(wake));
        return () => all.delete(wake);
      },
      sent(account, queueName) {
        for (const wake of wakers.get(keyOf(account, queueName)) ?? []) wake();
      },
    };
  });
}
