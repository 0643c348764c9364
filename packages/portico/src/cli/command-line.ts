// From the words that were typed to what is to be done. Wrong usage is thrown as a HostError of kind usage.
import { parseArgs } from 'node:util';
import {
  commandUnknown,
  flagTakesNoValue,
  flagUnknown,
  flagValueMissing,
  helpTopicUnknown,
  tooManyArguments,
} from '../core/error-catalogue.ts';
import { nearestName } from '../core/nearest-name.ts';
import { COMMANDS, type CommandName, type Flag, GLOBAL_FLAGS, START_FLAGS, type StartFlags } from './flags.ts';
import { FUNC_SPELLINGS } from './func-spellings.ts';

export type CommandLine =
  | { readonly command: 'help'; readonly topic: CommandName | undefined }
  | { readonly command: 'version' }
  | { readonly command: 'completion'; readonly shell: string | undefined }
  | StartCommandLine;

export type StartCommandLine = {
  readonly command: 'start';
  readonly app: string | undefined;
  readonly flags: StartFlags;
  /** Lines for the user about accepted words that have no meaning here. */
  readonly remarks: readonly string[];
};

type Words = { flags: Record<string, string | string[] | true>; remarks: string[]; positionals: string[]; app: string | undefined };

const FLAGS: Readonly<Record<string, Flag>> = { ...START_FLAGS, ...GLOBAL_FLAGS };

export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { flags, remarks, positionals, app } = sortWords(argv);
  // `func host start` is an older way to say `func start`.
  const [word, ...rest] = positionals[0] === 'host' && positionals[1] === 'start' ? positionals.slice(1) : positionals;
  if (flags.version) return { command: 'version' };
  if (word === undefined) return { command: 'help', topic: undefined };
  const command = commandNamed(word);
  if (flags.help) return { command: 'help', topic: command };
  const argument = onlyOne(rest, command);
  if (command === 'help') return { command, topic: argument === undefined ? undefined : topicNamed(argument) };
  if (command === 'completion') return { command, shell: argument };
  return { command, app: argument ?? app, flags: flags as StartFlags, remarks };
}

function sortWords(argv: readonly string[]): Words {
  const words: Words = { flags: {}, remarks: [], positionals: [], app: undefined };
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
    const type = takesValue || means === 'app' || (means && FLAGS[means]?.value) ? 'string' : 'boolean';
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
  const takesValue = meaning === undefined ? spelling?.takesValue : meaning === 'app' || valueFlag(meaning, rawName);
  if (takesValue && (value === undefined || (!inlineValue && value.startsWith('-')))) throw flagValueMissing(rawName, FLAGS[name]?.value);
  if (!takesValue && value !== undefined) throw flagTakesNoValue(rawName, value);

  if (meaning === undefined) words.remarks.push(`${rawName} has no meaning here: ${spelling?.remark}`);
  else if (meaning === 'app') words.app = value;
  else for (const each of spelling?.translate?.(value ?? '') ?? [value]) addFlag(words, meaning, each);
}

function valueFlag(name: string, rawName: string): boolean {
  if (!Object.hasOwn(FLAGS, name)) throw flagUnknown(rawName, nearestName(name, Object.keys(FLAGS)));
  return FLAGS[name]?.value !== undefined;
}

function addFlag({ flags }: Words, name: string, value: string | undefined): void {
  if (value === undefined) flags[name] = true;
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
  if (words.length > 1) throw tooManyArguments(command, words);
  return words[0];
}
