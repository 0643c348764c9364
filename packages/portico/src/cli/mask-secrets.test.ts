import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskSecrets } from './mask-secrets.ts';

const KEY = 'hidden+Key/08==';
const UUID = '0aa1b2c3-0000-4000-8000-0123456789ab';

describe('maskSecrets shows', () => {
  test.each([
    ['LEVEL', 'debug'],
    ['AzureWebJobsStorage', 'UseDevelopmentStorage=true'],
    ['AzureWebJobsStorage', ' UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite'],
    ['FUNCTIONS_WORKER_RUNTIME', 'custom'],
    ['Orders__accountName', 'orders'],
    ['Orders__credential', 'true'],
    ['AzureWebJobsSecretStorageType', 'files'],
    ['AzureWebJobsKubernetesSecretName', 'secrets/keys'],
    ['FUNCTIONS_SECRETS_PATH', '/run/secrets'],
    ['KEY_VAULT_URI', 'https://v.vault.azure.net/'],
    ['OPENAI_MAX_TOKENS', '4096'],
    ['API_KEY', ''],
    ['USE_TOKEN', 'True'],
    ['KEYBOARD', 'qwerty'],
    ['CLIENT_ID', UUID],
    ['RESOURCE_GROUP', 'orders-production-westeurope-group-01'],
    ['DATA', '/home/site/wwwroot/Data/of/Version2/with/some/more'],
    ['API', 'https://api.example.org:8443/users/@me?page=2&sort=name'],
    ['BROKER', 'amqp://user@host/vhost'],
    ['FEATURES', 'beta=1;blue=0'],
    ['SECRET', '@Microsoft.KeyVault(VaultName=v;SecretName=s)'],
    ['TEXT', 'Hello, world; a = b'],
    ['TEXT', 'Note: at 12:30 @ the bearer of news'],
    ['DOCS', 'https://example.org/a-long-name-of-some-page-2024/MainPage'],
    ['LOGGING', '{"level": "debug", "keep": 7}'],
  ])('%s=%s', (name, value) => {
    expect(maskSecrets(name, value).trim()).toBe(value.trim());
  });
});

