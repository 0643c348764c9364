import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { describeKeyStore } from '../../../../test/support/key-store-suite.ts';
import { startKeyWriter } from '../../../../test/support/key-writer.ts';
import { createLogger, type LogRecord } from '../core/log.ts';
import { stateFolder } from '../platform/state-folder.ts';
import { systemClock } from '../platform/system-clock.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import type { HostKeys } from './key-store.ts';
import { openLocalStore } from './local-store.ts';

const signal = new AbortController().signal;
const SECRET = 'correct horse battery staple';
const temporaryRoot = () => mkdtempSync(join(tmpdir(), 'portico-keys-'));

function openIn(
  root: string,
  {
    secret,
    records,
    clock = systemClock,
  }: { secret?: string | undefined; records?: LogRecord[]; clock?: FakeClock | typeof systemClock } = {},
) {
  const log = createLogger({ log: (record) => void records?.push(record) }, 'Host.Keys');
  return openLocalStore({ folder: stateFolder({ root, stateHome: () => join(root, 'home'), log }), secret, clock, log });
}

for (const [name, secret] of [
  ['the local store', undefined],
  ['the local store with a secret', SECRET],
] as const) {
  describeKeyStore(name, () => {
    const root = temporaryRoot();
    return { open: () => openIn(root, { secret }), dispose: () => rmSync(root, { recursive: true }) };
  });
}

const HOST: HostKeys = {
  master: 'the-master-key',
  functionKeys: [
    { name: 'default', value: 'a-host-key' },
    { name: 'other', value: 'another-host-key' },
  ],
  systemKeys: [],
};

