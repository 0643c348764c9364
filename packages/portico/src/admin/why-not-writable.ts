import { isDiskFull } from '../platform/write-fault.ts';

/** The last one: a folder has the name. */
const NOT_WRITABLE: ReadonlySet<unknown> = new Set(['EROFS', 'EACCES', 'EPERM', 'EISDIR']);

/** One sentence; undefined: that is not what is wrong. */
export function whyNotWritable(error: unknown): string | undefined {
  if (isDiskFull(error)) return 'There is no room on the disk of the app.';
  return NOT_WRITABLE.has((error as NodeJS.ErrnoException).code) ? 'This host cannot write that file of the app.' : undefined;
}
