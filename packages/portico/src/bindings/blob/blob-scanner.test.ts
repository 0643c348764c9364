import { describe, expect, test } from 'vitest';
import type { StorageAccount } from '../../azure/storage-account.ts';
import { testContext } from '../../testing/binding-context.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { Watch } from './blob-notifier.ts';
import { BlobScanner } from './blob-scanner.ts';
import type { ListedBlob } from './container-scan.ts';
import { parseWatchedPath, type WatchedPath } from './watched-path.ts';
import { writtenBlobs } from './written-blobs.ts';

const never = new AbortController().signal;
const LOCK = 'locks/test-host/WebJobs.Internal.Blobs.Listener';

const accountOf = (name: string) => ({ name }) as StorageAccount;
const watchOf = (functionName: string, path = 'input/{name}', account = 'acme'): Watch => ({
  functionName,
  account,
  path: parseWatchedPath(path) as WatchedPath,
});

/** Containers by name; `false`: it cannot be listed. `sweepMs`: how long a list takes. */
function scannerFor(
  containers: Record<string, ListedBlob[] | false>,
  { clock = new FakeClock(), listMs = 0, roomInEmulator = async () => {} } = {},
) {
  const { context, state, records } = testContext({ clock });
  const looks: string[] = [];
  const notices: string[] = [];
  const scanner = new BlobScanner({
    context,
    notifier: {
      async notify({ functionName }, { name, etag }) {
        notices.push(`${functionName} ${name} ${etag}`);
        return 'done';
      },
    },
    roomInEmulator,
    listerOf: (account, container) => ({
      async list(_, signal) {
        looks.push(`${account.name}/${container} at ${clock.monotonicMs() / 1000}`);
        if (listMs > 0) await clock.sleep(listMs, signal);
        const blobs = containers[container];
        if (blobs === false) throw new Error('Forbidden');
        return blobs && { blobs, servedAtMs: clock.now().getTime(), next: undefined };
      },
    }),
  });
  return { scanner, clock, context, state, records, looks, notices };
}

const blob = (name: string, lastModified = '2026-01-01T00:00:00Z'): ListedBlob => ({
  name,
  etag: '"0x1"',
  blobType: 'BlockBlob',
  lastModifiedMs: Date.parse(lastModified),
});

describe('the scanner', () => {
  test('looks every 2 s into an emulator and every 10 s into an account', async () => {
    const { scanner, clock, looks } = scannerFor({ input: [] });
    scanner.add(watchOf('Fn', 'input', 'devstoreaccount1'), accountOf('devstoreaccount1'));
    await clock.advance(4500);
    expect(looks).toEqual([0, 2, 4].map((at) => `devstoreaccount1/input at ${at}`));
    const other = scannerFor({ input: [] });
    other.scanner.add(watchOf('Fn', 'input'), accountOf('acme'));
    await other.clock.advance(25_000);
    expect(other.looks).toEqual([0, 10, 20].map((at) => `acme/input at ${at}`));
  });

  test('pauses longer when looking takes long', async () => {
    const { scanner, clock, looks } = scannerFor({ input: [] }, { listMs: 2000 });
    scanner.add(watchOf('Fn', 'input', 'devstoreaccount1'), accountOf('devstoreaccount1'));
    await clock.advance(17_000);
    expect(looks).toEqual([0, 8, 16].map((at) => `devstoreaccount1/input at ${at}`));
  });

  test('looks at once for a function that comes', async () => {
    const { scanner, clock, notices } = scannerFor({ input: [blob('a')] });
    scanner.add(watchOf('One'), accountOf('acme'));
    await clock.advance(1000);
    scanner.add(watchOf('Other'), accountOf('acme'));
    await clock.advance(0);
    expect(notices).toEqual(['One a "0x1"', 'Other a "0x1"']);
  });

  test('looks once into a container that several functions watch', async () => {
    const { scanner, clock, looks } = scannerFor({ input: [] });
    for (const name of ['One', 'Other']) scanner.add(watchOf(name), accountOf('acme'));
    await clock.advance(5000);
    expect(looks).toEqual(['acme/input at 0']);
  });

  test('does nothing while another host has the lease, and takes over when that is free', async () => {
    const { scanner, clock, state, looks } = scannerFor({ input: [] });
    state.others.add(LOCK);
    scanner.add(watchOf('Fn', 'input'), accountOf('acme'));
    await clock.advance(20_000);
    expect(looks).toEqual([]);
    state.others.clear();
    await clock.advance(3000);
    expect(looks).toHaveLength(1);
  });

  test('ends its look when it loses the lease', async () => {
    const { scanner, clock, state, looks, records } = scannerFor({ input: [] });
    scanner.add(watchOf('Fn', 'input'), accountOf('acme'));
    await clock.advance(15_000);
    state.others.add(LOCK);
    state.loseLease(LOCK);
    await clock.advance(30_000);
    expect(looks).toHaveLength(2);
    expect(records.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'information: Another host of this app looks for new blobs now.',
    ]);
  });

  test('gives the lease back when the last function goes', async () => {
    const { scanner, clock, state, looks } = scannerFor({ input: [] });
    const [one, other] = [watchOf('One'), watchOf('Other')];
    for (const watch of [one, other]) scanner.add(watch, accountOf('acme'));
    await clock.advance(1000);
    await scanner.remove(one, never);
    await clock.advance(20_000);
    expect(looks).toHaveLength(3);
    await scanner.remove(other, never);
    await scanner.remove(other, never);
    expect(await state.leases.acquire(LOCK, 15_000, never)).toBeDefined();
    await clock.advance(60_000);
    expect(looks).toHaveLength(3);
  });

  test('begins again after it has ended', async () => {
    const { scanner, clock, looks } = scannerFor({ input: [] });
    const watch = watchOf('Fn');
    for (let i = 0; i < 2; i += 1) {
      scanner.add(watch, accountOf('acme'));
      await clock.advance(1000);
      await scanner.remove(watch, never);
    }
    expect(looks).toHaveLength(2);
  });

  test('leaves a container alone for longer and longer that it cannot look into, and no other one', async () => {
    const containers: Record<string, ListedBlob[] | false> = { secret: false, open: [] };
    const { scanner, clock, looks, records } = scannerFor(containers);
    scanner.add(watchOf('One', 'secret', 'devstoreaccount1'), accountOf('devstoreaccount1'));
    scanner.add(watchOf('Other', 'open', 'devstoreaccount1'), accountOf('devstoreaccount1'));
    await clock.advance(20_000);
    expect(looks.filter((look) => look.includes('/open'))).toHaveLength(11);
    expect(looks.filter((look) => look.includes('/secret'))).toEqual([0, 2, 6, 14].map((at) => `devstoreaccount1/secret at ${at}`));
    expect(records.filter(({ level }) => level !== 'debug')).toMatchObject([
      {
        level: 'warning',
        functionName: 'One',
        message: expect.stringContaining('The container "secret" cannot be searched for new blobs'),
        fields: { account: 'devstoreaccount1', container: 'secret' },
      },
    ]);
    containers.secret = [];
    await clock.advance(20_000);
    expect(records.at(-1)).toMatchObject({ level: 'warning', functionName: 'One' });
  });

  test('tells of what this host has written without a look', async () => {
    const { scanner, clock, notices, context } = scannerFor({ input: [] });
    scanner.add(watchOf('Texts', 'input/{name}.txt'), accountOf('acme'));
    await clock.advance(1000);
    const written = writtenBlobs(context);
    for (const [account, container, name] of [
      ['acme', 'input', 'a.txt'],
      ['acme', 'input', 'a.png'],
      ['acme', 'output', 'a.txt'],
      ['other', 'input', 'a.txt'],
    ] as const) {
      written.tell({ account, container, blob: { name, etag: '"0x2"', blobType: 'BlockBlob' } });
    }
    await clock.advance(0);
    expect(notices).toEqual(['Texts a.txt "0x2"']);
  });
});

