import { describe, expect, test } from 'vitest';
import { isQueueName, originOf, poisonNameOf, queueNameOf } from './queue-name.ts';

const LONGEST = 'q'.repeat(63);

test.each(['abc', '123', 'a-b-c', LONGEST, 'in-text-poison'])('%j can be the name of a queue', (name) => {
  expect(isQueueName(name)).toBe(true);
});

test.each(['', 'ab', `${LONGEST}q`, 'Abc', 'a_b', '-abc', 'abc-', 'a--b', 'a.b', 'grün', 'abc\n', ' abc'])(
  '%j cannot be the name of a queue',
  (name) => {
    expect(isQueueName(name)).toBe(false);
  },
);

test('capitals become small letters', () => {
  expect(queueNameOf('OUT-Upper')).toBe('out-upper');
});

describe('the poison queue', () => {
  test.each([
    ['orders', 'orders-poison'],
    ['q'.repeat(56), `${'q'.repeat(56)}-poison`],
    ['q'.repeat(57), undefined],
    ['orders-poison', undefined],
  ])('of %j is %j', (name, poison) => {
    expect(poisonNameOf(name)).toBe(poison);
  });

  test.each([
    ['orders-poison', 'orders'],
    ['orders', undefined],
    ['ab-poison', undefined],
  ])('%j holds what failed in %j', (name, origin) => {
    expect(originOf(name)).toBe(origin);
  });
});
