// Times hold over a restart of the Azurite of this repository. It keeps them in JSON, which has no dates: scripts/azurite/dates.cjs.
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueClient } from '@azure/storage-queue';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startAzurite } from './support/azurite.ts';
import { needs } from './support/requirements.ts';
import { until } from './support/until.ts';

const LEASE_S = 60;
const [OURS, THEIRS] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-azurite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

/** With a container, a blob in it and a queue. */
async function started() {
  const azurite = await startAzurite({ folder });
  onTestFinished(async () => void (await azurite.kill()));
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('container');
  const blob = container.getBlockBlobClient('blob');
  const queue = new QueueClient(azurite.connectionString, 'queue');
  await container.createIfNotExists();
  if (!(await blob.exists())) await blob.upload('', 0);
  await queue.createIfNotExists();
  return { azurite, container, blob, queue };
}

/** Rewrites what the index of blobs says of the blob. */
function changeBlob(change: (document: { leaseExpireTime: string }) => void): void {
  const [file] = globSync(join(folder, '__azurite_db_blob__.json'));
  const index = JSON.parse(readFileSync(file!, 'utf8')) as {
    collections: { name: string; data: { name: string; leaseExpireTime: string }[] }[];
  };
  const blobs = index.collections.find(({ name }) => name === '$BLOBS_COLLECTION$')!;
  change(blobs.data.find(({ name }) => name === 'blob')!);
  writeFileSync(file!, JSON.stringify(index));
}

describe.skipIf(needs('azurite')).each(['stop', 'kill'] as const)('after a %s Azurite', (end) => {
  test('knows who has a lease of a blob and of a container', async () => {
    const before = await started();
    await before.blob.getBlobLeaseClient(OURS).acquireLease(LEASE_S);
    await before.container.getBlobLeaseClient(OURS).acquireLease(LEASE_S);
    await before.azurite[end]();

    const { blob, container } = await started();
    for (const leased of [blob, container]) {
      expect(await leased.getProperties()).toMatchObject({ leaseState: 'leased', leaseStatus: 'locked' });
      await expect(leased.getBlobLeaseClient(THEIRS).acquireLease(LEASE_S)).rejects.toMatchObject({ code: 'LeaseAlreadyPresent' });
      await leased.getBlobLeaseClient(OURS).renewLease();
    }
    await expect(blob.upload('', 0)).rejects.toMatchObject({ code: 'LeaseIdMissing' });
  });

  test('knows that a lease is being broken', async () => {
    const before = await started();
    const lease = before.blob.getBlobLeaseClient(OURS);
    await lease.acquireLease(LEASE_S);
    await lease.breakLease(LEASE_S / 2);
    await before.azurite[end]();

    const { blob } = await started();
    expect(await blob.getProperties()).toMatchObject({ leaseState: 'breaking', leaseStatus: 'locked' });
  });

  test('keeps a message invisible for whoever took it', async () => {
    const before = await started();
    await before.queue.sendMessage('taken');
    await before.queue.sendMessage('sent for later', { visibilityTimeout: 600 });
    const { receivedMessageItems } = await before.queue.receiveMessages({ visibilityTimeout: 600 });
    const { messageId, popReceipt } = receivedMessageItems[0]!;
    await before.azurite[end]();

    const { queue } = await started();
    expect((await queue.receiveMessages()).receivedMessageItems).toEqual([]);
    await queue.updateMessage(messageId, popReceipt, 'given back', 0);
    expect((await queue.receiveMessages()).receivedMessageItems).toMatchObject([{ messageText: 'given back', dequeueCount: 2 }]);
  });

  test('lets a message expire', async () => {
    const before = await started();
    await before.queue.sendMessage('for a week');
    await before.queue.sendMessage('for a second', { messageTimeToLive: 1 });
    const { peekedMessageItems: sent } = await before.queue.peekMessages();
    await before.azurite[end]();

    const { queue } = await started();
    const left = async () => (await queue.peekMessages({ numberOfMessages: 32 })).peekedMessageItems;
    await until(async () => (await left()).length === 1);
    const { messageText, insertedOn, expiresOn } = sent[0]!;
    expect(await left()).toMatchObject([{ messageText, insertedOn, expiresOn }]);
  });

  test('dates a blob as before', async () => {
    const before = await started();
    const { lastModified, createdOn, etag } = await before.blob.getProperties();
    await before.azurite[end]();

    const { blob, container } = await started();
    expect(await blob.getProperties()).toMatchObject({ lastModified, createdOn, etag });
    await expect(blob.getProperties({ conditions: { ifModifiedSince: lastModified! } })).rejects.toMatchObject({ statusCode: 304 });
    for await (const { properties } of container.listBlobsFlat()) expect(properties).toMatchObject({ lastModified, createdOn });
  });
});

describe.skipIf(needs('azurite'))('a lease that ran out while Azurite was away', () => {
  test('is free', async () => {
    const before = await started();
    await before.blob.getBlobLeaseClient(OURS).acquireLease(LEASE_S);
    await before.azurite.stop();
    changeBlob((document) => {
      document.leaseExpireTime = new Date(Date.parse(document.leaseExpireTime) - (LEASE_S + 1) * 1000).toISOString();
    });

    const { blob } = await started();
    expect(await blob.getProperties()).toMatchObject({ leaseState: 'expired', leaseStatus: 'unlocked' });
    await blob.getBlobLeaseClient(THEIRS).acquireLease(LEASE_S);
  });
});