test('the scanner waits until there is room in the queue of an emulator', async () => {
  const room = Promise.withResolvers<void>();
  const { scanner, clock, notices } = scannerFor({ input: [blob('a')] }, { roomInEmulator: () => room.promise });
  scanner.add(watchOf('Fn', 'input', 'devstoreaccount1'), accountOf('devstoreaccount1'));
  await clock.advance(5000);
  expect(notices).toEqual([]);
  room.resolve();
  await clock.advance(0);
  expect(notices).toHaveLength(1);
});

describe('how far a container was searched', () => {
  const PATH = 'blobscaninfo/test-host/acme/input/scanInfo';

  test('is stored for accounts, as Azure reads it and for each function', async () => {
    const { scanner, clock, state } = scannerFor({ input: [blob('a')] });
    scanner.add(watchOf('Fn'), accountOf('acme'));
    await clock.advance(1000);
    const since = '2025-12-31T23:55:00.000Z';
    expect(JSON.parse(state.texts.get(PATH)!)).toEqual({
      LatestScan: since,
      Watches: { 'Host.Functions.Fn': { Path: 'input/{name}', LatestScan: since } },
    });
  });

  test('is not stored for an emulator', async () => {
    const { scanner, clock, state } = scannerFor({ input: [blob('a')] });
    scanner.add(watchOf('Fn', 'input', 'devstoreaccount1'), accountOf('devstoreaccount1'));
    await clock.advance(5000);
    expect(state.texts.size).toBe(0);
  });

  test.each([
    ['of Azure, for every function', { LatestScan: '2025-12-01T00:00:00Z' }, ['new']],
    ['of this function', { Watches: { 'Host.Functions.Fn': { Path: 'input/{name}', LatestScan: '2025-12-01T00:00:00Z' } } }, ['new']],
    [
      'of another function',
      { LatestScan: '2025-12-01T00:00:00Z', Watches: { 'Host.Functions.X': { Path: 'input/{name}', LatestScan: '2025-12-01T00:00:00Z' } } },
      ['new', 'old'],
    ],
    [
      'of another path',
      { Watches: { 'Host.Functions.Fn': { Path: 'input/{name}.txt', LatestScan: '2025-12-01T00:00:00Z' } } },
      ['new', 'old'],
    ],
    ['that cannot be read', [], ['new', 'old']],
  ])('counts after a restart, if it is that %s', async (_, stored, found) => {
    const { scanner, clock, state, notices } = scannerFor({ input: [blob('new'), blob('old', '2025-06-01T00:00:00Z')] });
    state.texts.set(PATH, JSON.stringify(stored));
    scanner.add(watchOf('Fn'), accountOf('acme'));
    await clock.advance(1000);
    expect(notices.map((notice) => notice.split(' ')[1])).toEqual(found);
  });
});
