import { describe, expect, test } from 'vitest';
import { parseCommandLine } from './command-line.ts';
import { COMMANDS, type Command } from './flags.ts';

describe('parseCommandLine', () => {
  test.each([
    ['', { command: 'help', topic: undefined }],
    ['--help', { command: 'help', topic: undefined }],
    ['help start', { command: 'help', topic: 'start' }],
    ['start --help', { command: 'help', topic: 'start' }],
    ['start -h', { command: 'help', topic: 'start' }],
    ['completion --help', { command: 'help', topic: 'completion' }],
    ['--version', { command: 'version' }],
    ['completion zsh', { command: 'completion', shell: 'zsh' }],
    ['completion', { command: 'completion', shell: undefined }],
  ])('reads "%s"', (line, expected) => {
    expect(parseCommandLine(words(line))).toEqual(expected);
  });

  test.each([
    ['start', undefined, {}],
    ['start app', 'app', {}],
    ['host start app', 'app', {}],
    ['start app --port 80 --verbose', 'app', { port: '80', verbose: true }],
    ['start --port=80 app', 'app', { port: '80' }],
    ['--port 80 start app', 'app', { port: '80' }],
    ['start --port 80 --port auto', undefined, { port: 'auto' }],
    ['start --log a=debug --log b=none', undefined, { log: ['a=debug', 'b=none'] }],
    ['start --functions a,b app', 'app', { functions: ['a,b'] }],
    ['start --functions=a app', 'app', { functions: ['a'] }],
    ['--functions a start app', 'app', { functions: ['a'] }],
    ['start -- --odd-name', '--odd-name', {}],
  ])('reads the app and the flags of "%s"', (line, app, flags) => {
    expect(parseCommandLine(words(line))).toEqual({ command: 'start', app, flags, remarks: [] });
  });

  test.each([
    ['start -p 80', { port: '80' }],
    ['start --useHttps --cert a.pfx --password x', { https: true, cert: 'a.pfx', password: 'x' }],
    ['start --functions a b --port 80', { functions: ['a', 'b'], port: '80' }],
    ['start --functions a b', { functions: ['a', 'b'] }],
    ['start --cors http://a:1 --cors-credentials', { cors: ['http://a:1'], 'cors-credentials': true }],
    ['start --enable-json-output', { json: true }],
    ['start --enableAuth', { auth: true }],
    ['start --user-log-level Debug', { log: ['Function=Debug', 'Host.Function.Console=Debug'] }],
  ])('understands func in "%s"', (line, flags) => {
    expect(parseCommandLine(words(line))).toMatchObject({ flags, remarks: [] });
  });

  test('takes --script-root as the app', () => {
    expect(parseCommandLine(words('start --script-root sub --verbose'))).toMatchObject({ app: 'sub', flags: { verbose: true } });
  });

  test.each([
    ['--no-build', '--no-build has no meaning here: nothing is built unless --build says so, or portico.json while files are watched.'],
    ['--timeout 40', '--timeout has no meaning here: the handler has as long to start as initializationTimeout in host.json says.'],
    ['-t 40', '-t has no meaning here: the handler has as long to start as initializationTimeout in host.json says.'],
    ['--json-output-file f', '--json-output-file has no meaning here: use --json and send the output to a file.'],
    ['--language-worker x', '--language-worker has no meaning here: the handler is described in host.json.'],
    ['--dotnet-isolated-debug', '--dotnet-isolated-debug has no meaning here: the handler is described in host.json.'],
    ['--runtime 4', '--runtime has no meaning here: there is one host, which follows version 4.'],
  ])('says in one line that %s has no meaning', (flag, remark) => {
    expect(parseCommandLine(words(`start app ${flag}`))).toEqual({ command: 'start', app: 'app', flags: {}, remarks: [remark] });
  });

  test.each([
    ['invoke tick', { command: 'invoke', functionName: 'tick', flags: {} }],
    [
      'invoke tick --data - --watch -p 80 --app sub',
      { command: 'invoke', functionName: 'tick', flags: { data: '-', watch: true, port: '80', app: 'sub' } },
    ],
    ['--json invoke tick --data=-1', { command: 'invoke', functionName: 'tick', flags: { json: true, data: '-1' } }],
    [
      'queue send orders - --connection Other',
      { command: 'queue', action: 'send', queue: 'orders', data: '-', flags: { connection: 'Other' } },
    ],
    ['queue peek orders --count 3', { command: 'queue', action: 'peek', queue: 'orders', flags: { count: '3' } }],
    ['queue purge orders --yes', { command: 'queue', action: 'purge', queue: 'orders', flags: { yes: true } }],
    ['queue list', { command: 'queue', action: 'list', flags: {} }],
    ['keys list', { command: 'keys', action: 'list', owner: undefined, flags: {} }],
    ['keys list hello --show --app sub', { command: 'keys', action: 'list', owner: 'hello', flags: { show: true, app: 'sub' } }],
    ['keys create hello', { command: 'keys', action: 'create', owner: 'hello', name: undefined, flags: {} }],
    ['keys create hello ci --json', { command: 'keys', action: 'create', owner: 'hello', name: 'ci', flags: { json: true } }],
    ['keys set host ci -', { command: 'keys', action: 'set', owner: 'host', name: 'ci', data: '-', flags: {} }],
    ['keys revoke hello ci --yes', { command: 'keys', action: 'revoke', owner: 'hello', name: 'ci', flags: { yes: true } }],
    ['config show', { command: 'config', action: 'show', app: undefined, flags: {} }],
    ['config show sub --origin --json', { command: 'config', action: 'show', app: 'sub', flags: { origin: true, json: true } }],
    ['config show --show-secrets --app sub', { command: 'config', action: 'show', app: 'sub', flags: { 'show-secrets': true } }],
    ['invoke tick --key k', { command: 'invoke', functionName: 'tick', flags: { key: 'k' } }],
    ['queue --help', { command: 'help', topic: 'queue' }],
  ])('reads "%s", of which each command has its own flags', (line, expected) => {
    expect(parseCommandLine(words(line))).toEqual(expected);
  });

  test('takes a name for the same kind of flag in every command', () => {
    const kinds = Object.values<Command>(COMMANDS).flatMap(({ flags = {} }) =>
      Object.entries(flags).map(([name, { value, repeatable }]) => [name, JSON.stringify([value !== undefined, repeatable])] as const),
    );
    for (const [name, kind] of kinds) expect([name, kind]).toEqual([name, new Map(kinds).get(name)]);
  });

  test.each([
    ['start --prot 80', 'FLAG_UNKNOWN', 'There is no flag --prot.', 'Did you mean --port?'],
    ['start --usehttps', 'FLAG_UNKNOWN', 'There is no flag --usehttps.', '"portico help COMMAND" lists the flags of a command.'],
    ['start -z', 'FLAG_UNKNOWN', 'There is no flag -z.', '"portico help COMMAND" lists the flags of a command.'],
    ['start --constructor', 'FLAG_UNKNOWN', 'There is no flag --constructor.', '"portico help COMMAND" lists the flags of a command.'],
    ['strat', 'COMMAND_UNKNOWN', 'There is no command "strat".', 'Did you mean "portico start"?'],
    ['version', 'COMMAND_UNKNOWN', 'There is no command "version".', 'Did you mean "portico --version"?'],
    ['-v', 'FLAG_UNKNOWN', 'There is no flag -v.', '"portico help COMMAND" lists the flags of a command.'],
    ['help strat', 'HELP_TOPIC_UNKNOWN', 'There is no command "strat" to show help for.', 'Did you mean "portico help start"?'],
    ['help nosuch', 'HELP_TOPIC_UNKNOWN', 'There is no command "nosuch" to show help for.', '"portico help" lists the commands.'],
    [
      'start --port',
      'FLAG_VALUE_MISSING',
      '--port needs a value.',
      'Write --port N|auto; a value that begins with a dash as --port=VALUE.',
    ],
    [
      'start --port --json',
      'FLAG_VALUE_MISSING',
      '--port needs a value.',
      'Write --port N|auto; a value that begins with a dash as --port=VALUE.',
    ],
    [
      'start --json=no',
      'FLAG_TAKES_NO_VALUE',
      '--json takes no value, but "no" was given.',
      'Write --json to switch it on, or leave it out.',
    ],
    [
      'start a b',
      'TOO_MANY_ARGUMENTS',
      '"portico start" takes one argument, but 2 were given: a b.',
      'What holds spaces needs quotes around it; "portico help start" shows what goes where.',
    ],
    ['invoke', 'ARGUMENT_MISSING', '"portico invoke" needs the name of a function.', 'Write portico invoke NAME'],
    ['invoke a b', 'TOO_MANY_ARGUMENTS', '"portico invoke" takes one argument, but 2 were given: a b.', expect.any(String)],
    ['invoke a --data x --data y', 'FLAG_REPEATED', '--data was given more than once.', 'Leave all but one of them out.'],
    ['invoke a --cert x', 'FLAG_NOT_OF_COMMAND', '"portico invoke" has no flag --cert.', '"portico invoke --help" lists those it has.'],
    [
      'invoke a --no-build',
      'FLAG_NOT_OF_COMMAND',
      '"portico invoke" has no flag --no-build.',
      '"portico invoke --help" lists those it has.',
    ],
    ['start --data x', 'FLAG_NOT_OF_COMMAND', '"portico start" has no flag --data.', '"portico start --help" lists those it has.'],
    ['help --json', 'FLAG_NOT_OF_COMMAND', '"portico help" has no flag --json.', '"portico help --help" lists those it has.'],
    [
      'queue',
      'ACTION_UNKNOWN',
      '"portico queue" needs to know what to do.',
      'Write "portico queue" and one of send, peek, replay, purge, list.',
    ],
    ['queue snd q', 'ACTION_UNKNOWN', 'There is no "portico queue snd".', 'Did you mean "portico queue send"?'],
    ['queue peek', 'ARGUMENT_MISSING', '"portico queue peek" needs the name of a queue.', 'Write portico queue peek QUEUE'],
    ['queue send q', 'ARGUMENT_MISSING', '"portico queue send" needs the message as well.', 'Write portico queue send QUEUE TEXT|@FILE|-'],
    [
      'queue send q two words',
      'TOO_MANY_ARGUMENTS',
      '"portico queue send" takes two arguments, but 3 were given: q two words.',
      expect.any(String),
    ],
    ['keys', 'ACTION_UNKNOWN', '"portico keys" needs to know what to do.', 'Write "portico keys" and one of list, create, set, revoke.'],
    ['keys lst', 'ACTION_UNKNOWN', 'There is no "portico keys lst".', 'Did you mean "portico keys list"?'],
    ['keys constructor', 'ACTION_UNKNOWN', 'There is no "portico keys constructor".', expect.any(String)],
    ['keys create', 'ARGUMENT_MISSING', '"portico keys create" needs to know whose key.', 'Write portico keys create OWNER [NAME]'],
    [
      'keys revoke a',
      'ARGUMENT_MISSING',
      '"portico keys revoke" needs the name of the key as well.',
      'Write portico keys revoke OWNER NAME',
    ],
    [
      'keys set a',
      'ARGUMENT_MISSING',
      '"portico keys set" needs the name of the key as well.',
      'Write portico keys set OWNER NAME TEXT|@FILE|-',
    ],
    ['keys set a b', 'ARGUMENT_MISSING', '"portico keys set" needs the value as well.', 'Write portico keys set OWNER NAME TEXT|@FILE|-'],
    ['keys list a b', 'TOO_MANY_ARGUMENTS', '"portico keys list" takes one argument, but 2 were given: a b.', expect.any(String)],
    [
      'keys set a b half other',
      'TOO_MANY_ARGUMENTS',
      '"portico keys set" takes three arguments, but 4 were given: a b *** ***.',
      expect.any(String),
    ],
    ['config', 'ACTION_UNKNOWN', '"portico config" needs to know what to do.', 'Write "portico config" and show.'],
    ['config shw', 'ACTION_UNKNOWN', 'There is no "portico config shw".', 'Did you mean "portico config show"?'],
    ['config show a b', 'TOO_MANY_ARGUMENTS', '"portico config show" takes one argument, but 2 were given: a b.', expect.any(String)],
    ['config show --app a b', 'TOO_MANY_ARGUMENTS', '"portico config show" takes one argument, but 2 were given: a b.', expect.any(String)],
    ['config show --port 80', 'FLAG_NOT_OF_COMMAND', '"portico config" has no flag --port.', '"portico config --help" lists those it has.'],
    ['keys list --port 80', 'FLAG_NOT_OF_COMMAND', '"portico keys" has no flag --port.', '"portico keys --help" lists those it has.'],
    ['start --as', 'FLAG_VALUE_MISSING', '--as needs a value.', expect.stringContaining('Write --as USER[,role=NAME]')],
    ['queue list q', 'TOO_MANY_ARGUMENTS', '"portico queue list" takes no argument, but 1 was given: q.', expect.any(String)],
  ])('refuses "%s"', (line, code, message, hint) => {
    expect(() => parseCommandLine(words(line))).toThrow(expect.objectContaining({ code, message, hint, kind: 'usage' }));
  });
});

function words(line: string): string[] {
  return line.split(' ').filter(Boolean);
}
