import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchesOf } from './batches.ts';
import type { NewRow } from './new-row.ts';

const row = (partitionKey: string, rowKey: string, text = ''): NewRow => ({ partitionKey, rowKey, etag: undefined, properties: { text } });
const shape = (rows: readonly NewRow[]) =>
  batchesOf(rows).map((batch) => batch.map(({ partitionKey, rowKey }) => partitionKey + rowKey).join(' '));

describe('batchesOf', () => {
  test('puts the rows of a partition together', () => {
    expect(shape([row('a', '1'), row('b', '1'), row('a', '2')])).toEqual(['a1 a2', 'b1']);
  });

  test('writes a row that comes twice in a later batch', () => {
    expect(shape([row('a', '1'), row('a', '2'), row('a', '1'), row('b', '1')])).toEqual(['a1 a2', 'a1', 'b1']);
  });

  test('takes 100 rows at a time', () => {
    const rows = Array.from({ length: 250 }, (_, index) => row('a', String(index)));
    expect(batchesOf(rows).map((batch) => batch.length)).toEqual([100, 100, 50]);
  });

  test('takes no more than a transaction holds', () => {
    const rows = Array.from({ length: 10 }, (_, index) => row('a', String(index), 'é'.repeat(400_000)));
    expect(batchesOf(rows).map((batch) => batch.length)).toEqual([4, 4, 2]);
  });

  test('leaves a row alone that is larger than all', () => {
    expect(batchesOf([row('a', '1', 'x'.repeat(5_000_000)), row('a', '2')]).map((batch) => batch.length)).toEqual([1, 1]);
  });

  test('loses no row, and keeps the order of each', () => {
    const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', '3', '4')), { maxLength: 300 });
    fc.assert(
      fc.property(rows, (keys) => {
        const all = keys.map(([partition, key], index) => row(partition, key, String(index)));
        const batches = batchesOf(all);
        for (const batch of batches) {
          expect(new Set(batch.map(({ partitionKey }) => partitionKey)).size).toBe(1);
          expect(new Set(batch.map(({ rowKey }) => rowKey)).size).toBe(batch.length);
        }
        const order = (list: readonly NewRow[], name: string) => list.filter((one) => one.partitionKey === name);
        for (const name of ['a', 'b', 'c']) expect(order(batches.flat(), name)).toEqual(order(all, name));
      }),
    );
  });
});
