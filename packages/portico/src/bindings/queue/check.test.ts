import { expect, test } from 'vitest';
import { resolveBinding } from '../../core/binding-options.ts';
import { settingLookup } from '../../core/expressions/setting-names.ts';
import type { BindingMetadata, JsonObject } from '../../core/function-app.ts';
import { queueExtension } from './index.ts';

const types = queueExtension.types;

function bindingOf(type: string, properties: JsonObject): BindingMetadata {
  const direction = type === 'queue' ? 'out' : 'in';
  return { name: 'm', type, direction, dataType: undefined, cardinality: undefined, properties };
}

function faults(type: 'queueTrigger' | 'queue', properties: JsonObject, settings: Readonly<Record<string, string>> = {}): string[] {
  const declared = types[type];
  const { binding } = resolveBinding(bindingOf(type, properties), declared?.options ?? {}, settingLookup(settings));
  const found = declared?.check?.(binding, { settings }) ?? [];
  return found.map(({ problem, property }) => `${property} ${problem.severity} ${problem.code}`);
}

test.each<['queueTrigger' | 'queue', JsonObject]>([
  ['queueTrigger', { queueName: 'orders' }],
  ['queueTrigger', { queueNAME: 'In-Text', connection: 'AzureWebJobsStorage' }],
  ['queueTrigger', { queueName: '%QUEUE%' }],
  ['queue', { queueName: 'orders-poison' }],
  ['queue', { queueName: '{kind}-orders' }],
  ['queue', { queueName: 'OUT-Upper' }],
])('finds nothing wrong with %s %j', (type, properties) => {
  expect(faults(type, properties, { QUEUE: 'from-setting' })).toEqual([]);
});

test.each<['queueTrigger' | 'queue', JsonObject, string]>([
  ['queueTrigger', {}, 'queueName error QUEUE_NAME_MISSING'],
  ['queueTrigger', { queueName: '' }, 'queueName error QUEUE_NAME_MISSING'],
  ['queueTrigger', { queueName: 'a--b' }, 'queueName error QUEUE_NAME_WRONG'],
  ['queueTrigger', { queueName: '{kind}' }, 'queueName error QUEUE_NAME_WRONG'],
  ['queueTrigger', { queueName: 'orders', connection: 'Nowhere' }, 'connection error STORAGE_CONNECTION_MISSING'],
  ['queueTrigger', { queueName: 'Orders-Poison' }, 'queueName warning QUEUE_HAS_NO_POISON'],
  ['queueTrigger', { queueName: 'q'.repeat(57) }, 'queueName warning QUEUE_HAS_NO_POISON'],
  ['queue', {}, 'queueName error QUEUE_NAME_MISSING'],
  ['queue', { queueName: 'my_queue' }, 'queueName error QUEUE_NAME_WRONG'],
])('finds in %s %j: %s', (type, properties, expected) => {
  expect(faults(type, properties)).toEqual([expected]);
});

test('names the queue in the list of functions', () => {
  expect(types.queueTrigger?.describe?.(bindingOf('queueTrigger', { queueName: 'In-Text' }))).toBe('queue in-text');
});

test.each<[JsonObject, string[]]>([
  [{ batchSize: 32, newBatchThreshold: 0, maxPollingInterval: '00:00:00.100', maxDequeueCount: 1, messageEncoding: 'None' }, []],
  [{ batchSize: 33 }, ['batchSize']],
  [{ batchSize: 0 }, ['batchSize']],
  [{ maxPollingInterval: '00:00:00.099' }, ['maxPollingInterval']],
  [{ maxDequeueCount: 0 }, ['maxDequeueCount']],
  [{ visibilityTimeout: 'soon' }, ['visibilityTimeout']],
  [{ messageEncoding: 'hex' }, ['messageEncoding']],
])('of %j in host.json, %j cannot be used', (written, wrong) => {
  const found: string[] = [];
  queueExtension.hostOptions?.read(written, [], ({ path }) => found.push(String(path.at(-1))));
  expect(found).toEqual(wrong);
});
