// What every place for keys does alike.
import { afterEach, describe, expect, test } from 'vitest';
import type { HostKeys, Key, KeyStore } from '../../packages/portico/src/keys/key-store.ts';

const signal = new AbortController().signal;

const HOST: HostKeys = {
  master: 'the-master-key',
  functionKeys: [{ name: 'default', value: 'a-host-key' }],
  systemKeys: [{ name: 'probe_extension', value: 'a-system-key' }],
};

type Place = {
  /** Another store of the same place each time, as other hosts have them. */
  open(): KeyStore;
  dispose(): Promise<void> | void;
};

/** `keepsEmpty`: whether a function whose last key was deleted has none, or is as if it never had one. */
export function describeKeyStore(name: string, setUp: () => Place | Promise<Place>, { keepsEmpty = true } = {}): void {
  describe(`${name}, as every store of keys,`, () => {
    let place: Place;
    const open = async () => {
      place = await setUp();
      return place.open;
    };
    afterEach(() => place.dispose());

    test('has nothing at first, and reading makes nothing', async () => {
      const store = (await open())();
      expect([await store.readHost(signal), await store.readFunction('a', signal)]).toEqual([undefined, undefined]);
      expect([await place.open().readHost(signal), await place.open().readFunction('a', signal)]).toEqual([undefined, undefined]);
    });

    test('gives what was made to whoever made it and to everybody else', async () => {
      const [one, other] = [(await open())(), place.open()];
      expect(await other.readHost(signal)).toBeUndefined();
      expect(await one.changeHost(() => HOST, signal)).toEqual(HOST);
      const own: Key[] = [
        { name: 'default', value: 'own' },
        { name: 'With.Dot_and-dash', value: 'other' },
      ];
      expect(await one.changeFunction('hello', () => own, signal)).toEqual(own);
      for (const store of [one, other, place.open()]) {
        expect(await store.readHost(signal)).toEqual(HOST);
        expect(sorted(await store.readFunction('hello', signal))).toEqual(sorted(own));
        expect(await store.readFunction('hell', signal)).toBeUndefined();
      }
    });

    test('asks with what is there, and writes nothing for what was given back', async () => {
      const [one, other] = [(await open())(), place.open()];
      await one.changeHost(() => HOST, signal);
      const asked: (HostKeys | undefined)[] = [];
      const kept = await other.changeHost((before) => {
        asked.push(before);
        return before ?? { ...HOST, master: 'too late' };
      }, signal);
      expect([kept, asked]).toEqual([HOST, [HOST]]);
    });

    test('changes and deletes for everybody', async () => {
      const [one, other] = [(await open())(), place.open()];
      await one.changeHost(() => HOST, signal);
      await one.changeFunction('hello', () => [{ name: 'default', value: 'own' }], signal);
      expect(await other.readFunction('hello', signal)).toHaveLength(1);
      await one.changeFunction('hello', () => [], signal);
      await one.changeHost((before) => ({ ...before!, master: 'new-master', functionKeys: [], systemKeys: [] }), signal);
      expect(await other.readFunction('hello', signal)).toEqual(keepsEmpty ? [] : undefined);
      expect(await other.readHost(signal)).toEqual({ master: 'new-master', functionKeys: [], systemKeys: [] });
    });

    test('loses nothing when many write at once', async () => {
      const first = (await open())();
      const stores = [first, place.open(), place.open()];
      const names = Array.from({ length: 12 }, (_, i) => `key-${i}`);
      await Promise.all(
        names.map((name, i) =>
          stores[i % stores.length]!.changeFunction('hello', (before = []) => [...before, { name, value: `value-${i}` }], signal),
        ),
      );
      expect(sorted(await place.open().readFunction('hello', signal))?.map(({ name }) => name)).toEqual([...names].sort());
    });

    test('makes keys once, whoever is first', async () => {
      const first = (await open())();
      const stores = [first, ...Array.from({ length: 4 }, () => place.open())];
      const made = await Promise.all(
        stores.map((store, i) => store.changeHost((before) => before ?? { ...HOST, master: `master-${i}` }, signal)),
      );
      expect(new Set(made.map(({ master }) => master)).size).toBe(1);
    });
  });
}

const sorted = (keys: readonly Key[] | undefined) => keys && [...keys].sort((one, other) => (one.name < other.name ? -1 : 1));
