import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryKeys } from '../../../../test/support/memory-keys.ts';
import { isAllowed } from '../core/authorization.ts';
import { keysUnreadable } from '../core/errors/keys.ts';
import { createLogger, type LogRecord } from '../core/log.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { KeyRing, OPEN_PATIENCE_MS } from './key-ring.ts';

const FRESH_MS = 10_000;
const key = (name: string, value: string) => ({ name, value });

let store: MemoryKeys;
let clock: FakeClock;
let records: LogRecord[];

function openRing(of = store, systemKeyNames: readonly string[] = []): KeyRing {
  const log = createLogger({ log: (record) => void records.push(record) }, 'Host.Keys');
  return new KeyRing({ store: of, clock, log, systemKeyNames: () => systemKeyNames });
}

beforeEach(() => {
  store = new MemoryKeys();
  clock = new FakeClock();
  records = [];
});

describe('whose key it is', () => {
  beforeEach(() => {
    store.host = {
      master: 'Master-Key',
      functionKeys: [key('default', 'Host-Key'), key('shared', 'Shared')],
      systemKeys: [key('probe_extension', 'System-Key'), key('s', 'Shared')],
    };
    store.functions.set('hello', [key('default', 'Own-Key'), key('mine', 'Host-Key'), key('blank', '')]);
    store.functions.set('other', [key('default', 'Others-Key')]);
  });

  test.each([
    ['the master key', 'Master-Key', 'admin', 'master'],
    ['a system key', 'System-Key', 'system', 'probe_extension'],
    ['a key of the host', 'Host-Key', 'function', 'default'],
    ['a key of the function', 'Own-Key', 'function', 'default'],
    ['a value that two kinds of keys have: the kind that comes first', 'Shared', 'system', 's'],
  ])('%s', async (_, value, level, keyName) => {
    expect(await openRing().authenticate(value, 'Hello')).toEqual({ level, keyName });
  });

  test.each([
    ['a key of another function', 'Others-Key'],
    ['a key in other letters', 'own-key'],
    ['the master key in other letters', 'MASTER-KEY'],
    ['the begin of a key', 'Own-Ke'],
    ['a key and more', 'Own-Key '],
    ['nothing, although a key is blank', ''],
    ['a name of a key', 'default'],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('nobody’s: %s', async (_, value) => {
    const ring = openRing();
    // Parity: there, the right spelling opens the door to all others.
    await ring.authenticate('Own-Key', 'hello');
    await ring.authenticate('Master-Key', 'hello');
    expect(await ring.authenticate(value, 'hello')).toBeUndefined();
  });

  test('where no function is named, only keys of the host count, and those of functions are not read', async () => {
    const ring = openRing();
    expect(await ring.authenticate('Own-Key', undefined)).toBeUndefined();
    expect(await ring.authenticate('Host-Key', undefined)).toMatchObject({ level: 'function' });
    expect(store.calls).toEqual(['read host']);
  });

  test('what can be no key asks the store for nothing', async () => {
    const ring = openRing();
    for (const value of ['', 'x'.repeat(1025)]) expect(await ring.authenticate(value, 'hello')).toBeUndefined();
    expect(store.calls).toEqual([]);
  });

  test('names of functions ignore case, and are those in lower case to the store', async () => {
    const ring = openRing();
    for (const name of ['Hello', 'HELLO', 'hello']) expect(await ring.authenticate('Own-Key', name)).toBeDefined();
    expect(store.calls).toEqual(['read host', 'read hello']);
  });

  // The table of the contract: what a caller with a key of each level may call.
  test.each([
    ['anonymous', ['nobody', 'function', 'system', 'admin']],
    ['function', ['function', 'admin']],
    ['system', ['system', 'admin']],
    ['admin', ['admin']],
  ] as const)('%s is open to %j', (required, levels) => {
    const callers = [undefined, ...(['function', 'system', 'admin'] as const).map((level) => ({ level, keyName: 'k' }))];
    expect(callers.filter((caller) => isAllowed(required, caller)).map((caller) => caller?.level ?? 'nobody')).toEqual(levels);
  });
});

describe('keys that are not there yet', () => {
  test('are made by the first request with a key, right or wrong, and not before', async () => {
    const ring = openRing();
    expect(store.calls).toEqual([]);
    expect(await ring.authenticate('', 'Hello')).toBeUndefined();
    expect(store.calls).toEqual([]);
    expect(await ring.authenticate('wrong', 'Hello')).toBeUndefined();
    expect(store.host).toMatchObject({ functionKeys: [{ name: 'default' }], systemKeys: [] });
    expect(store.functions.get('hello')).toMatchObject([{ name: 'default' }]);
    expect(await ring.authenticate(store.host!.master!, 'Hello')).toEqual({ level: 'admin', keyName: 'master' });
    expect(await ring.authenticate(store.functions.get('hello')![0]!.value, 'Hello')).toEqual({ level: 'function', keyName: 'default' });
  });

  test('are made once by 50 callers at the same time', async () => {
    const ring = openRing();
    await Promise.all(Array.from({ length: 50 }, (_, i) => ring.authenticate(`wrong-${i}`, i % 2 ? 'Hello' : 'hello')));
    expect(store.calls.toSorted()).toEqual(['change hello', 'change host', 'read hello', 'read host']);
  });

  test('are made by a list as well', async () => {
    const ring = openRing();
    expect(await ring.list({ kind: 'master' })).toEqual([key('master', store.host!.master!)]);
    expect(await ring.list({ kind: 'host' })).toEqual(store.host?.functionKeys);
    expect(await ring.list({ kind: 'system' })).toEqual([]);
    expect(await ring.list({ kind: 'function', functionName: 'Hello' })).toEqual(store.functions.get('hello'));
  });

  test('of webhooks are made by a list of system keys, beside those that are there', async () => {
    store.host = { master: 'm', functionKeys: [], systemKeys: [key('Blobs_Extension', 'there')] };
    const names = ['blobs_extension', 'eventgrid_extension'];
    const lists = await Promise.all([1, 2].map(() => openRing(store, names).list({ kind: 'system' })));
    expect(lists[0]).toEqual([key('Blobs_Extension', 'there'), key('eventgrid_extension', expect.stringMatching(/AzFu.{6}==$/))]);
    expect(lists[1]).toEqual(lists[0]);
    expect(store.host?.systemKeys).toEqual(lists[0]);
    store.host = { master: 'm', functionKeys: [], systemKeys: [], lockedSystemKeys: ['blobs_Extension', 'eventgrid_extension'] };
    expect(await openRing(store, names).list({ kind: 'system' })).toEqual([]);
    expect(await openRing(new MemoryKeys({ readOnlyReason: 'They are elsewhere.' }), names).list({ kind: 'system' })).toEqual([]);
  });

  test('stay away where nobody may write', async () => {
    store = new MemoryKeys({ readOnlyReason: 'They are elsewhere.' });
    const ring = openRing();
    expect(await ring.authenticate('any', 'hello')).toBeUndefined();
    expect(await ring.list({ kind: 'master' })).toEqual([]);
    expect(await ring.list({ kind: 'function', functionName: 'hello' })).toEqual([]);
    expect(store.calls.filter((call) => call.startsWith('change'))).toEqual([]);
  });
});

describe('a change', () => {
  beforeEach(() => {
    store.host = { master: 'm', functionKeys: [key('default', 'f')], systemKeys: [] };
    store.functions.set('hello', [key('default', 'own')]);
  });
  const OWN = { kind: 'function', functionName: 'Hello' } as const;

  test('counts at once', async () => {
    const ring = openRing();
    expect(await ring.authenticate('mine', 'hello')).toBeUndefined();
    expect(await ring.set(OWN, 'Mine', 'mine')).toEqual({ key: key('Mine', 'mine'), isNew: true });
    expect(await ring.authenticate('mine', 'hello')).toEqual({ level: 'function', keyName: 'Mine' });
    expect([...store.functions]).toEqual([['hello', [key('default', 'own'), key('Mine', 'mine')]]]);
    expect(await ring.set(OWN, 'MINE', 'other')).toEqual({ key: key('Mine', 'other'), isNew: false });
    expect(await ring.authenticate('mine', 'hello')).toBeUndefined();
    expect(await ring.remove(OWN, 'mine')).toBe(true);
    expect(await ring.authenticate('other', 'hello')).toBeUndefined();
    const left = store.functions.get('hello');
    expect(await ring.remove(OWN, 'mine')).toBe(false);
    expect(store.functions.get('hello')).toBe(left);
    expect(store.functions.get('hello')).toEqual([key('default', 'own')]);
  });

  test.each([
    ['host', 'function'],
    ['system', 'system'],
  ] as const)('of the keys of kind %s leaves the others as they are', async (kind, level) => {
    const ring = openRing();
    await ring.set({ kind }, 'new', 'value');
    expect(await ring.authenticate('value', undefined)).toEqual({ level, keyName: 'new' });
    expect(await ring.remove({ kind }, 'NEW')).toBe(true);
    expect(store.host).toEqual({ master: 'm', functionKeys: [key('default', 'f')], systemKeys: [] });
    const left = store.host;
    expect(await ring.remove({ kind }, 'new')).toBe(false);
    expect(store.host).toBe(left);
  });

  test.each([['master'], ['_master']])('of the master key, called %s, ends the old one', async (name) => {
    const ring = openRing();
    expect(await ring.set({ kind: 'master' }, name, 'new')).toEqual({ key: key('master', 'new'), isNew: false });
    expect(await ring.authenticate('new', undefined)).toEqual({ level: 'admin', keyName: 'master' });
    expect(await ring.authenticate('m', undefined)).toBeUndefined();
  });

  test('without a value makes one that says what it opens', async () => {
    const ring = openRing();
    for (const scope of [{ kind: 'master' }, { kind: 'host' }, { kind: 'system' }, OWN] as const)
      expect((await ring.set(scope, 'made')).key.value).toMatch(/^[\w-]{44}AzFu[\w-]{6}==$/);
  });

  test('beside keys that nobody has made yet makes these too', async () => {
    store.host = undefined;
    await openRing().set({ kind: 'system' }, 'probe_extension', 's');
    expect(store.host).toMatchObject({
      master: expect.any(String),
      functionKeys: [{ name: 'default' }],
      systemKeys: [key('probe_extension', 's')],
    });
  });

  test('where nobody may write is refused with the reason', async () => {
    const ring = openRing(new MemoryKeys({ readOnlyReason: 'They are elsewhere.' }));
    const refused = { code: 'KEYS_READ_ONLY', hint: 'They are elsewhere.', message: expect.stringContaining('the memory of a test') };
    await expect(ring.set({ kind: 'host' }, 'a', 'b')).rejects.toMatchObject(refused);
    await expect(ring.remove(OWN, 'a')).rejects.toMatchObject(refused);
  });

  test('for a system key that another host has made meanwhile writes nothing', async () => {
    const made = { master: 'm', functionKeys: [], systemKeys: [key('blobs_extension', 'theirs')] };
    const changeHost = store.changeHost.bind(store);
    store.changeHost = (change) => {
      store.host = made;
      return changeHost(change);
    };
    expect(await openRing(store, ['blobs_extension']).list({ kind: 'system' })).toEqual(made.systemKeys);
    expect(store.host).toBe(made);
  });

  test('that is answered late brings no key back that was revoked meanwhile', async () => {
    const late = Promise.withResolvers<void>();
    const changeHost = store.changeHost.bind(store);
    const answers = [late.promise];
    store.changeHost = async (change) => {
      const after = await changeHost(change);
      await answers.shift();
      return after;
    };
    const ring = openRing();
    const changes = [ring.set({ kind: 'host' }, 'slow', 'slow'), ring.remove({ kind: 'host' }, 'default')];
    await clock.advance(0);
    late.resolve();
    await Promise.all(changes);
    expect(await ring.authenticate('f', undefined)).toBeUndefined();
    expect(await ring.authenticate('slow', undefined)).toBeDefined();
  });

  test('that a store refuses changes nothing', async () => {
    const ring = openRing();
    await ring.authenticate('own', 'hello');
    store.fault = keysUnreadable('the memory of a test', new Error('it is away'));
    await expect(ring.set(OWN, 'default', 'new')).rejects.toBe(store.fault);
    expect(await ring.authenticate('new', 'hello')).toBeUndefined();
    expect(await ring.authenticate('own', 'hello')).toBeDefined();
  });
});

describe('what somebody else changes', () => {
  beforeEach(() => {
    store.host = { master: 'm', functionKeys: [], systemKeys: [] };
    store.functions.set('hello', [key('default', 'own')]);
  });

  test('counts when what is known has aged, for keys given and keys revoked', async () => {
    const ring = openRing();
    expect(await ring.authenticate('own', 'hello')).toBeDefined();
    store.functions.set('hello', [key('default', 'newer')]);
    await clock.advance(FRESH_MS - 1);
    expect(await ring.authenticate('own', 'hello')).toBeDefined();
    await clock.advance(1);
    expect(await ring.authenticate('own', 'hello')).toBeUndefined();
    expect(await ring.authenticate('newer', 'hello')).toBeDefined();
    expect(store.calls).toEqual(['read host', 'read hello', 'read host', 'read hello']);
  });

  test('is in every list', async () => {
    const ring = openRing();
    await ring.authenticate('own', 'hello');
    store.functions.set('hello', [key('default', 'newer')]);
    expect(await ring.list({ kind: 'function', functionName: 'hello' })).toEqual([key('default', 'newer')]);
    expect(await ring.authenticate('own', 'hello')).toBeUndefined();
  });
});

describe('whose key a caller of an open function has', () => {
  test('is known as elsewhere', async () => {
    store.functions.set('hello', [key('mine', 'Own-Key')]);
    expect(await openRing().recognise('Own-Key', 'hello')).toEqual({ level: 'function', keyName: 'mine' });
    expect(await openRing().recognise('wrong', 'hello')).toBeUndefined();
  });

  test('is nobody’s while the store is away, and nobody waits long for one that says nothing', async () => {
    store.fault = keysUnreadable('the store', new Error('it is away'));
    expect(await openRing().recognise('Own-Key', 'hello')).toBeUndefined();
    const silent = Promise.withResolvers<void>();
    store.gate = silent.promise;
    const asked = openRing().recognise('Own-Key', 'hello');
    await clock.advance(OPEN_PATIENCE_MS - 1);
    expect(await Promise.race([asked, 'waits'])).toBe('waits');
    await clock.advance(1);
    expect(await asked).toBeUndefined();
    // It fails behind everybody's back, and nothing comes of that.
    silent.resolve();
    await clock.advance(0);
  });
});
