// From the words that were typed to what is to be done. Wrong usage is thrown as a HostError of kind usage.
import { parseArgs } from 'node:util';
import {
  actionUnknown,
  argumentMissing,
  commandUnknown,
  flagNotOfCommand,
  flagRepeated,
  flagTakesNoValue,
  flagUnknown,
  flagValueMissing,
  helpTopicUnknown,
  tooManyArguments,
} from '../core/errors/command-line.ts';
import { nearestName } from '../core/nearest-name.ts';
import {
  type Action,
  COMMANDS,
  CONFIG_ACTIONS,
  CONFIG_FLAGS,
  type Command,
  type CommandName,
  type ConfigFlags,
  type Flag,
  GLOBAL_FLAGS,
  INVOKE_FLAGS,
  type InvokeFlags,
  KEYS_ACTIONS,
  KEYS_FLAGS,
  type KeysFlags,
  QUEUE_ACTIONS,
  QUEUE_FLAGS,
  type QueueFlags,
  START_FLAGS,
  type StartFlags,
} from './flags.ts';
import { FUNC_SPELLINGS } from './func-spellings.ts';

export type CommandLine =
  | { readonly command: 'help'; readonly topic: CommandName | undefined }
  | { readonly command: 'version' }
  | { readonly command: 'completion'; readonly shell: string | undefined }
  | StartCommandLine
  | InvokeCommandLine
  | QueueCommandLine
  | KeysCommandLine
  | ConfigCommandLine;

export type StartCommandLine = {
  readonly command: 'start';
  readonly app: string | undefined;
  readonly flags: StartFlags;
  /** Lines for the user about accepted words that have no meaning here. */
  readonly remarks: readonly string[];
};

export type InvokeCommandLine = { readonly command: 'invoke'; readonly functionName: string; readonly flags: InvokeFlags };

export type QueueCommandLine = { readonly command: 'queue'; readonly flags: QueueFlags } & (
  | { readonly action: 'send'; readonly queue: string; readonly data: string }
  | { readonly action: 'peek' | 'replay' | 'purge'; readonly queue: string }
  | { readonly action: 'list' }
);

export type KeysCommandLine = { readonly command: 'keys'; readonly flags: KeysFlags } & (
  | { readonly action: 'list'; readonly owner: string | undefined }
  | { readonly action: 'create'; readonly owner: string; readonly name: string | undefined }
  | { readonly action: 'set'; readonly owner: string; readonly name: string; readonly data: string }
  | { readonly action: 'revoke'; readonly owner: string; readonly name: string }
);

export type ConfigCommandLine = {
  readonly command: 'config';
  readonly action: 'show';
  readonly app: string | undefined;
  readonly flags: ConfigFlags;
};

type Words = {
  flags: Record<string, string | string[] | true>;
  /** By the word that it is about. */
  remarks: Map<string, string>;
  positionals: string[];
};

/** Of all commands together: what stands before the command is read before it is known. A name means the same kind of flag in each. */
const FLAGS: Readonly<Record<string, Flag>> = {
  ...CONFIG_FLAGS,
  ...KEYS_FLAGS,
  ...QUEUE_FLAGS,
  ...INVOKE_FLAGS,
  ...START_FLAGS,
  ...GLOBAL_FLAGS,
};

export function parseCommandLine(argv: readonly string[]): CommandLine {
  const words = sortWords(argv);
  const { flags, positionals } = words;
  // `func host start` is an older way to say `func start`.
  const [word, ...rest] = positionals[0] === 'host' && positionals[1] === 'start' ? positionals.slice(1) : positionals;
  if (flags.version) return { command: 'version' };
  if (word === undefined) return { command: 'help', topic: undefined };
  const command = commandNamed(word);
  if (flags.help) return { command: 'help', topic: command };
  if (command === 'start') return startLine(words, rest);
  if (command === 'config') return configLine(words, rest);
  checkFlags(words, command);
  if (command === 'queue') return queueLine(flags as QueueFlags, rest);
  if (command === 'keys') return keysLine(flags as KeysFlags, rest);
  const argument = onlyOne(rest, command);
  if (command === 'completion') return { command, shell: argument };
  if (command === 'help') return { command, topic: argument === undefined ? undefined : topicNamed(argument) };
  if (argument === undefined) throw argumentMissing(command, 'the name of a function', 'portico invoke NAME');
  return { command, functionName: argument, flags: flags as InvokeFlags };
}

