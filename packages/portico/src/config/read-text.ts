import { readFileSync } from 'node:fs';
import { messageOf } from '../core/error.ts';

export type FileText = { readonly text: string } | { readonly text: undefined /** Why it cannot be read. */; readonly reason: string };

/** Undefined when there is no such file. */
export function readText(path: string): FileText | undefined {
  try {
    const bytes = readFileSync(path);
    // PowerShell's `>` writes UTF-16, and Azure's host reads it.
    const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
    return { text: bytes.toString(isUtf16 ? 'utf16le' : 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : { text: undefined, reason: messageOf(error) };
  }
}
