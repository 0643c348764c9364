// The blob trigger: who watches is told to the scanner, who runs to the consumer of the queue between them. One version of one blob is one event.
import type { BlobClient, BlobGetPropertiesResponse } from '@azure/storage-blob';
import type { DequeuedMessageItem } from '@azure/storage-queue';
import { type StorageAccount, storageAccount } from '../../azure/storage-account.ts';
import { describeStorageError, isStatus } from '../../azure/storage-error.ts';
import { optionsOf } from '../../core/binding-options.ts';
import { HostError } from '../../core/error.ts';
import { blobNotFound, blobNotGiven } from '../../core/errors/blob.ts';
import type { BindingContext, Listener, ListenerContext, TriggerBinding, TriggerEvent } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { type BlobFate, type BlobFunction, blobConsumer } from './blob-consumer.ts';
import { checkSize, MOST_BYTES, readContent } from './blob-content.ts';
import { blobEvent } from './blob-event.ts';
import { type BlobMessage, POISON_QUEUE } from './blob-message.ts';
import type { Watch } from './blob-notifier.ts';
import { parseBlobPath } from './blob-path.ts';
import { queueIn } from './blob-queue.ts';
import { blobScanner } from './blob-scanner.ts';
import { ByteBudget } from './byte-budget.ts';
import { BLOB_TRIGGER_OPTIONS } from './options.ts';
import { parseWatchedPath, type WatchedPath } from './watched-path.ts';

export const blobTrigger: TriggerBinding = { createListener, eventByHand };

/** How often a blob that changes under our hands is looked at anew before its message goes back. */
const MOST_VERSIONS = 3;

type Subject = {
  readonly account: StorageAccount;
  readonly path: WatchedPath;
  readonly source: 'LogsAndContainerScan' | 'EventGrid';
};

function subjectOf(binding: BindingMetadata, context: BindingContext): Subject {
  const { path = '', connection, source } = optionsOf(BLOB_TRIGGER_OPTIONS, binding);
  const watched = parseWatchedPath(path);
  // It was found at load, and such a function does not run.
  if ('fault' in watched) throw new Error(`The blob path "${path}" ${watched.fault.reason}.`);
  return { account: storageAccount(connection, context), path: watched, source };
}

function createListener(binding: BindingMetadata, context: ListenerContext): Listener {
  const subject = subjectOf(binding, context);
  const { account, path, source } = subject;
  const consumer = blobConsumer(context);
  const scanner = source === 'EventGrid' ? undefined : blobScanner(context);
  const watch: Watch = { functionName: context.functionName, account: account.name, path };
  const fn: BlobFunction = {
    name: context.functionName,
    poisonQueue: () => poisonQueueOf(account, context),
    work: (message, queued, abandoning) => work(message, queued, abandoning),
  };

  async function work(message: BlobMessage, queued: DequeuedMessageItem, abandoning: AbortSignal): Promise<BlobFate> {
    const { container, blob, etag } = message;
    const name = `${container}/${blob}`;
    const inContainer = (await account.blobs()).getContainerClient(container);
    const client = inContainer.getBlobClient(blob);
    const containerUrl = withoutSignature(inContainer.url);
    for (let tries = 0; tries < MOST_VERSIONS; tries += 1) {
      const properties = await propertiesOf(client, abandoning);
      if (properties === undefined) {
        context.log.debug('A blob was gone before its turn, so its message is dropped.', { functionName: fn.name, fields: { blob: name } });
        return 'done';
      }
      if (scanner !== undefined && properties.etag !== etag) {
        const { etag: newEtag = '', blobType = 'BlockBlob' } = properties;
        await scanner.notice(watch, { name: blob, etag: newEtag, blobType }, abandoning);
        return 'done';
      }
      const bytes = properties.contentLength ?? 0;
      const tooLarge = errorOf(() => checkSize(name, bytes, 'bytes'));
      if (tooLarge !== undefined) return { poison: tooLarge.message };
      const giveBack = await contentBudget(context).take(bytes, abandoning);
      try {
        const content = await readContent(client, { name, kind: 'bytes', etag: properties.etag ?? '', signal: abandoning });
        if (content === undefined) continue;
        const event = blobEvent({ ...subject, containerUrl, container, blob, properties, content, queued });
        const { status } = await context.invoke(event, abandoning);
        return status === 'abandoned' ? 'given back' : status === 'failed' ? 'failed' : 'done';
      } finally {
        giveBack();
      }
    }
    return 'failed';
  }

  return {
    async start() {
      consumer.add(fn, context);
      scanner?.add(watch, account);
    },
    async stop(signal) {
      await Promise.all([scanner?.remove(watch, signal), consumer.remove(fn, signal)]);
    },
  };
}

/** As on Azure, where the input of a call by hand is the path of the blob. */
async function eventByHand(input: string | undefined, binding: BindingMetadata, context: BindingContext): Promise<TriggerEvent> {
  const subject = subjectOf(binding, context);
  if (input === undefined || input.trim() === '') throw blobNotGiven(context.functionName);
  const parsed = parseBlobPath(input.trim());
  const { account } = subject;
  if ('fault' in parsed) throw blobNotFound(input, account.name);
  const { container, blob } = parsed;
  const name = `${container}/${blob}`;
  const { signal } = new AbortController();
  try {
    const inContainer = (await account.blobs()).getContainerClient(container);
    const client = inContainer.getBlobClient(blob);
    const containerUrl = withoutSignature(inContainer.url);
    const properties = await propertiesOf(client, signal);
    if (properties === undefined) throw blobNotFound(name, account.name);
    const content = await readContent(client, { name, kind: 'bytes', etag: properties.etag ?? '', signal });
    if (content === undefined) throw blobNotFound(name, account.name);
    return blobEvent({ ...subject, containerUrl, container, blob, properties, content });
  } catch (error) {
    throw describeStorageError(error, `The blob "${name}" cannot be read`);
  }
}

async function propertiesOf(client: BlobClient, abortSignal: AbortSignal): Promise<BlobGetPropertiesResponse | undefined> {
  try {
    return await client.getProperties({ abortSignal });
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** An account of blobs alone has no queues: the message goes to the host's then. */
async function poisonQueueOf(account: StorageAccount, context: BindingContext): ReturnType<typeof queueIn> {
  try {
    return await queueIn(account, POISON_QUEUE);
  } catch {
    return queueIn(storageAccount(undefined, context), POISON_QUEUE);
  }
}

/** What is read for all blob functions together: a blob is in memory several times before it has reached the handler. */
function contentBudget({ shared }: Pick<BindingContext, 'shared'>): ByteBudget {
  return shared('blob content', () => new ByteBudget(MOST_BYTES.bytes));
}

/** The secret stays here. */
function withoutSignature(url: string): string {
  return url.split('?')[0] ?? url;
}

function errorOf(check: () => void): HostError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof HostError) return error;
    throw error;
  }
}
