// What `portico config show` says beside what a handler finds in its environment.
import { expect, test } from 'vitest';
import { runPortico } from '../packages/portico/src/cli/run-portico.ts';
import { systemClock } from '../packages/portico/src/platform/system-clock.ts';
import { appFolder, hostJson, httpFunction } from './support/app-folder.ts';
import { createFakeProgram } from './support/fake-program.ts';
import { runningHost } from './support/running-host.ts';

const HANDLER = `
require('node:http')
  .createServer((_, response) => response.end(JSON.stringify(process.env)))
  .listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');
`;

test('portico config show shows the settings that the handler gets, and marks those that it does not get', async () => {
  const root = appFolder({
    'host.json': hostJson({}, { enableForwardingHttpRequest: true }),
    'Hello/function.json': httpFunction(),
    'server.js': HANDLER,
    'local.settings.json': {
      IsEncrypted: false,
      Values: {
        A: 'local',
        B: ' padded ',
        KEY: 'secret',
        NUMBER: 7,
        VAULT: '@Microsoft.KeyVault(VaultName=v;SecretName=s)',
        SHELL_WINS: 'file',
      },
      ConnectionStrings: { Db: 'Server=db;Password=p' },
    },
    '.env.local': 'A=env.local\nLINES="1\n2"',
    '.env': 'A=env\nexport QUOTED=" kept "\nLINES=one # no',
  });
  const environment = {
    PATH: process.env.PATH ?? '',
    SHELL_WINS: 'shell',
    FUNCTIONS_X: 'x',
    PORTICO_KEYS__HOST__MASTER: 'master',
    AzureWebEncryptionKey: 'key',
  };
  const program = createFakeProgram({
    argv: ['config', 'show', '--show-secrets', '--json'],
    workingDirectory: root,
    environment,
    clock: systemClock,
  });
  expect(await runPortico(program)).toBe(0);
  const shown = program.stdout.lines.map((line) => JSON.parse(line)).filter(({ setting, origin }) => setting && origin !== 'default');

  await using host = await runningHost({ root }, { environment });
  const found = (await (await fetch(`${host.url}/api/Hello`)).json()) as Record<string, string>;
  const given = shown.filter(({ hostOnly }) => !hostOnly);
  expect(given.map(({ setting }) => setting).toSorted()).toEqual(
    ['A', 'B', 'ConnectionStrings:Db', 'FUNCTIONS_X', 'KEY', 'LINES', 'NUMBER', 'QUOTED', 'SHELL_WINS', 'VAULT'].toSorted(),
  );
  for (const { setting, value } of given) expect({ setting, value: found[setting] }).toEqual({ setting, value });
  const kept = shown.filter(({ hostOnly }) => hostOnly).map(({ setting }) => setting);
  expect(kept).toEqual(['AzureWebEncryptionKey', 'PORTICO_KEYS__HOST__MASTER']);
  for (const name of kept) expect(found).not.toHaveProperty(name);
});
