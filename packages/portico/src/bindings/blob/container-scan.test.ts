import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Watch } from './blob-notifier.ts';
import { type BlobLister, type BlobPage, ContainerScan, commonPrefix, type ListedBlob } from './container-scan.ts';
import { parseWatchedPath, type WatchedPath } from './watched-path.ts';

const never = new AbortController().signal;
const MINUTE_MS = 60_000;

/** A container whose clock is moved by hand; lists by name, as the service does. */
class FakeContainer implements BlobLister {
  nowMs = Date.parse('2026-01-01T00:00:00Z');
  exists = true;
  blobs = new Map<string, ListedBlob>();
  listings: { prefix: string; marker: string | undefined; most: number }[] = [];
  #etags = 0;
  /** Runs before a page is made. */
  beforePage: (() => void) | undefined;

  write(name: string, lastModifiedMs = this.nowMs): string {
    this.#etags += 1;
    const etag = `"0x${this.#etags}"`;
    // The service has whole seconds.
    this.blobs.set(name, { name, etag, blobType: 'BlockBlob', lastModifiedMs: Math.floor(lastModifiedMs / 1000) * 1000 });
    return etag;
  }

  async list(from: { prefix: string; marker: string | undefined; most: number }): Promise<BlobPage | undefined> {
    this.listings.push(from);
    this.beforePage?.();
    if (!this.exists) return undefined;
    const names = [...this.blobs.keys()].filter((name) => name.startsWith(from.prefix) && name >= (from.marker ?? '')).sort();
    const blobs = names.slice(0, from.most).map((name) => this.blobs.get(name)!);
    return { blobs, servedAtMs: this.nowMs, next: names[from.most] };
  }
}

const watchOf = (functionName: string, path = 'input/{name}'): Watch => ({
  functionName,
  account: 'acme',
  path: parseWatchedPath(path) as WatchedPath,
});

function scanOf(container: FakeContainer, { remembersAll = false, watches = [watchOf('Fn')] } = {}) {
  const notices: string[] = [];
  const taken = new Set<string>();
  let failure: Error | undefined;
  const scan = new ContainerScan({
    lister: container,
    remembersAll,
    async notify({ functionName }, { name, etag }) {
      if (failure !== undefined) throw failure;
      if (taken.has(name)) return 'taken';
      notices.push(`${functionName} ${name} ${etag}`);
      return 'done';
    },
  });
  for (const watch of watches) scan.add(watch, undefined);
  return {
    scan,
    notices,
    taken,
    fail: (error: Error | undefined) => {
      failure = error;
    },
    look: (budget = 10_000) => scan.sweep(budget, never),
  };
}