function startLine(words: Words, rest: readonly string[]): StartCommandLine {
  const { app, ...flags } = words.flags;
  checkFlags({ ...words, flags }, 'start');
  return {
    command: 'start',
    app: onlyOne(rest, 'start') ?? (app as string | undefined),
    flags: flags as StartFlags,
    remarks: [...words.remarks.values()],
  };
}

function queueLine(flags: QueueFlags, [word, ...words]: readonly string[]): QueueCommandLine {
  const command = 'queue';
  const action = actionNamed(command, word, QUEUE_ACTIONS);
  const most = action === 'list' ? 0 : action === 'send' ? 2 : 1;
  if (words.length > most) throw tooManyArguments(`queue ${action}`, most, words);
  if (action === 'list') return { command, action, flags };
  const [queue, data] = words;
  const missing = (what: string) => argumentMissing(`queue ${action}`, what, `portico queue ${action} ${QUEUE_ACTIONS[action].argument}`);
  if (queue === undefined) throw missing('the name of a queue');
  if (action !== 'send') return { command, action, queue, flags };
  if (data === undefined) throw missing('the message as well');
  return { command, action, queue, data, flags };
}

function keysLine(flags: KeysFlags, [word, ...words]: readonly string[]): KeysCommandLine {
  const command = 'keys';
  const action = actionNamed(command, word, KEYS_ACTIONS);
  const most = { list: 1, create: 2, set: 3, revoke: 2 }[action];
  // From the third on they may be pieces of a key.
  if (words.length > most) throw tooManyArguments(`keys ${action}`, most, [...words.slice(0, 2), ...words.slice(2).map(() => '***')]);
  const [owner, name, data] = words;
  if (action === 'list') return { command, action, owner, flags };
  const missing = (what: string) => argumentMissing(`keys ${action}`, what, `portico keys ${action} ${KEYS_ACTIONS[action].argument}`);
  if (owner === undefined) throw missing('to know whose key');
  if (action === 'create') return { command, action, owner, name, flags };
  if (name === undefined) throw missing('the name of the key as well');
  if (action === 'revoke') return { command, action, owner, name, flags };
  if (data === undefined) throw missing('the value as well');
  return { command, action, owner, name, data, flags };
}

/** The app may stand alone, as for start, or after --app, as for the other commands. */
function configLine(words: Words, [word, ...rest]: readonly string[]): ConfigCommandLine {
  const command = 'config';
  const { app, ...flags } = words.flags;
  checkFlags({ ...words, flags }, command);
  const action = actionNamed(command, word, CONFIG_ACTIONS);
  const folders = app === undefined ? rest : [app as string, ...rest];
  if (folders.length > 1) throw tooManyArguments(`config ${action}`, 1, folders);
  return { command, action, app: folders[0], flags: flags as ConfigFlags };
}

function actionNamed<Name extends string>(command: CommandName, word: string | undefined, actions: Readonly<Record<Name, Action>>): Name {
  const known = Object.keys(actions) as Name[];
  const action = known.find((name) => name === word);
  if (action === undefined) throw actionUnknown(command, word, word && nearestName(word, known), known);
  return action;
}

function checkFlags({ flags, remarks }: Words, command: CommandName): void {
  const { flags: own = {} }: Command = COMMANDS[command];
  const known = { ...own, ...GLOBAL_FLAGS };
  for (const name of Object.keys(flags)) if (!Object.hasOwn(known, name)) throw flagNotOfCommand(`--${name}`, command);
  // Only those who come from `func start` are told what its words have become.
  const [word] = command === 'start' ? [] : remarks.keys();
  if (word !== undefined) throw flagNotOfCommand(word, command);
}

