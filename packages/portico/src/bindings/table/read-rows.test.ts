import type { TableClient } from '@azure/data-tables';
import { expect, test } from 'vitest';
import { MOST_CHARACTERS, readRows } from './read-rows.ts';

test('gives up on a table that is more than a handler can be given', async () => {
  let pageCount = 0;
  const page = `{"value":[{"a":"${'x'.repeat(MOST_CHARACTERS / 2)}"}]}`;
  const table = {
    listEntities: ({ onResponse }: { onResponse: (response: { bodyAsText: string }) => void }) => ({
      async *byPage() {
        for (;;) {
          pageCount += 1;
          onResponse({ bodyAsText: page });
          yield [];
        }
      },
    }),
  } as unknown as TableClient;
  const tooLarge = (rowCount: number) => new Error(`${rowCount} rows`) as never;
  const query = { filter: undefined, take: undefined, tooLarge };
  await expect(readRows(table, query, new AbortController().signal)).rejects.toThrow('2 rows');
  expect(pageCount).toBe(2);
});
