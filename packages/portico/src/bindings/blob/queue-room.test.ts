import { expect, test } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { queueRoom } from './queue-room.ts';

const never = new AbortController().signal;

test('a full queue is waited for, and asked about now and then only', async () => {
  const clock = new FakeClock();
  let [length, askedCount, sentCount] = [0, 0, 0];
  const room = queueRoom(async () => {
    askedCount += 1;
    return length;
  }, clock);
  const sending = Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let i = 0; i < 200; i += 1) {
        await room(never);
        sentCount += 1;
        length += 1;
      }
    }),
  );
  await clock.advance(5000);
  expect(length).toBeGreaterThan(1000);
  expect(length).toBeLessThan(1200);
  while (sentCount < 3200) {
    length = Math.max(0, length - 50);
    await clock.advance(500);
  }
  await sending;
  expect(askedCount).toBeLessThan(120);
});

test('whoever waits for room can be stopped', async () => {
  const stopping = new AbortController();
  const clock = new FakeClock();
  const room = queueRoom(async () => 5000, clock);
  for (let i = 0; i < 100; i += 1) await room(never);
  const waiting = room(stopping.signal);
  await clock.advance(0);
  stopping.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
