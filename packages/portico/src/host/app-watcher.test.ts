import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FunctionApp } from '../core/function-app.ts';
import { createLogger, type LogRecord } from '../core/log.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { type AppChange, watchApp } from './app-watcher.ts';

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  return { ...fs, readdirSync: vi.fn(fs.readdirSync) };
});

let root: string;
let clock: FakeClock;
let records: LogRecord[];
let changes: AppChange[];
let stop: (() => Promise<void>) | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'portico-watch-'));
  clock = new FakeClock();
  records = [];
  changes = [];
});

afterEach(async () => {
  await stop?.();
  rmSync(root, { recursive: true });
});

function watch(onChange: (change: AppChange) => Promise<void> = async () => {}, readAtMs = Number.POSITIVE_INFINITY): void {
  stop = watchApp({
    root,
    app: () => ({ config: undefined }) as FunctionApp,
    readAtMs,
    clock,
    log: createLogger({ log: (record) => void records.push(record) }, 'Test'),
    onChange: async (change) => {
      changes.push(change);
      await onChange(change);
    },
  });
}

/** Until that many were told, while time passes. */
const untilChanges = (count: number): Promise<void> =>
  vi.waitFor(
    async () => {
      await clock.advance(100);
      expect(changes).toHaveLength(count);
    },
    { timeout: 10_000, interval: 20 },
  );

describe('the watcher of an app', () => {
  test('tells configuration and functions from what lies beside them', async () => {
    watch();
    writeFileSync(join(root, 'data.txt'), '');
    await untilChanges(1);
    writeFileSync(join(root, 'host.json'), '{}');
    await untilChanges(2);
    mkdirSync(join(root, 'New'));
    await untilChanges(3);
    writeFileSync(join(root, 'New', 'function.json'), '{}');
    await untilChanges(4);
    expect(changes).toEqual([
      { file: 'data.txt', kind: 'handler' },
      { file: 'host.json', kind: 'app' },
      { file: 'New', kind: 'app' },
      { file: 'New/function.json', kind: 'app' },
    ]);
  });

  test('tells one change after the other', async () => {
    const dealt = Promise.withResolvers<void>();
    watch(() => dealt.promise);
    writeFileSync(join(root, 'host.json'), '{}');
    await untilChanges(1);
    writeFileSync(join(root, '.env'), '');
    await pause(100);
    await clock.advance(1000);
    expect(changes).toHaveLength(1);
    dealt.resolve();
    await untilChanges(2);
  });

  test('goes on after a change that could not be taken over, and says so', async () => {
    watch(() => Promise.reject(new Error('no luck')));
    writeFileSync(join(root, 'host.json'), '{}');
    await untilChanges(1);
    writeFileSync(join(root, 'host.json'), '{ }');
    await untilChanges(2);
    expect(records).toContainEqual(expect.objectContaining({ level: 'error', fields: { reason: 'no luck' } }));
  });

  test('tells what changed after the app was read and before it was watched', async () => {
    writeFileSync(join(root, 'host.json'), '{}');
    watch(undefined, 0);
    await untilChanges(1);
    expect(changes[0]?.kind).toBe('app');
  });

  test('ends only when the change in hand has been dealt with', async () => {
    const dealt = Promise.withResolvers<void>();
    watch(() => dealt.promise);
    writeFileSync(join(root, 'host.json'), '{}');
    await untilChanges(1);
    let ended = false;
    const ending = stop?.().then(() => {
      ended = true;
    });
    await pause(50);
    expect(ended).toBe(false);
    dealt.resolve();
    await ending;
  });

  test('does not list the functions for each file that is written', async () => {
    watch();
    vi.mocked(readdirSync).mockClear();
    for (let number = 0; number < 100; number++) writeFileSync(join(root, `data-${number}`), '');
    await untilChanges(1);
    expect(vi.mocked(readdirSync).mock.calls.length).toBeLessThan(4);
  });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
