import { describe, expect, test } from 'vitest';
import { type AppFiles, appFolder, hostJson, httpFunction } from '../../../../test/support/app-folder.ts';
import { createFakeProgram } from '../../../../test/support/fake-program.ts';
import { systemClock } from '../platform/system-clock.ts';
import { runPortico } from './run-portico.ts';

const REFERENCE = '@Microsoft.KeyVault(VaultName=v;SecretName=s)';
const values = (settings: object, more: object = {}) => ({ 'local.settings.json': { IsEncrypted: false, Values: settings, ...more } });
const queueFunction = (trigger: object) => ({ bindings: [{ type: 'queueTrigger', direction: 'in', name: 'message', ...trigger }] });

async function show(files: AppFiles, words: string[] = [], environment: Record<string, string> = {}) {
  const root = appFolder({ 'host.json': hostJson(), ...files });
  const program = createFakeProgram({ argv: ['config', 'show', ...words], workingDirectory: root, environment, clock: systemClock });
  const code = await runPortico(program);
  const [heading, ...lines] = program.stdout.lines.map((line) => line.replace(root, 'ROOT'));
  const end = lines.indexOf('');
  const [settings, host] = end < 0 ? [lines, []] : [lines.slice(0, end), lines.slice(end + 2)];
  return { code, heading, settings, host, stderr: program.stderr.lines, json: () => program.stdout.lines.map((line) => JSON.parse(line)) };
}

/** What is said of one setting, without the alignment. */
const lineOf = (lines: readonly string[], name: string) =>
  lines
    .find((line) => line.trim().startsWith(`${name} `))
    ?.trim()
    .split(/ {2,}/);

describe('portico config show', () => {
  test('shows what the handler gets and what the host makes of its files', async () => {
    const files = { ...values({ LEVEL: 'debug', AzureWebJobsStorage: 'UseDevelopmentStorage=true' }), '.env': 'NAME="two\nlines"' };
    expect(await show(files, [], { HOME: '/home/me' })).toMatchObject({
      code: 0,
      stderr: [],
      heading: 'settings of ROOT',
      settings: [
        '  AzureWebJobsStorage          UseDevelopmentStorage=true',
        '  AZURE_FUNCTIONS_ENVIRONMENT  Development',
        '  LEVEL                        debug',
        '  NAME                         two\\x0alines',
        '  WEBSITE_HOSTNAME             localhost:7071',
      ],
      host: [
        '  customHandler                node server.js',
        '  mode                         payload',
        '  extensions.http.routePrefix  api',
        '  functionTimeout              00:30:00',
        '  Host.LocalHttpAddress        127.0.0.1',
        '  Host.LocalHttpPort           7071',
      ],
    });
  });

  test.each([
    ['the folder', (root: string) => [root]],
    ['a folder below it', (root: string) => [`${root}/Hello`]],
    ['--app', (root: string) => ['--app', root]],
  ])('takes the app from %s', async (_, words) => {
    const root = appFolder({ 'host.json': hostJson(), 'Hello/function.json': httpFunction(), '.env': 'A=a' });
    const program = createFakeProgram({ argv: ['config', 'show', ...words(root)], clock: systemClock });
    expect(await runPortico(program)).toBe(0);
    expect(program.stdout.lines[0]).toBe(`settings of ${root}`);
    expect(program.stdout.lines).toContain('  A                            a');
  });

  test('without an app ends with 2', async () => {
    const program = createFakeProgram({ argv: ['config', 'show', '/nosuch'], clock: systemClock });
    expect(await runPortico(program)).toBe(2);
    expect(program.stderr.lines[0]).toContain('Unable to find project root');
  });
});

