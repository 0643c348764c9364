import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { createBurst } from './burst.ts';

let clock: FakeClock;
let settledAtMs: number[];
let ended: AbortController;
let happened: () => void;

beforeEach(() => {
  clock = new FakeClock();
  settledAtMs = [];
  ended = new AbortController();
  happened = createBurst(
    { clock, quietMs: 100, mostMs: 1000, onSettled: async () => void settledAtMs.push(clock.monotonicMs()) },
    ended.signal,
  );
});

describe('a burst', () => {
  test('has settled when nothing has happened for a while', async () => {
    happened();
    await clock.advance(60);
    happened();
    happened();
    await clock.advance(5000);
    expect(settledAtMs).toEqual([160]);
  });

  test('without an end is told of again and again', async () => {
    for (let times = 0; times < 60; times++) {
      happened();
      await clock.advance(50);
    }
    await clock.advance(5000);
    expect(settledAtMs).toEqual([1000, 2000, 3000]);
  });

  test('follows the one before it', async () => {
    happened();
    await clock.advance(5000);
    happened();
    await clock.advance(5000);
    expect(settledAtMs).toEqual([100, 5100]);
  });

  test('waits while the one before it is being dealt with', async () => {
    const dealt = Promise.withResolvers<void>();
    let count = 0;
    happened = createBurst(
      { clock, quietMs: 100, mostMs: 1000, onSettled: () => (++count === 1 ? dealt.promise : Promise.resolve()) },
      ended.signal,
    );
    happened();
    await clock.advance(100);
    happened();
    await clock.advance(5000);
    expect(count).toBe(1);
    dealt.resolve();
    await clock.advance(100);
    expect(count).toBe(2);
  });

  test('is not told of once nobody wants to know', async () => {
    happened();
    ended.abort();
    happened();
    await clock.advance(5000);
    expect(settledAtMs).toEqual([]);
  });
});
