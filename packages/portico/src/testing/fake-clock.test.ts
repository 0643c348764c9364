import { describe, expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';

const never = new AbortController().signal;

describe('fake clock', () => {
  test('stands still until it is moved', async () => {
    const clock = new FakeClock(new Date('2026-03-01T00:00:00Z'));
    expect(clock.now().toISOString()).toBe('2026-03-01T00:00:00.000Z');
    await clock.advance(1500);
    expect(clock.now().toISOString()).toBe('2026-03-01T00:00:01.500Z');
    expect(clock.monotonicMs()).toBe(1500);
  });

  test('wakes sleepers in order, each at its moment, and those that follow from them', async () => {
    const clock = new FakeClock();
    const woken: [string, number][] = [];
    const note = (name: string) => () => void woken.push([name, clock.monotonicMs()]);
    void clock.sleep(30, never).then(note('late'));
    void clock
      .sleep(10, never)
      .then(note('early'))
      .then(() => clock.sleep(5, never))
      .then(note('next'));
    await clock.advance(29);
    expect(woken).toEqual([
      ['early', 10],
      ['next', 15],
    ]);
    await clock.advance(1);
    expect(woken.at(-1)).toEqual(['late', 30]);
  });

  test('ends a sleep with the reason of the signal', async () => {
    const controller = new AbortController();
    const sleep = new FakeClock().sleep(10, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
  });
});
