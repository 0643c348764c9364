import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startAzurite } from '../../../../test/support/azurite.ts';
import { describeStateStore } from '../../../../test/support/state-store-suite.ts';
import { createLogger } from '../core/log.ts';
import type { Receipt } from '../core/state-store.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { openState } from './open-state.ts';

const signal = new AbortController().signal;
const LEASE_MS = 15_000;
const log = createLogger({ log() {} }, 'Host');

let emulator: Awaited<ReturnType<typeof startAzurite>>;
beforeAll(async () => {
  emulator = await startAzurite();
});
afterAll(() => emulator?.stop());

const container = () => BlobServiceClient.fromConnectionString(emulator.connectionString).getContainerClient('azure-webjobs-hosts');

const open = (clock = new FakeClock()) =>
  openState({ root: '/nowhere', settings: { AzureWebJobsStorage: emulator.connectionString }, log, clock });

async function steal(path: string): Promise<void> {
  const blob = container().getBlobClient(path);
  await blob.getBlobLeaseClient().breakLease(0);
  await blob.getBlobLeaseClient('11111111-2222-3333-4444-555555555555').acquireLease(60);
}

describeStateStore('blob state', async () => {
  const clock = new FakeClock();
  const sleeps = vi.spyOn(clock, 'sleep');
  let renewals = 0;
  return {
    clock,
    open: () => open(clock),
    steal,
    async renewed() {
      // The account answers in its own time. The keeper sleeps once for each period, and beside each renewal until it would be too late.
      renewals += 1;
      await vi.waitFor(() => expect(sleeps).toHaveBeenCalledTimes(1 + 2 * renewals));
    },
    dispose: async () => void (await container().deleteIfExists()),
  };
});

describe('the blobs of a state', () => {
  afterEach(() => container().deleteIfExists());

  const start = () => {
    const state = open();
    onTestFinished(() => state.close());
    return state;
  };

  async function blobs() {
    const found = [];
    for await (const { name, metadata, properties } of container().listBlobsFlat({ includeMetadata: true })) {
      const { contentLength, contentType, blobType, leaseState, leaseDuration } = properties;
      found.push({ name, metadata, contentLength, contentType, blobType, leaseState, leaseDuration });
    }
    return found;
  }
  const blob = { contentType: 'application/octet-stream', blobType: 'BlockBlob', metadata: undefined };
  const free = { leaseState: 'available', leaseDuration: undefined };
  const leased = { leaseState: 'leased', leaseDuration: 'fixed' };

  test('do not begin before the first call, and say where they are', async () => {
    const state = start();
    expect(state.place).toBe('storage account devstoreaccount1, container azure-webjobs-hosts');
    expect(await state.documents.read('timers/a', signal)).toBeUndefined();
    expect(await container().exists()).toBe(false);
  });

  test('are an empty one for each lock, which outlives its lease', async () => {
    const lease = await start().leases.acquire('locks/my-app/Host.Functions.Tick.Listener', LEASE_MS, signal);
    const name = 'locks/my-app/Host.Functions.Tick.Listener';
    expect(await blobs()).toEqual([{ ...blob, name, contentLength: 0, ...leased }]);
    await lease?.release();
    expect(await blobs()).toEqual([{ ...blob, name, contentLength: 0, ...free }]);
    const again = await start().leases.acquire(name, LEASE_MS, signal);
    expect(again).toBeDefined();
  });

  test('respect a lease that another host of the app has, and take one that it gave up', async () => {
    await container().createIfNotExists();
    await container().getBlockBlobClient('locks/a').upload('', 0);
    const theirs = container().getBlobClient('locks/a').getBlobLeaseClient();
    await theirs.acquireLease(15);
    const state = start();
    expect(await state.leases.acquire('locks/a', LEASE_MS, signal)).toBeUndefined();
    await theirs.releaseLease();
    expect(await state.leases.acquire('locks/a', LEASE_MS, signal)).toBeDefined();
  });

  test('hold a document as its bytes', async () => {
    const name = 'timers/my-app/Host.Functions.Tick/status';
    await start().documents.write(name, '{"Last":"0001-01-01T00:00:00"}', signal);
    expect(await blobs()).toEqual([{ ...blob, name, contentLength: 30, ...free }]);
    expect((await container().getBlobClient(name).downloadToBuffer()).toString('latin1')).toBe('{"Last":"0001-01-01T00:00:00"}');
  });

  test('are read with a byte order mark and without', async () => {
    await container().createIfNotExists();
    await container().getBlockBlobClient('timers/a').upload('\u{feff}text', 7);
    expect(await start().documents.read('timers/a', signal)).toBe('text');
  });

  test('are an empty one for each receipt, marked and leased until it is complete', async () => {
    const name = 'blobreceipts/my-app/Host.Functions.OnBlob/"0x242759531B21540"/old/a.json';
    const receipt = (await start().receipts.claim(name, signal)) as Receipt;
    expect(await blobs()).toEqual([{ ...blob, name, metadata: { Incomplete: 'Incomplete' }, contentLength: 0, ...leased }]);
    await receipt.complete();
    expect(await blobs()).toEqual([{ ...blob, name, contentLength: 0, ...free }]);
  });

  test.each(['Incomplete', 'incomplete'])('take a receipt marked %s for one that may be claimed', async (mark) => {
    await container().createIfNotExists();
    await container()
      .getBlockBlobClient('blobreceipts/a')
      .upload('', 0, { metadata: { [mark]: mark } });
    expect(await start().receipts.claim('blobreceipts/a', signal)).toBeTypeOf('object');
  });

  test('complete a receipt only for whoever has it', async () => {
    const late = (await start().receipts.claim('blobreceipts/a', signal)) as Receipt;
    await steal('blobreceipts/a');
    await late.complete();
    await late.release();
    expect(await start().receipts.claim('blobreceipts/a', signal)).toBe('taken');
  });

  test('are claimed by one of many', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => start().receipts.claim('blobreceipts/a', signal)));
    expect(claims.filter((claim) => typeof claim === 'object')).toHaveLength(1);
    const leases = await Promise.all(Array.from({ length: 8 }, () => start().leases.acquire('locks/a', LEASE_MS, signal)));
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
  });
});

