import { stateDiskFull, stateUnwritable } from '../core/errors/state.ts';

/** What to throw when the file system refuses to write to `place`. */
export function writeFault(place: string, cause: unknown) {
  return isDiskFull(cause) ? stateDiskFull(place, cause) : stateUnwritable(place, cause);
}

/** A quota that is used up is a full disk to whoever has it. */
const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

export function isDiskFull(cause: unknown): boolean {
  return FULL.includes((cause as NodeJS.ErrnoException).code);
}