describe('portico config show --origin', () => {
  const everywhere = { ...values({ A: 'local', B: 'local' }), '.env.local': 'A=env.local\nC=env.local', '.env': '# first\nA=env\nD=env' };

  test.each([
    ['A', {}, ['A', 'local', 'local.settings.json:4, hides .env.local:1, .env:2']],
    ['A', { A: 'shell' }, ['A', 'shell', 'environment, hides local.settings.json:4, .env.local:1, .env:2']],
    ['A', { A: 'local' }, ['A', 'local', 'environment, hides local.settings.json:4, .env.local:1, .env:2']],
    ['B', {}, ['B', 'local', 'local.settings.json:5']],
    ['C', {}, ['C', 'env.local', '.env.local:2']],
    ['D', {}, ['D', 'env', '.env:3']],
    ['WEBSITE_HOSTNAME', {}, ['WEBSITE_HOSTNAME', 'localhost:7071', 'default']],
    ['WEBSITE_HOSTNAME', { WEBSITE_HOSTNAME: 'example.org' }, ['WEBSITE_HOSTNAME', 'example.org', 'environment']],
  ])('says where %s comes from with %j in the environment', async (name, environment, expected) => {
    const { settings } = await show(everywhere, ['--origin'], environment);
    expect(lineOf(settings, name)).toEqual(expected);
  });

  test('says it of connection strings of local.settings.json', async () => {
    const { settings } = await show(values({}, { ConnectionStrings: { Db: 'Server=db' } }), ['--origin']);
    expect(lineOf(settings, 'ConnectionStrings:Db')).toEqual(['ConnectionStrings:Db', 'Server=db', 'local.settings.json:5']);
  });

  test('moves nothing but its own line for a long value', async () => {
    const { settings } = await show({ '.env': `A=${'x'.repeat(50)}\nB=b` }, ['--origin']);
    expect(settings.map((line) => line.lastIndexOf('  '))).toEqual([81, 71, 71, 71]);
  });

  const overrides = (name: string, value: string, files: AppFiles = {}) =>
    show({ 'host.json': hostJson({ functionTimeout: '00:05:00' }), ...files }, ['--origin'], { [`AzureFunctionsJobHost__${name}`]: value });

  test.each([
    [
      'functionTimeout',
      '00:01:00',
      'environment, hides host.json:11',
      ['functionTimeout', '00:01:00', 'AzureFunctionsJobHost__functionTimeout'],
    ],
    [
      'extensions__http__routePrefix',
      'v1',
      'environment',
      ['extensions.http.routePrefix', 'v1', 'AzureFunctionsJobHost__extensions__http__routePrefix'],
    ],
    // What cannot be read replaces nothing but its own value.
    ['functionTimeout', 'soon', 'environment, hides host.json:11', ['functionTimeout', '00:30:00', 'default']],
    // Text does not replace an object.
    ['customHandler', 'x', 'environment', ['functionTimeout', '00:05:00', 'host.json:11']],
  ])('says what AzureFunctionsJobHost__%s=%s is put over', async (name, value, origin, option) => {
    const { settings, host } = await overrides(name, value);
    expect(lineOf(settings, `AzureFunctionsJobHost__${name}`)).toEqual([`AzureFunctionsJobHost__${name}`, value, origin]);
    expect(lineOf(host, option[0]!)).toEqual(option);
  });

  test.each([
    [{}, {}, ['mode', 'payload', 'default']],
    [{ enableForwardingHttpRequest: true }, {}, ['mode', 'forward', 'host.json:10']],
    [{ enableProxyingHttpRequest: true, enableForwardingHttpRequest: true }, {}, ['mode', 'proxy', 'host.json:10']],
    [{ port: 8080 }, {}, ['customHandler.port', '8080', 'host.json:10']],
    [{}, values({}, { Host: { LocalHttpPort: 7099 } }), ['Host.LocalHttpPort', '7099', 'local.settings.json:5']],
    [{}, values({}, { Host: { LocalHttpAddress: '0.0.0.0' } }), ['Host.LocalHttpAddress', '0.0.0.0', 'local.settings.json:5']],
    [{}, values({}, { Host: { LocalHttpPort: 'auto' } }), ['Host.LocalHttpPort', '7071', 'default']],
    [{}, {}, ['customHandler', 'node server.js', 'host.json:5']],
  ])('says what the host makes of %j and %j', async (handler, files, expected) => {
    const { host } = await show({ 'host.json': hostJson({}, handler), ...files }, ['--origin']);
    expect(lineOf(host, expected[0]!)).toEqual(expected);
  });

  test('names the older section, and the profile that decides', async () => {
    const older = { version: '2.0', httpWorker: { description: { defaultExecutablePath: 'server' } } };
    const { host } = await show({ 'host.json': older }, ['--origin']);
    expect(lineOf(host, 'httpWorker')).toEqual(['httpWorker', 'server', 'host.json:5']);
    expect(lineOf(host, 'mode')).toEqual(['mode', 'legacy', 'host.json:3']);
    const profiled = await show({ 'host.json': hostJson({ configurationProfile: 'mcp-custom-handler' }) }, ['--origin']);
    expect(lineOf(profiled.host, 'mode')).toEqual(['mode', 'proxy', 'host.json:11']);
  });
});