test('a call to an account that nobody reaches is an error that says which blob', async () => {
  const settings = {
    AzureWebJobsStorage: emulator.connectionString.replace(/BlobEndpoint=[^;]+/, 'BlobEndpoint=http://127.0.0.1:1/devstoreaccount1'),
  };
  const state = openState({ root: '/nowhere', settings, log });
  await expect(state.documents.read('timers/a', signal)).rejects.toMatchObject({
    code: 'STORAGE_UNREACHABLE',
    message: 'The blob "azure-webjobs-hosts/timers/a" cannot be read: there is no connection to 127.0.0.1:1 (ECONNREFUSED).',
  });
  await state.close();
});

describe('a call that is given up', () => {
  /** Grants every lease; `answer`: whether this request is answered. */
  async function startAccount(answer: (request: string) => boolean) {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      const action = request.headers['x-ms-lease-action'];
      const what = String(action ?? request.method);
      seen.push([what, request.headers['x-ms-lease-id'] ?? request.headers['x-ms-proposed-lease-id']].filter(Boolean).join(' '));
      if (!answer(what)) return;
      response.writeHead(what === 'acquire' ? 201 : 200, { 'x-ms-lease-state': 'available', 'x-ms-meta-Incomplete': 'Incomplete' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`;
    const settings = { AzureWebJobsStorage: `AccountName=orders;AccountKey=c2VjcmV0;BlobEndpoint=${endpoint}` };
    return { seen, state: openState({ root: '/nowhere', settings, log }) };
  }

  test.each(['lease', 'receipt'])('while a %s may have been granted gives it back', async (kind) => {
    const aborting = new AbortController();
    const { seen, state } = await startAccount((request) => {
      if (request === 'acquire') aborting.abort();
      return request !== 'acquire';
    });
    const asked =
      kind === 'lease'
        ? state.leases.acquire('locks/a', LEASE_MS, aborting.signal)
        : state.receipts.claim('blobreceipts/a', aborting.signal);
    await expect(asked).rejects.toThrow();
    await state.close();
    const id = seen[1]?.replace('acquire ', '');
    expect(seen).toEqual(['HEAD', `acquire ${id}`, `release ${id}`]);
  });

  test('after a receipt was granted gives it back', async () => {
    const aborting = new AbortController();
    let heads = 0;
    const { seen, state } = await startAccount((request) => {
      if (request === 'HEAD') heads += 1;
      if (heads === 2) aborting.abort();
      return heads < 2 || request === 'release';
    });
    await expect(state.receipts.claim('blobreceipts/a', aborting.signal)).rejects.toThrow();
    await state.close();
    expect(seen.map((request) => request.split(' ')[0])).toEqual(['HEAD', 'acquire', 'HEAD', 'release']);
  });
});
