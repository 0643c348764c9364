import { expect, test } from 'vitest';
import { createLogger, type LogRecord } from '../core/log.ts';
import { openEnvironmentStore } from './environment-store.ts';

const signal = new AbortController().signal;

function open(settings: Record<string, string>) {
  const records: LogRecord[] = [];
  const log = createLogger({ log: (record) => void records.push(record) }, 'Host.Keys');
  return { store: openEnvironmentStore({ settings, log }), records };
}

test('variables give the keys of the host and of functions, in any case', async () => {
  const { store, records } = open({
    PORTICO_KEYS__HOST__MASTER: 'm',
    PORTICO_KEYS__HOST__FUNCTION__Partner: 'f',
    portico_keys__host__system__probe_extension: 's',
    PORTICO_KEYS__FUNCTIONS__Hello__default: 'own',
    PORTICO_KEYS__functions__hello__Second: 'other',
    PORTICO_KEYS__FUNCTIONS__my__job__default: 'underscores',
    PORTICO_KEYSTONE: 'not ours',
  });
  expect(await store.readHost(signal)).toEqual({
    master: 'm',
    functionKeys: [{ name: 'Partner', value: 'f' }],
    systemKeys: [{ name: 'probe_extension', value: 's' }],
  });
  expect(await store.readFunction('hello', signal)).toEqual([
    { name: 'default', value: 'own' },
    { name: 'Second', value: 'other' },
  ]);
  expect(await store.readFunction('my__job', signal)).toEqual([{ name: 'default', value: 'underscores' }]);
  expect(await store.readFunction('my', signal)).toEqual([]);
  expect(records).toEqual([]);
});

test.each([
  ['PORTICO_KEYS__MASTER', 'none of those that are known'],
  ['PORTICO_KEYS__HOST__MASTER__x', 'none of those that are known'],
  ['PORTICO_KEYS__HOST__FUNCTION', 'none of those that are known'],
  ['PORTICO_KEYS__FUNCTIONS__hello', 'none of those that are known'],
  ['PORTICO_KEYS__', 'none of those that are known'],
])('%s is told of, by name alone', async (name, reason) => {
  const { store, records } = open({ [name]: 'top-secret' });
  expect(await store.readHost(signal)).toEqual({ master: undefined, functionKeys: [], systemKeys: [] });
  expect(records.map(({ level, code, message }) => [level, code, message])).toEqual([
    ['warning', 'KEY_VARIABLE_UNKNOWN', expect.stringMatching(`${name} .*${reason}`)],
  ]);
  expect(JSON.stringify(records)).not.toContain('top-secret');
});

test('an empty variable gives no key', async () => {
  const { store, records } = open({ PORTICO_KEYS__HOST__MASTER: '' });
  expect((await store.readHost(signal))?.master).toBeUndefined();
  expect(records[0]?.message).toContain('it is empty');
});

test('of two variables that differ in case the same one counts each time, and the other is told of', async () => {
  const both = [
    ['PORTICO_KEYS__HOST__MASTER', 'upper'],
    ['portico_keys__host__master', 'lower'],
  ] as const;
  for (const settings of [both, both.toReversed()]) {
    const { store, records } = open(Object.fromEntries(settings));
    expect((await store.readHost(signal))?.master).toBe('upper');
    expect(records.map(({ message }) => message)).toEqual([expect.stringContaining('portico_keys__host__master')]);
  }
});

test('variables are not changed', async () => {
  const { store } = open({ PORTICO_KEYS__HOST__MASTER: 'm' });
  expect(store.readOnlyReason).toContain('where it is started');
  await expect(store.changeHost((before) => before!, signal)).rejects.toMatchObject({ code: 'KEYS_READ_ONLY' });
  await expect(store.changeFunction('a', () => [], signal)).rejects.toMatchObject({ code: 'KEYS_READ_ONLY' });
});
