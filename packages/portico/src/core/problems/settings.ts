// Problems of local.settings.json, .env, the environment and portico.json.
import type { Unresolved } from '../key-vault-reference.ts';
import { defineProblem } from '../problem.ts';

export const settingsFileInvalid = defineProblem('SETTINGS_FILE_INVALID', 'warning', (reason: string) => ({
  message: `local.settings.json is not read: ${reason}.`,
  hint: 'None of its settings is set until it is mended.',
}));

export const settingsEncrypted = defineProblem('SETTINGS_ENCRYPTED', 'warning', () => ({
  message: 'IsEncrypted is true, so none of the values is used.',
  hint: 'Run "func settings decrypt" where they were encrypted, or write the plain values with "IsEncrypted": false.',
}));

export const settingsEncryptionUnstated = defineProblem('SETTINGS_ENCRYPTION_UNSTATED', 'warning', () => ({
  message: 'IsEncrypted is missing; the values are taken as plain text.',
  hint: 'Add "IsEncrypted": false: without it func takes them for encrypted and fails.',
}));

export const settingOverridden = defineProblem('SETTING_OVERRIDDEN', 'warning', (name: string) => ({
  message: `Skipping '${name}' from local settings as it's already defined in current environment variables.`,
  hint: `Unset ${name} in the shell to use the value of the file.`,
  azureMessage: `Skipping '${name}' from local settings as it's already defined in current environment variables.`,
}));

export const settingRepeated = defineProblem('SETTING_REPEATED', 'warning', (name: string) => ({
  message: `${name} is written more than once; the last one counts.`,
  hint: 'Names ignore case. Remove the others.',
  azureMessage: `An item with the same key has already been added. Key: ${name}`,
}));

export const settingNotText = defineProblem('SETTING_NOT_TEXT', 'warning', (name: string, kind: string, isUsed: boolean) => ({
  message: `The setting ${name} is ${kind}, but settings are text.`,
  hint: isUsed
    ? 'It is used as text, true as "True". Write it in quotes.'
    : 'It is left out. Write it in quotes, as the text that the program expects.',
}));

export const connectionStringMissing = defineProblem('CONNECTION_STRING_MISSING', 'warning', (name: string) => ({
  message: `ConnectionStrings.${name} has no connection string, so it is left out.`,
  hint: `Write "${name}": "..." or "${name}": { "ConnectionString": "..." }.`,
}));

export const settingUnusable = defineProblem('SETTING_UNUSABLE', 'warning', (name: string) => ({
  message: `The setting ${name} holds a NUL character, which no environment variable can; it is left out.`,
  hint: 'Remove the \\u0000.',
}));

export const settingBlanks = defineProblem('SETTING_BLANKS', 'warning', (name: string) => ({
  message: `The value of ${name} begins or ends with a blank or a line break, which is left out.`,
  hint: 'Remove it: func and Azure keep it. Where it is meant, write the setting into .env, in quotes.',
}));

export const keyVaultReference = defineProblem('KEY_VAULT_REFERENCE', 'warning', (name: string, { why, hint }: Unresolved) => ({
  message: `The setting ${name} is ${why}; the handler gets the reference in place of the secret.`,
  hint,
}));

export const dotEnvLineUnreadable = defineProblem('DOT_ENV_LINE_UNREADABLE', 'warning', () => ({
  message: 'The line is not NAME=VALUE, so it is left out.',
  hint: 'Mend it, or begin it with # if it is a comment.',
}));

export const dotEnvNameRepeated = defineProblem('DOT_ENV_NAME_REPEATED', 'warning', (name: string, line: number) => ({
  message: `${name} is written in line ${line} already; the last one counts.`,
  hint: 'Remove one of them.',
}));

export const dotEnvQuoteOpen = defineProblem('DOT_ENV_QUOTE_OPEN', 'warning', (name: string, quote: string) => ({
  message: `The value of ${name} begins with ${quote}, which nothing closes, so the quote counts as part of it.`,
  hint: `Write ${quote} at its end as well, or leave out the first one.`,
}));

export const switchUnreadable = defineProblem('SWITCH_UNREADABLE', 'warning', (setting: string, value: string) => ({
  message: `The setting ${setting} is ${JSON.stringify(value)}, so the function is not disabled.`,
  hint: 'Write "true" or "1" to disable it, "false" or "0" to leave it on.',
}));

export const switchWithoutFunction = defineProblem(
  'SWITCH_WITHOUT_FUNCTION',
  'warning',
  (setting: string, name: string, nearest: string | undefined) => ({
    message: `The setting ${setting} disables nothing: there is no function "${name}".`,
    hint: nearest ? `Did you mean "${nearest}"?` : 'Remove it if the function is gone.',
  }),
);

export const porticoJsonInvalid = defineProblem('PORTICO_JSON_INVALID', 'warning', (reason: string) => ({
  message: `portico.json is not read: ${reason}.`,
  hint: 'The defaults are used until it is mended: no proxy is trusted.',
}));

export const limitsWithoutFunction = defineProblem('LIMITS_WITHOUT_FUNCTION', 'warning', (name: string, nearest: string | undefined) => ({
  message: `Nothing is limited by functions.${name}: there is no function of that name.`,
  hint: nearest ? `Did you mean "${nearest}"?` : 'Remove it if the function is gone.',
}));

export const healthCheckWithoutPath = defineProblem('HEALTH_CHECK_WITHOUT_PATH', 'warning', () => ({
  message: 'healthCheck has no path, so the handler is not asked whether it is well.',
  hint: 'Add "path": the address that answers it, such as "/healthz".',
}));

export const processesNeedPorts = defineProblem('PROCESSES_NEED_PORTS', 'warning', (section: string, port: number) => ({
  message: `Only one copy of the handler runs, because ${section}.port gives it the port ${port}, and each copy needs one of its own.`,
  hint: `Remove ${section}.port from host.json and let the handler listen on the port in FUNCTIONS_CUSTOMHANDLER_PORT.`,
}));
