import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createLogger, type LogRecord } from '../core/log.ts';
import { systemClock } from '../platform/system-clock.ts';
import { azuriteBundle } from './azurite-bundle.ts';

let root: string;
let home: string;
let bundle: string;
let records: LogRecord[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'portico-clone-'));
  home = join(root, 'packages/portico');
  bundle = join(home, 'dist/azurite.cjs');
  records = [];
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
});

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const script = (code: string): void => write(join(root, 'scripts/bundle-azurite.mjs'), code);

function find(signal = new AbortController().signal): Promise<string> {
  const log = createLogger({ log: (record) => void records.push(record) }, 'Test');
  return azuriteBundle({ log, clock: systemClock, home }, signal);
}

const messages = (): string[] => records.map(({ message }) => message);

describe('azuriteBundle', () => {
  test('is the file that a published package holds', async () => {
    write(bundle, '');
    expect(await find()).toBe(bundle);
    expect(messages()).toEqual([]);
  });

  test('runs no script of the program that has Portico among its packages', async () => {
    home = join(root, 'node_modules/portico');
    bundle = join(home, 'dist/azurite.cjs');
    script('process.exit(1);');
    await expect(find()).rejects.toMatchObject({ code: 'EMULATOR_MISSING' });
    write(bundle, '');
    expect(await find()).toBe(bundle);
    expect(messages()).toEqual([]);
  });

  test('says so where a published package lacks it', async () => {
    await expect(find()).rejects.toMatchObject({ code: 'EMULATOR_MISSING', message: expect.stringContaining(bundle) });
  });

  test('makes it in a clone, and tells that before and after', async () => {
    script(`import { mkdirSync, writeFileSync } from 'node:fs';
      mkdirSync(${JSON.stringify(dirname(bundle))}, { recursive: true });
      writeFileSync(${JSON.stringify(bundle)}, '');`);
    expect(await find()).toBe(bundle);
    expect(messages()).toEqual([
      'The storage emulator is being installed, which takes some seconds, once.',
      'The storage emulator is installed.',
    ]);
    records = [];
    expect(await find()).toBe(bundle);
    expect(messages()).toEqual([]);
  });

  test('says what went wrong where it cannot be made', async () => {
    script(`console.error('no registry'); process.exit(1);`);
    await expect(find()).rejects.toMatchObject({ code: 'EMULATOR_NOT_INSTALLED', message: expect.stringContaining('no registry') });
  });

  test('is that of the last time where a newer one cannot be made', async () => {
    write(bundle, '');
    script('process.exit(1);');
    expect(await find()).toBe(bundle);
    expect(records).toMatchObject([{ level: 'warning' }]);
  });

  test('stops making it when the signal aborts', async () => {
    script('setInterval(() => {}, 1000);');
    const over = new AbortController();
    const finding = find(over.signal);
    over.abort(new Error('enough'));
    await expect(finding).rejects.toThrow('enough');
  });
});
