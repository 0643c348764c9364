// What the Azurite of this repository acknowledged outlives it. Its index is continued by journals: scripts/azurite/journaled-loki.cjs.
import { appendFileSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueClient } from '@azure/storage-queue';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startAzurite } from './support/azurite.ts';
import { needs } from './support/requirements.ts';
import { until } from './support/until.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-azurite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

async function started() {
  const azurite = await startAzurite({ folder });
  onTestFinished(async () => void (await azurite.kill()));
  const queue = new QueueClient(azurite.connectionString, 'queue');
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('container');
  const table = TableClient.fromConnectionString(azurite.connectionString, 'Table', { allowInsecureConnection: true });
  return { azurite, queue, container, table };
}

type Services = Awaited<ReturnType<typeof started>>;

async function create({ queue, container, table }: Services): Promise<void> {
  await Promise.all([queue.create(), container.createIfNotExists(), table.createTable()]);
}

async function rowsOf({ table }: Services): Promise<string[]> {
  const rows: string[] = [];
  for await (const { rowKey } of table.listEntities()) rows.push(rowKey as string);
  return rows.sort();
}

const insert = ({ table }: Services, rowKey: string, abortSignal?: AbortSignal) =>
  table.createEntity({ partitionKey: 'p', rowKey }, abortSignal && { abortSignal });

