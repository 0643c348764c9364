/** Lower-cased, as Azure's host does: the service takes nothing else. */
export const queueNameOf = (written: string): string => written.toLowerCase();

/** The names that the service takes. https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata */
export function isQueueName(name: string): boolean {
  return /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name);
}

const SUFFIX = '-poison';
const MOST_CHARACTERS = 63;

/** Where the messages of a queue go that cannot be handled. Parity: a queue that is one itself, or whose name would be too long, has none. */
export function poisonQueueOf(queueName: string): string | undefined {
  if (queueName.endsWith(SUFFIX) || queueName.length + SUFFIX.length > MOST_CHARACTERS) return undefined;
  return queueName + SUFFIX;
}

/** The queue whose messages have ended up in that one. */
export function originOf(poisonQueueName: string): string | undefined {
  return poisonQueueName.endsWith(SUFFIX) ? poisonQueueName.slice(0, -SUFFIX.length) : undefined;
}
