import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { QueueServiceClient } from '@azure/storage-queue';
import { startAzurite } from '../../../../../test/support/azurite.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { testContext } from '../../testing/binding-context.ts';
import { queueTrigger } from './queue-trigger.ts';
const [, , where = 'stub', mode = 'ours', countText = '4000', warmText = '1000'] = process.argv;
const COUNT = Number(countText), WARM = Number(warmText);
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
let connectionString = '', stop = async (): Promise<unknown> => 0;
if (where === 'stub') {
  const p = spawn(process.execPath, ['/tmp/stub.mjs', String(COUNT + WARM)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [d] = await once(p.stdout, 'data');
  connectionString = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${KEY};QueueEndpoint=http://127.0.0.1:${String(d).trim()}/devstoreaccount1;`;
  stop = async () => p.kill();
} else {
  const a = await startAzurite();
  connectionString = a.connectionString; stop = () => a.stop();
}
const q = QueueServiceClient.fromConnectionString(connectionString).getQueueClient('measured');
if (where !== 'stub') {
  await q.create();
  for (let i = 0; i < COUNT + WARM; i += 32) await Promise.all(Array.from({ length: Math.min(32, COUNT + WARM - i) }, (_, j) => q.sendMessage(Buffer.from(`{"n":${i + j}}`).toString('base64'))));
}
let t = 0, cpu = process.cpuUsage(), n = 0;
const begin = (): void => { t = performance.now(); cpu = process.cpuUsage(); };
if (WARM === 0) begin();
const batch = mode.includes('16') ? 16 : 32;
let end = 0;
const seen = (): void => { n += 1; if (n === WARM) begin(); };
if (mode.startsWith('bare')) {
  while (n < COUNT + WARM) {
    const { receivedMessageItems: items } = await q.receiveMessages({ numberOfMessages: batch, visibilityTimeout: 600 });
    await Promise.all(items.map((i) => q.deleteMessage(i.messageId, i.popReceipt)));
    for (const _ of items) seen();
  }
  end = performance.now();
} else {
  const all = Promise.withResolvers<void>();
  const { context } = testContext({ clock: systemClock, settings: { AzureWebJobsStorage: connectionString }, hostSection: mode === 'ours16' ? {} : { batchSize: batch, newBatchThreshold: Number(mode.split('-')[1] ?? 32) } });
  const listener = queueTrigger.createListener({ name: 'm', type: 'queueTrigger', direction: 'in', dataType: undefined, cardinality: undefined, properties: { queueName: 'measured' } }, { ...context, invoke: async () => { seen(); if (n === COUNT + WARM) all.resolve(); return { status: 'succeeded', invocationId: 'x' }; } });
  await listener.start(new AbortController().signal);
  await all.promise;
  await listener.stop(new AbortController().signal);
  end = performance.now();
}
const c = process.cpuUsage(cpu);
console.log(where, mode, `${Math.round((COUNT / (end - t)) * 1000)}/s`, `cpu ${((c.user + c.system) / COUNT).toFixed(0)} us/message`, `rss ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
await stop();
process.exit();
