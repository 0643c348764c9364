// How bytes are written in a queue: as base64, or as the text they are. https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#hostjson-settings
import { Buffer } from 'node:buffer';
import { decodeBase64 } from '../../core/base64.ts';

export type MessageEncoding = 'base64' | 'none';

/** Undefined: it is not written that way. */
export function decodeMessage(text: string, encoding: MessageEncoding): Uint8Array | undefined {
  return encoding === 'none' ? Buffer.from(text) : decodeBase64(text);
}

/** Undefined: the bytes are no text that a message can hold, and only base64 could write them. */
export function encodeMessage(bytes: Uint8Array, encoding: MessageEncoding): string | undefined {
  if (encoding === 'base64') return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const text = textOf(bytes);
  return text === undefined || NOT_IN_XML.test(text) ? undefined : text;
}

/** Undefined: it is not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    // That is how it says so.
    return undefined;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Messages travel in XML, which has no way to write these. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about.
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
