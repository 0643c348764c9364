// Stimuli and observations in storage. The SDKs are loaded only when a step needs them.
import { bodyFields, toBytes } from './bodies.ts';
import { importModule } from './modules.ts';
import { waitUntil } from './processes.ts';
import type { Step, StepResults, StorageArguments, StorageStep } from './types.ts';

// The SDKs are no dependency of ours yet, so these types name what is used of them and no more.
type Page<T> = AsyncIterable<T>;
type BlobItem = { name: string; metadata?: Record<string, string>; properties: Record<string, unknown> };
type BlobProperties = { contentLength?: number; contentType?: string; metadata?: Record<string, string>; blobType?: string };
type QueueClient = {
  createIfNotExists(): Promise<unknown>;
  sendMessage(text: string): Promise<unknown>;
  receiveMessages(options: object): Promise<{ receivedMessageItems: { messageText: string }[] }>;
  getProperties(): Promise<{ approximateMessagesCount: number }>;
};
type ContainerClient = {
  createIfNotExists(): Promise<unknown>;
  getBlockBlobClient(name: string): { upload(bytes: Buffer, length: number, options: object): Promise<unknown> };
  getBlobClient(name: string): { getProperties(): Promise<BlobProperties>; downloadToBuffer(): Promise<Buffer> };
  listBlobsFlat(options: object): Page<BlobItem>;
};
type QueueService = { getQueueClient(name: string): QueueClient };
type BlobService = { getContainerClient(name: string): ContainerClient; listContainers(options: object): Page<BlobItem> };
type TableClient = {
  createTable(): Promise<void>;
  upsertEntity(entity: unknown, mode: 'Replace'): Promise<unknown>;
  listEntities(): Page<Record<string, unknown>>;
};
type FromConnectionString<T> = { fromConnectionString(text: string, ...more: unknown[]): T };

export type StorageClients = {
  queue(name?: string): Promise<QueueClient>;
  blobs(): Promise<BlobService>;
  table(name?: string): Promise<TableClient>;
};

export function storageClients(connectionString: string, folders: readonly string[]): StorageClients {
  const load = <T>(name: string) => importModule<T>(name, folders);
  const once = <T>(create: () => Promise<T>) => {
    let made: Promise<T> | undefined;
    return () => {
      made ??= create();
      return made;
    };
  };
  const queues = once(async () => {
    const { QueueServiceClient } = await load<{ QueueServiceClient: FromConnectionString<QueueService> }>('@azure/storage-queue');
    return QueueServiceClient.fromConnectionString(connectionString);
  });
  return {
    queue: async (name = '') => (await queues()).getQueueClient(name),
    blobs: once(async () => {
      const { BlobServiceClient } = await load<{ BlobServiceClient: FromConnectionString<BlobService> }>('@azure/storage-blob');
      return BlobServiceClient.fromConnectionString(connectionString);
    }),
    table: async (name) => {
      const { TableClient } = await load<{ TableClient: FromConnectionString<TableClient> }>('@azure/data-tables');
      return TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
    },
  };
}

type Failure = { error: string };
type Finding = { list: 'queues' | 'blobs' | 'tables'; found: unknown };

const quietly = <T>(promise: Promise<T>): Promise<T | Failure> =>
  promise.catch((error: Error & { code?: string }) => ({ error: error.code ?? error.message }));

export async function runStorageStep(step: Step, clients: StorageClients | undefined, results: StepResults): Promise<void> {
  const [kind = '', argument] = Object.entries(step)[0] ?? [];
  const perform = storageSteps[kind as StorageStep];
  if (perform === undefined) throw new Error(`Unknown step "${kind}".`);
  if (clients === undefined) throw new Error(`The step "${kind}" needs an app with storage: true.`);
  const finding = await perform(clients, argument as StorageArguments);
  if (finding !== undefined) results[finding.list].push(finding.found);
}

