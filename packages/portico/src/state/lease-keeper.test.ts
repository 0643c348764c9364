import { describe, expect, test, vi } from 'vitest';
import { createLogger, type LogRecord } from '../core/log.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { LeaseKeeper, type LeaseTerms } from './lease-keeper.ts';

const DURATION_MS = 60_000;

function keep(renew: LeaseTerms['renew'], release: LeaseTerms['release'] = async () => {}) {
  const clock = new FakeClock();
  const records: LogRecord[] = [];
  const keeper = new LeaseKeeper(clock, createLogger({ log: (record) => void records.push(record) }, 'Host'));
  const renewedAt: number[] = [];
  const lease = keeper.keep({
    path: 'locks/a',
    durationMs: DURATION_MS,
    askedAtMs: 0,
    renew(signal) {
      renewedAt.push(clock.monotonicMs());
      return renew(signal);
    },
    release,
  });
  return { clock, keeper, lease, records, renewedAt };
}

describe('a kept lease', () => {
  test('is renewed at half its period, again and again', async () => {
    const { clock, lease, renewedAt } = keep(async () => true);
    await clock.advance(4 * DURATION_MS);
    expect(renewedAt).toEqual([30, 60, 90, 120, 150, 180, 210, 240].map((second) => second * 1000));
    expect(lease.lost.aborted).toBe(false);
  });

  test('is lost at once when somebody else has it, which is told', async () => {
    const { clock, lease, records, renewedAt } = keep(async () => false);
    await clock.advance(DURATION_MS / 2 - 1);
    expect(lease.lost.aborted).toBe(false);
    await clock.advance(1);
    expect(lease.lost.aborted).toBe(true);
    expect(records).toMatchObject([{ level: 'warning', fields: { path: 'locks/a', reason: 'somebody else has it' } }]);
    await clock.advance(DURATION_MS);
    expect(renewedAt).toHaveLength(1);
  });

  test('is tried sooner and sooner when nobody knows, and lost when its time is over', async () => {
    const { clock, lease, records, renewedAt } = keep(() => Promise.reject(new Error('there is no connection')));
    await clock.advance(DURATION_MS - 1);
    expect(lease.lost.aborted).toBe(false);
    expect(renewedAt.slice(0, 6)).toEqual([30_000, 45_000, 52_500, 56_250, 58_125, 59_125]);
    await clock.advance(1);
    expect(lease.lost.aborted).toBe(true);
    expect(records).toMatchObject([{ fields: { reason: 'there is no connection' } }]);
  });

  test('goes on when a renewal fails and the next one does not', async () => {
    let attempts = 0;
    const { clock, lease, renewedAt } = keep(async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('busy');
      return true;
    });
    await clock.advance(80_000);
    expect(renewedAt).toEqual([30_000, 45_000, 75_000]);
    expect(lease.lost.aborted).toBe(false);
  });

  test('is lost when its time is over while a renewal has no answer', async () => {
    const { clock, lease } = keep(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('no answer')))),
    );
    await clock.advance(DURATION_MS - 1);
    expect(lease.lost.aborted).toBe(false);
    await clock.advance(1);
    expect(lease.lost.aborted).toBe(true);
  });

  test('is released once, after a renewal that is under way', async () => {
    const order: string[] = [];
    const answer = Promise.withResolvers<boolean>();
    const release = vi.fn(async () => void order.push('released'));
    const { clock, lease, keeper, renewedAt } = keep(() => answer.promise.finally(() => order.push('renewed')), release);
    await clock.advance(DURATION_MS / 2);
    const released = Promise.all([lease.release(), lease.release(), keeper.close()]);
    answer.resolve(true);
    await released;
    expect(order).toEqual(['renewed', 'released']);
    await clock.advance(DURATION_MS);
    expect(renewedAt).toHaveLength(1);
    expect(lease.lost.aborted).toBe(false);
  });

  test('that cannot be given back is no error: it runs out', async () => {
    const { keeper, lease, records } = keep(
      async () => true,
      () => Promise.reject(new Error('there is no connection')),
    );
    await keeper.close();
    expect(lease.lost.aborted).toBe(true);
    expect(records).toMatchObject([{ level: 'debug', fields: { reason: 'there is no connection' } }]);
  });
});
