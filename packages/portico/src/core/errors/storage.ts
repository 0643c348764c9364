// Of calls to a storage account.
import { defineError } from '../error.ts';

export const storageUnreachable = defineError(
  'STORAGE_UNREACHABLE',
  'service',
  (facts: { failed: string; host: string; reason: string; advice: string; cause: unknown }) => ({
    message: `${facts.failed}: there is no connection to ${facts.host} (${facts.reason}).`,
    hint: facts.advice,
    cause: facts.cause,
  }),
);

export const storageRefused = defineError(
  'STORAGE_REFUSED',
  'service',
  (facts: { failed: string; host: string; status: number; code: string; advice: string; cause: unknown }) => ({
    message: `${facts.failed}: ${facts.host} answered ${facts.status} (${facts.code}).`,
    hint: facts.advice,
    cause: facts.cause,
  }),
);

export const storageApiVersion = defineError(
  'STORAGE_API_VERSION',
  'service',
  (facts: { failed: string; host: string; reason: string; cause: unknown }) => ({
    message: `${facts.failed}: the emulator at ${facts.host} is older than this program's storage library. ${facts.reason}`.trimEnd(),
    hint: 'azurite --skipApiVersionCheck',
    cause: facts.cause,
  }),
);

export const storageCredentialMissing = defineError(
  'STORAGE_CREDENTIAL_MISSING',
  'service',
  (facts: { failed: string; reason: string; cause: unknown }) => ({
    message: `${facts.failed}: Azure does not know who asks. ${facts.reason}`,
    hint: "On a developer's machine: az login. On Azure: give the app a managed identity. Elsewhere: set clientId, clientSecret and tenantId of the connection.",
    cause: facts.cause,
  }),
);

export const storageFailed = defineError(
  'STORAGE_FAILED',
  'service',
  (facts: { failed: string; answer: string; reason: string; cause: unknown }) => ({
    message: `${facts.failed}${facts.answer === '' ? '' : `: the answer was ${facts.answer}`}. ${facts.reason}`.trimEnd(),
    cause: facts.cause,
  }),
);
