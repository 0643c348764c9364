import { QueueServiceClient } from '@azure/storage-queue';
import { startAzurite } from '../../../../../test/support/azurite.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { testContext } from '../../testing/binding-context.ts';
import { queueTrigger } from './queue-trigger.ts';

const COUNT = Number(process.argv[2] ?? 2000);
const a = await startAzurite();
const s = QueueServiceClient.fromConnectionString(a.connectionString);
let cpu0 = process.cpuUsage();
const fill = async (name: string) => {
  const q = s.getQueueClient(name);
  await q.create();
  for (let i = 0; i < COUNT; i += 32)
    await Promise.all(
      Array.from({ length: Math.min(32, COUNT - i) }, (_, j) => q.sendMessage(Buffer.from(`{"n":${i + j}}`).toString('base64'))),
    );
  return q;
};
async function bare(name: string, batch: number) {
  const q = await fill(name);
  const t = performance.now();
  cpu0 = process.cpuUsage();
  let n = 0;
  while (n < COUNT) {
    const { receivedMessageItems: items } = await q.receiveMessages({ numberOfMessages: batch, visibilityTimeout: 600 });
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
  cpu0 = process.cpuUsage();
  await l.start(new AbortController().signal);
  await all.promise;
  await l.stop(new AbortController().signal);
  const r = COUNT / ((performance.now() - t) / 1000);
  const left = (await s.getQueueClient(name).getProperties()).approximateMessagesCount;
  if (left) console.log('LEFT', left);
  return r;
}
const mode = process.argv[3];
const rate =
  mode === 'bare32'
    ? await bare('measured', 32)
    : mode === 'bare16'
      ? await bare('measured', 16)
      : mode === 'ours'
        ? await ours('measured', {})
        : await ours('measured', { batchSize: 32, newBatchThreshold: 32 });
console.log(mode, rate.toFixed(0), 'cpu', JSON.stringify(process.cpuUsage(cpu0)));
await a.stop();
