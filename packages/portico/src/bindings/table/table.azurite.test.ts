// Against a real emulator: what is sent, what comes back, and what its answers mean.
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAzurite } from '../../../../../test/support/azurite.ts';
import { needs } from '../../../../../test/support/requirements.ts';
import { decodeBase64 } from '../../core/base64.ts';
import { triggerBindingData } from '../../core/binding-data.ts';
import type { Template } from '../../core/expressions/template.ts';
import type { BoundOutput, EventScope, Input, OutputBinding } from '../../core/extension.ts';
import type { BindingMetadata, JsonObject, JsonValue } from '../../core/function-app.ts';
import { readJson } from '../../core/json-reader.ts';
import { testContext } from '../../testing/binding-context.ts';
import { encodeValue } from '../../worker/payload/trigger-value.ts';
import { tableExtension } from './index.ts';

const lacking = needs('azurite');

let azurite: Awaited<ReturnType<typeof startAzurite>>;
beforeAll(async () => {
  if (lacking === undefined) azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

const signal = new AbortController().signal;

/** Of its own for each test, in an emulator that may not be. */
const newName = (): string => `T${crypto.randomUUID().replaceAll('-', '')}`;

/** As a tool other than Portico sees the table. */
function rawTable(name: string): TableClient {
  return TableClient.fromConnectionString(azurite.connectionString, name, { allowInsecureConnection: true });
}

async function madeTable(...entities: readonly Record<string, unknown>[]): Promise<string> {
  const name = newName();
  await rawTable(name).createTable();
  for (const entity of entities) await rawTable(name).createEntity({ partitionKey: 'p', rowKey: 'r', ...entity });
  return name;
}

/** With the type of each property. */
async function stored(name: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const { etag: _, timestamp: __, ...row } of rawTable(name).listEntities({ disableTypeConversion: true })) rows.push(row);
  return rows;
}

function scopeOf(data: JsonObject): EventScope {
  const values = triggerBindingData(Object.entries(data), '');
  const context = { functionName: 'Fn', clock: { now: () => new Date(0) }, random: { uuid: () => 'id' } };
  return {
    functionName: 'Fn',
    invocationId: 'id',
    bind(template: Template) {
      const bound = template.bind(values, context);
      if ('error' in bound) throw bound.error;
      return bound.text;
    },
  };
}

const newContext = () => testContext({ settings: { AzureWebJobsStorage: azurite.connectionString } }).context;
const bindingOf = (direction: 'in' | 'out', properties: JsonObject): BindingMetadata => ({
  name: 'rows',
  type: 'table',
  direction,
  dataType: undefined,
  cardinality: undefined,
  properties,
});

async function openInput(properties: JsonObject, context = newContext()): Promise<Input> {
  const input = await tableExtension.types.table?.input?.();
  return input!.createInput(bindingOf('in', properties), context);
}

/** The JSON that the handler gets: within a string for an array, and as it is for an object. */
async function read(properties: JsonObject, data: JsonObject = {}): Promise<string> {
  const text = encodeValue(await (await openInput(properties)).read(scopeOf(data), signal));
  return text.startsWith('"') ? JSON.parse(text) : text;
}

async function openOutput(properties: JsonObject, data: JsonObject = {}): Promise<BoundOutput> {
  const output = (await tableExtension.types.table?.output?.()) as OutputBinding;
  return output.createOutput(bindingOf('out', properties), newContext()).bind(scopeOf(data));
}

/** `json`: what the handler writes for the output. */
async function write(
  properties: JsonObject,
  json: string,
  { data = {}, within = signal }: { data?: JsonObject; within?: AbortSignal } = {},
) {
  const value = (readJson(json) as { value: JsonValue }).value;
  const bytes = typeof value === 'string' ? decodeBase64(value) : undefined;
  return (await openOutput(properties, data)).write({ name: 'rows', value, bytes, keepsText: false }, within);
}

const failure = (promise: Promise<unknown>): Promise<Record<string, unknown>> =>
  promise.then(
    () => expect.unreachable(),
    (error) => error,
  );

describe.skipIf(lacking)('an input', () => {
  test('gives every type as JSON, without ETag and Timestamp', async () => {
    const tableName = await madeTable({
      text: 'grüße 世界 😀 "\\',
      empty: '',
      yes: true,
      int: { type: 'Int32', value: '36' },
      long: { type: 'Int64', value: '9007199254740993' },
      double: { type: 'Double', value: 1.5 },
      whole: { type: 'Double', value: 2 },
      nan: { type: 'Double', value: 'NaN' },
      date: { type: 'DateTime', value: '2024-05-06T07:08:09.1234560Z' },
      bytes: { type: 'Binary', value: 'AQI=' },
      guid: { type: 'Guid', value: '0f8fad5b-d9cb-469f-a165-70867728950e' },
    });
    expect(await read({ tableName })).toBe(
      '[{"PartitionKey":"p","RowKey":"r","text":"grüße 世界 😀 \\"\\\\","empty":"","yes":true,"int":36,"long":9007199254740993,"double":1.5,"whole":2.0,' +
        '"nan":"NaN","date":"2024-05-06T07:08:09.123456+00:00","bytes":"AQI=","guid":"0f8fad5b-d9cb-469f-a165-70867728950e"}]',
    );
  });

  test('reads a partition, whatever the rowKey', async () => {
    const tableName = await madeTable({ rowKey: '1' }, { rowKey: '2' }, { partitionKey: 'q' });
    expect(await read({ tableName, partitionKey: '{p}', rowKey: '{r}' }, { p: 'p', r: '2' })).toBe(
      '[{"PartitionKey":"p","RowKey":"1"},{"PartitionKey":"p","RowKey":"2"}]',
    );
  });

  test('fails where an expression of the rowKey has no value, although it means nothing', async () => {
    const tableName = await madeTable();
    expect(await failure(read({ tableName, rowKey: '{r}' }))).toMatchObject({ code: 'EXPRESSION_WITHOUT_VALUE' });
  });

  test('reads an empty array where nothing matches', async () => {
    expect(await read({ tableName: await madeTable({}), partitionKey: 'other' })).toBe('[]');
  });

  test('reads what a filter says', async () => {
    const tableName = await madeTable(
      { rowKey: '1', name: "O'Hara", age: { type: 'Int64', value: '36' } },
      { rowKey: '2', name: "O'Hara", age: { type: 'Int64', value: '5' } },
      { rowKey: '3', name: 'Ada', age: { type: 'Int64', value: '36' } },
      { partitionKey: 'q', rowKey: '4', name: "O'Hara", age: { type: 'Int64', value: '40' } },
    );
    const rows = async (properties: JsonObject, data: JsonObject) =>
      JSON.parse(await read({ tableName, ...properties }, data)).map(({ RowKey }: { RowKey: string }) => RowKey);
    expect(await rows({ filter: "name eq '{n}'" }, { n: "O'Hara" })).toEqual(['1', '2', '4']);
    expect(await rows({ filter: "name eq '{n}' and age gt {a}L" }, { n: "O'Hara", a: 10 })).toEqual(['1', '4']);
    expect(await rows({ filter: "name eq '{n}'" }, { n: "x' or name ne 'x" })).toEqual([]);
    expect(await rows({ partitionKey: 'p', filter: "name eq 'Ada' or name eq '{n}'" }, { n: "O'Hara" })).toEqual(['1', '2', '3']);
    expect(await rows({ partitionKey: 'q', filter: '{f}' }, { f: 'age eq 40L' })).toEqual(['4']);
  });

  test('takes keys with quotes and letters of all kinds', async () => {
    const tableName = await madeTable({ partitionKey: "o'p 世界", rowKey: "r'😀 %+&{a}" });
    const keys = '{"PartitionKey":"o\'p 世界","RowKey":"r\'😀 %+&{a}"}';
    expect(await read({ tableName, partitionKey: '{p}' }, { p: "o'p 世界" })).toBe(`[${keys}]`);
    const properties = { tableName, partitionKey: '{p}', rowKey: '{r}', pointRead: true };
    expect(await read(properties, { p: "o'p 世界", r: "r'😀 %+&{a}" })).toBe(keys);
  });

  test('goes from page to page, and no further than it takes', async () => {
    const tableName = newName();
    await write(
      { tableName, partitionKey: 'p' },
      JSON.stringify(Array.from({ length: 2100 }, (_, index) => ({ RowKey: String(index + 10_000) }))),
    );
    const reading = async (take?: number) => {
      const context = newContext();
      const input = await openInput({ tableName, ...(take !== undefined && { take }) }, context);
      const { storageAccount } = await import('../../azure/storage-account.ts');
      const tops: (string | null)[] = [];
      const client = await storageAccount(undefined, context).table(tableName);
      client.pipeline.addPolicy({
        name: 'count',
        sendRequest(request, next) {
          tops.push(new URL(request.url).searchParams.get('$top'));
          return next(request);
        },
      });
      const rows = (await input.read(scopeOf({}), signal)) as { RowKey: string }[];
      return { count: rows.length, last: rows.at(-1)?.RowKey, tops };
    };
    expect(await reading()).toEqual({ count: 2100, last: '12099', tops: ['1000', '1000', '1000'] });
    expect(await reading(0)).toMatchObject({ count: 2100 });
    expect(await reading(1050)).toEqual({ count: 1050, last: '11049', tops: ['1000', '1000'] });
    expect(await reading(7)).toEqual({ count: 7, last: '10006', tops: ['7'] });
  });

  test('reads one row with pointRead, and null where there is none', async () => {
    const tableName = await madeTable({ rowKey: '1', a: true }, { rowKey: '2' });
    const properties = { tableName, partitionKey: 'p', rowKey: '{r}', pointRead: true };
    expect(await read(properties, { r: '1' })).toBe('{"PartitionKey":"p","RowKey":"1","a":true}');
    expect(await read(properties, { r: '3' })).toBe('null');
  });

  test.each([{}, { partitionKey: 'p', rowKey: 'r', pointRead: true }])('says that there is no table, with %j', async (properties) => {
    expect(await failure(read({ tableName: 'NoTable', ...properties }))).toMatchObject({
      code: 'TABLE_MISSING',
      message: 'The input "rows" cannot read the table "NoTable": there is none of that name in the storage account devstoreaccount1.',
      hint: expect.stringContaining('az storage table create --name NoTable'),
    });
  });

  test('says that a filter is none, without what an event put into it', async () => {
    const tableName = await madeTable();
    const error = await failure(read({ tableName, filter: "Name is '{n}'" }, { n: 'secret' }));
    expect(error).toMatchObject({ code: 'TABLE_FILTER_REFUSED', message: expect.stringContaining(`its filter "Name is '{n}'".`) });
    expect(`${error.message}${error.hint}`).not.toContain('secret');
  });

  test('says that a name is none', async () => {
    expect(await failure(read({ tableName: '{t}' }, { t: 'my-table' }))).toMatchObject({ code: 'TABLE_NAME_UNUSABLE' });
  });

  test('ends with its signal', async () => {
    const input = await openInput({ tableName: await madeTable() });
    await expect(input.read(scopeOf({}), AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});

describe.skipIf(lacking)('an output', () => {
  test('makes the table, and stores every type', async () => {
    const tableName = newName();
    const row =
      '{"Text":"grüße 世界 😀","Yes":true,"Int":36,"Long":-9007199254740993,"Double":1.5,"Whole":1.0,"When":"2001-02-03T04:05:06Z","Deep":{"a":[1]},"None":null}';
    expect(await write({ tableName, partitionKey: 'pk', rowKey: '{id}' }, row, { data: { id: '7' } })).toEqual([]);
    expect(await stored(tableName)).toEqual([
      {
        partitionKey: 'pk',
        rowKey: '7',
        Text: { type: 'String', value: 'grüße 世界 😀' },
        Yes: { type: 'Boolean', value: 'true' },
        Int: { type: 'Int64', value: '36' },
        Long: { type: 'Int64', value: '-9007199254740993' },
        Double: { type: 'Double', value: '1.5' },
        // Here the client reads the 1.0 of the service as 1; what the input makes of it is below.
        Whole: { type: 'Int32', value: '1' },
        When: { type: 'String', value: '2001-02-03T04:05:06Z' },
        Deep: { type: 'String', value: '{\n  "a": [\n    1\n  ]\n}' },
      },
    ]);
  });

  test('is read again as it was written', async () => {
    const tableName = newName();
    const rows =
      '[{"PartitionKey":"o\'p","RowKey":"r\'😀 {a}","Long":9223372036854775807,"Least":-9223372036854775808,"Whole":1.0,"Large":1E+20,"Text":"\'"},{"PartitionKey":"o\'p","RowKey":"z","Yes":false}]';
    await write({ tableName }, rows);
    expect(await read({ tableName, partitionKey: "o'p" })).toBe(rows);
  });

  test('writes 250 rows of three partitions', async () => {
    const tableName = newName();
    const rows = Array.from({ length: 250 }, (_, index) => ({ PartitionKey: `p${index % 3}`, RowKey: String(index), n: index }));
    await write({ tableName }, JSON.stringify(rows));
    const found = await stored(tableName);
    expect(found).toHaveLength(250);
    expect(new Set(found.map(({ partitionKey }) => partitionKey))).toEqual(new Set(['p0', 'p1', 'p2']));
    expect(JSON.parse(await read({ tableName, partitionKey: 'p1' }))).toHaveLength(83);
  });

  test('inserts, and so refuses a row that is there', async () => {
    const tableName = await madeTable({ rowKey: '1' });
    const error = await failure(write({ tableName, partitionKey: 'p', rowKey: '1' }, '{"Name":"secret"}'));
    expect(error).toMatchObject({
      code: 'TABLE_ROW_EXISTS',
      message: `The output "rows" cannot write the row with PartitionKey "p" and RowKey "1" to the table "${tableName}": it is there already.`,
    });
    expect(`${error.message}${error.hint}`).not.toContain('secret');
  });

  test('names the row that a batch failed for, of which nothing is written then', async () => {
    const tableName = await madeTable({ partitionKey: 'q', rowKey: '2' });
    const rows = [{ PartitionKey: 'p', RowKey: '1' }, ...['1', '2', '3'].map((RowKey) => ({ PartitionKey: 'q', RowKey }))];
    expect(await failure(write({ tableName }, JSON.stringify(rows)))).toMatchObject({
      code: 'TABLE_ROW_EXISTS',
      message: expect.stringMatching(/PartitionKey "q" and RowKey "2" .*: it is there already\. 1 of 4 rows are written\.$/),
    });
    expect((await stored(tableName)).map(({ partitionKey, rowKey }) => `${partitionKey}${rowKey}`)).toEqual(['p1', 'q2']);
  });

  test('replaces with the ETag "*", and inserts where there is nothing', async () => {
    const tableName = await madeTable({ rowKey: '1', Old: 'x' });
    await write({ tableName, partitionKey: 'p' }, '[{"RowKey":"1","ETag":"*","New":"y"},{"RowKey":"2","ETag":"*"}]');
    expect(await read({ tableName })).toBe('[{"PartitionKey":"p","RowKey":"1","New":"y"},{"PartitionKey":"p","RowKey":"2"}]');
  });

  test('writes a row twice, one after the other', async () => {
    const tableName = newName();
    await write({ tableName, partitionKey: 'p', rowKey: 'r' }, '[{"N":"first"},{"N":"second","ETag":"*"}]');
    expect(await read({ tableName })).toBe('[{"PartitionKey":"p","RowKey":"r","N":"second"}]');
  });

  test('replaces the version that an ETag names, and no other', async () => {
    const tableName = await madeTable({ N: 'first' });
    const { etag } = await rawTable(tableName).getEntity('p', 'r');
    const row = (N: string) => JSON.stringify({ PartitionKey: 'p', RowKey: 'r', ETag: etag, N });
    await write({ tableName }, row('second'));
    expect(await failure(write({ tableName }, row('third')))).toMatchObject({
      code: 'TABLE_ROW_CHANGED',
      message: expect.stringContaining('PartitionKey "p" and RowKey "r"'),
    });
    expect(await read({ tableName })).toBe('[{"PartitionKey":"p","RowKey":"r","N":"second"}]');
    const gone = write({ tableName }, row('fourth').replace('"r"', '"gone"'));
    expect(await failure(gone)).toMatchObject({ code: 'TABLE_ROW_MISSING' });
  });

  test('writes nothing where one row is not in order', async () => {
    const tableName = newName();
    const error = await failure(write({ tableName, partitionKey: 'p' }, '[{"RowKey":"1"},{"RowKey":"a#b"}]'));
    expect(error).toMatchObject({ code: 'TABLE_KEY_UNUSABLE', message: expect.stringContaining('RowKey of row 2') });
    expect(await failure(read({ tableName }))).toMatchObject({ code: 'TABLE_MISSING' });
  });

  test('fills in its expressions before anything is written', async () => {
    const properties = { tableName: newName(), partitionKey: '{missing}' };
    expect(await failure(openOutput(properties))).toMatchObject({ code: 'EXPRESSION_WITHOUT_VALUE' });
    expect(await failure(openOutput({ tableName: '{t}' }, { t: 'a-b' }))).toMatchObject({ code: 'TABLE_NAME_UNUSABLE' });
  });

  test('does nothing for an empty array', async () => {
    const tableName = newName();
    await write({ tableName }, '[]');
    expect(await failure(read({ tableName }))).toMatchObject({ code: 'TABLE_MISSING' });
  });

  test('ends with its signal', async () => {
    const tableName = await madeTable();
    const properties = { tableName, partitionKey: 'p', rowKey: 'r' };
    await expect(write(properties, '{}', { within: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    expect(await stored(tableName)).toEqual([]);
  });
});
