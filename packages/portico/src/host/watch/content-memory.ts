// Remembers what files held when they changed, to tell one that was written anew from one that was changed.
import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** Of a larger one its size has to do: reading it would keep everybody else waiting. */
const LONGEST_READ_BYTES = 64 * 1024 * 1024;

/** Returns what to call when a file was written: that tells whether it holds what it held the last time. Never so the first time. */
export function createContentMemory(): (file: string) => boolean {
  const contents = new Map<string, string>();
  return (file) => {
    const before = contents.get(file);
    const now = contentOf(file);
    if (now === undefined) contents.delete(file);
    else contents.set(file, now);
    return now !== undefined && now === before;
  };
}

function contentOf(file: string): string | undefined {
  try {
    const { size } = statSync(file);
    return size > LONGEST_READ_BYTES ? `${size} bytes` : hash('sha1', readFileSync(file));
  } catch {
    // It is gone: the next one of that name is a new one.
    return undefined;
  }
}