const storageSteps: { [name in StorageStep]: (clients: StorageClients, argument: StorageArguments) => Promise<Finding | undefined> } = {
  /** Base64 as every extension expects, unless encoding is "none". */
  async queuePut(clients, { queue, encoding, ...content }) {
    const client = await clients.queue(queue);
    await client.createIfNotExists();
    await client.sendMessage(toBytes(content).toString(encoding === 'none' ? 'utf8' : 'base64'));
    return undefined;
  },

  async queueCreate(clients, { queue }) {
    await (await clients.queue(queue)).createIfNotExists();
    return undefined;
  },

  /** Takes messages off the queue until there are "count", or time is up. The text is shown as stored and decoded. */
  async queueRead(clients, { queue, count = 1, timeoutMs = 15_000 }) {
    const client = await clients.queue(queue);
    const messages: object[] = [];
    const takeSome = async () => {
      const answer = await quietly(client.receiveMessages({ numberOfMessages: 32, visibilityTimeout: 600 }));
      for (const { messageText } of 'error' in answer ? [] : answer.receivedMessageItems) {
        const decoded = Buffer.from(messageText, 'base64');
        const isBase64 = decoded.toString('base64') === messageText;
        messages.push({ stored: isBase64 ? 'base64' : 'plain', ...bodyFields(isBase64 ? decoded : Buffer.from(messageText)) });
      }
      return messages.length >= count;
    };
    await waitUntil(takeSome, timeoutMs, 250);
    return { list: 'queues', found: { queue, messages } };
  },

  /** How many messages are there, visible or not, without touching them. */
  async queueLength(clients, { queue }) {
    const answer = await quietly((await clients.queue(queue)).getProperties());
    return { list: 'queues', found: { queue, length: 'error' in answer ? answer.error : answer.approximateMessagesCount } };
  },

  async blobPut(clients, { container = '', name = '', contentType = 'application/octet-stream', metadata, ...content }) {
    const client = (await clients.blobs()).getContainerClient(container);
    await client.createIfNotExists();
    const bytes = toBytes(content);
    await client.getBlockBlobClient(name).upload(bytes, bytes.length, { blobHTTPHeaders: { blobContentType: contentType }, metadata });
    return undefined;
  },

  async blobGet(clients, { container = '', name = '', timeoutMs = 15_000 }) {
    const client = (await clients.blobs()).getContainerClient(container).getBlobClient(name);
    let emptySince: number | undefined;
    const read = async () => {
      const properties = await client.getProperties().catch(() => undefined);
      if (!properties) return undefined;
      emptySince ??= Date.now();
      // A host may create a blob first and write it a moment later.
      if (properties.contentLength === 0 && Date.now() - emptySince < 5000) return undefined;
      return { properties, bytes: await client.downloadToBuffer() };
    };
    const blob = await waitUntil(read, timeoutMs, 250);
    if (!blob) return { list: 'blobs', found: { container, name, missing: true } };
    const { contentType, metadata, blobType } = blob.properties;
    return { list: 'blobs', found: { container, name, contentType, blobType, metadata, ...bodyFields(blob.bytes) } };
  },

  /** The blobs of a container, or without one the containers. Waits until a name contains "waitFor"; "details" shows more than names. */
  async blobList(clients, { container, prefix, waitFor, details, timeoutMs = 15_000 }) {
    const service = await clients.blobs();
    const list = async () => {
      const items: BlobItem[] = [];
      const found =
        container === undefined
          ? service.listContainers({ prefix })
          : service.getContainerClient(container).listBlobsFlat({ prefix, includeMetadata: true });
      for await (const item of found) items.push(item);
      return items;
    };
    let answer: BlobItem[] | Failure = [];
    const isThere = async () => {
      answer = await quietly(list());
      return waitFor === undefined || (Array.isArray(answer) && answer.some(({ name }) => name.includes(waitFor)));
    };
    await waitUntil(isThere, timeoutMs, 250);
    const what = { ...(container !== undefined && { container }), ...(prefix !== undefined && { prefix }) };
    if (!Array.isArray(answer)) return { list: 'blobs', found: { ...what, error: (answer as Failure).error } };
    const items = answer as BlobItem[];
    return {
      list: 'blobs',
      found: details ? { ...what, blobs: items.map(blobDetails) } : { ...what, names: items.map(({ name }) => name) },
    };
  },

  async tablePut(clients, { table, entities = [] }) {
    const client = await clients.table(table);
    await client.createTable();
    for (const entity of entities) await client.upsertEntity(entity, 'Replace');
    return undefined;
  },

  async tableRead(clients, { table, count = 1, timeoutMs = 15_000 }) {
    const client = await clients.table(table);
    const read = async () => {
      const found: object[] = [];
      try {
        for await (const { etag, timestamp, ...entity } of client.listEntities()) found.push(entity);
      } catch {
        // The table is not there yet.
        return undefined;
      }
      return found.length >= count && found;
    };
    const entities = (await waitUntil(read, timeoutMs, 250)) || [];
    // Int64 arrives as a BigInt, which JSON has no word for.
    const plain = JSON.parse(JSON.stringify(entities, (_, value) => (typeof value === 'bigint' ? `int64:${value}` : value))) as unknown;
    return { list: 'tables', found: { table, entities: plain } };
  },
};

function blobDetails({ name, metadata, properties: { contentLength, contentType, leaseState, leaseDuration } }: BlobItem): object {
  return { name, contentLength, contentType, metadata, leaseState, leaseDuration };
}
