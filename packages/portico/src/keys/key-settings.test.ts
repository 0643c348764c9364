import { expect, test } from 'vitest';
import { withoutKeys } from './key-settings.ts';

test('a handler gets every setting but those that hold keys', () => {
  const kept = { PATH: '/bin', PORTICO_KEYSTONE: '1', AzureWebJobsStorage: 'x', PORTICO_KEYBOARD__LAYOUT: 'de' };
  const keys = {
    PORTICO_KEY: 'a',
    PORTICO_KEYS__HOST__MASTER: 'b',
    portico_keys__functions__Hello__default: 'c',
    AzureWebEncryptionKey: 'd',
    AZUREWEBENCRYPTIONKEY: 'e',
    AzureWebJobsSecretStorageSas: 'f',
  };
  expect(withoutKeys({ ...kept, ...keys })).toEqual(kept);
});
