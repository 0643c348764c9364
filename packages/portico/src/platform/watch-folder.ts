import { watch } from 'node:fs';

/**
 * Calls with the name of each entry of the folder that is written, added or taken away; not for what lies deeper.
 * `rename`: another entry may have the name by now. Returns how to end it, or undefined after a fault.
 */
export function watchFolder(
  folder: string,
  onEntry: (name: string, event: 'rename' | 'change') => void,
  onFault: (error: NodeJS.ErrnoException) => void,
): (() => void) | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (event, name) => {
      if (name !== null) onEntry(name, event);
    });
    watcher.on('error', onFault);
    return () => watcher.close();
  } catch (error) {
    onFault(error as NodeJS.ErrnoException);
    return undefined;
  }
}
