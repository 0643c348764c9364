import { describe, expect, test } from 'vitest';
import { type AppFiles, appFolder } from '../../../../test/support/app-folder.ts';
import { readSettings, settingFinder } from './settings.ts';

const read = (files: AppFiles, environment: Record<string, string | undefined> = {}) => readSettings(appFolder(files), environment);
const codes = (files: AppFiles, environment?: Record<string, string>) => read(files, environment).problems.map(({ code }) => code);
const localSettings = (values: object, more: object = {}) => ({ 'local.settings.json': { IsEncrypted: false, Values: values, ...more } });

describe('settings', () => {
  test('come from the environment, local.settings.json, .env.local and .env, in this order', () => {
    const files = { ...localSettings({ B: 'local', A: 'local' }), '.env.local': 'C=env.local\nB=env.local', '.env': 'D=".env"\nC=.env' };
    expect(read(files, { A: 'environment', E: undefined }).settings).toEqual({ A: 'environment', B: 'local', C: 'env.local', D: '.env' });
  });

  test('that the environment replaces are named, unless they are the same', () => {
    const { problems } = read(localSettings({ A: 'file', B: 'same' }), { A: 'shell', B: 'same' });
    const message = "Skipping 'A' from local settings as it's already defined in current environment variables.";
    expect(problems).toMatchObject([{ severity: 'warning', message, file: 'local.settings.json', line: 4, column: 10 }]);
  });

  test('of the name __proto__ are settings like any other', () => {
    expect(Object.entries(read({ 'local.settings.json': '{"IsEncrypted":false,"Values":{"__proto__":"x"}}' }).settings)).toEqual([
      ['__proto__', 'x'],
    ]);
  });

  test('are all in `written`, with their lines, also those that do not count', () => {
    const files = { ...localSettings({ A: 'local' }), '.env.local': '\nA=env.local', '.env': 'A=env\nB="b\nb"\nexport C=c' };
    expect(read(files, { A: 'environment' }).written).toEqual([
      { name: 'A', value: 'env', place: { file: '.env', line: 1 } },
      { name: 'B', value: 'b\nb', place: { file: '.env', line: 2 } },
      { name: 'C', value: 'c', place: { file: '.env', line: 4 } },
      { name: 'A', value: 'env.local', place: { file: '.env.local', line: 2 } },
      { name: 'A', value: 'local', place: { file: 'local.settings.json', line: 4, column: 10 } },
    ]);
  });

  const reference = '@Microsoft.KeyVault(VaultName=v;SecretName=s)';

  test.each([
    ['local.settings.json', localSettings({ A: reference }), {}, { file: 'local.settings.json', line: 4 }],
    ['.env', { '.env': `\nA=${reference}` }, {}, { file: '.env', line: 2 }],
    ['the environment', {}, { A: reference }, { file: 'A' }],
  ])('that refer to a Key Vault are named with their place: %s', (_, files, environment, place) => {
    const { settings, problems } = read(files, environment);
    expect(settings).toEqual({ A: reference });
    expect(problems).toMatchObject([{ code: 'KEY_VAULT_REFERENCE', severity: 'warning', ...place }]);
    expect(problems[0]?.message).toContain('The setting A is a Key Vault reference that nothing resolves outside of Azure;');
  });

  test('that refer to a Key Vault are no matter where they do not count', () => {
    expect(codes(localSettings({ A: reference }), { A: 'secret' })).toEqual(['SETTING_OVERRIDDEN']);
  });

  test('that refer to a Key Vault on Azure were not resolved by the platform', () => {
    const { problems } = read({}, { A: reference, WEBSITE_INSTANCE_ID: 'x' });
    expect(problems[0]?.message).toContain('that the platform did not resolve');
  });

  test('that no environment variable can hold are left out', () => {
    const { settings, problems } = read(localSettings({ A: 'x\0y', B: 'b' }));
    expect(settings).toEqual({ B: 'b' });
    expect(problems).toMatchObject([{ code: 'SETTING_UNUSABLE' }]);
  });

  test('are read by names that ignore case', () => {
    expect(settingFinder({ AzureWebJobsStorage: 'x' })('AZUREWEBJOBSSTORAGE')).toEqual(['AzureWebJobsStorage', 'x']);
  });
});