function sortWords(argv: readonly string[]): Words {
  const words: Words = { flags: {}, remarks: new Map(), positionals: [] };
  const { tokens } = parseArgs({ args: [...argv], options: parserOptions(), strict: false, tokens: true, allowPositionals: true });
  let gathersFunctions = false;
  for (const token of tokens) {
    if (token.kind === 'positional' && gathersFunctions) addFlag(words, 'functions', token.value);
    else if (token.kind === 'positional') words.positionals.push(token.value);
    if (token.kind !== 'option') continue;
    readFlag(words, token);
    // `func start --functions a b`: names go on until the next flag. With a comma or = it is our own spelling, and what follows is APP.
    gathersFunctions = token.name === 'functions' && !token.inlineValue && !token.value?.includes(',') && words.positionals.length > 0;
  }
  return words;
}

/** Names and kinds only: what parseArgs would say about a mistake says less than we can, so it runs without its own checks. */
function parserOptions() {
  const ours = Object.entries(FLAGS).map(([name, { value }]) => [name, { type: value ? 'string' : 'boolean' }] as const);
  const theirs = Object.entries(FUNC_SPELLINGS).map(([name, { means, takesValue }]) => {
    const type = takesValue || (means && FLAGS[means]?.value) ? 'string' : 'boolean';
    return [name, name.length === 1 ? ({ type, short: name } as const) : ({ type } as const)] as const;
  });
  return Object.fromEntries([...ours, ...theirs]);
}

type OptionToken = {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
};

function readFlag(words: Words, { name, rawName, value, inlineValue }: OptionToken): void {
  const spelling = Object.hasOwn(FUNC_SPELLINGS, name) ? FUNC_SPELLINGS[name] : undefined;
  const meaning = spelling ? spelling.means : name;
  const takesValue = meaning === undefined ? spelling?.takesValue : valueFlag(meaning, rawName);
  // A dash alone is standard input.
  const isFlag = !inlineValue && value?.startsWith('-') && value !== '-';
  if (takesValue && (value === undefined || isFlag)) throw flagValueMissing(rawName, FLAGS[name]?.value);
  if (!takesValue && value !== undefined) throw flagTakesNoValue(rawName, value);

  if (meaning === undefined) words.remarks.set(rawName, `${rawName} has no meaning here: ${spelling?.remark}`);
  else for (const each of spelling?.translate?.(value ?? '') ?? [value]) addFlag(words, meaning, each);
}

function valueFlag(name: string, rawName: string): boolean {
  if (!Object.hasOwn(FLAGS, name)) throw flagUnknown(rawName, nearestName(name, Object.keys(FLAGS)));
  return FLAGS[name]?.value !== undefined;
}

function addFlag({ flags }: Words, name: string, value: string | undefined): void {
  if (value === undefined) flags[name] = true;
  else if (FLAGS[name]?.once && Object.hasOwn(flags, name)) throw flagRepeated(`--${name}`);
  else if (FLAGS[name]?.repeatable) flags[name] = [...((flags[name] as string[]) ?? []), value];
  else flags[name] = value;
}

function commandNamed(word: string): CommandName {
  if (isCommand(word)) return word;
  // "portico version" is what others call it.
  const nearest = nearestName(word, [...Object.keys(COMMANDS), ...Object.keys(GLOBAL_FLAGS)]);
  throw commandUnknown(word, nearest === undefined || isCommand(nearest) ? nearest : `--${nearest}`);
}

function topicNamed(word: string): CommandName {
  if (isCommand(word)) return word;
  throw helpTopicUnknown(word, nearestName(word, Object.keys(COMMANDS)));
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

function onlyOne(words: readonly string[], command: CommandName): string | undefined {
  if (words.length > 1) throw tooManyArguments(command, 1, words);
  return words[0];
}
