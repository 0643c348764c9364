// How bytes are written in a queue: as base64, or as the text they are. https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#hostjson-settings
import { Buffer } from 'node:buffer';
import { decodeBase64 } from '../../core/base64.ts';

export type MessageEncoding = 'base64' | 'none';

/** Undefined: it is not written that way. */
export function decodeMessage(text: string, encoding: MessageEncoding): Uint8Array | undefined {
  return encoding === 'none' ? Buffer.from(text) : decodeBase64(text);
}

/** Undefined: the bytes are no text, and only base64 could hold them. */
export function encodeMessage(bytes: Uint8Array, encoding: MessageEncoding): string | undefined {
  return encoding === 'none' ? textOf(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Undefined: it is not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // That is how it says so.
    return undefined;
  }
}
