import type { TableClient, TransactionAction } from '@azure/data-tables';
import { storageAccount } from '../../azure/storage-account.ts';
import { describeStorageError, isStatus, storageCodeOf } from '../../azure/storage-error.ts';
import { optionsOf, templateOf } from '../../core/binding-options.ts';
import { messageOf } from '../../core/error.ts';
import { tableRowChanged, tableRowExists, tableRowMissing } from '../../core/errors/table.ts';
import type { BindingContext, Output, OutputBinding } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { batchesOf } from './batches.ts';
import { type NewRow, newRows } from './new-row.ts';
import { TABLE_OPTIONS } from './options.ts';
import { tableNameForEvent } from './table-name-for-event.ts';

export const tableOutput: OutputBinding = { createOutput };

function createOutput(binding: BindingMetadata, context: BindingContext): Output {
  const { tableName = '', partitionKey, rowKey, connection } = optionsOf(TABLE_OPTIONS, binding);
  const account = storageAccount(connection, context);
  const nameTemplate = templateOf(binding, 'tableName', tableName);
  const partitionTemplate = partitionKey === undefined ? undefined : templateOf(binding, 'partitionKey', partitionKey);
  const rowTemplate = rowKey === undefined ? undefined : templateOf(binding, 'rowKey', rowKey);
  return {
    bind(scope) {
      const table = tableNameForEvent(scope.bind(nameTemplate), binding);
      const defaults = {
        table,
        partitionKey: partitionTemplate && scope.bind(partitionTemplate),
        rowKey: rowTemplate && scope.bind(rowTemplate),
      };
      return {
        async write(value, signal) {
          const { rows, remarks } = newRows(value, defaults);
          let writtenCount = 0;
          // One after the other: a row may be written twice, and what follows a failure is not written.
          for (const batch of batchesOf(rows)) {
            try {
              await submit(await account.table(table), batch, signal);
            } catch (error) {
              throw describeFailure(error, batch, { binding: binding.name, table, writtenCount, rowCount: rows.length });
            }
            writtenCount += batch.length;
          }
          return remarks;
        },
      };
    },
  };
}

/** Parity: a table is made by the first write to it. */
async function submit(table: TableClient, batch: readonly NewRow[], abortSignal: AbortSignal): Promise<void> {
  const actions = batch.map(actionOf);
  try {
    await table.submitTransaction(actions, { abortSignal });
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    await table.createTable({ abortSignal });
    await table.submitTransaction(actions, { abortSignal });
  }
}

function actionOf({ partitionKey, rowKey, etag, properties }: NewRow): TransactionAction {
  const entity = { ...properties, partitionKey, rowKey };
  if (etag === undefined) return ['create', entity];
  return etag === '*' ? ['upsert', entity, 'Replace'] : ['update', entity, 'Replace', { etag }];
}

type Place = { readonly binding: string; readonly table: string; readonly writtenCount: number; readonly rowCount: number };

function describeFailure(error: unknown, batch: readonly NewRow[], place: Place): Error {
  const { binding, table, writtenCount, rowCount } = place;
  const row = failedRow(error, batch);
  const keys = row && { partitionKey: row.partitionKey, rowKey: row.rowKey };
  const code = storageCodeOf(error);
  if (keys && isStatus(error, 409) && code === 'EntityAlreadyExists') return tableRowExists({ ...place, ...keys, cause: error });
  if (keys && isStatus(error, 412)) return tableRowChanged({ ...place, ...keys, cause: error });
  if (keys && isStatus(error, 404)) return tableRowMissing({ ...place, ...keys, cause: error });
  const which = keys
    ? `the row with PartitionKey ${JSON.stringify(keys.partitionKey)} and RowKey ${JSON.stringify(keys.rowKey)}`
    : `${batch.length} rows with PartitionKey ${JSON.stringify(batch[0]?.partitionKey)}`;
  const before = writtenCount > 0 ? ` (${writtenCount} of ${rowCount} rows are written)` : '';
  return describeStorageError(error, `The output "${binding}" cannot write ${which} to the table "${table}"${before}`);
}

/** The service puts its place in the batch before the message: `3:The specified entity already exists.` */
function failedRow(error: unknown, batch: readonly NewRow[]): NewRow | undefined {
  if (batch.length === 1) return batch[0];
  const place = /^(\d+):/.exec(messageOf(error))?.[1];
  return place === undefined ? undefined : batch[Number(place)];
}
