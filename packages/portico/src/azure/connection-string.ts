// What the connection string of a storage account says, as Azure's own parsers understand it.
// https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
import { nearestName } from '../core/nearest-name.ts';
import type { Problem } from '../core/problem.ts';
import { storageConnectionInvalid } from '../core/problems/storage.ts';
import { nameInEndpoint, type StorageAddress, type StorageConnection, type StorageService } from './storage-address.ts';

const FORM =
  'It looks like "DefaultEndpointsProtocol=https;AccountName=NAME;AccountKey=KEY;EndpointSuffix=core.windows.net": copy it from "Access keys" of the account.';

const NAMES = [
  'DefaultEndpointsProtocol',
  'AccountName',
  'AccountKey',
  'EndpointSuffix',
  'BlobEndpoint',
  'QueueEndpoint',
  'TableEndpoint',
  'FileEndpoint',
  'SharedAccessSignature',
  'UseDevelopmentStorage',
  'DevelopmentStorageProxyUri',
];

const SERVICES = [
  ['blob', 'BlobEndpoint'],
  ['queue', 'QueueEndpoint'],
  ['table', 'TableEndpoint'],
] as const;

/** Of the storage emulator, and no secret. https://learn.microsoft.com/azure/storage/common/storage-use-azurite */
const EMULATOR_NAME = 'devstoreaccount1';
const EMULATOR_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const EMULATOR_PORTS = { blob: 10000, queue: 10001, table: 10002 } as const;

type Fault = { readonly reason: string; readonly hint: string; readonly azureMessage?: string };

/** `setting`: where it stands, for messages. */
export function parseConnectionString(
  text: string,
  setting: string,
): { readonly connection: StorageConnection } | { readonly problem: Problem } {
  const parts = readParts(text);
  const connection = 'reason' in parts ? parts : describe(parts.values, setting);
  return 'reason' in connection ? { problem: storageConnectionInvalid(setting, connection) } : { connection };
}

/** Whether an account at Azure can have it. */
export const isAccountName = (name: string): boolean => /^[a-z0-9]{3,24}$/.test(name);

function describe(values: ReadonlyMap<string, string>, setting: string): StorageConnection | Fault {
  if (values.get('usedevelopmentstorage')?.toLowerCase() === 'true')
    return describeEmulator(values.get('developmentstorageproxyuri'), setting);
  const endpoints = readEndpoints(values);
  if ('reason' in endpoints) return endpoints;
  const name = values.get('accountname');
  const key = values.get('accountkey');
  const signature = values.get('sharedaccesssignature');
  const [first] = Object.values(endpoints);
  if (first === undefined) return missing(values, 'AccountName');
  const account = { kind: 'account', setting, name: name ?? nameInEndpoint(first), endpoints } as const;
  if (signature !== undefined) return { ...account, access: { kind: 'signature', token: signature.replace(/^\?/, '') } };
  if (key === undefined) return missing(values, 'AccountKey');
  if (name === undefined) return missing(values, 'AccountName');
  if (!isBase64(key)) return { reason: 'its AccountKey is not base64', hint: 'Copy the key whole: it ends in "==".' };
  return { ...account, access: { kind: 'key', key } };
}

function describeEmulator(proxy: string | undefined, setting: string): StorageConnection | Fault {
  if (proxy === undefined) return { kind: 'emulator', name: EMULATOR_NAME };
  const url = URL.parse(proxy);
  if (url === null || !/^https?:$/.test(url.protocol))
    return { reason: 'its DevelopmentStorageProxyUri is no address', hint: 'Write it as "http://HOST".' };
  const endpoint = (service: StorageService) => `${url.protocol}//${url.hostname}:${EMULATOR_PORTS[service]}/${EMULATOR_NAME}`;
  const endpoints = { blob: endpoint('blob'), queue: endpoint('queue'), table: endpoint('table') };
  return { kind: 'account', setting, name: EMULATOR_NAME, endpoints, access: { kind: 'key', key: EMULATOR_KEY } };
}

function readEndpoints(values: ReadonlyMap<string, string>): StorageAddress['endpoints'] | Fault {
  const protocol = values.get('defaultendpointsprotocol')?.toLowerCase() ?? 'https';
  if (protocol !== 'https' && protocol !== 'http')
    return { reason: 'its DefaultEndpointsProtocol is neither "https" nor "http"', hint: 'Write DefaultEndpointsProtocol=https.' };
  const name = values.get('accountname');
  const suffix = values.get('endpointsuffix') ?? 'core.windows.net';
  const hasEndpoint = SERVICES.some(([, part]) => values.has(part.toLowerCase()));
  const isNameUsable = name !== undefined && isAccountName(name);
  // Beside endpoints that are written out it may be any, as accounts of emulators have them: the others are unknown then.
  if (name !== undefined && !isNameUsable && !hasEndpoint)
    return { reason: 'its AccountName is no name of a storage account', hint: 'It is 3 to 24 of a-z and 0-9.' };
  const endpoints: Partial<Record<StorageService, string>> = {};
  for (const [service, part] of SERVICES) {
    const written = values.get(part.toLowerCase());
    const endpoint = written ?? (isNameUsable ? `${protocol}://${name}.${service}.${suffix}` : undefined);
    if (endpoint === undefined) continue;
    const url = URL.parse(endpoint);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      return written === undefined
        ? { reason: 'its EndpointSuffix cannot be part of an address', hint: 'It is core.windows.net for most.' }
        : { reason: `its ${part} is no address`, hint: `Write it as "https://NAME.${service}.core.windows.net".` };
    }
    if (url.search !== '') return { reason: `its ${part} holds a query`, hint: 'Put what follows the "?" into SharedAccessSignature=.' };
    endpoints[service] = endpoint.replace(/\/+$/, '');
  }
  return endpoints;
}

function missing(values: ReadonlyMap<string, string>, name: string): Fault {
  const azureMessage = 'No valid combination of account information found.';
  // What cannot be a slip is not repeated: it may be a piece of a key.
  const slip = [...values.keys()].find((found) => nearestName(found, NAMES) === name);
  const others = foreignService(values);
  if (others) return { reason: `it is one of ${others}`, hint: FORM, azureMessage };
  return { reason: `it has no ${name}`, hint: slip ? `Did you mean "${name}" where it says "${slip}"? ${FORM}` : FORM, azureMessage };
}

function foreignService(values: ReadonlyMap<string, string>): string | undefined {
  if (values.get('endpoint')?.startsWith('sb:')) return 'Service Bus or Event Hubs';
  if (values.has('accountendpoint')) return 'Cosmos DB';
  return undefined;
}

function readParts(text: string): { readonly values: ReadonlyMap<string, string> } | Fault {
  const azureMessage = 'Settings must be of the form "name=value".';
  if (/^https?:/i.test(text))
    return {
      reason: 'it is an address',
      hint: 'For an account with an identity, write the address into a setting that ends in __blobServiceUri or __queueServiceUri.',
      azureMessage,
    };
  if (/^["']|["']$/.test(text)) return { reason: 'it has quotes around it', hint: 'Remove them.', azureMessage };
  const values = new Map<string, string>();
  for (const part of text.split(';')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    if (at <= 0) return { reason: `it has a part that is not NAME=VALUE (number ${values.size + 1})`, hint: FORM, azureMessage };
    const value = part.slice(at + 1).trim();
    if (value !== '') values.set(part.slice(0, at).trim().toLowerCase(), value);
  }
  return { values };
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}
