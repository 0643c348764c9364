import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storageAccount } from '../../azure/storage-account.ts';
import { testContext } from '../../testing/binding-context.ts';
import { blobLister } from './blob-lister.ts';
import type { ListedBlob } from './container-scan.ts';
import { startAzurite } from './test-storage.ts';

const never = new AbortController().signal;
let azurite: Awaited<ReturnType<typeof startAzurite>>;

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const listerOf = (container: string) =>
  blobLister(storageAccount(undefined, testContext({ settings: { AzureWebJobsStorage: azurite.connectionString } }).context), container);

test('lists page by page, with ETags as the blobs themselves have them and the time of the service', async () => {
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('many');
  await container.create();
  const names = ['a b', 'c&d', 'e<f>"g"', "h'i", 'ünï 😀', 'zz'].map((name) => `in/${name}`);
  for (const name of names) await container.getBlockBlobClient(name).upload('x', 1);
  await container.getAppendBlobClient('other').create();
  const lister = listerOf('many');
  const listed: ListedBlob[] = [];
  let marker: string | undefined;
  do {
    const page = await lister.list({ prefix: 'in/', marker, most: 2 }, never);
    expect(page!.blobs.length).toBeLessThanOrEqual(2);
    expect(Math.abs(page!.servedAtMs - page!.blobs[0]!.lastModifiedMs)).toBeLessThan(60_000);
    listed.push(...page!.blobs);
    marker = page!.next;
  } while (marker !== undefined);
  expect(listed.map(({ name }) => name).sort()).toEqual([...names].sort());
  for (const { name, etag, lastModifiedMs } of listed) {
    const properties = await container.getBlobClient(name).getProperties();
    expect({ etag, lastModifiedMs }).toEqual({ etag: properties.etag, lastModifiedMs: properties.lastModified?.getTime() });
  }
  expect((await lister.list({ prefix: 'other', marker: undefined, most: 2 }, never))?.blobs).toMatchObject([{ blobType: 'AppendBlob' }]);
});

test('knows that a container is not there', async () => {
  expect(await listerOf('nobody').list({ prefix: '', marker: undefined, most: 10 }, never)).toBeUndefined();
});
