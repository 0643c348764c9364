import { beforeEach, describe, expect, test } from 'vitest';
import { keysUnreadable } from '../core/errors/keys.ts';
import { createLogger, type LogRecord } from '../core/log.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { KeyCache, PATIENCE_MS } from './key-cache.ts';

const FRESH_MS = 1000;
const AWAY = keysUnreadable('the store', new Error('it is away'));

let clock: FakeClock;
let records: LogRecord[];
let reads: number;
/** What the next reading gives. */
let answer: () => Promise<string | undefined>;

beforeEach(() => {
  clock = new FakeClock();
  records = [];
  reads = 0;
  answer = async () => 'a';
});

function openCache({ canMake = true, isTold = false } = {}) {
  return new KeyCache<string>({
    read() {
      reads += 1;
      return answer();
    },
    make: async () => 'made',
    canMake,
    isTold,
    nothing: 'nothing',
    marks: (keys) => [{ digest: Buffer.from(keys), principal: { level: 'function', keyName: keys } }],
    place: 'the store',
    freshForMs: FRESH_MS,
    clock,
    log: createLogger({ log: (record) => void records.push(record) }, 'Host.Keys'),
  });
}

const nameIn = async (cache: KeyCache<string>) => (await cache.marks())[0]?.principal.keyName;
const fail = (error: Error) => async () => {
  throw error;
};

test('what was read counts for as long as the store says', async () => {
  const cache = openCache();
  expect(await nameIn(cache)).toBe('a');
  answer = async () => 'b';
  await clock.advance(FRESH_MS - 1);
  expect([await nameIn(cache), reads]).toEqual(['a', 1]);
  await clock.advance(1);
  expect([await nameIn(cache), reads]).toEqual(['b', 2]);
});

test('while the store takes long, the keys that are known go on; what it says then counts', async () => {
  const cache = openCache();
  await nameIn(cache);
  const slow = Promise.withResolvers<string>();
  answer = () => slow.promise;
  await clock.advance(FRESH_MS);
  const asked = [nameIn(cache), nameIn(cache)];
  await clock.advance(PATIENCE_MS - 1);
  expect(await Promise.race([...asked, 'waits'])).toBe('waits');
  await clock.advance(1);
  expect([await Promise.all(asked), reads]).toEqual([['a', 'a'], 2]);
  // Who comes now need not find out again.
  expect([await nameIn(cache), reads]).toEqual(['a', 2]);
  slow.resolve('b');
  await clock.advance(0);
  expect([await nameIn(cache), reads]).toEqual(['b', 2]);
  // The next reading is waited for again.
  answer = async () => 'c';
  await clock.advance(FRESH_MS);
  expect([await nameIn(cache), reads]).toEqual(['c', 3]);
});

test('while no key is known, whoever asks waits for the store', async () => {
  const cache = openCache();
  const slow = Promise.withResolvers<string>();
  answer = () => slow.promise;
  const asked = nameIn(cache);
  await clock.advance(60 * PATIENCE_MS);
  slow.resolve('late');
  expect(await asked).toBe('late');
});

test('many that ask at once read once', async () => {
  const cache = openCache();
  expect(new Set(await Promise.all(Array.from({ length: 50 }, () => nameIn(cache))))).toEqual(new Set(['a']));
  expect(reads).toBe(1);
});

test.each([
  ['are made', true, 'made'],
  ['stand for nothing where they cannot be', false, 'nothing'],
])('keys that are not there %s', async (_, canMake, expected) => {
  answer = async () => undefined;
  expect(await nameIn(openCache({ canMake }))).toBe(expected);
});

describe('while the store is away', () => {
  test('what is known goes on, with one warning that says until when', async () => {
    const cache = openCache();
    await nameIn(cache);
    answer = fail(AWAY);
    for (let i = 0; i < 5; i += 1) {
      await clock.advance(FRESH_MS);
      expect(await nameIn(cache)).toBe('a');
      expect(await nameIn(cache)).toBe('a');
    }
    // Asked no more often than if it answered.
    expect(reads).toBe(6);
    expect(records.map(({ level, code, fields }) => [level, code, fields])).toEqual([
      ['warning', 'KEYS_UNREADABLE', { until: expect.stringContaining('go on') }],
    ]);
    answer = async () => 'b';
    await clock.advance(FRESH_MS);
    expect(await nameIn(cache)).toBe('b');
    expect(records.map(({ message }) => message).slice(1)).toEqual(['Keys can be read again.']);
    answer = fail(AWAY);
    await clock.advance(FRESH_MS);
    await nameIn(cache);
    expect(records.map(({ level }) => level)).toEqual(['warning', 'information', 'warning']);
  });

  test('and nothing is known, everybody who asks is told, and the log once', async () => {
    const cache = openCache();
    answer = fail(AWAY);
    await expect(cache.keys()).rejects.toBe(AWAY);
    expect(records).toEqual([]);
    for (let i = 0; i < 3; i += 1) await expect(cache.marks()).rejects.toBe(AWAY);
    answer = async () => 'a';
    expect(await nameIn(cache)).toBe('a');
    expect(records).toMatchObject([{ level: 'error', code: 'KEYS_UNREADABLE' }, { message: 'Keys can be read again.' }]);
  });

  test('which was told already is not told again', async () => {
    const cache = openCache({ isTold: true });
    answer = fail(AWAY);
    await expect(cache.marks()).rejects.toBe(AWAY);
    expect(records).toEqual([]);
  });
});

test('a fault of the program is not hidden behind what is known', async () => {
  const cache = openCache();
  await nameIn(cache);
  await clock.advance(FRESH_MS);
  answer = fail(new TypeError('a mistake'));
  await expect(cache.marks()).rejects.toThrow('a mistake');
});

test('what was put is newer than a reading that began before', async () => {
  const cache = openCache();
  const { promise, resolve } = Promise.withResolvers<string>();
  answer = () => promise;
  const asked = nameIn(cache);
  cache.put('changed here');
  resolve('as it was before');
  expect(await asked).toBe('changed here');
  expect(await nameIn(cache)).toBe('changed here');
});

test.each([
  ['what was known before', true],
  ['nothing', false],
])('what was put stays when a reading that began before, with %s, fails', async (_, isKnown) => {
  const cache = openCache();
  if (isKnown) await nameIn(cache);
  await clock.advance(FRESH_MS);
  const { promise, reject } = Promise.withResolvers<string>();
  answer = () => promise;
  const asked = nameIn(cache);
  cache.put('changed here');
  reject(AWAY);
  expect(await asked).toBe('changed here');
  expect(await nameIn(cache)).toBe('changed here');
});
