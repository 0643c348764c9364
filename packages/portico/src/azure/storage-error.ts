// What a failed call to a storage account means, in words. The clients throw RestError: a request without an answer, or an answer that is no success.
import { HostError, messageOf } from '../core/error.ts';
import { storageApiVersion, storageCredentialMissing, storageFailed, storageRefused, storageUnreachable } from '../core/errors/storage.ts';

/** As far as it is read here. */
type RestFailure = {
  readonly name?: string;
  readonly code?: string;
  readonly statusCode?: number;
  readonly message?: string;
  readonly request?: { readonly url?: string };
  readonly response?: { readonly bodyAsText?: string | null; readonly headers?: { get(name: string): string | undefined } };
  readonly details?: {
    readonly errorCode?: string;
    readonly odataError?: { readonly code?: string; readonly message?: { readonly value?: string } };
  };
};

/**
 * The HostError for what a client threw; a HostError stays itself, and so does what an abort throws.
 * `failed`: what did not work, as the begin of a sentence: `The queue "orders" cannot be read`.
 */
export function describeStorageError(error: unknown, failed: string): Error {
  if (error instanceof HostError || isAbort(error)) return error as Error;
  const failure = asFailure(error);
  if (CREDENTIAL_ERRORS.includes(failure.name ?? ''))
    return storageCredentialMissing({ failed, reason: firstLine(messageOf(error)), cause: error });
  const host = hostOf(failure);
  const facts = { failed, host, cause: error };
  if (failure.statusCode === undefined) {
    const system = failure.code ?? '';
    if (!NO_CONNECTION.test(system)) return storageFailed({ failed, answer: '', reason: firstLine(messageOf(error)), cause: error });
    const advice = system === 'ECONNREFUSED' && isLocal(host) ? START_EMULATOR : adviceFor[system];
    const reason = system === 'REQUEST_SEND_ERROR' ? firstLine(messageOf(error)) : system;
    return storageUnreachable({ ...facts, reason, advice: advice ?? 'Check the network of this machine.' });
  }
  const code = storageCodeOf(error) ?? 'no reason given';
  const reason = reasonOf(error);
  if (failure.statusCode === 400 && isVersionRefusal(failure, code, reason)) return storageApiVersion({ ...facts, reason });
  if (failure.statusCode === 401 || failure.statusCode === 403)
    return storageRefused({ ...facts, status: failure.statusCode, code, advice: refusals[code] ?? OTHER_REFUSAL });
  return storageFailed({ failed, answer: `${failure.statusCode} (${code})`, reason, cause: error });
}

/** Whether a client threw it because the answer had that status; also of the HostError that was made of it. */
export function isStatus(error: unknown, status: number): boolean {
  return statusOf(error) === status;
}

/** Undefined: there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return asFailure(error).statusCode;
}

/** What the service calls it, such as QueueNotFound: the name in the answer. */
export function storageCodeOf(error: unknown): string | undefined {
  const { code, details, statusCode } = asFailure(error);
  if (statusCode === undefined) return undefined;
  return details?.errorCode || details?.odataError?.code || code || undefined;
}

const CREDENTIAL_ERRORS = ['CredentialUnavailableError', 'AuthenticationError', 'AggregateAuthenticationError'];

/** Codes of the system, of TLS, and that of a request which failed otherwise. */
const NO_CONNECTION = /^E[A-Z_]+$|^REQUEST_SEND_ERROR$|CERT|_SIGNATURE$|SSL|TLS/;

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

const START_EMULATOR =
  'No emulator runs there. Start it, or set the connection to "UseDevelopmentStorage=true": Portico runs one of its own then.';

const adviceFor: Readonly<Record<string, string>> = {
  ENOTFOUND:
    'There is no host of that name: check AccountName and EndpointSuffix of the connection, or accountName and the Uris of its section.',
  EAI_AGAIN: 'The name could not be looked up: check the network and DNS of this machine.',
  ECONNREFUSED: 'Nobody listens there: check the endpoints of the connection.',
  ECONNRESET: 'The connection was cut: a proxy or a firewall may stand between.',
  ETIMEDOUT: 'Nobody answered: a firewall may stand between.',
  EHOSTUNREACH: 'This machine knows no way there: check its network.',
  ENETUNREACH: 'This machine knows no way there: check its network.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is not trusted: name that of its authority in NODE_EXTRA_CA_CERTS.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its certificate is not trusted: name that of its authority in NODE_EXTRA_CA_CERTS.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Its certificate is not trusted: name that of its authority in NODE_EXTRA_CA_CERTS.',
};

const OTHER_REFUSAL = 'Check the key or signature of the connection, or the roles of its identity.';

/** https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes */
const refusals: Readonly<Record<string, string>> = {
  AuthenticationFailed:
    'The key is wrong or was renewed, the signature has run out, or the clock of this machine is wrong: copy the connection string anew from "Access keys" of the account.',
  AuthorizationFailure:
    'The key or the signature is not the right one, or the network rules of the account do not let this machine in (see "Networking" of the account).',
  AuthorizationPermissionMismatch:
    'The identity, or the signature, lacks the right: give the identity the roles "Storage Blob Data Owner", "Storage Queue Data Contributor" and, for tables, "Storage Table Data Contributor". New roles take minutes to count.',
  AuthorizationServiceMismatch: 'The signature is not for this service of the account: allow it there.',
  AuthorizationResourceTypeMismatch: 'The signature does not cover this: allow the resource types service, container and object.',
  KeyBasedAuthenticationNotPermitted: 'The account takes no keys: use an identity (…__accountName instead of a connection string).',
  InsufficientAccountPermissions: 'The account, or the signature, does not allow this operation.',
  AccountIsDisabled: 'The account is disabled in Azure.',
};

/** The service's own words, without those of the client. */
function reasonOf(error: unknown): string {
  const { details, response } = asFailure(error);
  const said = details?.odataError?.message?.value ?? messageOf(error);
  const text = /^Unexpected status code|^</.test(said) ? (/<Message>([^<]*)/.exec(response?.bodyAsText ?? '')?.[1] ?? '') : said;
  // The emulator's advice follows, which is for another program than this one.
  return firstLine(text).replace(/(?<=not supported by Azurite\.).*/i, '');
}

/** The answer to a HEAD request has no text; then its code tells, which the emulator gives for little else. */
function isVersionRefusal({ response }: RestFailure, code: string, reason: string): boolean {
  if (/API version .* is not supported by Azurite/i.test(reason)) return true;
  return reason === '' && code === 'InvalidHeaderValue' && /^Azurite/i.test(response?.headers?.get('server') ?? '');
}

/** What follows is ids and times, and for a refused key the text that was signed. */
function firstLine(text: string): string {
  return (text.split(/\r?\n/, 1)[0] ?? '').trim();
}

/** Without path and query: a signature stands in the latter. */
function hostOf({ request }: RestFailure): string {
  return URL.parse(request?.url ?? '')?.host ?? 'the storage account';
}

function isLocal(host: string): boolean {
  return /^(?:localhost|127\.[\d.]+|\[::1\])(?::|$)/.test(host);
}

function asFailure(error: unknown): RestFailure {
  const thrown = error instanceof HostError ? error.cause : error;
  return typeof thrown === 'object' && thrown !== null ? (thrown as RestFailure) : {};
}
