import { expect, test } from 'vitest';
import type { BindingMetadata, JsonObject } from '../../core/function-app.ts';
import { checkBlob, checkBlobTrigger } from './check.ts';

const facts = { settings: { Uploads: 'UseDevelopmentStorage=true' } };
const bindingOf = (properties: JsonObject): BindingMetadata => ({
  name: 'file',
  type: 'blob',
  direction: 'in',
  dataType: undefined,
  cardinality: undefined,
  properties,
});
const codesOf = (check: typeof checkBlob, properties: JsonObject) =>
  check(bindingOf(properties), facts).map(({ problem, property }) => `${property} ${problem.code}`);

test.each<[JsonObject, string[]]>([
  [{ path: 'uploads' }, []],
  [{ path: 'uploads/{name}.txt', connection: 'Uploads' }, []],
  [{ PATH: 'uploads' }, []],
  [{}, ['path BLOB_PATH_MISSING']],
  [{ path: '' }, ['path BLOB_PATH_MISSING']],
  [{ path: 'uploads/' }, ['path BLOB_PATH_WRONG']],
  [{ path: '{container}/{name}' }, ['path BLOB_PATH_WRONG']],
  // What is wrong with the expression itself is said by whoever resolves it.
  [{ path: 'uploads/{' }, []],
  [{ path: 'Uploads', connection: 'Nobody' }, ['path BLOB_PATH_WRONG', 'connection STORAGE_CONNECTION_MISSING']],
])('a blobTrigger %j has the problems %j', (properties, codes) => {
  expect(codesOf(checkBlobTrigger, properties)).toEqual(codes);
});

test.each<[JsonObject, string[]]>([
  [{ path: 'results/a.txt' }, []],
  [{ path: 'results/{rand-guid}' }, []],
  [{ path: '{data.url}' }, []],
  [{ path: '{container}/{name}' }, []],
  [{ path: 'https://acme.blob.core.windows.net/results/{name}' }, []],
  [{}, ['path BLOB_PATH_MISSING']],
  [{ path: 'results' }, ['path BLOB_PATH_WRONG']],
  [{ path: 'Results/{name}' }, ['path BLOB_PATH_WRONG']],
  [{ path: 'results/a', connection: 'Nobody' }, ['connection STORAGE_CONNECTION_MISSING']],
])('a blob %j has the problems %j', (properties, codes) => {
  expect(codesOf(checkBlob, properties)).toEqual(codes);
});
