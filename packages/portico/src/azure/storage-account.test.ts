import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HostError } from '../core/error.ts';
import { testContext } from '../testing/binding-context.ts';
import { storageAccount } from './storage-account.ts';
import { describeStorageError, isStatus, storageCodeOf } from './storage-error.ts';

const KEY = 'c2VjcmV0c2VjcmV0';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A service that says what it is told to, whatever it is asked. */
async function serve(answer: Answer) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoints = ['Blob', 'Queue', 'Table'].map((service) => `${service}Endpoint=http://${host}/mine`).join(';');
  return { host, endpoints };
}

const contextOf = (settings: Record<string, string>) => testContext({ settings }).context;

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('It worked.'),
    (error: unknown) => error,
  );
}

describe('a storage account', () => {
  test('is one for all bindings that mean the same', () => {
    const context = contextOf({ AzureWebJobsOrders: `AccountName=orders;AccountKey=${KEY}` });
    expect(storageAccount('Orders', context)).toBe(storageAccount('AzureWebJobsOrders'.toLowerCase(), context));
    expect(storageAccount(undefined, context)).toBe(storageAccount('Storage', context));
    expect(storageAccount(undefined, context)).not.toBe(storageAccount('Orders', context));
  });

  test('gives one client for each service and each table', async () => {
    const account = storageAccount('Orders', contextOf({ Orders: `AccountName=orders;AccountKey=${KEY}` }));
    expect(account.name).toBe('orders');
    expect(await account.queues()).toBe(await account.queues());
    expect(await account.blobs()).toBe(await account.blobs());
    expect(await account.table('T')).toBe(await account.table('T'));
    expect((await account.table('U')).tableName).toBe('U');
  });

  test('starts the emulator for the first client, once, and again if that failed', async () => {
    const emulator = vi.fn(async () => ({
      connectionString: `AccountName=devstoreaccount1;AccountKey=${KEY}`,
      blob: '',
      queue: '',
      table: '',
    }));
    emulator.mockRejectedValueOnce(new Error('no port'));
    const account = storageAccount(undefined, testContext({ emulator }).context);
    expect(account.name).toBe('devstoreaccount1');
    expect(emulator).not.toHaveBeenCalled();
    await expect(account.queues()).rejects.toThrow('no port');
    await account.queues();
    await Promise.all([account.blobs(), account.table('T')]);
    expect(emulator).toHaveBeenCalledTimes(2);
  });

  test('that is not set is an error with what Azure says', () => {
    expect(() => storageAccount('Orders', contextOf({}))).toThrow(
      expect.objectContaining({
        code: 'STORAGE_CONNECTION_MISSING',
        kind: 'config',
        hint: expect.stringContaining("On Azure: \"Storage account connection string 'AzureWebJobsOrders' does not exist."),
      }),
    );
  });

  test('without the service that is asked for is an error that says how to name it', async () => {
    const account = storageAccount('Orders', contextOf({ Orders__queueServiceUri: 'https://a.queue.core.windows.net' }));
    await account.queues();
    await expect(account.blobs()).rejects.toMatchObject({ code: 'STORAGE_ENDPOINT_MISSING' });
  });

  test('signs with the key, or sends the signature', async () => {
    const seen: [string | undefined, string][] = [];
    const { endpoints } = await serve(({ headers, url }, response) => {
      seen.push([headers.authorization?.split(':')[0], url?.split('?')[1] ?? '']);
      response.writeHead(201).end();
    });
    for (const access of [`AccountName=mine;AccountKey=${KEY}`, 'SharedAccessSignature=?sv=2025&sig=abc']) {
      const account = storageAccount('Orders', contextOf({ Orders: `${access};${endpoints}` }));
      await (await account.queues()).getQueueClient('orders').create();
      await (await account.blobs()).getContainerClient('orders').create();
      await (await account.table('Orders')).createTable();
    }
    expect(seen.slice(0, 3).map(([authorization]) => authorization)).toEqual(['SharedKey mine', 'SharedKey mine', 'SharedKeyLite mine']);
    expect(seen.slice(3).map(([authorization]) => authorization)).toEqual([undefined, undefined, undefined]);
    expect(seen.slice(3).every(([, query]) => query.includes('sig=abc'))).toBe(true);
  });
});