describe('of the environment portico config show', () => {
  test('shows what the host reads itself', async () => {
    const read = {
      AzureWebJobsStorage: 'a',
      FUNCTIONS_X: 'b',
      PORTICO_X: 'c',
      website_x: 'd',
      TZ: 'e',
      AzureFunctionsWebHost__hostid: 'f',
    };
    const { settings } = await show({}, [], { ...read, HOME: 'x', PATH: 'x', TZDIR: 'x', MY_FUNCTIONS_X: 'x' });
    const shown = settings.map((line) => line.trim().split(' ')[0]);
    expect(shown.toSorted()).toEqual([...Object.keys(read), 'AZURE_FUNCTIONS_ENVIRONMENT', 'WEBSITE_HOSTNAME'].toSorted());
  });

  test.each([
    [{ connection: 'Orders', queueName: 'orders' }, ['Orders', 'AzureWebJobsOrders', 'ConnectionStrings__Orders', 'CUSTOMCONNSTR_Orders']],
    [{ connection: 'orders', queueName: 'orders' }, ['Orders__accountName', 'ORDERS__credential']],
    [{ connection: '%WHICH%', queueName: 'q-%NAME%' }, ['WHICH', 'NAME']],
  ])('shows what a function with %j names', async (trigger, names) => {
    const environment = Object.fromEntries([...names, 'Orders2', 'NAMES', 'Other'].map((name) => [name, 'x']));
    const { settings } = await show({ 'Q/function.json': queueFunction(trigger) }, [], environment);
    const shown = settings.map((line) => line.trim().split(' ')[0]);
    expect(shown.filter((name) => name !== undefined && Object.hasOwn(environment, name)).toSorted()).toEqual(names.toSorted());
  });
});

describe('portico config show hides secrets', () => {
  const files = {
    ...values({ API_KEY: 'hidden1', Orders: 'AccountName=a;AccountKey=hidden2', AMQP: 'amqp://u:hidden3@h', Odd: ' hidden4AccountKey=x' }),
    'host.json': hostJson(
      {},
      {
        description: {
          defaultExecutablePath: 'node',
          arguments: ['--token', 'hidden5', '--pwd hidden12', '--url=amqp://u:hidden6@h', '--header', '"Authorization: Bearer hidden13"'],
        },
      },
    ),
    '.env': 'API_KEY=hidden7\nDB_PASSWORD="hidden8\nDB_PASSWORD=hidden9',
  };
  const environment = { PORTICO_KEYS__HOST__MASTER: 'hidden10', DB_PASSWORD: 'hidden11' };

  test.each([[[]], [['--origin']], [['--json']]])('with %j', async (words) => {
    const root = appFolder(files);
    const program = createFakeProgram({ argv: ['config', 'show', ...words], workingDirectory: root, environment, clock: systemClock });
    expect(await runPortico(program)).toBe(0);
    const written = program.stdout.text + program.stderr.text;
    expect(written).toContain('AccountName=a;AccountKey=***');
    expect(written).toContain('amqp://u:***@h');
    expect(written).toContain('node --token *** --pwd *** --url=amqp://u:***@h --header');
    expect(written).toContain('"Authorization: ***');
    expect(written.replaceAll('hidden4AccountKey', '')).not.toContain('hidden');
  });

  test('unless they are asked for', async () => {
    const { settings, host } = await show(files, ['--show-secrets'], environment);
    expect(lineOf(settings, 'API_KEY')).toEqual(['API_KEY', 'hidden1']);
    expect(lineOf(settings, 'PORTICO_KEYS__HOST__MASTER')).toEqual(['PORTICO_KEYS__HOST__MASTER', 'hidden10', '(for the host alone)']);
    expect(lineOf(host, 'customHandler')).toEqual([
      'customHandler',
      'node --token hidden5 --pwd hidden12 --url=amqp://u:hidden6@h --header "Authorization: Bearer hidden13"',
    ]);
  });
});

