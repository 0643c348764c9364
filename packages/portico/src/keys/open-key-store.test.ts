import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HostError } from '../core/error.ts';
import { createLogger } from '../core/log.ts';
import { openKeyStore } from './open-key-store.ts';

const signal = new AbortController().signal;
const ACCOUNT = 'AccountName=orders;AccountKey=c2VjcmV0';
const CONTAINER = 'https://orders.blob.core.windows.net/my-keys?sv=2024&sig=hunter2';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'portico-app-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const open = (settings: Record<string, string>) =>
  openKeyStore({ root, settings, hostId: 'App-1', log: createLogger({ log() {} }, 'Host.Keys'), stateHome: () => join(root, 'home') });

const LOCAL = '.portico/keys.json';
const BLOB = 'storage account orders, azure-webjobs-secrets/app-1';
const SIGNED = 'orders.blob.core.windows.net/my-keys/app-1';

test.each<[Record<string, string>, string]>([
  [{}, LOCAL],
  [{ AzureWebJobsStorage: ACCOUNT }, LOCAL],
  [{ AzureWebJobsSecretStorageType: ' ' }, LOCAL],
  [{ AzureWebJobsSecretStorageType: 'Files' }, '<root>/.portico/secrets'],
  [{ AzureWebJobsSecretStorageType: 'files', FUNCTIONS_SECRETS_PATH: '/keys', AzureWebJobsStorage: ACCOUNT }, '/keys'],
  [{ azurewebjobssecretstoragetype: 'FILES', FUNCTIONS_SECRETS_PATH: 'keys' }, '<root>/keys'],
  [{ FUNCTIONS_SECRETS_PATH: '/keys' }, '/keys'],
  [{ FUNCTIONS_SECRETS_PATH: '/keys', AzureWebJobsStorage: '' }, '/keys'],
  [{ FUNCTIONS_SECRETS_PATH: '/keys', AzureWebJobsStorage: 'no connection' }, '/keys'],
  [{ FUNCTIONS_SECRETS_PATH: '/keys', AzureWebJobsStorage: ACCOUNT }, BLOB],
  [{ FUNCTIONS_SECRETS_PATH: '/keys', AzureWebJobsStorage__accountName: 'orders' }, BLOB],
  [
    { FUNCTIONS_SECRETS_PATH: '/keys', AzureWebJobsStorage: 'UseDevelopmentStorage=true' },
    'storage account devstoreaccount1, azure-webjobs-secrets/app-1',
  ],
  [{ AzureWebJobsSecretStorageType: 'blob', AzureWebJobsStorage: ACCOUNT }, BLOB],
  [{ AzureWebJobsSecretStorageType: 'blob', AzureWebJobsStorage: ACCOUNT, AzureWebJobsSecretStorageSas: CONTAINER }, SIGNED],
  [{ AzureWebJobsSecretStorageSas: CONTAINER, FUNCTIONS_SECRETS_PATH: '/keys' }, SIGNED],
  [{ AzureWebJobsSecretStorageType: 'files', AzureWebJobsSecretStorageSas: CONTAINER, FUNCTIONS_SECRETS_PATH: '/keys' }, '/keys'],
  [{ AzureWebJobsSecretStorageType: 'kubernetes' }, '/run/secrets/functions-keys'],
  [
    {
      AzureWebJobsSecretStorageType: 'kubernetes',
      AzureWebJobsKubernetesSecretName: 'secrets/k',
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      KUBERNETES_SERVICE_PORT: '443',
    },
    'Kubernetes secret k',
  ],
  [{ AzureWebJobsSecretStorageType: 'environment' }, 'the variables PORTICO_KEYS__…'],
  [{ portico_keys__host__master: 'm' }, 'the variables PORTICO_KEYS__…'],
  [{ PORTICO_KEYS__HOST__MASTER: 'm', FUNCTIONS_SECRETS_PATH: '/keys' }, '/keys'],
])('%j: keys are in %s', (settings, place) => {
  expect(open(settings).place).toBe(place.replace('<root>', root));
  expect(readdirSync(root)).toEqual([]);
});

test.each([
  ['AzureWebJobsSecretStorageType', 'KeyVault', 'A key vault is not supported'],
  ['AzureWebJobsSecretStorageType', 'file', '"files"'],
  ['AzureWebJobsSecretStorageSas', 'hunter2', 'Copy the URL of the container'],
])('%s=%s is said by every use', async (setting, value, hint) => {
  const store = open({ [setting]: value });
  const fault = {
    code: 'KEY_STORE_UNKNOWN',
    kind: 'config',
    message: expect.stringContaining(setting),
    hint: expect.stringContaining(hint),
  };
  const uses = [
    store.readHost(signal),
    store.readFunction('a', signal),
    store.changeHost((before) => before!, signal),
    store.changeFunction('a', () => [], signal),
  ];
  for (const use of await Promise.allSettled(uses)) {
    expect(use).toMatchObject({ status: 'rejected', reason: fault });
    const { message, hint } = (use as PromiseRejectedResult).reason as HostError;
    expect(`${message} ${hint}`).not.toContain('hunter2');
  }
});

test('AzureWebEncryptionKey encrypts what is kept here', async () => {
  await open({ AzureWebEncryptionKey: 'a secret' }).changeFunction('a', () => [{ name: 'default', value: 'hunter2' }], signal);
  expect(readFileSync(join(root, '.portico', 'keys.json'), 'utf8')).not.toContain('hunter2');
});

test('files without a path are in the app’s own folder, which Git ignores', async () => {
  await open({ AzureWebJobsSecretStorageType: 'files' }).changeFunction('a', () => [], signal);
  expect(readFileSync(join(root, '.portico', '.gitignore'), 'utf8')).toBe('*\n');
  expect(readdirSync(join(root, '.portico', 'secrets'))).toContain('a.json');
});
