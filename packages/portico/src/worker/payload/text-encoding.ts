import { charsetOf } from '../../core/media-type.ts';

/** Bytes as text in the declared charset; UTF-8 when none is declared or nobody knows it. A byte order mark is dropped. */
export function decodeText(bytes: Buffer, contentType: string): string {
  const charset = charsetOf(contentType);
  if (charset === undefined || charset === 'utf-8') return decodeUtf8(bytes);
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // Parity: there every charset is read as UTF-8; here only one that has no decoder.
    return decodeUtf8(bytes);
  }
}

function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
