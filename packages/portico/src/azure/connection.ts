// Which storage account the `connection` of a binding means. Pure, and without the SDK: start here; storage-account.ts makes clients of it.
import type { AppSettings } from '../core/function-app.ts';
import { unresolvedReference } from '../core/key-vault-reference.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { Problem } from '../core/problem.ts';
import { storageConnectionMissing, storageConnectionUnresolved, storageEndpointMissing } from '../core/problems/storage.ts';
import { type ConnectionSetting, findConnectionSetting, findEmptySetting } from './connection-setting.ts';
import { parseConnectionString } from './connection-string.ts';
import { readIdentitySection } from './identity-section.ts';
import type { StorageConnection, StorageService } from './storage-address.ts';

/** The account that the host keeps its own state in. */
export const DEFAULT_CONNECTION = 'AzureWebJobsStorage';

const DEFAULT_NAMES = ['', 'storage', 'azurewebjobsstorage'];

/** `connection`: as function.json has it; undefined: AzureWebJobsStorage, for which the emulator stands in where it is not set. */
export function resolveStorageConnection(
  connection: string | undefined,
  settings: AppSettings,
): { readonly connection: StorageConnection } | { readonly problem: Problem } {
  const isDefault = connection === undefined || DEFAULT_NAMES.includes(connection.toLowerCase());
  // Parity: "Storage" finds AzureWebJobsStorage first, and then a setting of that very name. Nothing else may find the latter: it is too common a word.
  const name = connection || DEFAULT_CONNECTION;
  const found = findConnectionSetting(name, settings);
  const unresolved = found && problemOfReference(found, settings);
  if (unresolved !== undefined) return { problem: unresolved };
  if (found?.kind === 'value') return parseConnectionString(found.value, found.name);
  if (found) return readIdentitySection(found.name, found.values);
  if (isDefault) return parseConnectionString('UseDevelopmentStorage=true', DEFAULT_CONNECTION);
  const known = storageSettings(settings);
  const facts = { empty: findEmptySetting(name, settings), nearest: nearestName(name, known), known };
  return { problem: storageConnectionMissing(name, facts) };
}

/** Any part of a section may be a reference: a client secret as well as an address. */
function problemOfReference(found: ConnectionSetting, settings: AppSettings): Problem | undefined {
  const values =
    found.kind === 'value'
      ? [[found.name, found.value] as const]
      : [...found.values].map(([key, value]) => [`${found.name}__${key}`, value] as const);
  for (const [name, value] of values) {
    const unresolved = unresolvedReference(value, (other) => settings[other]);
    if (unresolved !== undefined) return storageConnectionUnresolved(name, unresolved);
  }
  return undefined;
}

/** At load: what is wrong with the connection, of which the binding uses these services. */
export function checkStorageConnection(
  connection: string | undefined,
  settings: AppSettings,
  ...services: readonly StorageService[]
): Problem | undefined {
  const resolved = resolveStorageConnection(connection, settings);
  if ('problem' in resolved) return resolved.problem;
  const account = resolved.connection;
  if (account.kind === 'emulator') return undefined;
  const missing = services.find((service) => account.endpoints[service] === undefined);
  return missing && endpointMissing(missing, account);
}

export function endpointMissing(service: StorageService, { setting, access }: Extract<StorageConnection, { kind: 'account' }>): Problem {
  const hint =
    access.kind === 'identity'
      ? `Set ${setting}__accountName to the name of the account, or ${setting}__${service}ServiceUri to "https://NAME.${service}.core.windows.net".`
      : `Add ${service.replace(/^./, (letter) => letter.toUpperCase())}Endpoint=https://NAME.${service}.core.windows.net to it.`;
  return storageEndpointMissing(service, setting, hint);
}

/** Names that a binding could give as its connection, as far as what they hold tells. */
function storageSettings(settings: AppSettings): string[] {
  const names = Object.entries(settings).flatMap(([name, value]) => {
    const section = /^(.+?)(?:__|:)(?:accountName|(?:blob|queue|table)?serviceUri)$/i.exec(name)?.[1];
    if (section !== undefined) return [section];
    return /UseDevelopmentStorage=|AccountName=|(?:Blob|Queue|Table)Endpoint=/i.test(value) ? [name] : [];
  });
  return [...new Set(names.map((name) => name.replace(/^ConnectionStrings(?:__|:)/i, '')))];
}
