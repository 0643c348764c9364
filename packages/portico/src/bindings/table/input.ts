import { type StorageAccount, storageAccount } from '../../azure/storage-account.ts';
import { describeStorageError, isStatus, storageCodeOf } from '../../azure/storage-error.ts';
import { optionsOf, templateOf } from '../../core/binding-options.ts';
import type { BindingValue } from '../../core/binding-value.ts';
import { tableFilterRefused, tableInputTooLarge, tableMissing } from '../../core/errors/table.ts';
import type { BindingContext, EventScope, Input, InputBinding } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { parseFilter, queryOf } from './filter.ts';
import { TABLE_OPTIONS, takeCount } from './options.ts';
import { MOST_CHARACTERS, readOneRow, readRows } from './read-rows.ts';
import { tableNameForEvent } from './table-name-for-event.ts';

export const tableInput: InputBinding = { createInput };

function createInput(binding: BindingMetadata, context: BindingContext): Input {
  const { tableName = '', partitionKey = '', rowKey = '', filter = '', take, pointRead, connection } = optionsOf(TABLE_OPTIONS, binding);
  const account = storageAccount(connection, context);
  const nameTemplate = templateOf(binding, 'tableName', tableName);
  const partitionTemplate = templateOf(binding, 'partitionKey', partitionKey);
  const rowTemplate = templateOf(binding, 'rowKey', rowKey);
  const filterTemplate = parseFilter(filter, binding);

  async function read(table: string, scope: EventScope, signal: AbortSignal): Promise<BindingValue> {
    const partition = scope.bind(partitionTemplate);
    // Parity: without a value for its expressions the call fails, although nothing is done with the key.
    const row = scope.bind(rowTemplate);
    const query = queryOf(partition, filterTemplate.bind(scope));
    const client = await account.table(table);
    if (pointRead) return readOneRow(client, partition, row, signal);
    const tooLarge = (rowCount: number) => tableInputTooLarge({ binding: binding.name, table, rowCount, limitCharacters: MOST_CHARACTERS });
    return readRows(client, { filter: query, take: takeCount(take), tooLarge }, signal);
  }

  return {
    async read(scope, signal) {
      const table = tableNameForEvent(scope.bind(nameTemplate), binding);
      try {
        return await read(table, scope, signal);
      } catch (error) {
        if (pointRead && isStatus(error, 404) && storageCodeOf(error) !== 'TableNotFound') return null;
        throw describeFailure(error, { binding: binding.name, table, filter, account });
      }
    },
  };
}

type Place = { readonly binding: string; readonly table: string; readonly filter: string; readonly account: StorageAccount };

function describeFailure(error: unknown, { binding, table, filter, account }: Place): Error {
  if (isStatus(error, 404)) return tableMissing({ binding, table, account: account.name, cause: error });
  if (isStatus(error, 400) && filter !== '' && storageCodeOf(error) === 'InvalidInput') {
    return tableFilterRefused({ binding, table, filter, cause: error });
  }
  return describeStorageError(error, `The input "${binding}" cannot read the table "${table}"`);
}
