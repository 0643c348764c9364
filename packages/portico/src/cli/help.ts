import { type Action, COMMANDS, type Command, type CommandName, type Flag, GLOBAL_FLAGS } from './flags.ts';

const LINE_WIDTH = 100;

export function helpText(topic: CommandName | undefined): string {
  return topic === undefined ? overview() : commandHelp(topic, COMMANDS[topic]);
}

/** `--port N|auto`, as the help and the documentation write it. */
export function flagUsage(name: string, { value }: Flag): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** What the flag does, with its default. */
export function flagDoc({ doc, default: usual, repeatable }: Flag): string {
  return [doc, repeatable && 'May be repeated.', usual && `Default: ${usual}.`].filter(Boolean).join(' ');
}

export function commandUsage(name: string, { argument, flags }: Command): string {
  return ['portico', name, argument, flags && '[FLAGS]'].filter(Boolean).join(' ');
}

/** `send QUEUE TEXT`. */
export function actionUsage(name: string, { argument }: Action): string {
  return argument === undefined ? name : `${name} ${argument}`;
}

function overview(): string {
  const commands = Object.entries<Command>(COMMANDS).map(([name, command]): Row => [`${name} ${command.argument ?? ''}`, command.doc]);
  return [
    'portico runs Azure Functions custom handlers on this machine.',
    '',
    'Usage: portico COMMAND',
    '',
    ...table(commands),
    '',
    ...table(flagRows(GLOBAL_FLAGS)),
    '',
    'Flags of a command: portico help start',
  ].join('\n');
}

function commandHelp(name: string, command: Command): string {
  const actions = command.actions ? ['', ...table(actionRows(command.actions))] : [];
  const flags = command.flags ? ['', ...table(flagRows(command.flags))] : [];
  return [`Usage: ${commandUsage(name, command)}`, '', command.doc, ...actions, ...flags].join('\n');
}

function actionRows(actions: Readonly<Record<string, Action>>): Row[] {
  return Object.entries(actions).map(([name, action]) => [actionUsage(name, action), action.doc]);
}

function flagRows(flags: Readonly<Record<string, Flag>>): Row[] {
  return Object.entries(flags).map(([name, flag]) => [flagUsage(name, flag), flagDoc(flag)]);
}

type Row = readonly [term: string, doc: string];

/** Two columns; the second one wraps. */
function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([term]) => term.length));
  const margin = ' '.repeat(width + 4);
  return rows.map(([term, doc]) => `  ${term.padEnd(width)}  ${wrap(doc, LINE_WIDTH - margin.length).join(`\n${margin}`)}`);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
