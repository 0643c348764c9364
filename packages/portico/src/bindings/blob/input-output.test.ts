import { type BlobItem, BlobServiceClient } from '@azure/storage-blob';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAzurite } from '../../../../../test/support/azurite.ts';
import { needs } from '../../../../../test/support/requirements.ts';
import { HostError } from '../../core/error.ts';
import type { EventScope } from '../../core/extension.ts';
import type { BindingMetadata, JsonValue } from '../../core/function-app.ts';
import { testContext } from '../../testing/binding-context.ts';
import { blobInput } from './input.ts';
import { blobOutput, withParent } from './output.ts';
import { writtenBlobs } from './written-blobs.ts';

const never = new AbortController().signal;
const lacking = needs('azurite');
let azurite: Awaited<ReturnType<typeof startAzurite>>;
let service: BlobServiceClient;
let containerCount = 0;

beforeAll(async () => {
  if (lacking !== undefined) return;
  azurite = await startAzurite();
  service = BlobServiceClient.fromConnectionString(azurite.connectionString);
});
afterAll(() => azurite?.stop());

const contextOf = () => testContext({ settings: { AzureWebJobsStorage: azurite.connectionString } }).context;
const bindingOf = (path: string, more: Partial<BindingMetadata> = {}): BindingMetadata => ({
  name: 'file',
  type: 'blob',
  direction: 'in',
  dataType: undefined,
  cardinality: undefined,
  properties: { path },
  ...more,
});
/** An event for which every expression stands for itself. */
const scope: EventScope = { functionName: 'Fn', invocationId: 'the-invocation', bind: ({ text }) => text };
const read = (path: string, dataType?: 'binary' | 'string') =>
  blobInput.createInput(bindingOf(path, { dataType }), contextOf()).read(scope, never);
const write = (path: string, value: JsonValue, bytes?: Uint8Array, context = contextOf()) =>
  blobOutput.createOutput(bindingOf(path), context).bind(scope).write({ name: 'file', value, bytes, keepsText: false }, never);

async function newContainer(): Promise<ReturnType<BlobServiceClient['getContainerClient']>> {
  containerCount += 1;
  const container = service.getContainerClient(`container-${containerCount}`);
  await container.create();
  return container;
}

async function listed(container: string): Promise<BlobItem[]> {
  const items: BlobItem[] = [];
  for await (const item of service.getContainerClient(container).listBlobsFlat({ includeMetadata: true })) items.push(item);
  return items;
}

describe.skipIf(lacking)('a blob as an input', () => {
  test.each(['string', 'binary'] as const)('is null where there is none, container or blob (%s)', async (dataType) => {
    const { containerName } = await newContainer();
    expect(await read(`${containerName}/nobody`, dataType)).toBeNull();
    expect(await read('no-container/nobody', dataType)).toBeNull();
  });

  test('is text, in which what is no UTF-8 becomes U+FFFD', async () => {
    const container = await newContainer();
    await container.getBlockBlobClient('a').upload(Buffer.from([0, 1, 2, 0xfd, 0xfe, 0xff]), 6);
    await container.getBlockBlobClient('b').upload(Buffer.from('\ufeffgrüße 😀'), Buffer.byteLength('\ufeffgrüße 😀'));
    await container.getBlockBlobClient('c').upload(Buffer.from('\ufeffgrüße', 'utf16le'), 12);
    expect(await read(`${container.containerName}/a`)).toBe('\0\x01\x02\ufffd\ufffd\ufffd');
    expect(await read(`${container.containerName}/b`)).toBe('grüße 😀');
    expect(await read(`${container.containerName}/c`)).toBe('grüße');
  });

  test('is bytes with dataType binary', async () => {
    const container = await newContainer();
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    await container.getBlockBlobClient('all').upload(bytes, 256);
    await container.getBlockBlobClient('empty').upload('', 0);
    expect(await read(`${container.containerName}/all`, 'binary')).toEqual(bytes);
    expect(await read(`${container.containerName}/empty`, 'binary')).toEqual(new Uint8Array());
    expect(await read(`${container.containerName}/empty`)).toBe('');
  });

  test('may be named by its URL', async () => {
    const container = await newContainer();
    const blob = container.getBlockBlobClient('dir/a b.txt');
    await blob.upload('hello', 5);
    expect(await read(blob.url)).toBe('hello');
    expect(await read(`https://acme.blob.core.windows.net/${container.containerName}/dir/a%20b.txt`)).toBe('hello');
  });

  test('is refused when its path is none for this event', async () => {
    await expect(read('Nobody')).rejects.toMatchObject({
      code: 'BLOB_PATH_UNUSABLE',
      hint: expect.stringContaining("Invalid blob path specified : 'Nobody'."),
    });
  });

  test('says which blob cannot be read when the account is away', async () => {
    const connection =
      'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1';
    const { context } = testContext({ settings: { AzureWebJobsStorage: connection } });
    const input = blobInput.createInput(bindingOf('input/a'), context);
    await expect(input.read(scope, never)).rejects.toThrow('The blob "input/a" cannot be read');
    await expect(input.read(scope, never)).rejects.toBeInstanceOf(HostError);
  });
});

