// Of the words of a command line. Kind usage: exit code 2.
import { defineError } from '../error.ts';

export const commandUnknown = defineError('COMMAND_UNKNOWN', 'usage', (word: string, nearest: string | undefined) => ({
  message: `There is no command "${word}".`,
  hint: nearest
    ? `Did you mean "portico ${nearest}"?`
    : `"portico start ${word}" runs the app in a folder of that name; "portico help" lists the commands.`,
}));

export const helpTopicUnknown = defineError('HELP_TOPIC_UNKNOWN', 'usage', (word: string, nearest: string | undefined) => ({
  message: `There is no command "${word}" to show help for.`,
  hint: nearest ? `Did you mean "portico help ${nearest}"?` : '"portico help" lists the commands.',
}));

export const shellUnknown = defineError('SHELL_UNKNOWN', 'usage', (found: string | undefined, known: readonly string[]) => ({
  message: found === undefined ? '"portico completion" needs the name of a shell.' : `There is no completion for "${found}".`,
  hint: `Write "portico completion" and one of ${known.join(', ')}.`,
}));

export const flagUnknown = defineError('FLAG_UNKNOWN', 'usage', (flag: string, nearest: string | undefined) => ({
  message: `There is no flag ${flag}.`,
  hint: nearest ? `Did you mean --${nearest}?` : '"portico help COMMAND" lists the flags of a command.',
}));

export const flagValueMissing = defineError('FLAG_VALUE_MISSING', 'usage', (flag: string, value: string | undefined) => ({
  message: `${flag} needs a value.`,
  hint: `Write ${flag} ${value ?? 'VALUE'}; a value that begins with a dash as ${flag}=VALUE.`,
}));

export const flagTakesNoValue = defineError('FLAG_TAKES_NO_VALUE', 'usage', (flag: string, found: string) => ({
  message: `${flag} takes no value, but "${found}" was given.`,
  hint: `Write ${flag} to switch it on, or leave it out.`,
}));

export const flagValueWrong = defineError('FLAG_VALUE_WRONG', 'usage', (flag: string, found: string, allowed: string) => ({
  message: `${flag} cannot be "${found}".`,
  hint: `It is ${allowed}.`,
}));

export const flagNeedsAnother = defineError('FLAG_NEEDS_ANOTHER', 'usage', (flag: string, other: string) => ({
  message: `${flag} means nothing without ${other}.`,
  hint: `Give ${other} as well, or leave ${flag} out.`,
}));

export const flagsContradict = defineError('FLAGS_CONTRADICT', 'usage', (flag: string, other: string) => ({
  message: `${flag} and ${other} ask for opposite things.`,
  hint: 'Leave one of them out.',
}));

export const flagNotOfCommand = defineError('FLAG_NOT_OF_COMMAND', 'usage', (flag: string, command: string) => ({
  message: `"portico ${command}" has no flag ${flag}.`,
  hint: `"portico ${command} --help" lists those it has.`,
}));

export const flagRepeated = defineError('FLAG_REPEATED', 'usage', (flag: string) => ({
  message: `${flag} was given more than once.`,
  hint: 'Leave all but one of them out.',
}));

export const argumentMissing = defineError('ARGUMENT_MISSING', 'usage', (command: string, what: string, usage: string) => ({
  message: `"portico ${command}" needs ${what}.`,
  hint: `Write ${usage}`,
}));

export const actionUnknown = defineError(
  'ACTION_UNKNOWN',
  'usage',
  (command: string, word: string | undefined, nearest: string | undefined, known: readonly string[]) => ({
    message: word === undefined ? `"portico ${command}" needs to know what to do.` : `There is no "portico ${command} ${word}".`,
    hint: nearest
      ? `Did you mean "portico ${command} ${nearest}"?`
      : `Write "portico ${command}" and ${known.length > 1 ? 'one of ' : ''}${known.join(', ')}.`,
  }),
);

export const tooManyArguments = defineError('TOO_MANY_ARGUMENTS', 'usage', (command: string, most: number, words: readonly string[]) => ({
  message: `"portico ${command}" takes ${['no argument', 'one argument', 'two arguments', 'three arguments'][most] ?? `${most} arguments`}, but ${words.length} ${words.length === 1 ? 'was' : 'were'} given: ${words.join(' ')}.`,
  hint: `What holds spaces needs quotes around it; "portico help ${command.split(' ', 1)[0]}" shows what goes where.`,
}));