describe('maskSecrets hides', () => {
  test.each(
    [
      'API_KEY apikey Auth_Token CLIENT_SECRET clientSecret Orders__clientSecret Db:Password PGPASSWORD MYSQL_PWD DB_PASS APPINSIGHTS_INSTRUMENTATIONKEY',
      'APIKey AWS_SECRET_ACCESS_KEY PORTICO_KEYS__FUNCTIONS__hello__NAME PORTICO_KEY DBPassword2 GITHUB_PAT DB_PW AzureWebEncryptionKey AzureWebJobsSecretStorageSas VAULT_SECRET_ID',
    ].flatMap((names) => names.split(' ')),
  )('all of %s', (name) => {
    expect(maskSecrets(name, 'a')).toBe('***');
    expect(maskSecrets(name, `Server=x;Password=${KEY}`)).toBe('***');
  });

  test.each([
    [
      `DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=${KEY};EndpointSuffix=core.windows.net`,
      'DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=***;EndpointSuffix=core.windows.net',
    ],
    [
      `BlobEndpoint=https://o.blob.core.windows.net;SharedAccessSignature=sv=1&sig=${KEY}`,
      'BlobEndpoint=https://o.blob.core.windows.net;SharedAccessSignature=***',
    ],
    [`BlobEndpoint=https://o.blob.core.windows.net?sv=1&sig=hidden`, 'BlobEndpoint=https://o.blob.core.windows.net?sv=1&sig=***'],
    [
      `Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${KEY};EntityPath=q`,
      'Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=***;EntityPath=q',
    ],
    [
      `AccountEndpoint=https://o.documents.azure.com:443/;AccountKey=${KEY};`,
      'AccountEndpoint=https://o.documents.azure.com:443/;AccountKey=***;',
    ],
    ['Server=tcp:db;User ID=sa;Password="hid;den";Encrypt=True', 'Server=tcp:db;User ID=sa;Password=***;***;Encrypt=True'],
    ['server=db; uid=sa; pwd=hid,den; hid=den', 'server=db;uid=sa;pwd=***;***'],
    ['cache.redis.net:6380,password=hidden=,ssl=True,abortConnect=False', 'cache.redis.net:6380,password=***,ssl=True,abortConnect=False'],
    ['cache.redis.net:6380,password=hid;den,ssl=True', 'cache.redis.net:6380,password=***,ssl=True'],
    ['abortConnect=False,password=hidden,ssl=True', 'abortConnect=False,password=***,ssl=True'],
    ['abortConnect=False;x,password=hidden', 'abortConnect=False;***'],
    ['Server=db,password=hidden;Encrypt=True', 'Server=db,password=***;Encrypt=True'],
    ['jdbc:sqlserver://db;user=sa;password=hidden', '***;user=sa;password=***'],
    [`InstrumentationKey=${UUID};IngestionEndpoint=https://x/`, 'InstrumentationKey=***;IngestionEndpoint=https://x/'],
    ['hidden;Server=db', '***;Server=db'],
    ['cache,hidden,password=hidden', 'cache,***,password=***'],
    ['HostEndpoint=hidden;AccountKey=hidden', '***;AccountKey=***'],
  ])('what is secret in the connection string %s', (value, shown) => {
    expect(maskSecrets('Orders', value)).toBe(shown);
  });

  test.each([
    ['amqp://user:hidden@host/vhost', 'amqp://user:***@host/vhost'],
    ['postgres://user:hid@den@host:5432/db?ssl=1', 'postgres://user:***@host:5432/db?ssl=1'],
    ['mongodb://user:hid/den@host/db', 'mongodb://user:***@host/db'],
    ['redis://:hidden@host', 'redis://:***@host'],
    ['amqp://a:hidden@one, amqp://b:hidden@two', 'amqp://a:***@one, amqp://b:***@two'],
    ['https://hidden@github.com/x', 'https://***@github.com/x'],
    ['https://x.azurewebsites.net/api/f?code=hidden&a=b', 'https://x.azurewebsites.net/api/f?code=***&a=b'],
    ['https://o.blob.core.windows.net/c?sv=1&sig=hidden%3D#x', 'https://o.blob.core.windows.net/c?sv=1&sig=***#x'],
    ['sv=2025&sig=hidden', 'sv=2025&sig=***'],
    ['jdbc:postgresql://h/db?user=u&password=hidden', 'jdbc:postgresql://h/db?user=u&password=***'],
    ['{"user": "u", "private_key": "hid\\"den"}', '{"user": "u", "private_key": "***"}'],
    ['--api-key=hidden', '--api-key=***'],
    ['node server.js --api-key=hidden --verbose', 'node server.js --api-key=***'],
    ['user:hid@den@tcp(db:3306)/orders?tls=true', 'user:***@tcp(db:3306)/orders?tls=true'],
    ["host=db password='hid den' dbname=d", 'host=db password=*** dbname=d'],
    ['https://example.org/#access_token=hidden&state=a', 'https://example.org/#access_token=***&state=a'],
    ['https://hooks.example.org/T01/B02/hiddenAbCdEf0123456789x', 'https://hooks.example.org/T01/B02/***'],
    ['{"user": "u", "passwords": [ "hidden" ], "token": 12}', '{"user": "u", "passwords": "***", "token": "***"}'],
    ['Authorization: Basic hidden', 'Authorization: ***'],
    ['accept: */*\nx-api-key: hidden', 'accept: */*\nx-api-key: ***'],
    ['Bearer hidden', 'Bearer ***'],
    ['-----BEGIN RSA PRIVATE KEY-----\nhidden', '***'],
    ['-----BEGIN PGP PRIVATE KEY BLOCK-----\nhidden', '***'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.hidden', '***'],
    ['0123456789abcdef0123456789abcdef', '***'],
    ['Ab1-_hidden0123456789012345678901234567890==', '***'],
    ['@Microsoft.KeyVault(hidden)', '@Microsoft.KeyVault(***)'],
  ])('what is secret in %s', (value, shown) => {
    expect(maskSecrets('SERVICE', value)).toBe(shown);
  });

  const secret = fc.string({ minLength: 1 }).map((text) => `hidden${text}`);
  // What ends a value is not part of it.
  const within = (ends: RegExp) => secret.filter((text) => !ends.test(text));

  test('whatever a password is made of', () => {
    fc.assert(
      fc.property(within(/;/), within(/[\s/?#"']/), secret, (part, password, whole) => {
        expect(maskSecrets('Db', `Server=db;Password=${part};Database=d`)).toBe('Server=db;Password=***;Database=d');
        expect(maskSecrets('Db', `amqp://user:${password}@host/v`)).toBe('amqp://user:***@host/v');
        expect(maskSecrets('DB_PASSWORD', whole)).toBe('***');
      }),
    );
  });
});