describe('.env', () => {
  const linesOf = (text: string) => read({ '.env': text }).problems.map(({ code, file, line }) => [code, file, line]);

  test('may hold comments, exports, empty values and values in quotes over several lines', () => {
    expect(linesOf('# it\'s\n\nexport A=1\r\n B = "x\n= y # no" # yes\nC=\nD=it\'s\nE=`"`\n')).toEqual([]);
  });

  test.each(['this is not', '=x', ' = x', 'ABC'])('with the line "%s" keeps the others and names the place', (line) => {
    expect(read({ '.env': `A=1\n${line}\nB=2` }).settings).toEqual({ A: '1', B: '2' });
    expect(linesOf(`A=1\n${line}\nB=2`)).toEqual([['DOT_ENV_LINE_UNREADABLE', '.env', 2]]);
  });

  test('may begin with a byte order mark', () => {
    expect(read({ '.env': '\ufeffA=1' })).toMatchObject({ settings: { A: '1' }, written: [{ place: { line: 1 } }], problems: [] });
  });

  test('keeps the blanks of a value in quotes', () => {
    const { settings, problems } = read({ '.env': 'A= a \nB=" b "' });
    expect({ settings, problems }).toEqual({ settings: { A: 'a', B: ' b ' }, problems: [] });
  });

  test('with a name twice lets the last one count, and names both lines', () => {
    const { settings, problems } = read({ '.env': 'A=1\nB="\nA=x\n"\n export A=2' });
    expect(settings).toEqual({ A: '2', B: '\nA=x\n' });
    expect(problems).toMatchObject([
      { code: 'DOT_ENV_NAME_REPEATED', file: '.env', line: 5, message: 'A is written in line 1 already; the last one counts.' },
    ]);
  });

  test('with a quote that nothing closes names the place, and shows no value', () => {
    const { settings, problems } = read({ '.env': 'A=1\nKEY="secret\nB=2' });
    expect(settings).toEqual({ A: '1', KEY: '"secret', B: '2' });
    expect(problems).toMatchObject([{ code: 'DOT_ENV_QUOTE_OPEN', severity: 'warning', file: '.env', line: 2 }]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });
});

describe('local.settings.json', () => {
  test('turns connection strings into settings', () => {
    const file = localSettings(
      {},
      { ConnectionStrings: { Plain: 'a', Named: { ConnectionString: 'b', ProviderName: 'p' }, Wrong: { Name: 'c' } } },
    );
    const { settings, problems } = read(file);
    expect(settings).toEqual({ 'ConnectionStrings:Plain': 'a', 'ConnectionStrings:Named': 'b' });
    expect(problems).toMatchObject([{ code: 'CONNECTION_STRING_MISSING', message: expect.stringContaining('Wrong') }]);
  });

  test('says how to serve', () => {
    const { local } = read(
      localSettings(
        {},
        { Host: { LocalHttpPort: '7072', LocalHttpAddress: '127.0.0.2', CORS: 'https://a, https://b,', CORSCredentials: true } },
      ),
    );
    expect(local).toEqual({ port: 7072, address: '127.0.0.2', corsOrigins: ['https://a', 'https://b'], corsCredentials: true });
  });

  test('takes numbers and booleans for text, with a warning, and leaves out the rest', () => {
    const { settings, problems } = read(localSettings({ A: 5, B: true, C: { d: 1 }, D: null }));
    expect(settings).toEqual({ A: '5', B: 'True' });
    expect(problems.map(({ code, line }) => [code, line])).toEqual([4, 5, 6].map((line) => ['SETTING_NOT_TEXT', line]));
  });

  test('gives values without their outer blanks, with a warning that does not show them', () => {
    const file = localSettings({ A: ' AccountKey=secret\n', SEPARATOR: ' ', B: ' x', C: 'c c' }, { ConnectionStrings: { D: 'd ' } });
    const { settings, problems } = read(file, { B: 'x' });
    expect(settings).toEqual({ A: 'AccountKey=secret', SEPARATOR: ' ', B: 'x', C: 'c c', 'ConnectionStrings:D': 'd' });
    expect(problems.map(({ code, line }) => [code, line])).toEqual([4, 6, 10].map((line) => ['SETTING_BLANKS', line]));
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  test('with encrypted values has none', () => {
    const { settings, problems } = read({ 'local.settings.json': { IsEncrypted: true, Values: { A: 'CfDJ8…' } } });
    expect(settings).toEqual({});
    expect(problems).toMatchObject([{ code: 'SETTINGS_ENCRYPTED', hint: expect.stringContaining('func settings decrypt') }]);
  });

  test('that does not say whether it is encrypted is taken for plain, with a warning', () => {
    const { settings, problems } = read({ 'local.settings.json': { Values: { A: 'a' } } });
    expect(settings).toEqual({ A: 'a' });
    expect(problems).toMatchObject([{ code: 'SETTINGS_ENCRYPTION_UNSTATED' }]);
    expect(codes({ 'local.settings.json': { Host: {} } })).toEqual([]);
  });

  test('with a name twice lets the last one count', () => {
    const { settings, problems } = read({ 'local.settings.json': '{ "IsEncrypted": false, "Values": { "A": "1", "A": "2" } }' });
    expect(settings).toEqual({ A: '2' });
    expect(problems).toMatchObject([
      { code: 'SETTING_REPEATED', azureMessage: 'An item with the same key has already been added. Key: A' },
    ]);
  });

  test.each(['{', '[]', '"x"', ''])('that reads %j costs its settings and nothing else', (text) => {
    const { settings, problems } = read({ 'local.settings.json': text, '.env': 'A=a' });
    expect(settings).toEqual({ A: 'a' });
    expect(problems).toMatchObject([{ code: 'SETTINGS_FILE_INVALID', severity: 'warning', file: 'local.settings.json', line: 1 }]);
  });

  test('may be a folder by mistake, like .env', () => {
    expect(codes({ 'local.settings.json/x': '', '.env/x': '' })).toEqual(['SETTINGS_FILE_INVALID', 'FILE_UNREADABLE']);
  });
});
