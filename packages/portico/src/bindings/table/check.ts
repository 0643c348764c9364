// What is wrong with one binding, found when the app is loaded.
import { checkStorageConnection } from '../../azure/connection.ts';
import { optionsOf } from '../../core/binding-options.ts';
import type { BindingFault, CheckFacts } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import type { Problem } from '../../core/problem.ts';
import {
  tableKeyInvalid,
  tableNameInvalid,
  tableNameMissing,
  tablePointReadUnclear,
  tableRowKeyIgnored,
  tableTakeInvalid,
} from '../../core/problems/table.ts';
import { TABLE_OPTIONS, takeCount } from './options.ts';
import { isTableName, keyFault } from './table-names.ts';

export function checkTable(binding: BindingMetadata, { settings }: CheckFacts): readonly BindingFault[] {
  const options = optionsOf(TABLE_OPTIONS, binding);
  const { tableName = '', take = '', connection } = options;
  return [
    ...fault(
      'tableName',
      tableName === '' ? tableNameMissing() : isKnown(tableName) && !isTableName(tableName) && tableNameInvalid(tableName),
    ),
    ...(binding.direction === 'in' ? [] : keyFaults(options)),
    ...(binding.direction === 'out' ? [] : readFaults(options)),
    ...fault('take', Number.isNaN(takeCount(take)) && tableTakeInvalid(take)),
    ...fault('connection', checkStorageConnection(connection, settings, 'table')),
  ];
}

type Options = ReturnType<typeof optionsOf<typeof TABLE_OPTIONS>>;

function keyFaults(options: Options): BindingFault[] {
  return (['partitionKey', 'rowKey'] as const).flatMap((property) => {
    const key = options[property] ?? '';
    const reason = isKnown(key) ? keyFault(key) : undefined;
    return fault(property, reason !== undefined && tableKeyInvalid(property, key, reason));
  });
}

function readFaults({ partitionKey, rowKey, filter, take, pointRead }: Options): BindingFault[] {
  if (!pointRead) return fault('rowKey', rowKey !== undefined && rowKey !== '' && tableRowKeyIgnored(rowKey));
  if (partitionKey === undefined) return fault('pointRead', tablePointReadUnclear('there is no "partitionKey"'));
  if (rowKey === undefined) return fault('pointRead', tablePointReadUnclear('there is no "rowKey"'));
  if (filter || take) return fault('pointRead', tablePointReadUnclear(`"${filter ? 'filter' : 'take'}" is for reading many`));
  return [];
}

/** What an expression stands for is seen when an event comes. */
function isKnown(text: string): boolean {
  return !text.includes('{');
}

function fault(property: string, problem: Problem | undefined | false): BindingFault[] {
  return problem ? [{ problem, property }] : [];
}
