// Of keys and the places where they are kept.
import { adviceIfInTheWay, defineError, messageOf } from '../error.ts';

export const keysReadOnly = defineError('KEYS_READ_ONLY', 'config', (place: string, reason: string) => ({
  message: `The keys in ${place} cannot be changed here.`,
  hint: reason,
}));

export const keyStoreUnknown = defineError('KEY_STORE_UNKNOWN', 'config', (setting: string, value: string, hint: string) => ({
  message: `Keys cannot be kept in what ${setting} says: ${JSON.stringify(value)}.`,
  hint,
}));

export const keysUnreadable = defineError('KEYS_UNREADABLE', 'service', (place: string, cause: unknown) => ({
  message: `The keys in ${place} cannot be read: ${messageOf(cause)}.`,
  hint: adviceForReading((cause as { readonly code?: unknown } | undefined)?.code),
  cause,
}));

function adviceForReading(code: unknown): string {
  const advice = adviceIfInTheWay(code);
  if (advice !== undefined) return advice;
  if (code === 'ENOENT') return 'Put it there, or choose another place for keys with AzureWebJobsSecretStorageType.';
  return 'Let this user read there.';
}

export const keysUnwritable = defineError('KEYS_UNWRITABLE', 'service', (place: string, cause: unknown) => ({
  message: `Keys cannot be written to ${place}: ${messageOf(cause)}.`,
  hint: adviceForWritingKeys((cause as { readonly code?: unknown } | undefined)?.code),
  cause,
}));

function adviceForWritingKeys(code: unknown): string {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'Make room on its disk. The keys that are there are as they were.';
  const advice = adviceIfInTheWay(code);
  if (advice !== undefined) return advice;
  return 'Let this user write there, put keys there by hand, or choose another place for keys with AzureWebJobsSecretStorageType. The keys that are there are as they were.';
}

export const keysContested = defineError('KEYS_CONTESTED', 'service', (place: string, reason: string) => ({
  message: `The keys in ${place} could not be changed: ${reason}.`,
  hint: 'They are as they were: try again. If it stays so, end the other program that writes there.',
}));

export const keysInvalid = defineError('KEYS_INVALID', 'config', (file: string, reason: string) => ({
  message: `The keys in ${file} cannot be understood: ${reason}.`,
  hint: 'Mend it, or move it away: new keys are made then. As long as it is there it is left as it is, and none of its keys opens anything.',
}));

export const keysBroken = defineError('KEYS_BROKEN', 'service', (file: string, reason: string, keptAs: string) => ({
  message: `The keys in ${file} cannot be understood (${reason}), so new ones are made: those that callers have open nothing any more.`,
  hint: `The old file is kept as ${keptAs}. To have its keys back, stop the host, mend the file and give it its name again.`,
}));

export const keysSealed = defineError('KEYS_SEALED', 'config', (file: string, reason: string) => ({
  message: `The keys in ${file} are encrypted and cannot be opened: ${reason}.`,
  hint: 'Set AzureWebEncryptionKey to what it was when they were made. If nobody knows it any more, move the file away: new keys are made then.',
}));

export const keyEncrypted = defineError('KEY_ENCRYPTED', 'config', (file: string, key: string) => ({
  message: `The key "${key}" in ${file} is encrypted by Azure's host, so it opens nothing here; the other keys do.`,
  hint: `Set it anew (portico keys set), or copy its value from the portal into the file, with "encrypted": false.`,
}));

export const keysOfNobody = defineError('KEYS_OF_NOBODY', 'config', (functionName: string) => ({
  message: `${JSON.stringify(functionName)} cannot be the name of a function, so it has no keys.`,
  hint: 'A name is a letter, then letters, digits, "_" and "-", and it is not "host".',
}));

export const keysShadowed = defineError('KEYS_SHADOWED', 'config', (ignored: string, used: string) => ({
  message: `The keys in ${ignored} open nothing: ${used} is of the same function, and counts.`,
  hint: "Azure's keys API wrote the one and its host reads the other. Move the keys that are missing to the latter, and the former away.",
}));

export const keysExposed = defineError('KEYS_EXPOSED', 'config', (file: string) => ({
  message: `Other users of this machine may read the keys in ${file}.`,
  hint: `Close it (chmod 600 ${file}), and make new keys if anybody else works on this machine.`,
}));

export const keysStayOpen = defineError('KEYS_STAY_OPEN', 'service', (file: string, cause: unknown) => ({
  message: `AzureWebEncryptionKey is set, but the keys in ${file} were written without it and cannot be encrypted now: ${messageOf(cause)}`,
  hint: 'Let this user write there, or move the file away: new keys are made then.',
  cause,
}));

export const keyVariableUnknown = defineError('KEY_VARIABLE_UNKNOWN', 'config', (name: string, reason: string) => ({
  message: `The variable ${name} gives no key: ${reason}.`,
  hint: 'Write PORTICO_KEYS__HOST__MASTER, PORTICO_KEYS__HOST__FUNCTION__NAME, PORTICO_KEYS__HOST__SYSTEM__NAME or PORTICO_KEYS__FUNCTIONS__FUNCTION__NAME.',
}));

export const kubernetesFailed = defineError(
  'KUBERNETES_FAILED',
  'service',
  (facts: { failed: string; reason: string; advice: string; cause?: unknown }) => ({
    message: `${facts.failed}: ${facts.reason}.`,
    hint: facts.advice,
    cause: facts.cause,
  }),
);
