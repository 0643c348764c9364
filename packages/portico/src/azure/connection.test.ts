import { describe, expect, test } from 'vitest';
import { checkStorageConnection, resolveStorageConnection } from './connection.ts';

const KEY = 'c2VjcmV0c2VjcmV0';
const STRING = `DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=${KEY};EndpointSuffix=core.windows.net`;
const ENDPOINTS = {
  blob: 'https://orders.blob.core.windows.net',
  queue: 'https://orders.queue.core.windows.net',
  table: 'https://orders.table.core.windows.net',
};
const EMULATOR = { connection: { kind: 'emulator', name: 'devstoreaccount1' } };

const named = (name: string) => `AccountName=${name};AccountKey=${KEY}`;
const nameOf = (connection: string | undefined, settings: Record<string, string>) => {
  const resolved = resolveStorageConnection(connection, settings);
  return 'connection' in resolved ? resolved.connection.name : resolved.problem.code;
};

describe('the setting of a connection', () => {
  test.each([
    ['ConnectionStrings:AzureWebJobsOrders', 'AzureWebJobsOrders'],
    ['AzureWebJobsOrders', 'ConnectionStrings:Orders'],
    ['ConnectionStrings:Orders', 'Orders'],
    ['Orders__accountName', 'Other'],
  ])('%s counts before %s', (first, second) => {
    const value = first.endsWith('accountName') ? 'first' : named('first');
    expect(nameOf('Orders', { [second]: named('second'), [first]: value })).toBe('first');
  });

  test('is found in any case, in the spelling of the environment, and as App Service hands connection strings over', () => {
    expect(nameOf('orders', { AZUREWEBJOBSORDERS: named('storea') })).toBe('storea');
    expect(nameOf('Orders', { CONNECTIONSTRINGS__orders: named('storeb') })).toBe('storeb');
    expect(nameOf('Orders', { CUSTOMCONNSTR_Orders: named('storec') })).toBe('storec');
    expect(nameOf('Orders', { 'Orders:accountName': 'stored' })).toBe('stored');
    expect(nameOf('My__Orders', { 'My:Orders': named('storee') })).toBe('storee');
  });

  test('is the plain one where there is a section beside it', () => {
    expect(nameOf('Orders', { Orders__accountName: 'section', Orders: named('plain') })).toBe('plain');
  });

  test.each([undefined, '', 'Storage', 'AzureWebJobsStorage', 'azurewebjobsstorage'])('%j is AzureWebJobsStorage', (connection) => {
    expect(nameOf(connection, { AzureWebJobsStorage: named('own') })).toBe('own');
    expect(resolveStorageConnection(connection, {})).toEqual(EMULATOR);
    expect(resolveStorageConnection(connection, { AzureWebJobsStorage: ' ' })).toEqual(EMULATOR);
  });

  test('called Storage counts only where it is named', () => {
    expect(nameOf('Storage', { Storage: named('other') })).toBe('other');
    expect(resolveStorageConnection(undefined, { STORAGE: '/var/data' })).toEqual(EMULATOR);
  });

  test('that does not exist is a problem with what was written, the nearest, and what Azure says', () => {
    expect(checkStorageConnection('Order', { Orders: STRING, PATH: '/bin' })).toMatchObject({
      code: 'STORAGE_CONNECTION_MISSING',
      severity: 'error',
      message: 'There is no storage connection "Order": no app setting is called Order or AzureWebJobsOrder.',
      hint: expect.stringContaining('Did you mean "Orders"? Set Order in Values of local.settings.json'),
      azureMessage: "Storage account connection string 'AzureWebJobsOrder' does not exist. Make sure that it is a defined App Setting.",
    });
    expect(checkStorageConnection('Invoices', { Orders__serviceUri: 'https://a.b', 'ConnectionStrings:Bills': STRING })?.hint).toContain(
      'Storage connections that are set: Orders, Bills.',
    );
    expect(checkStorageConnection('Orders', { AzureWebJobsOrders: '' })?.message).toContain('the app setting AzureWebJobsOrders is empty');
  });
});

