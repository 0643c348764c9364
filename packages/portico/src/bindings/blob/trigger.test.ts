import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startAzurite } from '../../../../../test/support/azurite.ts';
import { needs } from '../../../../../test/support/requirements.ts';
import { until } from '../../../../../test/support/until.ts';
import { memberOf } from '../../core/binding-value.ts';
import { handlerAbsent } from '../../core/errors/handler.ts';
import type { InvocationOutcome, Listener, ListenerContext, TriggerEvent } from '../../core/extension.ts';
import type { BindingMetadata, JsonObject } from '../../core/function-app.ts';
import type { StateStore } from '../../core/state-store.ts';
import { systemRandom } from '../../platform/system-random.ts';
import { openState } from '../../state/open-state.ts';
import { testContext } from '../../testing/binding-context.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { memoryState } from '../../testing/memory-state.ts';
import { ByteBudget } from './byte-budget.ts';
import { blobOutput } from './output.ts';
import { blobTrigger } from './trigger.ts';

const never = new AbortController().signal;
const lacking = needs('azurite');
let azurite: Awaited<ReturnType<typeof startAzurite>>;
let blobs: BlobServiceClient;
let queues: QueueServiceClient;
let testCount = 0;

beforeAll(async () => {
  if (lacking !== undefined) return;
  azurite = await startAzurite();
  blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
  queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
});
afterAll(() => azurite?.stop());

const hosts: Host[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

const bindingOf = (properties: JsonObject): BindingMetadata => ({
  name: 'file',
  type: 'blobTrigger',
  direction: 'in',
  dataType: undefined,
  cardinality: undefined,
  properties,
});

type Run = (event: TriggerEvent, signal: AbortSignal) => Promise<InvocationOutcome> | InvocationOutcome;
const SUCCEEDED: InvocationOutcome = { status: 'succeeded', invocationId: 'id' };
const FAILED: InvocationOutcome = { status: 'failed', invocationId: 'id', error: handlerAbsent() };

/** A host with blob functions; its time passes while a test waits for something. */
class Host {
  readonly clock = new FakeClock();
  readonly events: TriggerEvent[] = [];
  readonly #test;
  readonly #context: ListenerContext;
  readonly #listeners: Listener[] = [];

  constructor({
    hostId,
    state = memoryState(),
    run = () => SUCCEEDED,
    hostSection = {},
  }: { hostId: string; state?: StateStore; run?: Run; hostSection?: JsonObject }) {
    this.#test = testContext({
      settings: { AzureWebJobsStorage: azurite.connectionString },
      hostSection,
      clock: this.clock,
      run: (event, signal) => {
        this.events.push(event);
        return run(event, signal);
      },
    });
    this.#context = { ...this.#test.context, hostId, state };
    hosts.push(this);
  }

  get context(): ListenerContext {
    return this.#context;
  }

  get records() {
    return this.#test.records;
  }

  pause(): void {
    this.#test.pause();
  }

  resume(): void {
    this.#test.resume();
  }

  async listen(functionName: string, properties: JsonObject): Promise<Listener> {
    const listener = blobTrigger.createListener(bindingOf(properties), { ...this.#context, functionName });
    await listener.start(never);
    this.#listeners.push(listener);
    return listener;
  }

  async until(condition: () => unknown): Promise<void> {
    await until(async () => {
      await this.clock.advance(500);
      return condition();
    });
  }

  /** Whatever was to be found has been: a blob that came later has been worked on. */
  async settled({ name, put, queueLength }: ReturnType<typeof newPlace>, others: readonly Host[] = []): Promise<void> {
    await put('zz-last', 'last');
    const isLast = (one: string) => one === `${name}/zz-last`;
    await this.until(async () => {
      for (const other of others) await other.clock.advance(500);
      return [this, ...others].some(({ names }) => names.some(isLast)) && (await queueLength()) === 0;
    });
  }

  /** The names of the blobs that functions ran for, in order. */
  get names(): string[] {
    return this.events.map((event) => String(dataOf(event).BlobTrigger));
  }

  async stop(signal = never): Promise<void> {
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.stop(signal)));
  }
}

