// Whole apps before a real storage service, with the official clients as producers and consumers.
// What each function got is held byte by byte; what differs from run to run is replaced first.
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { type EventApp, eventApp, type Received } from '../support/event-app.ts';
import { needs } from '../support/requirements.ts';
import { type RunningHost, runningHost } from '../support/running-host.ts';
import { until } from '../support/until.ts';

let azurite: Azurite;
let queues: QueueServiceClient;
let blobs: BlobServiceClient;

const skipped = needs('azurite');

beforeAll(async () => {
  if (skipped) return;
  azurite = await startAzurite();
  queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
  blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
});
afterAll(() => azurite?.stop());

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

const host = (app: EventApp): Promise<RunningHost> =>
  runningHost(app, { environment: { PATH: process.env['PATH'], AzureWebJobsStorage: azurite.connectionString } });

async function send(queue: string, ...bodies: (string | Buffer)[]): Promise<void> {
  const client = queues.getQueueClient(queue);
  await client.createIfNotExists();
  for (const body of bodies) await client.sendMessage(Buffer.from(body).toString('base64'));
}

/** As many as there are to be; deleted, as text unless it is none. */
async function take(queue: string, count: number): Promise<Buffer[]> {
  const client = queues.getQueueClient(queue);
  const taken: Buffer[] = [];
  await until(async () => {
    const { receivedMessageItems = [] } = await client
      .receiveMessages({ numberOfMessages: 32 })
      .catch(() => ({ receivedMessageItems: [] }));
    for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
      taken.push(Buffer.from(messageText, 'base64'));
      await client.deleteMessage(messageId, popReceipt);
    }
    return taken.length >= count;
  });
  return taken;
}

const isEmpty = async (queue: string): Promise<boolean> =>
  (await queues.getQueueClient(queue).getProperties()).approximateMessagesCount === 0;