describe('a reference to a Key Vault', () => {
  const reference = '@Microsoft.KeyVault(VaultName=v;SecretName=s)';

  test.each([
    ['Orders', 'Orders'],
    ['AzureWebJobsOrders', 'AzureWebJobsOrders'],
    ['Orders__accountName', 'Orders__accountname'],
    ['Orders__clientSecret', 'Orders__clientsecret'],
  ])('is what is wrong with a connection that has it in %s', (name, told) => {
    expect(checkStorageConnection('Orders', { Orders__tableServiceUri: ENDPOINTS.table, [name]: reference })).toMatchObject({
      code: 'STORAGE_CONNECTION_UNRESOLVED',
      message: `The connection cannot be used: the app setting ${told} is a Key Vault reference that nothing resolves outside of Azure.`,
      hint: expect.stringContaining('az keyvault secret show --vault-name v --name s'),
    });
  });

  test('is no matter in another setting', () => {
    expect(checkStorageConnection('Orders', { Orders: STRING, Other: reference, AzureWebJobsStorage: reference })).toBeUndefined();
  });

  test('on Azure is one that the platform did not resolve', () => {
    expect(checkStorageConnection(undefined, { AzureWebJobsStorage: reference, WEBSITE_INSTANCE_ID: 'x' })?.message).toBe(
      'The connection cannot be used: the app setting AzureWebJobsStorage is a Key Vault reference that the platform did not resolve.',
    );
  });
});

