// What Portico's queue trigger is measured against: takes messages, deletes them side by side, takes the next ones; and does nothing else.
// Arguments: connection string, queue, port, how many to take at once. GET /api/hello answers when it is there; GET /run?n=COUNT when so many messages are gone.
import { createServer } from 'node:http';
import { QueueClient } from '@azure/storage-queue';

const [connection, name, port, takenAtOnce] = process.argv.slice(2);
const queue = new QueueClient(connection, name);
await queue.createIfNotExists();

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/run') await handle(Number(searchParams.get('n')));
  response.end('done');
}).listen(Number(port), '127.0.0.1');

async function handle(count) {
  for (let done = 0; done < count; ) {
    const { receivedMessageItems: taken } = await queue.receiveMessages({ numberOfMessages: Number(takenAtOnce) });
    await Promise.all(taken.map(({ messageId, popReceipt }) => queue.deleteMessage(messageId, popReceipt)));
    done += taken.length;
  }
}
