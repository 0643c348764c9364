// Problems of the connection of a storage binding. They name settings and never show what is in one.
import type { Unresolved } from '../key-vault-reference.ts';
import { defineProblem } from '../problem.ts';

const WHERE = 'in Values of local.settings.json, in .env, or in the environment';
const MOST_NAMES = 3;

export const storageConnectionMissing = defineProblem(
  'STORAGE_CONNECTION_MISSING',
  'error',
  (
    connection: string,
    facts: { readonly empty: string | undefined; readonly nearest: string | undefined; readonly known: readonly string[] },
  ) => ({
    message:
      facts.empty === undefined
        ? `There is no storage connection "${connection}": no app setting is called ${connection} or AzureWebJobs${connection}.`
        : `There is no storage connection "${connection}": the app setting ${facts.empty} is empty.`,
    hint: [
      facts.nearest && `Did you mean "${facts.nearest}"?`,
      `Set ${facts.empty ?? connection} ${WHERE}: to the connection string of the account, or to "UseDevelopmentStorage=true".`,
      facts.nearest === undefined &&
        facts.known.length > 0 &&
        `Storage connections that are set: ${facts.known.slice(0, MOST_NAMES).join(', ')}.`,
    ]
      .filter(Boolean)
      .join(' '),
    azureMessage: `Storage account connection string 'AzureWebJobs${connection}' does not exist. Make sure that it is a defined App Setting.`,
  }),
);

export const storageConnectionInvalid = defineProblem(
  'STORAGE_CONNECTION_INVALID',
  'error',
  (setting: string, fault: { readonly reason: string; readonly hint: string; readonly azureMessage?: string }) => ({
    message: `The app setting ${setting} is no connection string of a storage account: ${fault.reason}.`,
    hint: fault.hint,
    azureMessage: fault.azureMessage,
  }),
);

export const storageConnectionUnresolved = defineProblem(
  'STORAGE_CONNECTION_UNRESOLVED',
  'error',
  (setting: string, { why, hint }: Unresolved) => ({
    message: `The connection cannot be used: the app setting ${setting} is ${why}.`,
    hint,
  }),
);

export const storageEndpointMissing = defineProblem(
  'STORAGE_ENDPOINT_MISSING',
  'error',
  (service: string, setting: string, hint: string) => ({
    message: `The connection ${setting} does not say where the ${service} service of the account is.`,
    hint,
  }),
);

export const storageSectionInvalid = defineProblem('STORAGE_SECTION_INVALID', 'error', (setting: string, reason: string, hint: string) => ({
  message: `The app setting ${setting} cannot be used: ${reason}.`,
  hint,
}));