describe('a connection string', () => {
  const read = (value: string) => resolveStorageConnection('Orders', { Orders: value });
  const account = { kind: 'account', setting: 'Orders', name: 'orders', endpoints: ENDPOINTS, access: { kind: 'key', key: KEY } };

  test.each([
    STRING,
    `  ${STRING};  `,
    `accountname=orders; accountKey=${KEY};BlobSecondaryEndpoint=https://x`,
    `BlobEndpoint=https://orders.blob.core.windows.net/;AccountName=orders;AccountKey=${KEY}`,
  ])('with a key is read from %j', (value) => {
    expect(read(value)).toEqual({ connection: account });
  });

  test('with a signature needs no account name, and knows the services that it names', () => {
    const value = 'BlobEndpoint=https://orders.blob.core.windows.net/;SharedAccessSignature=?sv=2025&sig=a%3D%3D';
    const access = { kind: 'signature', token: 'sv=2025&sig=a%3D%3D' };
    expect(read(value)).toEqual({ connection: { ...account, endpoints: { blob: ENDPOINTS.blob }, access } });
    expect(checkStorageConnection('Orders', { Orders: value }, 'blob')).toBeUndefined();
    expect(checkStorageConnection('Orders', { Orders: value }, 'blob', 'queue')).toMatchObject({
      code: 'STORAGE_ENDPOINT_MISSING',
      hint: 'Add QueueEndpoint=https://NAME.queue.core.windows.net to it.',
    });
  });

  test('may be of another cloud, or of an emulator on another machine', () => {
    expect(read(`DefaultEndpointsProtocol=http;${named('orders')};EndpointSuffix=core.chinacloudapi.cn`)).toMatchObject({
      connection: { endpoints: { queue: 'http://orders.queue.core.chinacloudapi.cn' } },
    });
    expect(read('UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite/')).toMatchObject({
      connection: { name: 'devstoreaccount1', endpoints: { queue: 'http://azurite:10001/devstoreaccount1' }, access: { kind: 'key' } },
    });
    expect(read('usedevelopmentstorage=True;')).toEqual(EMULATOR);
    expect(read('BlobEndpoint=http://127.0.0.1:10000/mine;SharedAccessSignature=s')).toMatchObject({ connection: { name: 'mine' } });
  });

  test.each([
    ['just text', 'it has a part that is not NAME=VALUE (number 1)'],
    [`AccountName=orders;${KEY}`, 'it has a part that is not NAME=VALUE (number 2)'],
    ['https://orders.blob.core.windows.net', 'it is an address'],
    [`"${STRING}"`, 'it has quotes around it'],
    ['AccountName=orders', 'it has no AccountKey'],
    [`AccountKey=${KEY}`, 'it has no AccountName'],
    ['AccountName=orders;AccountKey=not base64!', 'its AccountKey is not base64'],
    [`${named('orders')};BlobEndpoint=orders`, 'its BlobEndpoint is no address'],
    [`${named('orders')};BlobEndpoint=https://a.b?sv=1`, 'its BlobEndpoint holds a query'],
    [`DefaultEndpointsProtocol=ftp;${named('orders')}`, 'its DefaultEndpointsProtocol is neither "https" nor "http"'],
    [`AccountName=a b;AccountKey=${KEY}`, 'its AccountName is no name of a storage account'],
    [`AccountName=a/b;AccountKey=${KEY}`, 'its AccountName is no name of a storage account'],
    [`AccountName=a@evil.com/;AccountKey=${KEY}`, 'its AccountName is no name of a storage account'],
    [`${named('ab')}`, 'its AccountName is no name of a storage account'],
    [`${named('orders')};EndpointSuffix=core windows`, 'its EndpointSuffix cannot be part of an address'],
    ['Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=b', 'it is one of Service Bus or Event Hubs'],
    ['AccountEndpoint=https://orders.documents.azure.com;AccountKey=b', 'it is one of Cosmos DB'],
    ['UseDevelopmentStorage=false', 'it has no AccountName'],
    ['UseDevelopmentStorage=true;DevelopmentStorageProxyUri=azurite', 'its DevelopmentStorageProxyUri is no address'],
  ])('%s is a problem, which does not repeat it', (value, reason) => {
    const problem = checkStorageConnection('Orders', { Orders: value });
    expect(problem).toMatchObject({
      code: 'STORAGE_CONNECTION_INVALID',
      message: `The app setting Orders is no connection string of a storage account: ${reason}.`,
    });
    expect(JSON.stringify(problem)).not.toContain(KEY);
  });

  test('may have any account name beside endpoints, and takes no other address from it', () => {
    const value = `${named('My_Account/x')};BlobEndpoint=http://127.0.0.1:10000/My_Account`;
    expect(read(value)).toEqual({
      connection: { ...account, name: 'My_Account/x', endpoints: { blob: 'http://127.0.0.1:10000/My_Account' } },
    });
  });

  test('with a slip in a name says which', () => {
    expect(checkStorageConnection('Orders', { Orders: `AccountName=orders;AcountKey=${KEY}` })?.hint).toContain(
      'Did you mean "AccountKey" where it says "acountkey"?',
    );
  });
});

