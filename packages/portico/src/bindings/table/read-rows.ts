// Reads rows page by page, and no page more than it takes.
import type { TableClient } from '@azure/data-tables';
import type { HostError } from '../../core/error.ts';
import type { JsonObject } from '../../core/function-app.ts';
import { readPage, readRow } from './stored-row.ts';

type RowQuery = {
  /** Undefined: everything. */
  readonly filter: string | undefined;
  /** Undefined: all. */
  readonly take: number | undefined;
  /** What to throw when there is more than a handler can be given. */
  readonly tooLarge: (rowCount: number) => HostError;
};

/** What the service gives at a time. */
const MOST_PER_PAGE = 1000;

/** The rows are held several times on their way to the handler: read, as JSON, and as JSON within the payload. */
export const MOST_CHARACTERS = 64 * 1024 * 1024;

export async function readRows(table: TableClient, query: RowQuery, signal: AbortSignal): Promise<readonly JsonObject[]> {
  const { filter, take = Number.POSITIVE_INFINITY, tooLarge } = query;
  const rows: JsonObject[] = [];
  let characterCount = 0;
  let text = '';
  const pages = table
    .listEntities({
      ...(filter !== undefined && { queryOptions: { filter } }),
      disableTypeConversion: true,
      abortSignal: signal,
      onResponse: ({ bodyAsText }) => {
        text = bodyAsText ?? '';
      },
    })
    .byPage({ maxPageSize: Math.min(take, MOST_PER_PAGE) });
  for await (const _ of pages) {
    rows.push(...readPage(text));
    characterCount += text.length;
    if (rows.length >= take) return rows.slice(0, take);
    if (characterCount > MOST_CHARACTERS) throw tooLarge(rows.length);
  }
  return rows;
}

/** Rejects where there is no such row. */
export async function readOneRow(table: TableClient, partitionKey: string, rowKey: string, signal: AbortSignal): Promise<JsonObject> {
  let text = '';
  await table.getEntity(partitionKey, rowKey, {
    disableTypeConversion: true,
    abortSignal: signal,
    onResponse: ({ bodyAsText }) => {
      text = bodyAsText ?? '';
    },
  });
  return readRow(text);
}