describe('portico config show marks a Key Vault reference', () => {
  test('and says on standard error what to do, also of the function that needs it', async () => {
    const files = { ...values({ Orders: REFERENCE }), 'Q/function.json': queueFunction({ queueName: 'orders', connection: 'Orders' }) };
    const { code, settings, stderr } = await show(files, ['--origin']);
    expect(code).toBe(0);
    expect(lineOf(settings, 'Orders')).toEqual(['Orders', REFERENCE, 'local.settings.json:4', '(Key Vault reference, not resolved)']);
    expect(stderr).toEqual([
      expect.stringMatching(
        /^! local\.settings\.json:4:15: The setting Orders is a Key Vault reference that nothing resolves outside of Azure;/,
      ),
      expect.stringMatching(/^✗ Q\/function\.json:8:21: The connection cannot be used: the app setting Orders is a Key Vault reference/),
    ]);
  });
});

describe('portico config show says what is wrong with the configuration', () => {
  test.each([
    ['local.settings.json', '{ "Values": { "A": "a" ', 0, /^! local\.settings\.json:1:\d+: local\.settings\.json is not read: /],
    [
      'local.settings.json',
      { IsEncrypted: true, Values: { A: 'CfDJ8' } },
      0,
      /^! local\.settings\.json:2:18: IsEncrypted is true, .*"func settings decrypt"/,
    ],
    [
      'local.settings.json',
      '{"IsEncrypted":false,"Values":{"A":"1",\n"A":"2"}}',
      0,
      /^! local\.settings\.json:2:1: A is written more than once/,
    ],
    ['.env', 'A=1\nA=2', 0, /^! \.env:2: A is written in line 1 already/],
    ['portico.json', '{', 0, /^! portico\.json:1:\d+: portico\.json is not read/],
    ['host.json', '{', 1, /^✗ host\.json:1:2: Unable to parse host configuration file/],
    ['Hello/function.json', '{', 0, /^✗ Hello\/function\.json:1:\d+: /],
  ])('%s: %j', async (file, content, code, message) => {
    const shown = await show({ '.env.local': 'B=b', [file]: content });
    expect(shown.code).toBe(code);
    expect(shown.stderr).toEqual([expect.stringMatching(message)]);
    expect(lineOf(shown.settings, 'B')).toEqual(['B', 'b']);
    expect(shown.host.length).toBe(code === 0 ? 6 : 0);
  });
});

test('portico config show --json writes a line for each setting, option and problem', async () => {
  const files = { ...values({ A: REFERENCE, KEY: 'k' }), '.env': 'A=b' };
  const { stderr, json } = await show(files, ['--json'], { PORTICO_KEY: 'p', KEY: 'k' });
  expect(stderr).toEqual([]);
  expect(json()).toEqual([
    { setting: 'A', value: REFERENCE, origin: 'local.settings.json', line: 4, hides: [{ origin: '.env', line: 1 }], unresolved: true },
    { setting: 'AZURE_FUNCTIONS_ENVIRONMENT', value: 'Development', origin: 'default' },
    { setting: 'KEY', value: '***', origin: 'environment', hides: [{ origin: 'local.settings.json', line: 5 }], masked: true },
    { setting: 'PORTICO_KEY', value: '***', origin: 'environment', masked: true, hostOnly: true },
    { setting: 'WEBSITE_HOSTNAME', value: 'localhost:7071', origin: 'default' },
    { option: 'customHandler', value: 'node server.js', origin: 'host.json', line: 5 },
    { option: 'mode', value: 'payload', origin: 'default' },
    { option: 'extensions.http.routePrefix', value: 'api', origin: 'default' },
    { option: 'functionTimeout', value: '00:30:00', origin: 'default' },
    { option: 'Host.LocalHttpAddress', value: '127.0.0.1', origin: 'default' },
    { option: 'Host.LocalHttpPort', value: 7071, origin: 'default' },
    {
      problem: 'KEY_VAULT_REFERENCE',
      severity: 'warning',
      message: expect.any(String),
      hint: expect.any(String),
      file: 'local.settings.json',
      line: 4,
      column: 10,
    },
  ]);
});
