import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../core/function-app.ts';
import { checkTable } from './check.ts';

function faults(direction: 'in' | 'out' | 'inout', properties: JsonObject, settings: Readonly<Record<string, string>> = {}) {
  const binding = { name: 'rows', type: 'table', direction, dataType: undefined, cardinality: undefined, properties };
  return checkTable(binding, { settings }).map(({ problem, property }) => `${property} ${problem.code}`);
}

describe('checkTable', () => {
  test.each<['in' | 'out' | 'inout', JsonObject]>([
    ['in', { tableName: 'People' }],
    ['in', { TABLENAME: 'People', partitionKey: 'a/b', filter: "Name eq '{n}'", take: 5 }],
    ['in', { tableName: '{table}', rowKey: '' }],
    ['in', { tableName: 'People', take: '7' }],
    ['in', { tableName: 'People', partitionKey: 'p', rowKey: '{id}', pointRead: true }],
    ['out', { tableName: 'People', partitionKey: 'p', rowKey: '{rand-guid}' }],
    ['out', { tableName: 'People', partitionKey: '{a}/{b}' }],
  ])('finds nothing wrong with %s %j', (direction, properties) => {
    expect(faults(direction, properties)).toEqual([]);
  });

  test.each<['in' | 'out' | 'inout', JsonObject, string]>([
    ['in', {}, 'tableName TABLE_NAME_MISSING'],
    ['in', { tableName: 'my-table' }, 'tableName TABLE_NAME_INVALID'],
    ['out', { tableName: 'People', partitionKey: 'a/b' }, 'partitionKey TABLE_KEY_INVALID'],
    ['out', { tableName: 'People', rowKey: 'why?' }, 'rowKey TABLE_KEY_INVALID'],
    ['in', { tableName: 'People', partitionKey: 'p', rowKey: '{id}' }, 'rowKey TABLE_ROW_KEY_IGNORED'],
    ['inout', { tableName: 'People', rowKey: 'r' }, 'rowKey TABLE_ROW_KEY_IGNORED'],
    ['in', { tableName: 'People', rowKey: 'r', pointRead: true }, 'pointRead TABLE_POINT_READ_UNCLEAR'],
    ['in', { tableName: 'People', partitionKey: 'p', pointRead: true }, 'pointRead TABLE_POINT_READ_UNCLEAR'],
    ['in', { tableName: 'People', partitionKey: 'p', rowKey: 'r', take: 1, pointRead: true }, 'pointRead TABLE_POINT_READ_UNCLEAR'],
    ['in', { tableName: 'People', take: 'few' }, 'take TABLE_TAKE_INVALID'],
    ['in', { tableName: 'People', take: -1 }, 'take TABLE_TAKE_INVALID'],
    ['in', { tableName: 'People', connection: 'Nowhere' }, 'connection STORAGE_CONNECTION_MISSING'],
  ])('finds in %s %j: %s', (direction, properties, expected) => {
    expect(faults(direction, properties)).toEqual([expected]);
  });

  test('says how to read one row on Azure too', () => {
    const properties = { tableName: 'People', rowKey: '{id}' };
    const binding = { name: 'rows', type: 'table', direction: 'in' as const, dataType: undefined, cardinality: undefined, properties };
    const [found] = checkTable(binding, { settings: {} });
    expect(found?.problem).toMatchObject({ severity: 'warning', hint: expect.stringContaining(`write "filter": "RowKey eq '{id}'".`) });
  });
});
