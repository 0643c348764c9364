// Says of folders that the system does not watch why that is, each thing once.
import type { Logger } from '../../core/log.ts';

/** Where the system refuses to watch more folders. */
export const FALLBACK_POLL_MS = 1000;

const LIMITS: Readonly<Record<string, string>> = {
  ENOSPC: 'sysctl fs.inotify.max_user_watches=524288',
  EMFILE: 'sysctl fs.inotify.max_user_instances=1024, ulimit -n 65536',
};

/** Returns what to call for each; that tells whether it would be watched if a limit was higher, so that it is worth looking at. */
export function createUnwatchedFolders(log: Logger): (folder: string, error: NodeJS.ErrnoException) => boolean {
  const said = new Set<string>();
  return (folder, { code = '', message }) => {
    const remedy = LIMITS[code];
    const topic = remedy === undefined ? folder : code;
    if (said.has(topic)) return remedy !== undefined;
    said.add(topic);
    const fields = { folder, reason: message };
    if (remedy === undefined) {
      log.warning('A folder cannot be watched, so changes in it are not noticed.', { fields });
    } else {
      log.warning('The system watches no more folders, so the others are looked at again and again.', {
        fields: { ...fields, everyMs: FALLBACK_POLL_MS },
        hint: `Raise the limit (${remedy}), or name what need not be watched in watch.ignore of portico.json.`,
      });
    }
    return remedy !== undefined;
  };
}
