// Sends messages. Arguments: connection string, queue, how many, and the most that may wait at a time: 0 for any number.
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';

const atOnce = 16;
const [connection, name, count, most] = process.argv.slice(2);
const queue = new QueueClient(connection, name);
await queue.createIfNotExists();
for (let sent = 0; sent < Number(count); ) {
  const next = Math.min(atOnce, Number(count) - sent);
  await Promise.all(Array.from({ length: next }, (_, index) => queue.sendMessage(btoa(`{"number":${sent + index}}`))));
  sent += next;
  while (Number(most) > 0 && (await queue.getProperties()).approximateMessagesCount >= Number(most)) await sleep(10);
}
