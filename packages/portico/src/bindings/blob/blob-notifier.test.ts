import { describe, expect, test } from 'vitest';
import type { ReceiptStore } from '../../core/state-store.ts';
import { testContext } from '../../testing/binding-context.ts';
import type { BlobMessage } from './blob-message.ts';
import { BlobNotifier, receiptPath, type Watch } from './blob-notifier.ts';
import { parseWatchedPath, type WatchedPath } from './watched-path.ts';

const never = new AbortController().signal;
const watch: Watch = { functionName: 'OnBlob', account: 'acme', path: parseWatchedPath('input/{name}') as WatchedPath };
const blob = { name: 'dir/a.txt', etag: '"0x1"', blobType: 'BlockBlob' };

/** Receipts that lapse when they are told to, as after half a minute. */
function receipts() {
  const done = new Set<string>();
  const claimed = new Set<string>();
  let failure: 'complete' | undefined;
  const store: ReceiptStore = {
    async claim(path) {
      if (done.has(path)) return 'done';
      if (claimed.has(path)) return 'taken';
      claimed.add(path);
      return {
        async complete() {
          if (failure === 'complete') throw new Error('the receipt cannot be completed');
          done.add(path);
        },
        async release() {
          claimed.delete(path);
        },
      };
    },
  };
  return {
    store,
    done,
    lapse: () => claimed.clear(),
    fail: (at: typeof failure) => {
      failure = at;
    },
  };
}

function notifierWith(store: ReceiptStore, send: (message: BlobMessage) => Promise<void>) {
  const { context } = testContext();
  return new BlobNotifier({ hostId: 'my-host', state: { ...context.state, receipts: store } }, { send });
}

describe('a version of a blob', () => {
  test('is told once', async () => {
    const sent: BlobMessage[] = [];
    const { store, done } = receipts();
    const notifier = notifierWith(store, async (message) => void sent.push(message));
    expect(await notifier.notify(watch, blob, never)).toBe('done');
    expect(await notifier.notify(watch, blob, never)).toBe('done');
    expect(sent).toEqual([{ functionName: 'OnBlob', container: 'input', blob: 'dir/a.txt', etag: '"0x1"', blobType: 'BlockBlob' }]);
    expect([...done]).toEqual(['blobreceipts/my-host/Host.Functions.OnBlob/"0x1"/input/dir/a.txt']);
  });

  test('is told again at once when its message could not be sent', async () => {
    const sent: BlobMessage[] = [];
    let isAway = true;
    const { store } = receipts();
    const notifier = notifierWith(store, async (message) => {
      if (isAway) throw new Error('the queue is away');
      sent.push(message);
    });
    await expect(notifier.notify(watch, blob, never)).rejects.toThrow('the queue is away');
    isAway = false;
    await notifier.notify(watch, blob, never);
    expect(sent).toHaveLength(1);
  });

  test('is not told twice by a host whose receipt could not be completed', async () => {
    const sent: BlobMessage[] = [];
    const { store, fail, lapse } = receipts();
    const notifier = notifierWith(store, async (message) => void sent.push(message));
    fail('complete');
    await expect(notifier.notify(watch, blob, never)).rejects.toThrow('cannot be completed');
    expect(await notifier.notify(watch, blob, never)).toBe('taken');
    lapse();
    fail(undefined);
    expect(await notifier.notify(watch, blob, never)).toBe('done');
    expect(sent).toHaveLength(1);
  });

  test.each([
    ['before its message was sent', 0, 1],
    ['before its receipt was complete', 1, 2],
  ])('is never lost when the host ends %s', async (_, sentBefore, sentAfter) => {
    const sent: BlobMessage[] = [];
    const { store, lapse, fail } = receipts();
    const crash = new Promise<never>(() => {});
    const first = notifierWith(store, async (message) => {
      if (sentBefore === 0) await crash;
      sent.push(message);
    });
    fail('complete');
    void first.notify(watch, blob, never).catch(() => {});
    const second = notifierWith(store, async (message) => void sent.push(message));
    expect(await second.notify(watch, blob, never)).toBe('taken');
    expect(sent).toHaveLength(sentBefore);
    lapse();
    fail(undefined);
    expect(await second.notify(watch, blob, never)).toBe('done');
    expect(await second.notify(watch, blob, never)).toBe('done');
    expect(sent).toHaveLength(sentAfter);
  });
});

describe('receiptPath', () => {
  const facts = { hostId: 'my-host', functionName: 'OnBlob', container: 'input' };

  test('has room for a blob whose name leaves none', () => {
    const long = 'x'.repeat(1000);
    const path = receiptPath({ ...facts, blob: { ...blob, name: long } });
    expect(path).toMatch(/^blobreceipts\/my-host\/Host\.Functions\.OnBlob\/"0x1"\/input\/[0-9a-f]{64}$/);
    expect(receiptPath({ ...facts, blob: { ...blob, name: `${long}y` } })).not.toBe(path);
  });
});