const dataOf = ({ bindingData }: TriggerEvent) => Object.fromEntries(bindingData);
const textOf = ({ value }: TriggerEvent) => Buffer.from(value as Uint8Array).toString();

function newPlace() {
  testCount += 1;
  const hostId = `host-${testCount}`;
  const name = `input-${testCount}`;
  const container = blobs.getContainerClient(name);
  const queue = queues.getQueueClient(`azure-webjobs-blobtrigger-${hostId}`);
  const put = async (blob: string, content = 'hello', options = {}) => {
    await container.createIfNotExists();
    return (await container.getBlockBlobClient(blob).upload(content, Buffer.byteLength(content), options)).etag;
  };
  const queueLength = async () => (await queue.getProperties()).approximateMessagesCount;
  return { hostId, name, container, queue, put, queueLength };
}

describe.skipIf(lacking)('the event of a blob', () => {
  test('has the content as bytes and tells of its path, properties and metadata', async () => {
    const { hostId, name, container, put } = newPlace();
    const etag = await put('folder/first.note.txt', 'grüße', {
      blobHTTPHeaders: { blobContentType: 'text/plain' },
      metadata: { owner: 'me' },
    });
    const host = new Host({ hostId });
    await host.listen('OnBlob', { path: `${name}/{dir}/{name}.{ext}` });
    await host.until(() => host.events.length > 0);
    const [event] = host.events as [TriggerEvent];
    expect(event.value).toEqual(new Uint8Array(Buffer.from('grüße')));
    const data = dataOf(event);
    expect(Object.keys(data)).toEqual(['Uri', 'Properties', 'Metadata', 'dir', 'name', 'ext', 'BlobTrigger']);
    expect(data).toMatchObject({
      Uri: `${container.url}/folder/first.note.txt`,
      Metadata: { owner: 'me' },
      dir: 'folder',
      name: 'first.note',
      ext: 'txt',
      BlobTrigger: `${name}/folder/first.note.txt`,
    });
    expect(data.Properties).toMatchObject({
      ContentLength: 7,
      ContentType: 'text/plain',
      ETag: etag,
      AccessTier: 'Hot',
      Metadata: { owner: 'me' },
    });
    expect(memberOf(data.Properties!, 'contenthash')).toBeInstanceOf(Uint8Array);
    expect(event.reason).toBe(`New blob detected(LogsAndContainerScan): ${name}/folder/first.note.txt`);
    expect(Object.keys(event.details!)).toEqual(['MessageId', 'DequeueCount', 'InsertedOn', 'BlobCreated', 'BlobLastModified']);
    expect(event.details).toMatchObject({
      DequeueCount: 1,
      BlobCreated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+00:00$/),
    });
  });

  test('has every byte as it is, and the name as it is', async () => {
    const { hostId, name, container } = newPlace();
    await container.create();
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const wanted = ['ünï 世界 😀', 'with space', '100%', '%41', 'a+b&c=d?e#f', "it's (1)!*", 'a/b/c.d', 'x"y', 'a<b>&amp;'];
    for (const blob of wanted) await container.getBlockBlobClient(blob).upload(all, all.length);
    const host = new Host({ hostId });
    await host.listen('OnBlob', { path: `${name}/{name}` });
    await host.until(() => host.events.length >= wanted.length);
    expect(host.events.map((event) => dataOf(event).name).sort()).toEqual([...wanted].sort());
    for (const { value } of host.events) expect(value).toEqual(all);
  });

  test('by hand is that of the blob whose path is given', async () => {
    const { hostId, name, put } = newPlace();
    await put('dir/a.txt', 'hello');
    const { context } = new Host({ hostId });
    const byHand = (input: string | undefined) => blobTrigger.eventByHand(input, bindingOf({ path: `${name}/{name}.txt` }), context);
    const event = await byHand(`${name}/dir/a.txt`);
    expect(textOf(event)).toBe('hello');
    expect(dataOf(event)).toMatchObject({ name: 'dir/a', BlobTrigger: `${name}/dir/a.txt` });
    expect(event.reason).toBe('This function was programmatically called via the host APIs.');
    await expect(byHand(undefined)).rejects.toMatchObject({ code: 'BLOB_NOT_GIVEN' });
    await expect(byHand(`${name}/nobody`)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    await expect(byHand('nonsense')).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  });
});