describe.skipIf(needs('azurite'))('Azurite', () => {
  test('keeps what it acknowledged, and no more, when it is killed at any moment', { timeout: 60_000 }, async () => {
    const sent = new Set<string>();
    const deleted = new Set<string>();
    const deleting = new Set<string>();
    const blobs = new Map<string, string>();
    const rows = new Set<string>();
    const removedRows = new Set<string>();
    let services = await started();
    for (let round = 0; round < 6; round += 1) {
      const { azurite, queue, container, table } = services;
      if (round === 0) await create(services);
      const over = new AbortController();
      const options = { abortSignal: over.signal };
      // Each goes on until the service is gone.
      const work = [
        async (i: number) => {
          const text = `${round}-${i}`;
          await queue.sendMessage(text, options);
          sent.add(text);
        },
        async () => {
          const { receivedMessageItems } = await queue.receiveMessages({ ...options, visibilityTimeout: 1 });
          for (const { messageText, messageId, popReceipt } of receivedMessageItems) {
            deleting.add(messageText);
            await queue.deleteMessage(messageId, popReceipt, options);
            deleted.add(messageText);
          }
        },
        async (i: number) => {
          const [name, text] = [`${round}-${i}`, 'x'.repeat(i)];
          await container.getBlockBlobClient(name).upload(text, text.length, options);
          blobs.set(name, text);
        },
        async (i: number) => {
          const rowKey = `${round}-${i}`;
          await insert(services, rowKey, over.signal);
          rows.add(rowKey);
          if (i % 3 !== 0) return;
          rows.delete(rowKey);
          await table.deleteEntity('p', rowKey, options);
          removedRows.add(rowKey);
        },
      ].map(async (step) => {
        for (let i = 0; ; i += 1) {
          try {
            await step(i);
          } catch {
            return;
          }
        }
      });
      await until(() => Math.min(sent.size, blobs.size, rows.size) > round * 10);
      await azurite.kill();
      over.abort();
      await Promise.all(work);

      const after = await started();
      const expected = [...sent].filter((text) => !deleting.has(text));
      const found = new Set<string>();
      await until(async () => {
        const { receivedMessageItems } = await after.queue.receiveMessages({ numberOfMessages: 32, visibilityTimeout: 600 });
        for (const { messageText } of receivedMessageItems) found.add(messageText);
        return expected.every((text) => found.has(text));
      });
      expect([...deleted].filter((text) => found.has(text))).toEqual([]);
      await after.queue.clearMessages();
      for (const text of sent) deleted.add(text);
      sent.clear();
      const kept = await rowsOf(after);
      expect([...rows].filter((row) => !kept.includes(row))).toEqual([]);
      expect(kept.filter((row) => removedRows.has(row))).toEqual([]);
      for (const [name, text] of blobs) expect((await after.container.getBlobClient(name).downloadToBuffer()).toString()).toBe(text);
      blobs.clear();
      services = after;
    }
  });

  test('writes the index anew when a journal has grown, and begins another', async () => {
    const before = await started();
    await create(before);
    const text = 'x'.repeat(30_000);
    const rowKeys = Array.from({ length: 40 }, (_, i) => String(i + 100));
    for (const rowKey of rowKeys) await before.table.createEntity({ partitionKey: 'p', rowKey, text });
    const journals = (): string[] =>
      globSync(join(folder, '__azurite_db_table__.json.journal-*')).map((path) => path.split('-').at(-1) ?? '');
    expect(journals()).toEqual(['1']);
    // Azurite looks every five seconds.
    await until(() => journals().join() === '2');
    await insert(before, 'after');
    await before.azurite.kill();
    expect(await rowsOf(await started())).toEqual([...rowKeys, 'after']);
  });

  test('passes over what it was writing when it was killed', async () => {
    const before = await started();
    await create(before);
    await insert(before, 'a');
    await before.azurite.kill();
    for (const journal of globSync(join(folder, '*.journal-*'))) appendFileSync(journal, '["set","devstoreacc');
    const after = await started();
    expect(await rowsOf(after)).toEqual(['a']);
    await insert(after, 'b');
    await after.azurite.kill();
    expect(await rowsOf(await started())).toEqual(['a', 'b']);
  });

  test('keeps what stands before a damaged line, says which that is and puts the journal by', async () => {
    const before = await started();
    await create(before);
    await insert(before, 'a');
    await insert(before, 'b');
    await before.azurite.kill();
    const journal = join(folder, '__azurite_db_table__.json.journal-1');
    const lines = readFileSync(journal, 'utf8').split('\n');
    const damagedAt = lines.findIndex((line) => line.includes('"RowKey":"b"'));
    const damaged = lines.with(damagedAt, lines[damagedAt]!.slice(0, -9)).join('\n');
    writeFileSync(journal, damaged);

    const after = await started();
    expect(await rowsOf(after)).toEqual(['a']);
    expect(after.azurite.lines).toContainEqual(expect.stringContaining(`Line ${damagedAt + 1} of ${journal} is damaged`));
    expect(readFileSync(`${journal}.damaged`, 'utf8')).toBe(damaged);
    await insert(after, 'c');
    await after.azurite.kill();
    expect(await rowsOf(await started())).toEqual(['a', 'c']);
  });

  test('forgets a table with all its rows, also one that comes again', async () => {
    const before = await started();
    await create(before);
    await insert(before, 'old');
    await before.table.deleteTable();
    await before.table.createTable();
    await insert(before, 'new');
    await before.azurite.kill();
    expect(await rowsOf(await started())).toEqual(['new']);
  });

  test('leaves one journal to each index, and nothing in it, when it is stopped', async () => {
    const services = await started();
    await create(services);
    await insert(services, 'a');
    await services.azurite.stop();
    const journals = globSync(join(folder, '*.journal-*'));
    expect(journals).toHaveLength(5);
    expect(journals.map((file) => readFileSync(file, 'utf8')).join('')).toBe('');
    expect(await rowsOf(await started())).toEqual(['a']);
  });

  test('ignores journals that are older than the index, as another Azurite leaves it', async () => {
    const before = await started();
    await create(before);
    await insert(before, 'a');
    await before.azurite.stop();
    const middle = await started();
    await insert(middle, 'b');
    await middle.azurite.kill();
    for (const index of globSync(join(folder, '*.json'))) {
      const { journalNumber: _, ...rest } = JSON.parse(readFileSync(index, 'utf8')) as { journalNumber: number };
      writeFileSync(index, JSON.stringify(rest));
    }
    expect(await rowsOf(await started())).toEqual(['a']);
  });
});
