// A connection without a secret: a section of settings that says where the account is and who asks.
// https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
import { nearestName } from '../core/nearest-name.ts';
import type { Problem } from '../core/problem.ts';
import { storageSectionInvalid } from '../core/problems/storage.ts';
import { isAccountName } from './connection-string.ts';
import { type Identity, nameInEndpoint, type StorageConnection, type StorageService } from './storage-address.ts';

const SERVICES = ['blob', 'queue', 'table'] as const;

/** In what an address may stand. */
const ADDRESS_KEYS = ['accountName', 'serviceUri', 'blobServiceUri', 'queueServiceUri', 'tableServiceUri', 'fileServiceUri'];

const KEYS = [...ADDRESS_KEYS, 'credential', 'clientId', 'clientSecret', 'tenantId', 'managedIdentityResourceId'];

const CREDENTIALS = { managedidentity: 'managed', workloadidentity: 'workload' } as const;

/** `section`: what its settings begin with. Keys of `values` are in lower case. */
export function readIdentitySection(
  section: string,
  values: ReadonlyMap<string, string>,
): { readonly connection: StorageConnection } | { readonly problem: Problem } {
  const identity = readIdentity(section, values);
  if ('problem' in identity) return identity;
  const slip = misspeltAddress(section, values) ?? misnamedAccount(section, values.get('accountname'));
  if (slip) return { problem: slip };
  const endpoints: Partial<Record<StorageService, string>> = {};
  for (const service of SERVICES) {
    const found = endpointOf(service, values);
    if (found === undefined) continue;
    const [key, endpoint] = found;
    if (URL.parse(endpoint)?.protocol !== 'https:') {
      const problem = storageSectionInvalid(
        `${section}__${key}`,
        'it is no address that begins with https://',
        `Write it as "https://NAME.${service}.core.windows.net": tokens are sent over TLS only.`,
      );
      return { problem };
    }
    endpoints[service] = endpoint.replace(/\/+$/, '');
  }
  const [first] = Object.values(endpoints);
  const name = values.get('accountname') ?? (first === undefined ? '' : nameInEndpoint(first));
  return { connection: { kind: 'account', setting: section, name, endpoints, access: { kind: 'identity', identity } } };
}

/** Of a section without any address: a key that was meant for one. */
function misspeltAddress(section: string, values: ReadonlyMap<string, string>): Problem | undefined {
  if (ADDRESS_KEYS.some((key) => values.has(key.toLowerCase()))) return undefined;
  for (const key of values.keys()) {
    const nearest = nearestName(key, KEYS);
    if (nearest === undefined || nearest.toLowerCase() === key || !ADDRESS_KEYS.includes(nearest)) continue;
    return storageSectionInvalid(`${section}__${key}`, 'no connection has a part of that name', `Did you mean ${section}__${nearest}?`);
  }
  return undefined;
}

function misnamedAccount(section: string, name: string | undefined): Problem | undefined {
  if (name === undefined || isAccountName(name)) return undefined;
  return storageSectionInvalid(
    `${section}__accountName`,
    'it is no name of a storage account',
    `A name is 3 to 24 of a-z and 0-9. An address goes into ${section}__blobServiceUri, queueServiceUri or tableServiceUri instead.`,
  );
}

function endpointOf(service: StorageService, values: ReadonlyMap<string, string>): [key: string, endpoint: string] | undefined {
  const name = values.get('accountname');
  if (name !== undefined) return ['accountName', `https://${name}.${service}.core.windows.net`];
  for (const key of [`${service}ServiceUri`, 'serviceUri']) {
    const endpoint = values.get(key.toLowerCase());
    if (endpoint !== undefined) return [key, endpoint];
  }
  return undefined;
}

function readIdentity(section: string, values: ReadonlyMap<string, string>): Identity | { readonly problem: Problem } {
  const clientId = values.get('clientid');
  const tenantId = values.get('tenantid');
  const clientSecret = values.get('clientsecret');
  const resourceId = values.get('managedidentityresourceid');
  const credential = values.get('credential');
  const facts = { ...(clientId && { clientId }), ...(tenantId && { tenantId }) };
  if (credential !== undefined) {
    const kind = Object.entries(CREDENTIALS).find(([name]) => name === credential.toLowerCase())?.[1];
    if (kind === undefined) {
      const nearest = nearestName(credential, Object.keys(CREDENTIALS));
      const hint = `${nearest ? `Did you mean "${nearest}"? ` : ''}It is "managedidentity", "workloadidentity", or left out for the identity that the machine offers.`;
      return { problem: storageSectionInvalid(`${section}__credential`, `there is no credential "${credential}"`, hint) };
    }
    return { kind, ...facts, ...(resourceId && { resourceId }) };
  }
  if (clientId && tenantId && clientSecret) return { kind: 'secret', ...facts, clientSecret };
  if (clientSecret) {
    const lacking = clientId ? 'tenantId' : 'clientId';
    return {
      problem: storageSectionInvalid(
        `${section}__clientSecret`,
        `${section}__${lacking} is missing`,
        'A secret needs clientId and tenantId beside it.',
      ),
    };
  }
  const certificate = [...values.keys()].find((key) => key.startsWith('clientcertificate'));
  if (certificate !== undefined) {
    // Left out, it would be another identity that asks: the one that the machine offers.
    const hint = `Use ${section}__clientSecret or a managed identity (${section}__credential=managedidentity).`;
    return { problem: storageSectionInvalid(`${section}__${certificate}`, 'certificates are not supported yet', hint) };
  }
  return { kind: 'default', ...facts };
}
