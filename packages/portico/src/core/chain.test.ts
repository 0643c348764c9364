import { describe, expect, test } from 'vitest';
import { Chain } from './chain.ts';

const chainOf = (...values: string[]) => {
  const chain = new Chain<string>();
  return { chain, links: values.map((value) => chain.join(value)) };
};

describe('a chain', () => {
  test('is empty at first', () => {
    const { chain } = chainOf();
    expect([chain.size, chain.first, [...chain]]).toEqual([0, undefined, []]);
  });

  test.each([
    [[0], 'b c'],
    [[1], 'a c'],
    [[2], 'a b'],
    [[0, 1], 'c'],
    [[2, 1], 'a'],
    [[1, 0, 2], ''],
  ])('keeps its order when %j leave', (leaving, left) => {
    const { chain, links } = chainOf('a', 'b', 'c');
    for (const index of leaving) expect(links[index]?.leave()).toBe(true);
    expect([...chain].join(' ')).toBe(left);
    expect([chain.size, chain.first?.value]).toEqual([3 - leaving.length, left[0]]);
    chain.join('d');
    expect([...chain].join(' ')).toBe(`${left} d`.trim());
  });

  test('is left once, and what has left holds on to nobody', () => {
    const { chain, links } = chainOf('a', 'b', 'c');
    const [, middle] = links;
    middle?.leave();
    expect([middle?.before, middle?.after]).toEqual([undefined, undefined]);
    expect(middle?.leave()).toBe(false);
    expect([chain.size, ...chain]).toEqual([2, 'a', 'c']);
  });
});
