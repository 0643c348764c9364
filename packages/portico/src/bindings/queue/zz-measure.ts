import { QueueServiceClient } from '@azure/storage-queue';
import { startAzurite } from '../../../../../test/support/azurite.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { testContext } from '../../testing/binding-context.ts';
import { queueTrigger } from './queue-trigger.ts';

const COUNT = Number(process.argv[2] ?? 2000);
const a = await startAzurite();
const s = QueueServiceClient.fromConnectionString(a.connectionString);
const fill = async (name: string) => {
  const q = s.getQueueClient(name);
  await q.create();
  for (let i = 0; i < COUNT; i += 32)
    await Promise.all(
      Array.from({ length: Math.min(32, COUNT - i) }, (_, j) => q.sendMessage(Buffer.from(`{"n":${i + j}}`).toString('base64'))),
    );
  return q;
};
async function bare(name: string) {
  const q = await fill(name);
  const t = performance.now();
  let n = 0;
  while (n < COUNT) {
    const { receivedMessageItems: items } = await q.receiveMessages({ numberOfMessages: 32, visibilityTimeout: 600 });
    await Promise.all(items.map((i) => q.deleteMessage(i.messageId, i.popReceipt)));
    n += items.length;
  }
  return COUNT / ((performance.now() - t) / 1000);
}
async function ours(name: string, hostSection: object) {
  await fill(name);
  let n = 0;
  const all = Promise.withResolvers<void>();
  const { context } = testContext({
    clock: systemClock,
    settings: { AzureWebJobsStorage: a.connectionString },
    hostSection: hostSection as never,
    run: () => {
      n += 1;
      if (n === COUNT) all.resolve();
      return { status: 'succeeded', invocationId: 'x' };
    },
  });
  const l = queueTrigger.createListener(
    { name: 'm', type: 'queueTrigger', direction: 'in', dataType: undefined, cardinality: undefined, properties: { queueName: name } },
    context,
  );
  const t = performance.now();
  await l.start(new AbortController().signal);
  await all.promise;
  await l.stop(new AbortController().signal);
  const r = COUNT / ((performance.now() - t) / 1000);
  const left = (await s.getQueueClient(name).getProperties()).approximateMessagesCount;
  if (left) console.log('LEFT', left);
  return r;
}
await bare('warm');
for (let i = 0; i < 4; i++) {
  const b = await bare(`bare-${i}`),
    o = await ours(`ours-${i}`, {}),
    p = await ours(`max-${i}`, { batchSize: 32, newBatchThreshold: 32 });
  console.log(
    `bare(32) ${b.toFixed(0)}/s   ours default ${o.toFixed(0)}/s (${(o / b).toFixed(2)})   ours 32/32 ${p.toFixed(0)}/s (${(p / b).toFixed(2)})`,
  );
}
await a.stop();
