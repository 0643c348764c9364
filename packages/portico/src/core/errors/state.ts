// Of what the host remembers.
import { adviceIfInTheWay, defineError, messageOf } from '../error.ts';

export const stateUnwritable = defineError('STATE_UNWRITABLE', 'service', (place: string, cause: unknown) => ({
  message: `What the host remembers cannot be written to ${place}: ${messageOf(cause)}.`,
  hint: adviceForWriting((cause as { readonly code?: unknown } | undefined)?.code),
  cause,
}));

function adviceForWriting(code: unknown): string {
  const advice = adviceIfInTheWay(code);
  if (advice !== undefined) return advice;
  if (code === 'ENOENT') return 'The folder of the app is no longer there: start the host where it is now.';
  return 'Let this user write there. In a read-only container, point XDG_STATE_HOME to a folder that can be written to, or set AzureWebJobsStorage to a storage account.';
}

export const stateDiskFull = defineError('STATE_DISK_FULL', 'service', (file: string, cause: unknown) => ({
  message: `What the host remembers cannot be written to ${file}: the disk is full (${messageOf(cause)}).`,
  hint: 'Make room on it. Until then timers and blob triggers stand still, because nobody could tell afterwards what they ran.',
  cause,
}));

export const stateLocked = defineError('STATE_LOCKED', 'service', (file: string, waitedMs: number, cause: unknown) => ({
  message: `Another program holds ${file} for longer than ${waitedMs} ms (${messageOf(cause)}).`,
  hint: `Close the program that has it open, such as a database browser: lsof ${file}`,
  cause,
}));

export const stateBroken = defineError('STATE_BROKEN', 'service', (file: string, keptAs: string, cause: unknown) => ({
  message: `What the host remembered in ${file} cannot be read (${messageOf(cause)}), so it begins anew: timers take up their schedule from now on, and blobs that were handled may be handled again.`,
  hint: `The old file is kept as ${keptAs}; delete it when nobody misses anything.`,
  cause,
}));

export const stateFailed = defineError('STATE_FAILED', 'service', (file: string, cause: unknown) => ({
  message: `What the host remembers in ${file} cannot be used: ${messageOf(cause)}.`,
  hint: 'If it stays so, stop the host and move the file away: it begins anew then.',
  cause,
}));

export const stateClosed = defineError('STATE_CLOSED', 'internal', () => ({
  message: 'What the host remembers was asked for after it was closed.',
}));
