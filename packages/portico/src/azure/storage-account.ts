// A storage account as the official clients see it. They are loaded and made when they are first asked for.
import type { TableClient } from '@azure/data-tables';
import type { TokenCredential } from '@azure/identity';
import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import type { QueueServiceClient } from '@azure/storage-queue';
import { HostError } from '../core/error.ts';
import type { HostContext } from '../core/extension.ts';
import type { Problem } from '../core/problem.ts';
import { endpointMissing, resolveStorageConnection } from './connection.ts';
import { parseConnectionString } from './connection-string.ts';
import { openIdentity } from './identity.ts';
import type { StorageAddress, StorageConnection, StorageService } from './storage-address.ts';

export type StorageAccount = {
  /** Of the account, as it stands in paths: devstoreaccount1 for the emulator. Known without asking anybody. */
  readonly name: string;
  /** The clients reject with a HostError where the connection has no such service, or the emulator does not start; the next call tries again. */
  queues(): Promise<QueueServiceClient>;
  blobs(): Promise<BlobServiceClient>;
  /** A client for one table. */
  table(name: string): Promise<TableClient>;
};

/** Listeners have pauses of their own; here it is only about what a second attempt mends. */
const MOST_TRIES = 3;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;

const userAgentOptions = { userAgentPrefix: 'portico' };
const options = {
  userAgentOptions,
  retryOptions: { maxTries: MOST_TRIES, retryDelayInMs: FIRST_PAUSE_MS, maxRetryDelayInMs: LONGEST_PAUSE_MS },
};
const tableOptions = {
  userAgentOptions,
  retryOptions: { maxRetries: MOST_TRIES - 1, retryDelayInMs: FIRST_PAUSE_MS, maxRetryDelayInMs: LONGEST_PAUSE_MS },
};

/** `connection`: as function.json has it; undefined: AzureWebJobsStorage. One per account, shared by all bindings of the host. Throws HostError. */
export function storageAccount(
  connection: string | undefined,
  { settings, shared, emulator }: Pick<HostContext, 'settings' | 'shared' | 'emulator'>,
): StorageAccount {
  const resolved = resolveStorageConnection(connection, settings);
  if ('problem' in resolved) throw errorOf(resolved.problem);
  const { connection: found } = resolved;
  // A space, which no setting has in its name.
  const key = found.kind === 'emulator' ? 'storage emulator' : `storage account ${found.setting.toLowerCase()}`;
  return shared(key, () => makeAccount(found, emulator));
}

/** A container by its address, which holds a signature. */
export async function openContainer(url: string): Promise<ContainerClient> {
  const { ContainerClient } = await import('@azure/storage-blob');
  return new ContainerClient(url, undefined, options);
}

function makeAccount(connection: StorageConnection, emulator: HostContext['emulator']): StorageAccount {
  const address = once(async () => (connection.kind === 'emulator' ? parseEmulator(await emulator()) : connection));
  const tables = new Map<string, () => Promise<TableClient>>();
  const identity = once(async () => {
    const { access } = await address();
    return access.kind === 'identity' ? openIdentity(access.identity) : undefined;
  });

  /** The endpoint with the signature in it, if there is one: such a URL needs no credential. */
  async function urlOf(service: StorageService): Promise<string> {
    const account = await address();
    const endpoint = account.endpoints[service];
    if (endpoint === undefined) throw errorOf(endpointMissing(service, account));
    return account.access.kind === 'signature' ? `${endpoint}?${account.access.token}` : endpoint;
  }

  async function open<Key, Client>(
    service: StorageService,
    keyCredential: (name: string, key: string) => Key,
    client: (url: string, credential: Key | TokenCredential | undefined) => Client,
  ): Promise<Client> {
    const { name, access } = await address();
    return client(await urlOf(service), access.kind === 'key' ? keyCredential(name, access.key) : await identity());
  }

  return {
    name: connection.name,
    queues: once(async () => {
      const { QueueServiceClient, StorageSharedKeyCredential } = await import('@azure/storage-queue');
      return open(
        'queue',
        (name, key) => new StorageSharedKeyCredential(name, key),
        (url, credential) => new QueueServiceClient(url, credential, options),
      );
    }),
    blobs: once(async () => {
      const { BlobServiceClient, StorageSharedKeyCredential } = await import('@azure/storage-blob');
      return open(
        'blob',
        (name, key) => new StorageSharedKeyCredential(name, key),
        (url, credential) => new BlobServiceClient(url, credential, options),
      );
    }),
    table(table) {
      const known = tables.get(table);
      if (known) return known();
      const make = once(async () => {
        const { AzureNamedKeyCredential, TableClient } = await import('@azure/data-tables');
        return open(
          'table',
          (name, key) => new AzureNamedKeyCredential(name, key),
          (url, credential) => {
            const all = { ...tableOptions, allowInsecureConnection: url.startsWith('http:') };
            if (credential === undefined) return new TableClient(url, table, all);
            // Each kind of credential is an overload of its own, and all of them do the same.
            return new TableClient(url, table, credential as TokenCredential, all);
          },
        );
      });
      tables.set(table, make);
      return make();
    },
  };
}

/** The same result for every call; a failure is tried again by the next one. */
function once<Result>(make: () => Promise<Result>): () => Promise<Result> {
  let made: Promise<Result> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

function parseEmulator({ connectionString }: { readonly connectionString: string }): StorageAddress {
  const parsed = parseConnectionString(connectionString, 'AzureWebJobsStorage');
  if ('problem' in parsed) throw errorOf(parsed.problem);
  if (parsed.connection.kind === 'emulator') throw new Error('The emulator did not say where it is.');
  return parsed.connection;
}

function errorOf({ code, message, hint, azureMessage }: Problem): HostError {
  return new HostError(code, 'config', { message, hint: [hint, azureMessage && `On Azure: "${azureMessage}"`].filter(Boolean).join(' ') });
}
