// Who may work in a folder of the Azurite of this repository: one at a time. The lock is taken in scripts/azurite/main.cjs.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueueClient } from '@azure/storage-queue';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startAzurite } from './support/azurite.ts';
import { needs } from './support/requirements.ts';

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-azurite-'));
  lock = join(folder, 'portico-lock.db');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

async function started() {
  const azurite = await startAzurite({ folder });
  onTestFinished(async () => void (await azurite.kill()));
  const queue = new QueueClient(azurite.connectionString, 'queue');
  await queue.createIfNotExists();
  return { azurite, queue };
}

async function textsIn(queue: QueueClient): Promise<string[]> {
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => messageText);
}

describe.skipIf(needs('azurite'))('in its folder', () => {
  test('Azurite works alone: a second one is refused, and the first one loses nothing by it', async () => {
    const { azurite, queue } = await started();
    await queue.sendMessage('before');
    await expect(startAzurite({ folder })).rejects.toThrow('folderInUse');
    await queue.sendMessage('after');
    await azurite.kill();
    expect(await textsIn((await started()).queue)).toEqual(['before', 'after']);
  });

  test('two that are started at once never both work', async () => {
    const both = await Promise.allSettled([started(), started()]);
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).message] : []));
    // Each may have found the other at it.
    expect(refused.length).toBeGreaterThan(0);
    for (const message of refused) expect(message).toContain('folderInUse');
  });

  test.each(['stop', 'kill'] as const)('the lock of one that ended by a %s is nobody’s', async (end) => {
    const { azurite, queue } = await started();
    await queue.sendMessage('kept');
    await azurite[end]();
    expect(existsSync(lock)).toBe(true);
    expect(await textsIn((await started()).queue)).toEqual(['kept']);
  });

  test('a lock that is damaged is told of, with what to do', async () => {
    writeFileSync(lock, 'no database'.repeat(100));
    await expect(startAzurite({ folder })).rejects.toThrow(
      /"status":"failed".*cannot be locked: file is not a database\. Should .*portico-lock\.db be damaged, remove it/,
    );
    rmSync(lock);
    await started();
  });
});
