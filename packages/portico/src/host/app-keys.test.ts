import { expect, test } from 'vitest';
import { appFolder } from '../../../../test/support/app-folder.ts';
import type { FunctionApp } from '../core/function-app.ts';
import type { LogRecord } from '../core/log.ts';
import { AppKeys } from './app-keys.ts';

const emulator = () => Promise.reject(new Error('there is none'));
const withSettings = (settings: FunctionApp['settings']) => ({ settings }) as FunctionApp;

function openKeys(log = (_: LogRecord): void => {}): AppKeys {
  return new AppKeys({ root: appFolder({}), observer: { log, request() {}, invocation() {} }, emulator });
}

test('there are none until somebody is to be asked for one', async () => {
  const keys = openKeys();
  expect(keys.ring).toBeUndefined();
  await keys.use(withSettings({}));
  expect(keys.ring?.place).toBe('.portico/keys.json');
});

test('what is known of them outlives a reading of the app that changes no setting', async () => {
  const keys = openKeys();
  await keys.use(withSettings({ A: '1', B: '2' }));
  const { ring } = keys;
  await keys.use(withSettings({ B: '2', A: '1' }));
  expect(keys.ring).toBe(ring);
});

test('they are where the settings say that were read last, and never nowhere meanwhile', async () => {
  const keys = openKeys();
  await keys.use(withSettings({}));
  const readings = ['one', 'other'].map((name) => keys.use(withSettings({ [`PORTICO_KEYS__HOST__FUNCTION__${name}`]: name })));
  expect(keys.ring?.place).toBe('.portico/keys.json');
  await Promise.all(readings);
  expect(await keys.ring?.authenticate('other', undefined)).toEqual({ level: 'function', keyName: 'other' });
  expect(await keys.ring?.authenticate('one', undefined)).toBeUndefined();
});

test('a store that there is not is told at once', async () => {
  const records: LogRecord[] = [];
  await openKeys((record) => void records.push(record)).use(withSettings({ AzureWebJobsSecretStorageType: 'keyvault' }));
  expect(records).toMatchObject([{ level: 'error', code: 'KEY_STORE_UNKNOWN' }]);
});