describe.skipIf(lacking)('a blob trigger', () => {
  test('runs once for each version: what was there, what is new, and what is overwritten at once', async () => {
    const place = newPlace();
    const { hostId, name, put } = place;
    await put('old');
    const host = new Host({ hostId });
    await host.listen('OnBlob', { path: name });
    await host.until(() => host.events.length === 1);
    await put('new', 'first');
    await host.until(() => host.events.length === 2);
    await put('new', 'second');
    await host.until(() => host.events.length === 3);
    await host.settled(place);
    expect(host.events.map(textOf)).toEqual(['hello', 'first', 'second', 'last']);
  });

  test('waits for a container that does not exist yet', async () => {
    const { hostId, name, put } = newPlace();
    const host = new Host({ hostId });
    await host.listen('OnBlob', { path: name });
    for (let i = 0; i < 10; i += 1) await host.clock.advance(2000);
    await put('a');
    await host.until(() => host.events.length === 1);
    expect(host.records).toEqual([]);
  });

  test('runs again for a blob that is overwritten while it is worked on', async () => {
    const { hostId, name, put } = newPlace();
    await put('a', 'first');
    const working = Promise.withResolvers<void>();
    const host = new Host({ hostId, run: () => working.promise.then(() => SUCCEEDED) });
    await host.listen('OnBlob', { path: name });
    await host.until(() => host.events.length === 1);
    await put('a', 'second');
    await host.until(() => host.events.length === 2);
    working.resolve();
    expect(host.events.map(textOf)).toEqual(['first', 'second']);
  });

  test('drops the message of a blob that is overwritten or gone before its turn', async () => {
    const place = newPlace();
    const { hostId, name, container, put, queueLength } = place;
    await put('gone');
    await put('changed', 'first');
    const host = new Host({ hostId });
    host.pause();
    await host.listen('OnBlob', { path: name });
    await host.until(async () => (await queueLength().catch(() => 0)) === 2);
    await container.deleteBlob('gone');
    await put('changed', 'second');
    host.resume();
    // Its time stands still: that the other version is there is known from the message of the first.
    await until(() => host.events.length === 1);
    await host.settled(place);
    expect(host.events.map(textOf)).toEqual(['second', 'last']);
  });

  test('takes no message while the handler is not ready', async () => {
    const { hostId, name, put, queue, queueLength } = newPlace();
    await put('a');
    const host = new Host({ hostId });
    host.pause();
    await host.listen('OnBlob', { path: name });
    await host.until(async () => (await queueLength().catch(() => 0)) === 1);
    for (let i = 0; i < 20; i += 1) await host.clock.advance(5000);
    expect((await queue.peekMessages()).peekedMessageItems[0]?.dequeueCount).toBe(0);
    host.resume();
    await host.until(() => host.events.length === 1);
    expect(host.events[0]?.details).toMatchObject({ DequeueCount: 1 });
  });

  test('gives a blob up after five tries, and its message to the poison queue as it was', async () => {
    const { hostId, name, put, queueLength } = newPlace();
    const etag = await put('folder/bad.bin', 'x');
    const host = new Host({ hostId, run: () => FAILED });
    await host.listen('OnBlob', { path: name });
    const poison = queues.getQueueClient('webjobs-blobtrigger-poison');
    await host.until(async () => (await poison.peekMessages().catch(() => undefined))?.peekedMessageItems.length);
    const { receivedMessageItems } = await poison.receiveMessages();
    expect(Buffer.from(receivedMessageItems[0]!.messageText, 'base64').toString()).toBe(
      `{\n  "Type": "BlobTrigger",\n  "FunctionId": "Host.Functions.OnBlob",\n  "BlobType": "BlockBlob",\n  "ContainerName": "${name}",\n  "BlobName": "folder/bad.bin",\n  "ETag": ${JSON.stringify(etag)}\n}`,
    );
    expect(host.events.map(({ details }) => details?.DequeueCount)).toEqual([1, 2, 3, 4, 5]);
    await host.until(async () => (await queueLength()) === 0);
    expect(host.records.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      "warning: Message has reached MaxDequeueCount of 5. Moving message to queue 'webjobs-blobtrigger-poison'.",
    ]);
    await poison.delete();
  });

  test('gives up at once, and says so once, on a blob that is too large for a payload', async () => {
    const { hostId, name, container } = newPlace();
    await container.create();
    await container.getPageBlobClient('huge').create(400 * 1024 * 1024);
    const host = new Host({ hostId });
    await host.listen('OnBlob', { path: name });
    const poison = queues.getQueueClient('webjobs-blobtrigger-poison');
    await host.until(async () => (await poison.peekMessages().catch(() => undefined))?.peekedMessageItems.length);
    expect(host.events).toEqual([]);
    const [record, ...others] = host.records;
    expect(others).toEqual([]);
    expect(record?.message).toMatch(
      /The blob "input-\d+\/huge" has 419430400 bytes, and as bytes a handler can be given \d+ at most\. Moving message to queue/,
    );
    await poison.delete();
  });

  test('runs for each function that watches, and for none that does not', async () => {
    const { hostId, name, put } = newPlace();
    for (const blob of ['a.txt', 'b.png']) await put(blob);
    const host = new Host({ hostId });
    await host.listen('Texts', { path: `${name}/{name}.txt` });
    await host.listen('All', { path: name });
    await host.until(() => host.events.length === 3);
    expect(host.names.sort()).toEqual([`${name}/a.txt`, `${name}/a.txt`, `${name}/b.png`]);
  });

  test('never gets the content of one version with the properties of another', async () => {
    const place = newPlace();
    const { hostId, name, put } = place;
    await put('a', 'first');
    const host = new Host({ hostId });
    const budget = host.context.shared('blob content', () => new ByteBudget(1));
    const giveBack = await budget.take(1, never);
    // The properties are read by then, the content is not.
    const asked = vi.spyOn(budget, 'take');
    await host.listen('OnBlob', { path: name });
    await host.until(() => asked.mock.calls.length === 1);
    const etag = await put('a', 'second');
    giveBack();
    await host.until(() => host.events.length === 1);
    await host.settled(place);
    expect(host.events.map(textOf)).toEqual(['second', 'last']);
    expect(dataOf(host.events[0]!).Properties).toMatchObject({ ETag: etag });
  });

  test('runs at once for what an output of the same host has written', async () => {
    const place = newPlace();
    const { hostId, name, put } = place;
    await put('first');
    const host = new Host({ hostId });
    await host.listen('OnBlob', { path: `${name}/{name}` });
    await host.until(() => host.events.length === 1);
    const output = blobOutput.createOutput({ ...bindingOf({ path: `${name}/written` }), direction: 'out' }, host.context);
    const scope = { functionName: 'Fn', invocationId: 'id', bind: ({ text }: { text: string }) => text };
    await output.bind(scope).write({ name: 'out', value: 'by the host', keepsText: false }, never);
    // Its time stands still: no look into the container follows.
    await until(() => host.events.length === 2);
    await host.settled(place);
    expect(host.events.map(textOf)).toEqual(['hello', 'by the host', 'last']);
  });
});

