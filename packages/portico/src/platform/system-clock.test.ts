import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

const never = new AbortController().signal;

describe('system clock', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('sleeps for 25 days, which is more than a timer holds', async () => {
    vi.useFakeTimers();
    const dayMs = 86_400_000;
    let awake = false;
    void systemClock.sleep(25 * dayMs, never).then(() => {
      awake = true;
    });
    await vi.advanceTimersByTimeAsync(25 * dayMs - 1);
    expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(awake).toBe(true);
  });

  test('ends a sleep with the reason of the signal', async () => {
    const controller = new AbortController();
    const sleep = systemClock.sleep(60_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    await expect(systemClock.sleep(1, controller.signal)).rejects.toThrow('enough');
  });

  test('leaves no listener behind on a signal that lives on', async () => {
    const signal = new AbortController().signal;
    const removed = vi.spyOn(signal, 'removeEventListener');
    await systemClock.sleep(1, signal);
    expect(removed).toHaveBeenCalledOnce();
  });
});
