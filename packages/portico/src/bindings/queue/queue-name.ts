/** Lower-cased, as Azure's host does: the service takes nothing else. */
export const queueNameOf = (written: string): string => written.toLowerCase();

/** The names that the service takes. https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata */
export function isQueueName(name: string): boolean {
  return /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name);
}

const SUFFIX = '-poison';
const MOST_CHARACTERS = 63;

/** Where the messages of a queue go that cannot be handled. Parity: a queue that is one itself, or whose name would be too long, has none. */
export function poisonNameOf(queueName: string): string | undefined {
  if (queueName.endsWith(SUFFIX) || queueName.length + SUFFIX.length > MOST_CHARACTERS) return undefined;
  return queueName + SUFFIX;
}

/** The queue whose messages have ended up in that one; undefined for one that is no poison queue. */
export function originOf(poisonName: string): string | undefined {
  const origin = poisonName.endsWith(SUFFIX) ? poisonName.slice(0, -SUFFIX.length) : '';
  return isQueueName(origin) ? origin : undefined;
}