describe.skipIf(lacking)('hosts of one app', () => {
  test('run once for each version, all together', async () => {
    const place = newPlace();
    const { hostId, name, put } = place;
    const state = memoryState();
    const [one, other] = [new Host({ hostId, state }), new Host({ hostId, state })];
    for (const host of [one, other]) await host.listen('OnBlob', { path: name });
    for (let i = 0; i < 40; i += 1) await put(`b${i}`);
    await untilBoth(one, other, () => one.events.length + other.events.length >= 40);
    await one.settled(place, [other]);
    const names = [...one.names, ...other.names];
    expect(new Set(names).size).toBe(41);
    expect(names).toHaveLength(41);
  });

  test('hand the search over when the one that had it stops', async () => {
    const { hostId, name, put } = newPlace();
    const state = memoryState();
    const [one, other] = [new Host({ hostId, state }), new Host({ hostId, state })];
    for (const host of [one, other]) await host.listen('OnBlob', { path: name });
    await put('a');
    await untilBoth(one, other, () => one.events.length + other.events.length === 1);
    await one.stop();
    await put('b');
    await other.until(() => other.names.includes(`${name}/b`));
  });

  test('do nothing twice after a restart, and leave a receipt where Azure leaves it', async () => {
    const { hostId, name, put } = newPlace();
    const etag = await put('dir/a.txt');
    const state = () =>
      openState({
        root: '/nowhere',
        settings: { AzureWebJobsStorage: azurite.connectionString },
        log: new Host({ hostId }).context.log,
        random: systemRandom,
      });
    const first = new Host({ hostId, state: state() });
    await first.listen('OnBlob', { path: name });
    await first.until(() => first.events.length === 1);
    await first.stop();
    const second = new Host({ hostId, state: state() });
    await second.listen('OnBlob', { path: name });
    await put('b');
    await second.until(() => second.events.length === 1);
    expect(second.names).toEqual([`${name}/b`]);
    const state0: string[] = [];
    for await (const { name: path, metadata, properties } of blobs
      .getContainerClient('azure-webjobs-hosts')
      .listBlobsFlat({ includeMetadata: true })) {
      if (path.includes(hostId)) state0.push(`${path} ${properties.contentLength} ${JSON.stringify(metadata ?? {})}`);
    }
    expect(state0).toContain(`blobreceipts/${hostId}/Host.Functions.OnBlob/${etag}/${name}/dir/a.txt 0 {}`);
    expect(state0).toContain(`locks/${hostId}/WebJobs.Internal.Blobs.Listener 0 {}`);
    expect(state0).toHaveLength(3);
  });

  test('get the message back of a run that was given up', async () => {
    const { hostId, name, put } = newPlace();
    const state = memoryState();
    await put('a');
    const abandoned = (_: TriggerEvent, signal: AbortSignal) =>
      new Promise<InvocationOutcome>((resolve) => signal.addEventListener('abort', () => resolve({ status: 'abandoned' })));
    const first = new Host({ hostId, state, run: abandoned });
    await first.listen('OnBlob', { path: name });
    await first.until(() => first.events.length === 1);
    await first.stop(AbortSignal.abort());
    const second = new Host({ hostId, state });
    await second.listen('OnBlob', { path: name });
    await second.until(() => second.events.length === 1);
    expect(second.events[0]?.details).toMatchObject({ DequeueCount: 2 });
  });

  test('wait for what runs when they stop', async () => {
    const { hostId, name, put, queueLength } = newPlace();
    await put('a');
    const working = Promise.withResolvers<void>();
    const host = new Host({ hostId, run: () => working.promise.then(() => SUCCEEDED) });
    await host.listen('OnBlob', { path: name });
    await host.until(() => host.events.length === 1);
    const stopping = host.stop();
    working.resolve();
    await stopping;
    expect(await queueLength()).toBe(0);
  });
});

function untilBoth(one: Host, other: Host, condition: () => boolean): Promise<void> {
  return one.until(async () => {
    await other.clock.advance(500);
    return condition();
  });
}
