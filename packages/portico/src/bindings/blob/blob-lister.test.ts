import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAzurite } from '../../../../../test/support/azurite.ts';
import { needs } from '../../../../../test/support/requirements.ts';
import { storageAccount } from '../../azure/storage-account.ts';
import { testContext } from '../../testing/binding-context.ts';
import { openBlobList } from './blob-list.ts';
import { blobLister } from './blob-lister.ts';
import type { ListedBlob } from './container-scan.ts';

const never = new AbortController().signal;
const lacking = needs('azurite');
let azurite: Awaited<ReturnType<typeof startAzurite>>;

beforeAll(async () => {
  if (lacking !== undefined) return;
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

const listerOf = (container: string) =>
  blobLister(storageAccount(undefined, testContext({ settings: { AzureWebJobsStorage: azurite.connectionString } }).context), container);

test.skipIf(lacking)('lists page by page, with ETags as the blobs themselves have them and the time of the service', async () => {
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

test.skipIf(lacking)('spares the storage library the reading of a list', async () => {
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('spared');
  await container.create();
  for (const name of ['a', 'b', 'c']) await container.getBlockBlobClient(name).upload('x', 1);
  const list = await openBlobList(container);
  const page = await list.page({ prefix: '', marker: undefined, most: 2 }, never);
  // When this fails after an update, the lists are right all the same, but slow: see the head of blob-list.ts.
  expect(page).toMatchObject({ isRaw: true, blobs: [{ name: 'a' }, { name: 'b' }] });
  expect((await list.page({ prefix: '', marker: page.next, most: 2 }, never)).blobs).toMatchObject([{ name: 'c' }]);
});

test.skipIf(lacking)('knows that a container is not there', async () => {
  expect(await listerOf('nobody').list({ prefix: '', marker: undefined, most: 10 }, never)).toBeUndefined();
});