describe('the file of the local store', () => {
  let root: string;
  let file: string;
  let records: LogRecord[];
  beforeEach(() => {
    root = temporaryRoot();
    file = join(root, '.portico', 'keys.json');
    records = [];
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const open = (secret?: string) => openIn(root, { secret, records, clock: new FakeClock() });
  const codes = () => records.map(({ level, code }) => `${level} ${code}`);
  const spoil = (text: string) => writeFileSync(file, text);

  test('is made by the first change, for its owner alone, in a folder that Git ignores', async () => {
    const store = open();
    await store.readHost(signal);
    expect([store.place, readdirSync(root)]).toEqual(['.portico/keys.json', []]);
    await store.changeHost(() => HOST, signal);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(root, '.portico', '.gitignore'), 'utf8')).toBe('*\n');
    expect(readdirSync(join(root, '.portico')).sort()).toEqual(['.gitignore', 'keys.json', 'keys.lock']);
    expect(records).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('that is a pipe keeps nobody waiting', async () => {
    mkdirSync(join(root, '.portico'));
    execFileSync('mkfifo', ['-m', '600', file]);
    expect(await open().readHost(signal)).toBeUndefined();
    expect(codes()).toEqual(['warning KEYS_BROKEN']);
    await open().changeHost(() => HOST, signal);
    expect(await open().readHost(signal)).toEqual(HOST);
  });

  test('is closed again, and written where the mask of the user would take rights away', async () => {
    await open().changeHost(() => HOST, signal);
    chmodSync(file, 0o644);
    await open().changeHost((before) => ({ ...before!, master: 'new' }), signal);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.skipIf(process.platform === 'win32')(
    'may be a link, which stays: what it leads to is written, and kept aside where it is broken',
    async () => {
      const shared = join(root, 'shared');
      mkdirSync(shared);
      mkdirSync(join(root, '.portico'));
      symlinkSync('../shared/app-keys.json', file);
      await open().changeHost(() => HOST, signal);
      await open().changeHost((before) => ({ ...before!, master: 'new' }), signal);
      expect(JSON.parse(readFileSync(join(shared, 'app-keys.json'), 'utf8'))).toMatchObject({ host: { master: { value: 'new' } } });
      spoil('{');
      await open().changeHost(() => HOST, signal);
      expect(readlinkSync(file)).toBe('../shared/app-keys.json');
      expect(readdirSync(shared).sort()).toEqual(['app-keys.json', expect.stringMatching(/^app-keys\.json\.broken-2026-01-01T/)]);
      expect(await open().readHost(signal)).toEqual(HOST);
    },
  );

  test('says once that others may read it', async () => {
    const store = open();
    await store.changeHost(() => HOST, signal);
    chmodSync(file, 0o640);
    await store.readHost(signal);
    await store.readHost(signal);
    expect(codes()).toEqual(['warning KEYS_EXPOSED']);
    expect(records[0]).toMatchObject({ message: expect.stringContaining(file), hint: expect.stringContaining(`chmod 600 ${file}`) });
  });

  test('is a change for whoever has it open when it was changed by hand, keys of the same length included', async () => {
    const store = open();
    await store.changeHost(() => HOST, signal);
    expect((await store.readHost(signal))?.master).toBe('the-master-key');
    spoil(readFileSync(file, 'utf8').replace('the-master-key', 'THE-MASTER-KEY'));
    expect((await store.readHost(signal))?.master).toBe('THE-MASTER-KEY');
    rmSync(file);
    expect(await store.readHost(signal)).toBeUndefined();
  });

  test('is not written where a change gave back what it got', async () => {
    const store = open();
    await store.changeHost(() => HOST, signal);
    await store.changeFunction('hello', () => [], signal);
    const changedAt = () => statSync(file, { bigint: true }).ctimeNs;
    const before = changedAt();
    await store.changeHost((keys) => keys!, signal);
    await store.changeFunction('hello', (keys) => keys!, signal);
    expect(changedAt()).toBe(before);
  });

  test('that is not read again gives the very same keys', async () => {
    const store = open();
    await store.changeHost(() => HOST, signal);
    const keys = await store.readHost(signal);
    expect(await store.readHost(signal)).toBe(keys);
  });

  test.each([
    ['half of itself', '{"version":1,"host":{"master":{"value":"half-a-mas'],
    ['nothing', ''],
    ['another version', '{"version":2,"functions":{}}'],
    ['a key that is no text', '{"version":1,"functions":{"a":[{"name":"default","value":7}]}}'],
    ['a list', '[]'],
  ])('with %s is kept aside with a warning, and new keys begin', async (_, text) => {
    const store = open();
    await store.changeHost(() => HOST, signal);
    spoil(text);
    expect(await store.readHost(signal)).toBeUndefined();
    const kept = readdirSync(join(root, '.portico')).find((name) => name.startsWith('keys.json.broken-2026-01-01T'));
    expect(readFileSync(join(root, '.portico', kept!), 'utf8')).toBe(text);
    expect(codes()).toEqual(['warning KEYS_BROKEN']);
    expect(records[0]?.hint).toContain(kept);
    expect(JSON.stringify(records)).not.toContain('half-a-mas');
    await store.changeHost(() => ({ ...HOST, master: 'new' }), signal);
    expect((await open().readHost(signal))?.master).toBe('new');
  });

  test('that is broken is kept aside by a change as well', async () => {
    const store = open();
    await store.changeHost(() => HOST, signal);
    spoil('{');
    expect(await store.changeHost((before) => before ?? { ...HOST, master: 'new' }, signal)).toMatchObject({ master: 'new' });
    expect(codes()).toEqual(['warning KEYS_BROKEN']);
  });

  test('that cannot be read or written is an error that names it', async () => {
    writeFileSync(join(root, '.portico'), '');
    await expect(open().readHost(signal)).rejects.toMatchObject({ code: 'KEYS_UNREADABLE', message: expect.stringContaining(file) });
    rmSync(join(root, '.portico'));
    mkdirSync(file, { recursive: true });
    await expect(open().readHost(signal)).rejects.toMatchObject({ code: 'KEYS_UNREADABLE', hint: expect.stringContaining('move it away') });
    rmSync(file, { recursive: true });
    const store = open();
    rmSync(join(root, '.portico'), { recursive: true });
    writeFileSync(join(root, '.portico'), '');
    await expect(store.changeHost(() => HOST, signal)).rejects.toMatchObject({
      code: 'KEYS_UNWRITABLE',
      hint: expect.stringContaining('move it away'),
    });
  });

  test('in a root that is gone is an error that says so, and brings no folder back', async () => {
    const store = open();
    rmSync(root, { recursive: true });
    await expect(store.changeHost(() => HOST, signal)).rejects.toMatchObject({
      code: 'KEYS_UNWRITABLE',
      message: expect.stringContaining(root),
      kind: 'service',
    });
    expect(existsSync(root)).toBe(false);
    mkdirSync(root);
  });

  test('whose lock cannot be taken stays as it was', async () => {
    const store = open();
    await store.changeHost(() => HOST, signal);
    rmSync(join(root, '.portico', 'keys.lock'));
    symlinkSync('/nowhere/at/all', join(root, '.portico', 'keys.lock'));
    await expect(store.changeHost(() => ({ ...HOST, master: 'new' }), signal)).rejects.toMatchObject({ code: 'KEYS_UNWRITABLE' });
    expect((await open().readHost(signal))?.master).toBe('the-master-key');
  });

  test('whose lock another program has for too long is an error that says so, and is changed as soon as it is free', async () => {
    const clock = new FakeClock();
    const store = openIn(root, { records, clock });
    await store.changeHost(() => HOST, signal);
    const other = new DatabaseSync(join(root, '.portico', 'keys.lock'));
    other.exec('BEGIN IMMEDIATE');
    const change = () => store.changeHost((before) => ({ ...before!, master: 'new' }), signal);
    const refused = expect(change()).rejects.toMatchObject({ code: 'KEYS_CONTESTED', message: expect.stringContaining(file) });
    await clock.advance(10_000);
    await refused;
    const waiting = change();
    await clock.advance(1000);
    other.close();
    await clock.advance(1000);
    expect(await waiting).toMatchObject({ master: 'new' });
  });

  test('is changed with a new lock where somebody deleted the old one', async () => {
    const store = open();
    await store.changeHost(() => HOST, signal);
    rmSync(join(root, '.portico'), { recursive: true });
    expect(await store.changeHost((before) => before ?? { ...HOST, master: 'new' }, signal)).toMatchObject({ master: 'new' });
    expect(readdirSync(join(root, '.portico')).sort()).toEqual(['.gitignore', 'keys.json', 'keys.lock']);
  });

  describe('with a secret', () => {
    test('holds no value in the clear, and no value twice', async () => {
      const store = open(SECRET);
      await store.changeHost(() => ({ ...HOST, functionKeys: [HOST.functionKeys[0]!, { name: 'twin', value: 'a-host-key' }] }), signal);
      const text = readFileSync(file, 'utf8');
      expect(text).not.toMatch(/the-master-key|a-host-key/);
      const sealed = [...text.matchAll(/"sealed": "([^"]+)"/g)].map(([, value]) => value);
      expect([sealed.length, new Set(sealed).size]).toEqual([3, 3]);
      expect((await open(SECRET).readHost(signal))?.functionKeys[1]?.value).toBe('a-host-key');
    });

    test.each([
      ['another secret', 'wrong', 'another AzureWebEncryptionKey'],
      ['no secret', undefined, 'AzureWebEncryptionKey is not set'],
    ])('does not open with %s, and nothing is made instead', async (_, secret, reason) => {
      await open(SECRET).changeHost(() => HOST, signal);
      const before = readFileSync(file, 'utf8');
      const refused = { code: 'KEYS_SEALED', kind: 'config', message: expect.stringContaining(reason) };
      await expect(open(secret).readHost(signal)).rejects.toMatchObject(refused);
      await expect(open(secret).changeHost(() => HOST, signal)).rejects.toMatchObject(refused);
      expect(readFileSync(file, 'utf8')).toBe(before);
    });

    test('takes no value from the place of another', async () => {
      await open(SECRET).changeHost(() => HOST, signal);
      const [one, other] = [...readFileSync(file, 'utf8').matchAll(/"sealed": "([^"]+)"/g)].slice(1).map(([, value]) => value!);
      spoil(readFileSync(file, 'utf8').replace(one!, '…').replace(other!, one!).replace('…', other!));
      await expect(open(SECRET).readHost(signal)).rejects.toMatchObject({ code: 'KEYS_SEALED' });
    });

    test('is encrypted as soon as there is one', async () => {
      await open().changeHost(() => HOST, signal);
      expect(await open(SECRET).readHost(signal)).toEqual(HOST);
      expect(readFileSync(file, 'utf8')).not.toContain('the-master-key');
      expect(await open(SECRET).readHost(signal)).toEqual(HOST);
    });

    test('goes on with keys that it cannot encrypt, and says so once', async () => {
      await open().changeHost(() => HOST, signal);
      rmSync(join(root, '.portico', 'keys.lock'));
      mkdirSync(join(root, '.portico', 'keys.lock'));
      const store = open(SECRET);
      expect(await store.readHost(signal)).toEqual(HOST);
      expect(await store.readHost(signal)).toEqual(HOST);
      expect(codes()).toEqual(['warning KEYS_STAY_OPEN']);
      expect(JSON.stringify(records)).not.toContain('the-master-key');
    });
  });
});

describe.runIf(process.platform !== 'win32')('two processes with one file', () => {
  test('lose nothing, and one that is killed at work is in nobody’s way', async () => {
    const root = temporaryRoot();
    onTestFinished(() => rmSync(root, { recursive: true }));
    const writers = [startKeyWriter(root), startKeyWriter(root)] as const;
    expect(await Promise.all(writers.map((writer, i) => writer.ask(`add 25 ${'ab'[i]}`)))).toEqual(['added', 'added']);
    expect(await openIn(root).readFunction('hello', signal)).toHaveLength(50);
    expect(await writers[0].ask('hang')).toBe('hanging');
    const waiting = writers[1].ask('add 1 c');
    await writers[0].kill();
    expect(await waiting).toBe('added');
    expect(await openIn(root).readFunction('hello', signal)).toHaveLength(51);
  });
});