describe('what a storage client throws', () => {
  const refuse =
    (status: number, code: string, message = 'No.'): Answer =>
    (_, response) =>
      void response
        .writeHead(status, { 'x-ms-error-code': code, 'content-type': 'application/xml' })
        .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}\nRequestId:1\nTime:2</Message></Error>`);

  async function describeCall(answer: Answer) {
    const { host, endpoints } = await serve(answer);
    const account = storageAccount('Orders', contextOf({ Orders: `SharedAccessSignature=sig=secret;${endpoints}` }));
    const queue = (await account.queues()).getQueueClient('orders');
    const thrown = await failureOf(queue.getProperties());
    const error = describeStorageError(thrown, 'The queue "orders" cannot be read');
    expect(`${error.message} ${(error as HostError).hint}`).not.toContain('secret');
    return { host, thrown, error };
  }

  test('is refused access: what to look at', async () => {
    const { host, error } = await describeCall(refuse(403, 'AuthenticationFailed'));
    expect(error).toMatchObject({
      code: 'STORAGE_REFUSED',
      kind: 'service',
      message: `The queue "orders" cannot be read: ${host} answered 403 (AuthenticationFailed).`,
      hint: expect.stringContaining('"Access keys"'),
    });
    expect((await describeCall(refuse(403, 'AuthorizationPermissionMismatch'))).error).toMatchObject({
      hint: expect.stringContaining('Storage Queue Data Contributor'),
    });
    expect((await describeCall(refuse(401, 'Whatever'))).error).toMatchObject({ hint: expect.stringContaining('roles of its identity') });
  });

  test('is an emulator that is too old: the hint is how to start it', async () => {
    const message = 'The API version 2026-10-06 is not supported by Azurite. Please upgrade Azurite to latest version and retry.';
    const { host, error } = await describeCall(refuse(400, 'InvalidHeaderValue', message));
    expect(error).toMatchObject({
      code: 'STORAGE_API_VERSION',
      message: `The queue "orders" cannot be read: the emulator at ${host} is older than this program's storage library. The API version 2026-10-06 is not supported by Azurite.`,
      hint: 'azurite --skipApiVersionCheck',
    });
  });

  test('is an emulator that is too old, also where the answer has no text', async () => {
    const { endpoints } = await serve(
      (_, response) => void response.writeHead(400, { 'x-ms-error-code': 'InvalidHeaderValue', server: 'Azurite-Blob/3.35.0' }).end(),
    );
    const account = storageAccount('Orders', contextOf({ Orders: `SharedAccessSignature=sig=secret;${endpoints}` }));
    const blob = (await account.blobs()).getContainerClient('orders').getBlobClient('a');
    expect(describeStorageError(await failureOf(blob.getProperties()), 'It failed')).toMatchObject({ code: 'STORAGE_API_VERSION' });
  });

  test('is another answer: status and code, and the first line of its reason', async () => {
    const { thrown, error } = await describeCall(refuse(404, 'QueueNotFound', 'The specified queue does not exist.'));
    expect(error.message).toBe(
      'The queue "orders" cannot be read: the answer was 404 (QueueNotFound). The specified queue does not exist.',
    );
    for (const one of [thrown, error]) {
      expect(isStatus(one, 404)).toBe(true);
      expect(isStatus(one, 409)).toBe(false);
      expect(storageCodeOf(one)).toBe('QueueNotFound');
    }
  });

  test('is a cut connection: nobody was reached', async () => {
    const { host, error } = await describeCall(({ socket }) => void socket.destroy());
    expect(error).toMatchObject({
      code: 'STORAGE_UNREACHABLE',
      message: `The queue "orders" cannot be read: there is no connection to ${host} (ECONNRESET).`,
    });
  });

  test('is nobody who listens: on this machine the emulator is missing', async () => {
    const rest = (url: string, code: string) => Object.assign(new Error(`connect ${code}`), { name: 'RestError', code, request: { url } });
    expect(describeStorageError(rest('http://127.0.0.1:1/devstoreaccount1/q?sig=secret', 'ECONNREFUSED'), 'It failed')).toMatchObject({
      code: 'STORAGE_UNREACHABLE',
      hint: expect.stringContaining('UseDevelopmentStorage=true'),
    });
    expect(describeStorageError(rest('https://orders.queue.core.windows.net/', 'ENOTFOUND'), 'It failed')).toMatchObject({
      message: 'It failed: there is no connection to orders.queue.core.windows.net (ENOTFOUND).',
      hint: expect.stringContaining('AccountName'),
    });
  });

  test('is an identity that nobody vouches for', () => {
    const thrown = Object.assign(new Error('ChainedTokenCredential authentication failed.\nEnvironment: …'), {
      name: 'AggregateAuthenticationError',
    });
    expect(describeStorageError(thrown, 'It failed')).toMatchObject({
      code: 'STORAGE_CREDENTIAL_MISSING',
      message: 'It failed: Azure does not know who asks. ChainedTokenCredential authentication failed.',
      hint: expect.stringContaining('az login'),
    });
  });

  test('stays itself where it is an abort or a HostError', () => {
    const abort = AbortSignal.abort().reason as Error;
    const known = new HostError('X', 'service', { message: 'known' });
    expect(describeStorageError(abort, 'It failed')).toBe(abort);
    expect(describeStorageError(known, 'It failed')).toBe(known);
  });

  test('is a mistake of the program’s otherwise, and says so', () => {
    expect(describeStorageError(new TypeError('x is not a function'), 'It failed')).toMatchObject({
      code: 'STORAGE_FAILED',
      message: 'It failed. x is not a function',
    });
  });
});
