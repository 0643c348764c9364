import { expect, test } from 'vitest';
import { ByteBudget } from './byte-budget.ts';

const never = new AbortController().signal;
const isPending = async (promise: Promise<unknown>) =>
  (await Promise.race([promise.then(() => 'settled'), new Promise((resolve) => setImmediate(resolve, 'pending'))])) === 'pending';

test('bytes are given as long as there are some, and then in the order of asking', async () => {
  const budget = new ByteBudget(10);
  const first = await budget.take(6, never);
  const large = budget.take(8, never);
  const small = budget.take(1, never);
  expect(await isPending(large)).toBe(true);
  expect(await isPending(small)).toBe(true);
  first();
  const giveBack = await large;
  await small;
  giveBack();
});

test('one who asks for more than there is gets it alone', async () => {
  const budget = new ByteBudget(10);
  const giveBack = await budget.take(50, never);
  const next = budget.take(1, never);
  expect(await isPending(next)).toBe(true);
  giveBack();
  await next;
});

test('one who leaves the queue lets the next one go', async () => {
  const budget = new ByteBudget(10);
  await budget.take(5, never);
  const leaving = new AbortController();
  const large = budget.take(10, leaving.signal);
  const small = budget.take(5, never);
  leaving.abort(new Error('enough'));
  await expect(large).rejects.toThrow('enough');
  await small;
});
