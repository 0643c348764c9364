import { stateDiskFull, stateUnwritable } from '../core/error-catalogue.ts';

/** A quota that is used up is a full disk to whoever has it. */
const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/** What to throw when the file system refuses to write to `place`. */
export function writeFault(place: string, cause: unknown) {
  return FULL.includes((cause as NodeJS.ErrnoException).code) ? stateDiskFull(place, cause) : stateUnwritable(place, cause);
}
