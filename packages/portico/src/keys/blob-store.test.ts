import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  type StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startAzurite } from '../../../../test/support/azurite.ts';
import { describeKeyStore } from '../../../../test/support/key-store-suite.ts';
import { needs } from '../../../../test/support/requirements.ts';
import { createLogger } from '../core/log.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { ANSWER_WITHIN_MS } from './blob-store.ts';
import { generateKey } from './generate-key.ts';
import { openKeyStore } from './open-key-store.ts';

const signal = new AbortController().signal;
const log = createLogger({ log() {} }, 'Host.Keys');

describe.skipIf(needs('azurite'))('blobs', () => {
  let emulator: Awaited<ReturnType<typeof startAzurite>>;
  beforeAll(async () => {
    emulator = await startAzurite();
  });
  afterAll(() => emulator?.stop());

  const service = () => BlobServiceClient.fromConnectionString(emulator.connectionString);
  const container = () => service().getContainerClient('azure-webjobs-secrets');
  const open = (more: Record<string, string> = {}) =>
    openKeyStore({
      root: '/nowhere',
      hostId: 'My-App',
      log,
      settings: {
        AzureWebJobsSecretStorageType: 'Blob',
        AzureWebJobsStorage: emulator.connectionString,
        WEBSITE_HOSTNAME: 'localhost:12345',
        ...more,
      },
    });
  const empty = async () => void (await container().deleteIfExists());

  describeKeyStore('the blob store', () => ({ open, dispose: empty }));

  describe('of the blob store', () => {
    afterEach(empty);
    const put = async (name: string, document: unknown) => {
      await container().createIfNotExists();
      const text = JSON.stringify(document);
      await container()
        .getBlockBlobClient(name)
        .upload(text, text.length, { blobHTTPHeaders: { blobContentType: 'application/json' } });
    };
    const textOf = async (name: string) => (await container().getBlobClient(name).downloadToBuffer()).toString();
    const list = async () => {
      const found = [];
      for await (const { name, metadata, properties } of container().listBlobsFlat({ includeMetadata: true }))
        found.push([name, properties.contentType, properties.contentLength, metadata]);
      return found;
    };

    // As recorded: keys-blob.created.
    test('are those of Azure’s host, byte for byte', async () => {
      const store = open();
      expect(store.place).toBe('storage account devstoreaccount1, azure-webjobs-secrets/my-app');
      const value = () => generateKey('function');
      await store.changeHost(() => ({ master: value(), functionKeys: [{ name: 'default', value: value() }], systemKeys: [] }), signal);
      await store.changeFunction('guarded', () => [{ name: 'default', value: value() }], signal);
      expect(await list()).toEqual([
        ['my-app/guarded.json', 'application/octet-stream', 289, undefined],
        ['my-app/host.json', 'application/octet-stream', 457, undefined],
      ]);
      const text = await textOf('my-app/host.json');
      expect(JSON.stringify(JSON.parse(text), null, 2)).toBe(text);
      expect(Object.keys(JSON.parse(text))).toEqual([
        'masterKey',
        'functionKeys',
        'systemKeys',
        'hostName',
        'instanceId',
        'source',
        'decryptionKeyId',
      ]);
    });

    // As recorded: keys-blob.legacy, keys-blob.changes.
    test('that were there are honoured, left alone, and changed as Azure’s host would', async () => {
      await put('my-app/host.json', { masterKey: 'm', functionKey: 'f' });
      await put('my-app/guarded.json', { keys: [{ name: 'default', value: 'own', encrypted: false }], hostName: 'x', instanceId: '0' });
      const before = await list();
      const store = open();
      expect((await store.readHost(signal))?.master).toBe('m');
      expect(await store.changeHost((keys) => keys!, signal)).toMatchObject({ functionKeys: [{ name: 'default', value: 'f' }] });
      expect(await list()).toEqual(before);
      await store.changeFunction('guarded', (keys) => [...keys!, { name: 'b', value: 'c' }], signal);
      expect(JSON.parse(await textOf('my-app/guarded.json'))).toMatchObject({ hostName: 'localhost:12345', instanceId: '0' });
      expect((await list())[0]?.[1]).toBe('application/octet-stream');
    });

    test.each([
      ['a site', { WEBSITE_SITE_NAME: 'Orders' }, 'orders'],
      ['its production slot', { WEBSITE_SITE_NAME: 'Orders', WEBSITE_SLOT_NAME: 'Production' }, 'orders'],
      ['another slot', { WEBSITE_SITE_NAME: 'Orders', WEBSITE_SLOT_NAME: 'Staging' }, 'orders-staging'],
    ])('of %s are named after it', async (_, settings, prefix) => {
      await open(settings).changeFunction('a', () => [], signal);
      expect((await list()).map(([name]) => name)).toEqual([`${prefix}/a.json`]);
    });

    test('that did not change are not sent again', async () => {
      const store = open();
      await store.changeFunction('a', () => [{ name: 'default', value: 'x'.repeat(50_000) }], signal);
      const seen: string[] = [];
      const proxy = await startRecorder(emulator.blobPort, seen);
      const through = open({ AzureWebJobsStorage: emulator.connectionString.replaceAll(`:${emulator.blobPort}/`, `:${proxy.port}/`) });
      for (let i = 0; i < 3; i += 1) expect(await through.readFunction('a', signal)).toHaveLength(1);
      await store.changeFunction('a', () => [], signal);
      expect(await through.readFunction('a', signal)).toEqual([]);
      expect(seen).toEqual(['200', '304', '304', '200']);
      await proxy.stop();
    });

    test('in a container with a signature are found by that alone', async () => {
      await service().getContainerClient('mine').createIfNotExists();
      const client = service().getContainerClient('mine');
      const token = generateBlobSASQueryParameters(
        { containerName: 'mine', permissions: ContainerSASPermissions.parse('rcw'), expiresOn: new Date(Date.now() + 3_600_000) },
        service().credential as StorageSharedKeyCredential,
      );
      const store = openKeyStore({
        root: '/nowhere',
        hostId: 'app',
        log,
        settings: { AzureWebJobsSecretStorageSas: `${client.url}?${token}` },
      });
      await store.changeFunction('a', () => [{ name: 'default', value: 'own' }], signal);
      expect(await store.readFunction('a', signal)).toEqual([{ name: 'default', value: 'own' }]);
      expect(await client.getBlobClient('app/a.json').exists()).toBe(true);
      expect(store.place).not.toContain('sig=');
      await client.delete();
    });

    test('in the emulator start it', async () => {
      let starts = 0;
      const start = async () => {
        starts += 1;
        return { connectionString: emulator.connectionString, blob: '', queue: '', table: '' };
      };
      const settings = { AzureWebJobsStorage: 'UseDevelopmentStorage=true', AzureWebJobsSecretStorageType: 'blob' };
      const store = openKeyStore({ root: '/nowhere', hostId: 'app', log, settings, emulator: start });
      expect([await store.readHost(signal), await store.readFunction('a', signal), starts]).toEqual([undefined, undefined, 1]);
      await expect(openKeyStore({ root: '/nowhere', hostId: 'app', log, settings }).readHost(signal)).rejects.toMatchObject({
        code: 'KEY_STORE_UNKNOWN',
        hint: expect.stringContaining('portico start'),
      });
    });

    test('that hold no keys are an error that names them', async () => {
      await put('my-app/a.json', ['top-secret']);
      await expect(open().readFunction('a', signal)).rejects.toMatchObject({
        code: 'KEYS_INVALID',
        message: expect.stringContaining('azure-webjobs-secrets/my-app/a.json'),
      });
    });

    test('of an account that takes the connection and says nothing are an error before long', async () => {
      const clock = new FakeClock();
      const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      const settings = {
        AzureWebJobsSecretStorageType: 'blob',
        AzureWebJobsStorage: emulator.connectionString.replace(
          /BlobEndpoint=[^;]+/,
          `BlobEndpoint=http://127.0.0.1:${port}/devstoreaccount1`,
        ),
      };
      const refused = expect(
        openKeyStore({ root: '/nowhere', hostId: 'app', log, settings, clock }).readHost(signal),
      ).rejects.toMatchObject({
        code: 'STORAGE_UNREACHABLE',
        message: expect.stringMatching(
          /^The keys in .*app\/host\.json cannot be read: .*127\.0\.0\.1:\d+ \(it did not answer within 10000 ms\)/,
        ),
      });
      const [socket] = (await once(silent, 'connection')) as [Socket];
      await clock.advance(ANSWER_WITHIN_MS);
      await refused;
      socket.destroy();
      silent.close();
    });

    test('of an account that is away are an error that says which, and what to do', async () => {
      const away = emulator.connectionString.replace(/BlobEndpoint=[^;]+/, 'BlobEndpoint=http://127.0.0.1:1/devstoreaccount1');
      const store = open({ AzureWebJobsStorage: away });
      await expect(store.readHost(signal)).rejects.toMatchObject({
        code: 'STORAGE_UNREACHABLE',
        message: expect.stringMatching(/^The keys in .*azure-webjobs-secrets\/my-app\/host\.json cannot be read: /),
        hint: expect.stringContaining('emulator'),
      });
      await expect(store.changeFunction('a', () => [], signal)).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' });
      const refused = open({ AzureWebJobsStorage: emulator.connectionString.replace(/AccountKey=[^;]+/, 'AccountKey=c2VjcmV0') });
      await expect(refused.readHost(signal)).rejects.toMatchObject({ code: 'STORAGE_REFUSED', hint: expect.stringContaining('key') });
    });
  });
});

/** Passes everything on to Azurite, and notes the status of each answer. */
async function startRecorder(target: number, seen: string[]) {
  const { createServer, request } = await import('node:http');
  const server = createServer((incoming, outgoing) => {
    const headers = incoming.headers;
    const onward = request({ host: '127.0.0.1', port: target, method: incoming.method, path: incoming.url, headers }, (answer) => {
      seen.push(String(answer.statusCode));
      outgoing.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as import('node:net').AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
