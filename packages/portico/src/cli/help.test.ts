import { describe, expect, test } from 'vitest';
import { COMMANDS, type Command, type CommandName } from './flags.ts';
import { helpText } from './help.ts';

describe('helpText', () => {
  test('without a topic lists the commands', () => {
    expect(helpText(undefined)).toMatchInlineSnapshot(`
      "portico runs Azure Functions custom handlers on this machine.

      Usage: portico COMMAND

        start [APP]               Run the function app in the folder APP, or the one around the current
                                  folder.
        invoke NAME               Run one function of a running host by hand, whatever triggers it.
        queue ACTION              Look after the storage queues of an app.
        keys ACTION               Show and change the keys of an app, while it runs as well.
        config ACTION             Show the settings of an app, and where they come from.
        completion bash|zsh|fish  Print the completion script of a shell.
        help [COMMAND]            Show help for a command.

        --help     Show help for a command.
        --version  Print the version.

      Flags of a command: portico help start"
    `);
  });

  test('of start lists every flag with its default', () => {
    expect(helpText('start')).toMatchInlineSnapshot(`
      "Usage: portico start [APP] [FLAGS]

      Run the function app in the folder APP, or the one around the current folder.

        --port N|auto            Port to listen on; auto takes the first free one from 7071 up, 0 any free
                                 one. Default: 7071, or Host.LocalHttpPort of local.settings.json.
        --address A              Address to listen on. Beyond loopback callers are asked for keys.
                                 Default: 127.0.0.1, or Host.LocalHttpAddress.
        --functions A,B          Load only these functions. May be repeated. Default: all.
        --cors ORIGINS           Origins whose pages may call the functions, with commas between them; *
                                 is all. May be repeated. Default: none, or Host.CORS.
        --cors-credentials       Let those pages send cookies and credentials.
        --https                  Serve HTTPS, with a certificate made on this machine unless --cert names
                                 one.
        --cert FILE              Certificate and key for HTTPS: a PFX file, or PEM with the key in it or
                                 beside it. Implies --https.
        --password P             Password of the certificate file.
        --auth                   Ask callers for keys, those on this machine as well; "portico keys" shows
                                 them. Default: beyond loopback.
        --no-auth                Ask nobody for a key: whoever reaches the port may call every function
                                 and the admin API.
        --as USER[,role=NAME]    Every request is this user's, as if the platform had signed it in: a name
                                 or an e-mail address, and any number of roles. For tests, on loopback
                                 only. Default: nobody.
        --client-cert FILE|ask   Every request comes with the certificate in this PEM or DER file, as
                                 X-ARR-ClientCert; for tests, on loopback only. With ask, and --https,
                                 callers are asked for theirs instead; the handler judges who signed it.
                                 Default: none.
        --xff-style plain|azure  What X-Forwarded-For gains: the caller's address, or address:port as on
                                 Azure. Default: plain.
        --verbose                Show everything, down to level debug.
        --quiet                  Show only warnings, errors and failed requests.
        --log CATEGORY=LEVEL     Least level shown of a category and those below it; default=LEVEL is for
                                 the rest. May be repeated.
        --json                   Write one JSON object per event and line (docs/reference/ndjson.md).
        --ready-file FILE        Write url, port and process ids to this JSON file when ready; remove it
                                 on stop.
        --watch                  Reload the handler when its sources change, without a request failing.
                                 Default: in a terminal.
        --no-watch               Reload only what the host itself reads.
        --build COMMAND          Make the handler with this command before its start and before every
                                 reload. Default: with --watch: build of portico.json.
        --grace SECONDS          How long requests under way may go on when the host stops, or a process
                                 of the handler is replaced. Default: 30.
        --attach PORT            Use the handler that already listens on 127.0.0.1:PORT, such as one under
                                 a debugger; start none."
    `);
  });

  test('of a command without flags is short', () => {
    expect(helpText('completion')).toMatchInlineSnapshot(`
      "Usage: portico completion bash|zsh|fish

      Print the completion script of a shell."
    `);
  });

  test('of a command with actions lists them as well', () => {
    expect(helpText('queue')).toMatchInlineSnapshot(`
      "Usage: portico queue ACTION [FLAGS]

      Look after the storage queues of an app.

        send QUEUE TEXT|@FILE|-  Send a message: a text, what is in a file, or what comes on standard
                                 input.
        peek QUEUE               Show the first messages, and leave them there.
        replay QUEUE             Put the messages of QUEUE-poison back into QUEUE; either name will do.
        purge QUEUE              Delete all messages. Asks before, unless --yes is given.
        list                     Show all queues, with about how many messages each has.

        --connection NAME  App setting, or group of settings, that says which storage account; the
                           emulator where it is not set. Default: AzureWebJobsStorage.
        --count N          How many messages to show (32 at most), or to put back. Default: 10 for peek,
                           all for replay.
        --yes              Purge without asking.
        --app APP          Folder of the app whose settings and host.json count, or one below it. Default:
                           the one around the current folder.
        --json             Write JSON: one object per message or queue, or one that says how many messages
                           it was."
    `);
  });

  test.each(Object.entries<Command>(COMMANDS))('of %s fits a terminal of 100 columns and forgets no flag', (name, { flags = {} }) => {
    const text = helpText(name as CommandName);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    for (const flag of Object.keys(flags)) expect(text).toContain(`\n  --${flag} `);
  });
});