describe('a connection with an identity', () => {
  const read = (values: Record<string, string>) =>
    resolveStorageConnection('Orders', Object.fromEntries(Object.entries(values).map(([key, value]) => [`Orders__${key}`, value])));

  test.each([
    [{ accountName: 'orders', serviceUri: 'https://other' }, ENDPOINTS],
    [
      { blobServiceUri: `${ENDPOINTS.blob}/`, queueServiceUri: ENDPOINTS.queue },
      { blob: ENDPOINTS.blob, queue: ENDPOINTS.queue },
    ],
    [
      { serviceUri: ENDPOINTS.queue, blobServiceUri: ENDPOINTS.blob },
      { ...ENDPOINTS, queue: ENDPOINTS.queue, table: ENDPOINTS.queue },
    ],
  ])('is where %j says', (values, endpoints) => {
    expect(read(values)).toMatchObject({ connection: { setting: 'Orders', name: 'orders', endpoints } });
  });

  test.each([
    [{}, { kind: 'default' }],
    [{ clientId: 'c' }, { kind: 'default', clientId: 'c' }],
    [{ credential: 'ManagedIdentity' }, { kind: 'managed' }],
    [
      { credential: 'managedidentity', clientId: 'c' },
      { kind: 'managed', clientId: 'c' },
    ],
    [
      { credential: 'managedidentity', managedIdentityResourceId: 'r' },
      { kind: 'managed', resourceId: 'r' },
    ],
    [
      { credential: 'workloadidentity', tenantId: 't' },
      { kind: 'workload', tenantId: 't' },
    ],
    [
      { clientId: 'c', clientSecret: 's', tenantId: 't' },
      { kind: 'secret', clientId: 'c', clientSecret: 's', tenantId: 't' },
    ],
  ])('and %j asks as %j', (values, identity) => {
    expect(read({ accountName: 'orders', ...values })).toMatchObject({ connection: { access: { kind: 'identity', identity } } });
  });

  test.each([
    [
      { accountName: 'orders', credential: 'managedidentiy' },
      'The app setting Orders__credential cannot be used: there is no credential "managedidentiy".',
    ],
    [{ accountName: 'orders', clientSecret: 's' }, 'The app setting Orders__clientSecret cannot be used: Orders__clientId is missing.'],
    [
      { accountName: 'orders', clientSecret: 's', clientId: 'c' },
      'The app setting Orders__clientSecret cannot be used: Orders__tenantId is missing.',
    ],
    [
      { blobServiceUri: 'http://orders.blob.core.windows.net' },
      'The app setting Orders__blobServiceUri cannot be used: it is no address that begins with https://.',
    ],
    ...['a b', 'a/b', 'Orders', 'ab', 'https://orders.blob.core.windows.net'].map(
      (accountName) =>
        [{ accountName }, 'The app setting Orders__accountName cannot be used: it is no name of a storage account.'] as [
          Record<string, string>,
          string,
        ],
    ),
    [{ acountName: 'orders' }, 'The app setting Orders__acountname cannot be used: no connection has a part of that name.'],
    [
      { accountName: 'orders', clientId: 'c', tenantId: 't', clientCertificateThumbprint: 'AB' },
      'The app setting Orders__clientcertificatethumbprint cannot be used: certificates are not supported yet.',
    ],
  ])('%j is a problem', (values, message) => {
    expect(read(values)).toMatchObject({ problem: { code: 'STORAGE_SECTION_INVALID', message } });
  });

  test('with a slip in the name of its address says what was meant', () => {
    const hintFor = (key: string) => checkStorageConnection('Orders', { [`Orders__${key}`]: 'https://a.b', Orders__clientId: 'c' })?.hint;
    expect(hintFor('acountName')).toBe('Did you mean Orders__accountName?');
    expect(hintFor('blobServiceUrl')).toBe('Did you mean Orders__blobServiceUri?');
    expect(hintFor('fileServiceUri')).toBeUndefined();
  });

  test('with a certificate is one with another identity where a setting chooses that', () => {
    const certificate = { accountName: 'orders', clientCertificate: 'c' };
    expect(read({ ...certificate, credential: 'managedidentity' })).toHaveProperty('connection.access.identity.kind', 'managed');
    expect(read({ ...certificate, clientId: 'c', tenantId: 't', clientSecret: 's' })).toHaveProperty(
      'connection.access.identity.kind',
      'secret',
    );
    expect(read(certificate)).toMatchObject({ problem: { hint: expect.stringContaining('Orders__clientSecret or a managed identity') } });
  });

  test('that does not say where a service is, is a problem only for bindings of that service', () => {
    const settings = { Orders__queueServiceUri: ENDPOINTS.queue, Orders__credential: 'managedidentity' };
    expect(checkStorageConnection('Orders', settings, 'queue')).toBeUndefined();
    expect(checkStorageConnection('Orders', settings, 'blob')).toMatchObject({
      code: 'STORAGE_ENDPOINT_MISSING',
      message: 'The connection Orders does not say where the blob service of the account is.',
      hint: expect.stringContaining('Orders__blobServiceUri'),
    });
  });
});
