// The pages of docs/reference that describe the command line. Only the generator and a test load this.
import { EVENTS, eventSchema } from './events.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { type Action, COMMANDS, type Command, type Flag, GLOBAL_FLAGS } from './flags.ts';
import { actionUsage, commandUsage, flagDoc, flagUsage } from './help.ts';

/** File name under docs/reference → its content. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    'cli.md': cliPage(),
    'ndjson.md': ndjsonPage(),
    'ndjson.schema.json': `${JSON.stringify(eventSchema(), null, 2)}\n`,
  };
}

const MARK = '<!-- Generated from packages/portico/src/cli; change it there and run `npm run generate`. -->';

const LOG_CATEGORIES = [
  ['`Host.Startup`', 'How the start went, and what was read again.'],
  ['`Host.Http`', 'What the public port met outside of functions.'],
  ['`Host.Requests`', 'The line of each request: level error when it failed, else information.'],
  ['`Host.Function.Console`', 'What the handler prints.'],
  ['`Function.NAME`', 'What the host says of the runs of one function.'],
  ['`Function.NAME.User`', 'What the function itself logs.'],
  ['`Worker`', 'The handler as a process: its start, its end, its restarts.'],
];

function cliPage(): string {
  const commands = Object.entries<Command>(COMMANDS).map(([name, command]) => {
    const flags = command.flags ? ['', ...markdownTable(['flag', 'meaning'], flagRows(command.flags))] : [];
    const actions = command.actions ? ['', ...markdownTable(['action', 'meaning'], actionRows(command.actions))] : [];
    return [`## portico ${name}`, '', `\`${commandUsage(name, command)}\``, '', command.doc, ...actions, ...flags, ''].join('\n');
  });
  const exitCodes = Object.values(EXIT_CODES).map(({ code, doc }) => [String(code), doc]);
  return `${MARK}

# Command line

${commands.join('\n')}
## For every command

${markdownTable(['flag', 'meaning'], flagRows(GLOBAL_FLAGS)).join('\n')}

The spellings of \`func start\` are accepted as well; those without meaning here are answered with a line that says so.

## Log categories

For \`--log\` and for \`logging.logLevel\` of host.json; a name stands for all that begin with it.

${markdownTable(['category', 'what it tells'], LOG_CATEGORIES).join('\n')}

## Exit codes

${markdownTable(['code', 'when'], exitCodes).join('\n')}
`;
}

function ndjsonPage(): string {
  const events = Object.entries(EVENTS).map(([name, { doc, fields }]) => {
    const rows = Object.entries(fields).map(([field, { type, doc, optional, oneOf }]: [string, FieldDoc]) => {
      const values = oneOf ? oneOf.map((value) => `\`"${value}"\``).join(', ') : type;
      return [`\`${field}\`${optional ? '?' : ''}`, values, doc];
    });
    return [`## ${name}`, '', doc, '', ...markdownTable(['field', 'type', 'meaning'], rows)].join('\n');
  });
  return `${MARK}

# Output of portico start --json

Standard output holds one JSON object per line and nothing else; standard error holds the message of a run that failed, for people.
Every object has \`event\`, one of the names below, and \`time\`, the moment in UTC as ISO 8601.
A field marked with ? may be absent.
Fields and events are added over time, so skip those you do not know.
The same as JSON Schema: [ndjson.schema.json](ndjson.schema.json).

${events.join('\n\n')}
`;
}

type FieldDoc = { type: string; doc: string; optional?: true; oneOf?: readonly string[] };

function actionRows(actions: Readonly<Record<string, Action>>): string[][] {
  return Object.entries(actions).map(([name, action]) => [`\`${actionUsage(name, action)}\``, action.doc]);
}

function flagRows(flags: Readonly<Record<string, Flag>>): string[][] {
  return Object.entries(flags).map(([name, flag]) => [`\`${flagUsage(name, flag)}\``, flagDoc(flag)]);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