/** The bytes that the handler got, less what is new each time. */
function bytesOf({ body }: Received): string {
  return body
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<guid>')
    .replace(/"PopReceipt":"\\"[^"]*\\""/, '"PopReceipt":"<receipt>"')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?/g, '<time>')
    .replace(/127\.0\.0\.1:\d+/g, '<address>')
    .replace(/\\"0x[0-9A-F]+\\"/g, '<etag>');
}

describe.skipIf(skipped)('apps before storage', { timeout: 60_000 }, () => {
  test('queue to queue: text, JSON and unicode arrive as they were sent', async () => {
    const app = eventApp({
      functions: {
        Pass: [
          { type: 'queueTrigger', direction: 'in', name: 'msg', queueName: 'pass-in' },
          { type: 'queue', direction: 'out', name: 'next', queueName: 'pass-out' },
        ],
      },
      replies: { Pass: '(data) => ({ next: JSON.parse(data.msg) })' },
    });
    await using _host = await host(app);
    await send('pass-in', 'hello world!', 'grüße 世界 😀 "q" \\');
    expect((await take('pass-out', 2)).map(String).sort()).toEqual(['grüße 世界 😀 "q" \\', 'hello world!']);
    await until(() => isEmpty('pass-in'));
    expect(app.received.map(bytesOf)).toContain(
      '{"Data":{"msg":"\\"hello world!\\""},"Metadata":{"DequeueCount":"1","ExpirationTime":"<time>+00:00","Id":"\\"<guid>\\"","InsertionTime":"<time>+00:00",' +
        '"NextVisibleTime":"<time>+00:00","PopReceipt":"<receipt>","sys":{"MethodName":"Pass","UtcNow":"<time>Z","RandGuid":"<guid>"}}}',
    );
  });

  test('queue to several outputs: an array fans out, an object is written anew, members of the message name the blob', async () => {
    const app = eventApp({
      functions: {
        Fan: [
          { type: 'queueTrigger', direction: 'in', name: 'order', queueName: 'fan-in' },
          { type: 'queue', direction: 'out', name: 'lines', queueName: 'fan-lines' },
          { type: 'queue', direction: 'out', name: 'whole', queueName: 'fan-{kind}' },
          { type: 'blob', direction: 'out', name: 'copy', path: 'fan/{kind}/{no}.json' },
        ],
      },
      replies: { Fan: '(data) => ({ lines: ["one!", { two: 2 }], whole: { a: 1 }, copy: { id: 7 } })' },
    });
    await using _host = await host(app);
    await send('fan-in', '{"kind":"books","no":7}');
    expect((await take('fan-lines', 2)).map(String).sort()).toEqual(['one!', '{\n  "two": 2\n}']);
    expect((await take('fan-books', 1)).map(String)).toEqual(['{\n  "a": 1\n}']);
    const copy = blobs.getContainerClient('fan').getBlobClient('books/7.json');
    await until(() => copy.exists());
    expect(String(await copy.downloadToBuffer())).toBe('{"id":7}');
    expect(bytesOf(app.received[0]!)).toContain('"RandGuid":"<guid>"},"kind":"\\"books\\"","no":"\\"7\\""}}');
  });

  test('queue and blob, binary: all 256 bytes come and go as they are', async () => {
    const app = eventApp({
      functions: {
        Binary: [
          { type: 'queueTrigger', direction: 'in', name: 'msg', queueName: 'bin-in', dataType: 'binary' },
          { type: 'queue', direction: 'out', name: 'next', queueName: 'bin-out' },
          { type: 'blob', direction: 'out', name: 'copy', path: 'bin-incoming/{id}' },
        ],
        Copy: [
          { type: 'blobTrigger', direction: 'in', name: 'file', path: 'bin-incoming/{name}' },
          { type: 'blob', direction: 'in', name: 'same', path: 'bin-incoming/{name}', dataType: 'binary' },
          { type: 'blob', direction: 'out', name: 'copy', path: 'bin-outgoing/{name}.copy' },
        ],
      },
      replies: {
        Binary: '({ msg }) => ({ next: msg, copy: msg })',
        Copy: '({ file, same }) => ({ copy: file === same ? file : "differs" })',
      },
    });
    await using _host = await host(app);
    await send('bin-in', ALL_BYTES);
    expect(await take('bin-out', 1)).toEqual([ALL_BYTES]);
    const copies = blobs.getContainerClient('bin-outgoing');
    const names = async (): Promise<string[]> => {
      const found: string[] = [];
      for await (const { name } of copies.listBlobsFlat()) found.push(name);
      return found;
    };
    await until(async () => (await names().catch(() => [])).length === 1);
    const [name = ''] = await names();
    expect(name).toMatch(/\.copy$/);
    expect(await copies.getBlobClient(name).downloadToBuffer()).toEqual(ALL_BYTES);
    expect(bytesOf(app.of('Copy')[0]!)).toContain('"Metadata":{"Uri":"\\"http://<address>/devstoreaccount1/bin-incoming/');
  });

  test('HTTP with outputs: the answer comes when they are written', async () => {
    const app = eventApp({
      functions: {
        Order: [
          { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous', route: 'orders/{id}' },
          { type: 'http', direction: 'out', name: 'res' },
          { type: 'queue', direction: 'out', name: 'order', queueName: 'http-orders' },
          { type: 'table', direction: 'out', name: 'row', tableName: 'Orders', partitionKey: 'web', rowKey: '{id}' },
        ],
        Orders: [
          { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous', route: 'orders' },
          { type: 'http', direction: 'out', name: 'res' },
          { type: 'table', direction: 'in', name: 'rows', tableName: 'Orders', partitionKey: 'web' },
        ],
      },
      replies: {
        Order:
          '({ req }) => ({ res: { statusCode: 201, body: "ordered" }, order: { id: req.Params.id }, row: { Count: 9007199254740991, Price: 1.5, When: "2001-02-03" } })',
        Orders: '({ rows }) => ({ res: { body: rows } })',
      },
    });
    await using running = await host(app);
    const answer = await running.invoke('Order', { params: { id: 'A7' } });
    expect([answer.status, await answer.text()]).toEqual([201, 'ordered']);
    // Already there.
    expect((await take('http-orders', 1)).map(String)).toEqual(['{\n  "id": "A7"\n}']);
    const entity = await TableClient.fromConnectionString(azurite.connectionString, 'Orders', { allowInsecureConnection: true }).getEntity(
      'web',
      'A7',
    );
    expect(entity).toMatchObject({ Count: 9007199254740991n, Price: 1.5, When: '2001-02-03' });
    const rows = await (await running.invoke('Orders')).text();
    expect(rows).toBe('[{"PartitionKey":"web","RowKey":"A7","Count":9007199254740991,"Price":1.5,"When":"2001-02-03"}]');
    // A second row of that key is a fault of this invocation, and the caller at this machine learns which.
    const again = await running.invoke('Order', { params: { id: 'A7' } });
    expect(again.status).toBe(500);
    expect(await again.text()).toMatch(/row[\s\S]*A7[\s\S]*Invocation/);
  });

  test('what fails goes to the poison queue, and nothing is lost', async () => {
    const app = eventApp({
      functions: { Fails: [{ type: 'queueTrigger', direction: 'in', name: 'msg', queueName: 'fails-in' }] },
      replies: { Fails: '({ msg }) => { if (msg.includes("bad")) throw new Error("no"); }' },
      extensions: { queues: { maxDequeueCount: 3, visibilityTimeout: '00:00:00' } },
    });
    await using _host = await host(app);
    await send('fails-in', 'good one', 'bad one');
    expect((await take('fails-in-poison', 1)).map(String)).toEqual(['bad one']);
    await until(() => isEmpty('fails-in'));
    expect(app.received.filter(({ body }) => body.includes('bad')).map(({ metadata }) => metadata['DequeueCount'])).toEqual([
      '1',
      '2',
      '3',
    ]);
    expect(app.received.filter(({ body }) => body.includes('good'))).toHaveLength(1);
  });

  test('a stop finishes the message it works on, and leaves the others in the queue', async () => {
    const app = eventApp({
      functions: { Slow: [{ type: 'queueTrigger', direction: 'in', name: 'msg', queueName: 'slow-in' }] },
      replies: { Slow: '() => new Promise((resolve) => setTimeout(resolve, 500))' },
      extensions: { queues: { batchSize: 1, newBatchThreshold: 0 } },
    });
    await send('slow-in', 'first', 'second');
    {
      await using running = await host(app);
      await until(() => app.received.length === 1);
      await running.stop();
    }
    expect(app.received).toHaveLength(1);
    expect((await queues.getQueueClient('slow-in').getProperties()).approximateMessagesCount).toBe(1);
    expect((await take('slow-in', 1)).map(String)).toEqual(['second']);
  });

  test('five hosts on one queue, one container and one timer do each thing once', async () => {
    const app = eventApp({
      functions: {
        Work: [{ type: 'queueTrigger', direction: 'in', name: 'msg', queueName: 'five-in' }],
        Found: [{ type: 'blobTrigger', direction: 'in', name: 'file', path: 'five-files/{name}' }],
        Tick: [{ type: 'timerTrigger', direction: 'in', name: 'tick', schedule: '* * * * * *' }],
      },
    });
    const hosts = await Promise.all(Array.from({ length: 5 }, () => host(app)));
    try {
      const bodies = Array.from({ length: 200 }, (_, index) => `message ${index}`);
      await send('five-in', ...bodies);
      const files = blobs.getContainerClient('five-files');
      await files.createIfNotExists();
      for (let index = 0; index < 20; index += 1) await files.getBlockBlobClient(`${index}.txt`).upload('x', 1);
      await until(() => app.of('Work').length >= 200 && app.of('Found').length >= 20 && app.of('Tick').length >= 3);
      await until(() => isEmpty('five-in'));
      expect(new Set(app.of('Work').map(({ data }) => data['msg'])).size).toBe(200);
      expect(app.of('Work')).toHaveLength(200);
      expect(app.of('Found').map(({ metadata }) => metadata['name'])).toHaveLength(20);
      const seconds = app.of('Tick').map(({ metadata }) => (metadata['sys'] as { UtcNow: string }).UtcNow.slice(0, 19));
      expect(new Set(seconds).size).toBe(seconds.length);
    } finally {
      await Promise.all(hosts.map((one) => one.stop()));
    }
  });
});