describe.skipIf(lacking)('a blob as an output', () => {
  test('is written as it is, whatever bytes it has and however its name is', async () => {
    const { containerName } = await newContainer();
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const name = fc.constantFrom(
      'plain.txt',
      'dir/sub/x',
      'ünï 世界 😀',
      'with space',
      '100%',
      '%41',
      'a+b&c=d?e#f',
      "it's (1)!*",
      'a/./b'.replace('.', '-'),
    );
    await fc.assert(
      fc.asyncProperty(name, fc.uint8Array(), async (blob, bytes) => {
        const content = Uint8Array.from([...all, ...bytes]);
        await write(`${containerName}/${blob}`, 'base64', content);
        expect(await read(`${containerName}/${blob}`, 'binary')).toEqual(content);
        expect((await listed(containerName)).map((one) => one.name)).toContain(blob);
      }),
      { numRuns: 30 },
    );
  });

  test.each<[JsonValue, string]>([
    ['grüße', 'grüße'],
    ['', ''],
    [{ a: 1, b: [true] }, '{"a":1,"b":[true]}'],
    [42, '*\0\0\0'],
  ])('%j is written as %j', async (value, text) => {
    const { containerName } = await newContainer();
    await write(`${containerName}/x`, value);
    expect(await read(`${containerName}/x`)).toBe(text);
  });

  test('makes its container, names the invocation and sets no type', async () => {
    await write('made-on-demand/x', 'hello');
    const properties = await service.getContainerClient('made-on-demand').getBlobClient('x').getProperties();
    expect(properties).toMatchObject({
      blobType: 'BlockBlob',
      contentType: 'application/octet-stream',
      metadata: { azurewebjobsparentid: 'the-invocation' },
    });
    const [one] = await listed('made-on-demand');
    expect(one?.metadata).toEqual({ AzureWebJobsParentId: 'the-invocation' });
  });

  test('keeps the metadata that is there, and names the last invocation only', async () => {
    const container = await newContainer();
    await container.getBlockBlobClient('x').upload('old', 3, { metadata: { owner: 'me', AzureWebJobsParentId: 'older' } });
    await write(`${container.containerName}/x`, 'new');
    const { metadata } = await container.getBlobClient('x').getProperties();
    expect(metadata).toEqual({ owner: 'me', azurewebjobsparentid: 'the-invocation' });
  });

  test.each(['AppendBlob', 'PageBlob'] as const)('leaves a blob of type %s alone', async (type) => {
    const container = await newContainer();
    if (type === 'AppendBlob') await container.getAppendBlobClient('x').create();
    else await container.getPageBlobClient('x').create(512);
    await expect(write(`${container.containerName}/x`, 'new')).rejects.toMatchObject({
      code: 'BLOB_TYPE_WRONG',
      message: expect.stringContaining(type),
    });
  });

  test('is never seen empty in between', async () => {
    const container = await newContainer();
    const sizes = new Set<number | undefined>();
    let isDone = false;
    const watching = (async () => {
      while (!isDone) for await (const { properties } of container.listBlobsFlat()) sizes.add(properties.contentLength);
    })();
    for (let i = 0; i < 20; i += 1) await write(`${container.containerName}/x${i}`, 'hello');
    isDone = true;
    await watching;
    expect([...sizes]).toEqual([5]);
  });

  test('tells whoever watches for blobs', async () => {
    const { containerName } = await newContainer();
    const context = contextOf();
    const told: unknown[] = [];
    writtenBlobs(context).watch((written) => told.push(written));
    await write(`${containerName}/x`, 'hello', undefined, context);
    const { etag } = await service.getContainerClient(containerName).getBlobClient('x').getProperties();
    expect(told).toEqual([{ account: 'devstoreaccount1', container: containerName, blob: { name: 'x', etag, blobType: 'BlockBlob' } }]);
  });

  test('refuses its path before the handler is called', () => {
    const output = blobOutput.createOutput(bindingOf('results/'), contextOf());
    expect(() => output.bind(scope)).toThrow(/not of the form "container\/blob"/);
  });
});

test('withParent replaces the name of an earlier invocation, however it is written', () => {
  expect(withParent({ owner: 'me', azurewebjobsparentid: 'older' }, 'new')).toEqual({ owner: 'me', AzureWebJobsParentId: 'new' });
});
