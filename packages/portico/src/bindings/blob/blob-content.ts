// Reads the content of a blob, once it is known to fit into a payload, which is one JSON text.
import { constants } from 'node:buffer';
import type { BlobClient, BlobDownloadResponseParsed } from '@azure/storage-blob';
import { isStatus } from '../../azure/storage-error.ts';
import { blobTooLarge } from '../../core/errors/blob.ts';

export type ContentKind = 'bytes' | 'text';

/** Kept free for what else a payload says. */
const ENVELOPE_CHARACTERS = 1024 * 1024;
const MOST_CHARACTERS = constants.MAX_STRING_LENGTH - ENVELOPE_CHARACTERS;

/** Bytes become base64, where three of them are four characters; text is counted again when it is known, see `textOf`. */
export const MOST_BYTES: Readonly<Record<ContentKind, number>> = {
  bytes: Math.floor(MOST_CHARACTERS / 4) * 3,
  text: MOST_CHARACTERS,
};

/** Throws when the blob is too large to be given to a handler, before anything of it is read. */
export function checkSize(blob: string, bytes: number, kind: ContentKind): void {
  const limitBytes = MOST_BYTES[kind];
  if (bytes > limitBytes) throw blobTooLarge({ blob, bytes, limitBytes, kind });
}

/** Undefined: there is no such blob, or, with `etag`, none of that version. `name`: for errors. */
export async function readContent(
  client: BlobClient,
  { name, kind, etag, signal }: { name: string; kind: ContentKind; etag?: string; signal: AbortSignal },
): Promise<Uint8Array | undefined> {
  // Ends the download when the blob is too large: it has begun with the headers.
  const enough = new AbortController();
  const abortSignal = AbortSignal.any([signal, enough.signal]);
  let response: BlobDownloadResponseParsed;
  try {
    response = await client.download(0, undefined, { abortSignal, ...(etag !== undefined && { conditions: { ifMatch: etag } }) });
  } catch (error) {
    if (isStatus(error, 404) || isStatus(error, 412)) return undefined;
    throw error;
  }
  const bytes = response.contentLength ?? 0;
  const stream = response.readableStreamBody;
  if (stream === undefined) return new Uint8Array();
  try {
    checkSize(name, bytes, kind);
    return await collect(stream, bytes);
  } catch (error) {
    // The client passes the abort on to the stream as an error, which nobody waits for any more.
    stream.on('error', () => {});
    enough.abort();
    throw error;
  }
}

/** As .NET reads a text: UTF-8, unless it begins with the mark of UTF-16; what is neither becomes U+FFFD. Throws when it is too long for a payload. */
export function textOf(content: Uint8Array, name: string): string {
  const [first, second] = content;
  const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  const text = new TextDecoder(encoding).decode(content);
  // Only a text that could be too long is counted: a character is at most seven in the end.
  if (text.length > MOST_CHARACTERS / 7 && quotedTwiceLength(text) > MOST_CHARACTERS) {
    throw blobTooLarge({ blob: name, bytes: content.length, limitBytes: MOST_BYTES.text, kind: 'text' });
  }
  return text;
}

// Control characters, quotes, backslashes and three line ends.
const ESCAPED = /[^ !#-[\]-\u0084\u0086-\u2027\u202a-\uffff]/g;

/** How long a text is as JSON within JSON, which is how a handler gets it. */
export function quotedTwiceLength(text: string): number {
  let length = text.length + 6;
  for (const { 0: character } of text.matchAll(ESCAPED)) length += extraLength(character);
  return length;
}

function extraLength(character: string): number {
  if (character === '"' || character === '\\') return 3;
  return '\b\f\n\r\t'.includes(character) ? 2 : 6;
}

async function collect(stream: NodeJS.ReadableStream, bytes: number): Promise<Uint8Array> {
  const content = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of stream) {
    content.set(chunk as unknown as Uint8Array, at);
    at += chunk.length;
  }
  return at === bytes ? content : content.subarray(0, at);
}