describe.each([{ remembersAll: false }, { remembersAll: true }])('a scan, remembering all: $remembersAll', (options) => {
  test('finds what is there when it begins, each version once', async () => {
    const container = new FakeContainer();
    const [a, b] = [container.write('a'), container.write('b')];
    const { look, notices } = scanOf(container, options);
    expect(await look()).toEqual({ newCount: 2, isComplete: true });
    expect(await look()).toEqual({ newCount: 0, isComplete: true });
    expect(notices).toEqual([`Fn a ${a}`, `Fn b ${b}`]);
  });

  test('finds a blob that is overwritten within the same second', async () => {
    const container = new FakeContainer();
    const { look, notices } = scanOf(container, options);
    const first = container.write('a');
    await look();
    const second = container.write('a');
    await look();
    expect(notices).toEqual([`Fn a ${first}`, `Fn a ${second}`]);
  });

  test('finds a blob that comes in the second of the newest one, after that was seen', async () => {
    const container = new FakeContainer();
    const { look, notices } = scanOf(container, options);
    container.write('newest');
    await look();
    const late = container.write('late');
    await look();
    expect(notices.at(-1)).toBe(`Fn late ${late}`);
  });

  test('finds what is written behind it while it looks', async () => {
    const container = new FakeContainer();
    for (const name of ['b', 'c', 'd']) container.write(name);
    const { look, notices } = scanOf(container, options);
    await look(2);
    const behind = container.write('a');
    container.nowMs += 3 * MINUTE_MS;
    container.write('z');
    await look(2);
    await look();
    expect(notices).toContain(`Fn a ${behind}`);
    expect(notices).toHaveLength(5);
  });

  test('asks again for what somebody else was about to do', async () => {
    const container = new FakeContainer();
    const etag = container.write('a');
    const { look, notices, taken } = scanOf(container, options);
    taken.add('a');
    for (let i = 0; i < 3; i += 1) {
      await look();
      container.nowMs += 10 * MINUTE_MS;
    }
    expect(notices).toEqual([]);
    taken.clear();
    await look();
    expect(notices).toEqual([`Fn a ${etag}`]);
  });

  test('begins anew after a failure, and does nothing twice', async () => {
    const container = new FakeContainer();
    container.write('a');
    const { look, notices, fail } = scanOf(container, options);
    await look();
    container.write('b');
    fail(new Error('the queue is away'));
    await expect(look()).rejects.toThrow('the queue is away');
    fail(undefined);
    container.nowMs += 10 * MINUTE_MS;
    await look();
    await look();
    expect(notices.map((notice) => notice.split(' ')[1])).toEqual(['a', 'b']);
  });

  test('waits for a container that does not exist yet', async () => {
    const container = new FakeContainer();
    container.exists = false;
    const { look, notices } = scanOf(container, options);
    expect(await look()).toEqual({ newCount: 0, isComplete: true });
    container.exists = true;
    container.write('a');
    await look();
    expect(notices).toHaveLength(1);
  });

  test('goes on where its budget ended', async () => {
    const container = new FakeContainer();
    for (let i = 0; i < 25; i += 1) container.write(`b${String(i).padStart(2, '0')}`);
    const { look, notices } = scanOf(container, options);
    expect(await look(10)).toEqual({ newCount: 10, isComplete: false });
    expect(await look(10)).toEqual({ newCount: 10, isComplete: false });
    expect(await look(10)).toEqual({ newCount: 5, isComplete: true });
    expect(new Set(notices).size).toBe(25);
  });

  test('tells each function of what it watches, and lists only what one of them may want', async () => {
    const container = new FakeContainer();
    for (const name of ['in/a.txt', 'in/b.png', 'other']) container.write(name);
    const watches = [watchOf('Texts', 'input/in/{name}.txt'), watchOf('All', 'input/in/{name}')];
    const { look, notices } = scanOf(container, { ...options, watches });
    await look();
    expect(notices.map((notice) => notice.split(' ').slice(0, 2).join(' '))).toEqual(['Texts in/a.txt', 'All in/a.txt', 'All in/b.png']);
    expect(container.listings.map(({ prefix }) => prefix)).toEqual(['in/']);
  });

  test('gives a function that comes later what is there already, and nobody else', async () => {
    const container = new FakeContainer();
    container.write('a');
    const { look, notices, scan } = scanOf(container, options);
    await look();
    scan.add(watchOf('Later'), undefined);
    await look();
    expect(notices.map((notice) => notice.split(' ')[0])).toEqual(['Fn', 'Later']);
  });

  test('neither misses a version that stays nor tells of one twice, whatever happens when', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const step = fc.oneof(
      fc.record({ do: fc.constant('write' as const), name }),
      fc.record({ do: fc.constant('remove' as const), name }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 400, 1000, 4 * MINUTE_MS, 20 * MINUTE_MS) }),
      fc.record({ do: fc.constant('look' as const), budget: fc.constantFrom(1, 2, 3, 100) }),
      fc.record({ do: fc.constant('take' as const), name }),
      fc.record({ do: fc.constant('fail' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const container = new FakeContainer();
        const { look, notices, taken, fail } = scanOf(container, options);
        for (const one of steps) {
          if (one.do === 'write') container.write(one.name);
          else if (one.do === 'remove') container.blobs.delete(one.name);
          else if (one.do === 'wait') container.nowMs += one.ms;
          else if (one.do === 'take') taken.add(one.name);
          else if (one.do === 'look') await look(one.budget);
          else {
            fail(new Error('away'));
            await look().catch(() => {});
            fail(undefined);
          }
        }
        taken.clear();
        // One to end the look that goes on, and one that sees everything.
        await look();
        await look();
        expect(new Set(notices).size).toBe(notices.length);
        expect(notices).toEqual(expect.arrayContaining([...container.blobs.values()].map(({ name, etag }) => `Fn ${name} ${etag}`)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a scan of the emulator', () => {
  test('finds a blob whose upload began long before it was there', async () => {
    const container = new FakeContainer();
    const { look, notices } = scanOf(container, { remembersAll: true });
    container.write('quick');
    container.nowMs += 60 * MINUTE_MS;
    await look();
    container.write('slow', container.nowMs - 60 * MINUTE_MS);
    await look();
    expect(notices).toHaveLength(2);
  });

  test('forgets blobs that are gone', async () => {
    const container = new FakeContainer();
    const { look, notices } = scanOf(container, { remembersAll: true });
    container.write('a');
    const blob = container.blobs.get('a')!;
    await look();
    container.blobs.clear();
    await look();
    container.blobs.set('a', blob);
    await look();
    expect(notices).toHaveLength(2);
  });
});

describe('a scan of an account', () => {
  test('does not ask for what an earlier run has done', async () => {
    const container = new FakeContainer();
    container.write('old', container.nowMs - MINUTE_MS);
    const { look, notices, scan } = scanOf(container, { watches: [] });
    scan.add(watchOf('Fn'), container.nowMs - 1);
    container.write('new');
    await look();
    expect(notices.map((notice) => notice.split(' ')[1])).toEqual(['new']);
  });

  test('remembers how far it is: some minutes before the look that is complete began, by the clock of the service', async () => {
    const container = new FakeContainer();
    const { look, scan } = scanOf(container);
    const beganAtMs = container.nowMs;
    for (const name of ['a', 'b', 'c']) container.write(name);
    await look(2);
    expect(scan.progress.size).toBe(0);
    container.nowMs += 7 * MINUTE_MS;
    await look();
    expect([...scan.progress.values()]).toEqual([beganAtMs - 5 * MINUTE_MS]);
  });

  test('does not go past what is not done', async () => {
    const container = new FakeContainer();
    container.write('a');
    const { look, scan, taken } = scanOf(container);
    const { lastModifiedMs } = container.blobs.get('a')!;
    taken.add('a');
    container.nowMs += 60 * MINUTE_MS;
    await look();
    expect([...scan.progress.values()]).toEqual([lastModifiedMs - 1]);
  });
});

test.each([
  [[], ''],
  [['in/'], 'in/'],
  [['in/a', 'in/b'], 'in/'],
  [['in/', ''], ''],
  [['x😀', 'x😁'], 'x'],
])('commonPrefix of %j is %j', (texts, prefix) => {
  expect(commonPrefix(texts)).toBe(prefix);
});
