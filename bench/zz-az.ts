import { QueueServiceClient } from '@azure/storage-queue';
import { startAzurite } from '../test/support/azurite.ts';
const a = await startAzurite();
const q = QueueServiceClient.fromConnectionString(a.connectionString).getQueueClient('qqq');
await q.create();
const DEPTH = Number(process.argv[2]); const TOTAL = Number(process.argv[3]);
let sent = 0, got = 0, t0 = performance.now(), last = 0;
while (got < TOTAL) {
  while (sent - got < DEPTH) { await Promise.all(Array.from({length: 16}, () => q.sendMessage('aGVsbG8='))); sent += 16; }
  const { receivedMessageItems: items } = await q.receiveMessages({ numberOfMessages: 32 });
  await Promise.all(items.map((i) => q.deleteMessage(i.messageId, i.popReceipt)));
  got += items.length;
  if (got - last >= 1000) { const t = performance.now(); console.log(got, (( got - last) / (t - t0) * 1000).toFixed(0), 'msg/s (send+recv+del)'); last = got; t0 = t; }
}
await a.stop();
