// What every StateStore does, whatever it is kept in.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Receipt, StateStore } from '../../packages/portico/src/core/state-store.ts';
import type { FakeClock } from '../../packages/portico/src/testing/fake-clock.ts';

export type StateStoreCase = {
  /** Another store of the same place, as a second host would have. */
  open(): StateStore;
  /** Takes a lease away from whoever has it, and keeps it. */
  steal(path: string): Promise<void>;
  readonly clock: FakeClock;
  /** Resolves when a lease is renewed that the last move of the clock had made due. */
  renewed(): Promise<void>;
  dispose(): Promise<void>;
};

const PATIENCE_MS = 20_000;
const LEASE_MS = 15_000;
const signal = new AbortController().signal;

export function describeStateStore(name: string, begin: () => Promise<StateStoreCase>): void {
  describe(name, () => {
    let place: StateStoreCase;
    let one: StateStore;
    let other: StateStore;

    beforeEach(async () => {
      place = await begin();
      one = place.open();
      other = place.open();
    });
    afterEach(async () => {
      await one.close();
      await other.close();
      await place.dispose();
    });

    test('a lease has one holder, until it is released', async () => {
      const lease = await one.leases.acquire('locks/app/Host.Functions.Tick.Listener', LEASE_MS, signal);
      expect(await other.leases.acquire('locks/app/Host.Functions.Tick.Listener', LEASE_MS, signal)).toBeUndefined();
      expect(await one.leases.acquire('locks/app/Host.Functions.Tick.Listener', LEASE_MS, signal)).toBeUndefined();
      expect(await other.leases.acquire('locks/app/Host.Functions.Tock.Listener', LEASE_MS, signal)).toBeDefined();
      expect(lease?.lost.aborted).toBe(false);
      await lease?.release();
      expect(await other.leases.acquire('locks/app/Host.Functions.Tick.Listener', LEASE_MS, signal)).toBeDefined();
    });

    test('the second release of a lease takes nothing from the next holder', async () => {
      const lease = await one.leases.acquire('locks/a', LEASE_MS, signal);
      await lease?.release();
      const next = await other.leases.acquire('locks/a', LEASE_MS, signal);
      await lease?.release();
      await place.clock.advance(LEASE_MS / 2);
      expect(next?.lost.aborted).toBe(false);
      expect(await one.leases.acquire('locks/a', LEASE_MS, signal)).toBeUndefined();
    });

    test('a lease outlives its period as long as it is held', async () => {
      const lease = await one.leases.acquire('locks/a', LEASE_MS, signal);
      for (let i = 0; i < 6; i += 1) {
        await place.clock.advance(LEASE_MS / 2);
        await place.renewed();
      }
      expect(lease?.lost.aborted).toBe(false);
      expect(await other.leases.acquire('locks/a', LEASE_MS, signal)).toBeUndefined();
    });

    test('a lease that somebody else has by now is lost, and its release is nobody’s loss', async () => {
      const lease = await one.leases.acquire('locks/a', LEASE_MS, signal);
      await place.steal('locks/a');
      await place.clock.advance(LEASE_MS / 2);
      await vi.waitFor(() => expect(lease?.lost.aborted).toBe(true), PATIENCE_MS);
      await lease?.release();
      expect(await other.leases.acquire('locks/a', LEASE_MS, signal)).toBeUndefined();
    });

    test('closing gives back every lease, and tells those who go by it', async () => {
      const leases = [await one.leases.acquire('locks/a', LEASE_MS, signal), await one.leases.acquire('locks/b', LEASE_MS, signal)];
      await one.close();
      await one.close();
      expect(leases.map((lease) => lease?.lost.aborted)).toEqual([true, true]);
      expect(await other.leases.acquire('locks/a', LEASE_MS, signal)).toBeDefined();
      expect(await other.leases.acquire('locks/b', LEASE_MS, signal)).toBeDefined();
    });

    test('a call whose signal has aborted does nothing', async () => {
      const aborted = AbortSignal.abort();
      await expect(one.leases.acquire('locks/a', LEASE_MS, aborted)).rejects.toThrow();
      await expect(one.documents.write('timers/a', 'text', aborted)).rejects.toThrow();
      await expect(one.documents.read('timers/a', aborted)).rejects.toThrow();
      await expect(one.receipts.claim('blobreceipts/a', aborted)).rejects.toThrow();
      expect(await other.documents.read('timers/a', signal)).toBeUndefined();
      expect(await other.leases.acquire('locks/a', LEASE_MS, signal)).toBeDefined();
    });

    test('a document is what was written last, by whomever', async () => {
      const path = 'timers/app/Host.Functions.Tick/status';
      expect(await one.documents.read(path, signal)).toBeUndefined();
      await one.documents.write(path, '{"Last":"2026"}', signal);
      expect(await other.documents.read(path, signal)).toBe('{"Last":"2026"}');
      await other.documents.write(path, 'größer\r\n', signal);
      expect(await one.documents.read(path, signal)).toBe('größer\r\n');
      await one.documents.write(path, '', signal);
      expect(await other.documents.read(path, signal)).toBe('');
    });

    test('what is done is done for everybody, and for ever', async () => {
      const path = 'blobreceipts/app/Host.Functions.OnBlob/"0x242759531B21540"/old/a b.json';
      const receipt = (await one.receipts.claim(path, signal)) as Receipt;
      expect(await other.receipts.claim(path, signal)).toBe('taken');
      await receipt.complete();
      await receipt.complete();
      await receipt.release();
      expect(await other.receipts.claim(path, signal)).toBe('done');
      expect(await one.receipts.claim(path, signal)).toBe('done');
    });

    test('what was claimed and given back may be claimed again', async () => {
      const first = (await one.receipts.claim('blobreceipts/a', signal)) as Receipt;
      await first.release();
      await first.release();
      const second = await other.receipts.claim('blobreceipts/a', signal);
      expect(second).toBeTypeOf('object');
      await first.release();
      expect(await one.receipts.claim('blobreceipts/a', signal)).toBe('taken');
      await (second as Receipt).complete();
      expect(await one.receipts.claim('blobreceipts/a', signal)).toBe('done');
    });
  });
}
