import { describe, expect, test } from 'vitest';
import { type Work, WorkInHand } from './work-in-hand.ts';

const call = (): Work => ({ describe: () => '' });

describe('work in hand', () => {
  test('is done at once when there is none', async () => {
    await new WorkInHand().whenDone();
  });

  test('is done when the last call has ended, and not before', async () => {
    const work = new WorkInHand();
    const [first, second] = [work.begin(call()), work.begin(call())];
    let done = false;
    const whenDone = work.whenDone().then(() => {
      done = true;
    });
    work.end(first);
    work.end(first);
    await Promise.resolve();
    expect([work.count, done]).toEqual([1, false]);
    work.end(second);
    await whenDone;
    expect([work.count, [...work.items]]).toEqual([0, []]);
  });

  test('is not done by the end of something that never was in hand', () => {
    const work = new WorkInHand();
    work.begin(call());
    work.end(new WorkInHand().begin(call()));
    expect(work.count).toBe(1);
  });

  test('counts who waits for the next attempt for as long as it waits, also when the wait is cut short', async () => {
    const work = new WorkInHand();
    const [good, bad] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const waits = [work.retrying(good.promise), work.retrying(bad.promise)];
    expect(work.retryCount).toBe(2);
    good.resolve('now');
    bad.reject(new Error('gone'));
    expect(await Promise.allSettled(waits)).toMatchObject([{ value: 'now' }, { status: 'rejected' }]);
    expect(work.retryCount).toBe(0);
  });
});
