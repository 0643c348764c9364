// What producers put into the storage service, and what is found there at the end. Nothing is sent twice: a second message would be the run's own doing.
import { BlobServiceClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { BLOB_POISON_QUEUE, BLOB_QUEUE_PREFIX, CONTAINER, QUEUES } from './app.ts';
import { keyOf, type Work } from './work.ts';

const ONCE = { retryOptions: { maxTries: 1, tryTimeoutInMs: 5000 } };
/** Longer than anything that looks into a queue goes on. */
const LOOK_S = 600;

export class Storage {
  readonly #queues: QueueServiceClient;
  readonly #blobs: BlobServiceClient;

  constructor(connectionString: string) {
    this.#queues = QueueServiceClient.fromConnectionString(connectionString, ONCE);
    this.#blobs = BlobServiceClient.fromConnectionString(connectionString, ONCE);
  }

  async create(): Promise<void> {
    for (const queue of Object.values(QUEUES)) await this.#queue(queue).createIfNotExists();
    await this.#blobs.getContainerClient(CONTAINER).createIfNotExists();
  }

  /** Resolves when the service has acknowledged it. */
  async send({ source, key, text }: Work): Promise<void> {
    if (source === 'Files') {
      // A version of the blob NAME has the key NAME.VERSION.
      const blob = this.#blobs.getContainerClient(CONTAINER).getBlockBlobClient(key.slice(0, key.indexOf('.')));
      await blob.upload(text, Buffer.byteLength(text));
    } else await this.#queue(QUEUES[source]).sendMessage(toBase64(text));
  }

  /** Of all that feed functions, those that are invisible among them. */
  async waitingCount(): Promise<number> {
    let count = 0;
    for (const queue of [QUEUES.Work, QUEUES.Relay, ...(await this.#blobQueues())]) count += await this.#count(queue);
    return count;
  }

  /** All texts in the queues, by key. Only what is visible. */
  async take(): Promise<Record<'poison' | 'relayed' | 'left', Map<string, number>>> {
    return {
      poison: await this.#takeFrom([`${QUEUES.Work}-poison`, `${QUEUES.Relay}-poison`, BLOB_POISON_QUEUE]),
      relayed: await this.#takeFrom([QUEUES.next]),
      left: await this.#takeFrom([QUEUES.Work, QUEUES.Relay, ...(await this.#blobQueues())]),
    };
  }

  async #takeFrom(queues: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const name of queues) {
      const queue = this.#queue(name);
      if (!(await queue.exists())) continue;
      for (;;) {
        const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32, visibilityTimeout: LOOK_S });
        if (receivedMessageItems.length === 0) break;
        for (const { messageText } of receivedMessageItems) {
          const key = await this.#keyIn(fromBase64(messageText));
          found.set(key, (found.get(key) ?? 0) + 1);
        }
      }
    }
    return found;
  }

  /** A message of the blob trigger names the blob, which has not been written to since: its text is that of the version meant. */
  async #keyIn(text: string): Promise<string> {
    if (!text.startsWith('{')) return keyOf(text);
    const { BlobName: name = '' } = JSON.parse(text) as { BlobName?: string };
    const content = await this.#blobs.getContainerClient(CONTAINER).getBlobClient(name).downloadToBuffer();
    return keyOf(content.toString());
  }

  async #blobQueues(): Promise<string[]> {
    const names: string[] = [];
    for await (const { name } of this.#queues.listQueues({ prefix: BLOB_QUEUE_PREFIX })) names.push(name);
    return names;
  }

  async #count(queue: string): Promise<number> {
    return (await this.#queue(queue).getProperties()).approximateMessagesCount ?? 0;
  }

  #queue(name: string): QueueClient {
    return this.#queues.getQueueClient(name);
  }
}

const toBase64 = (text: string): string => Buffer.from(text).toString('base64');
const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString();
