// Of the commands that work beside a host or speak to one: invoke, queue and keys.
import { defineError, messageOf } from '../error.ts';

export const dataUnreadable = defineError('DATA_UNREADABLE', 'usage', (file: string, cause: unknown) => ({
  message: `The data cannot be read from ${file}: ${messageOf(cause)}`,
  hint: 'After the "@" comes the path of a file; text that begins with "@" can be given on standard input, with "-".',
  cause,
}));

export const dataNotText = defineError('DATA_NOT_TEXT', 'usage', (source: string) => ({
  message: `The data from ${source} is no text: it is not UTF-8.`,
  hint: 'Only the body for an HTTP function can be binary. For a blob trigger give the path of the blob.',
}));

export const confirmationMissing = defineError('CONFIRMATION_MISSING', 'usage', (command: string) => ({
  message: `"portico ${command}" asks before it deletes anything, and there is no terminal to ask at.`,
  hint: 'Give --yes if that is what you want.',
}));

export const keyOwnerUnknown = defineError(
  'KEY_OWNER_UNKNOWN',
  'usage',
  (word: string, nearest: string | undefined, functions: readonly string[]) => ({
    message: `Keys belong to host, system, master or a function, and there is no function "${word}".`,
    hint: nearest
      ? `Did you mean ${nearest}?`
      : functions.length === 0
        ? 'The app has no functions.'
        : `The app has ${functions.join(', ')}.`,
  }),
);

export const keyNotThere = defineError(
  'KEY_NOT_THERE',
  'usage',
  (owner: string, name: string, nearest: string | undefined, known: readonly string[]) => ({
    message: `There is no key "${name}" of ${owner}.`,
    hint: nearest ? `Did you mean ${nearest}?` : known.length === 0 ? `There are no keys of ${owner}.` : `There is ${known.join(', ')}.`,
  }),
);

export const keyNameWrong = defineError('KEY_NAME_WRONG', 'usage', (name: string, allowed: string) => ({
  message: `A key cannot be called "${name}".`,
  hint: `Its name is ${allowed}.`,
}));

// Without the value itself: it may be somebody's secret with a slip in it.
export const keyValueWrong = defineError('KEY_VALUE_WRONG', 'usage', (source: string, mostCharacters: number) => ({
  message: `What ${source} gives cannot be a key.`,
  hint: `A key is 1 to ${mostCharacters} printable ASCII characters without a blank at either end, because it travels in a header.`,
}));

export const masterKeyStays = defineError('MASTER_KEY_STAYS', 'usage', () => ({
  message: 'The master key cannot be revoked.',
  hint: '"portico keys create master" makes a new one, and the old one opens nothing any more.',
}));

export const hostNotFound = defineError('HOST_NOT_FOUND', 'service', (url: string, cause: unknown) => ({
  message: `No host answers at ${url}: ${messageOf(cause)}.`,
  hint: 'Start it with "portico start", or say where it is with --port or --url.',
  cause,
}));

export const hostCertificateUnknown = defineError('HOST_CERTIFICATE_UNKNOWN', 'service', (url: string, cause: unknown) => ({
  message: `The certificate of ${url} is not trusted: ${messageOf(cause)}.`,
  hint: 'Name the file of its authority in NODE_EXTRA_CA_CERTS; "portico start --https" says which that is.',
  cause,
}));

export const hostRefuses = defineError('HOST_REFUSES', 'service', (url: string, status: number, reason: string) => ({
  message: `The host at ${url} does not let this command in: the answer was ${status}.`,
  hint:
    reason || 'Give its master key with --key or in the variable PORTICO_KEY; beside the app, "portico keys list master --show" shows it.',
}));

export const hostAnswerUnknown = defineError('HOST_ANSWER_UNKNOWN', 'service', (request: string, status: number) => ({
  message: `${request} was answered with ${status}, as no host of functions answers.`,
  hint: 'Something else may listen there: check --port or --url.',
}));

export const functionNotThere = defineError(
  'FUNCTION_NOT_THERE',
  'usage',
  (name: string, url: string, nearest: string | undefined, known: readonly string[]) => ({
    message: `The host at ${url} has no function "${name}".`,
    hint: nearest ? `Did you mean ${nearest}?` : known.length === 0 ? 'It has no functions at all.' : `It has ${known.join(', ')}.`,
  }),
);

export const functionBroken = defineError('FUNCTION_BROKEN', 'config', (name: string, reasons: readonly string[]) => ({
  message: `The function "${name}" cannot run: ${reasons.join(' ')}`,
  hint: 'Mend that; the host reads the file again by itself.',
}));

export const functionDisabled = defineError(
  'FUNCTION_DISABLED',
  'config',
  (name: string, by: { setting: string; place: string } | undefined) => ({
    message: `The function "${name}" is disabled${by === undefined ? '' : ` by ${by.setting} in ${by.place}`}, and its address is answered with 404.`,
    hint:
      by === undefined
        ? `Set AzureWebJobs.${name}.Disabled (or AzureWebJobs_${name}_Disabled) to "false" where the host has it from: its environment, local.settings.json, .env.local or .env. With its master key a host that asks for keys runs it all the same.`
        : `Set it to "false" there: the host reads the file again by itself. With its master key a host that asks for keys runs it all the same.`,
  }),
);

export const routeNeedsValues = defineError('ROUTE_NEEDS_VALUES', 'usage', (name: string, url: string) => ({
  message: `"${name}" has a route with parameters, whose values nobody has given: ${url}`,
  hint: 'Call that address with a tool such as curl, with values in place of the braces.',
}));

export const dataNotTaken = defineError('DATA_NOT_TAKEN', 'usage', (name: string, methods: readonly string[]) => ({
  message: `"${name}" answers ${methods.join(' and ')} alone, and such a request has no body for --data.`,
  hint: 'Leave --data out, or allow another method in function.json.',
}));
