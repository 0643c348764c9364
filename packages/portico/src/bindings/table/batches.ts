// Which rows are written together. The service takes up to 100 rows of one partition, each of them once, in one transaction of 4 MiB.
// https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
import type { NewRow } from './new-row.ts';

const MOST_ROWS = 100;
/** Some room is left for what stands around the properties. */
const MOST_BYTES = 3.5 * 1024 * 1024;
/** Of a row: its address and the headers. */
const ENVELOPE_BYTES = 1024;

/** In the order in which they have to be written: a second write to a row goes into a later batch. None is empty. */
export function batchesOf(rows: readonly NewRow[]): readonly (readonly NewRow[])[] {
  const finished: NewRow[][] = [];
  const open = new Map<string, { rows: NewRow[]; keys: Set<string>; bytes: number }>();
  for (const row of rows) {
    const bytes = Buffer.byteLength(JSON.stringify(row.properties)) + ENVELOPE_BYTES;
    let batch = open.get(row.partitionKey);
    if (batch && (batch.keys.has(row.rowKey) || batch.rows.length === MOST_ROWS || batch.bytes + bytes > MOST_BYTES)) {
      finished.push(batch.rows);
      open.delete(row.partitionKey);
      batch = undefined;
    }
    batch ??= { rows: [], keys: new Set(), bytes: 0 };
    batch.rows.push(row);
    batch.keys.add(row.rowKey);
    batch.bytes += bytes;
    open.set(row.partitionKey, batch);
  }
  return [...finished, ...Array.from(open.values(), (batch) => batch.rows)];
}
