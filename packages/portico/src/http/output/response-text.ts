// From text to the bytes of a body, in the charset that was declared.
import { charsetOf } from '../../core/media-type.ts';
import type { Remark } from '../../core/remark.ts';
import { charsetDeclared } from '../../core/remarks/http-output.ts';

/** Charset → what of it Node writes, and which characters there are. windows-1252 has characters of its own where latin1 has controls. */
const ENCODINGS = new Map<string, { readonly encoding: BufferEncoding; readonly missing: RegExp }>([
  ['us-ascii', { encoding: 'latin1', missing: /[^\0-\x7f]/ }],
  ['ascii', { encoding: 'latin1', missing: /[^\0-\x7f]/ }],
  ['iso-8859-1', { encoding: 'latin1', missing: /[^\0-\xff]/ }],
  ['latin1', { encoding: 'latin1', missing: /[^\0-\xff]/ }],
  ['windows-1252', { encoding: 'latin1', missing: /[^\0-\x7f\xa0-\xff]/ }],
  ['utf-16le', { encoding: 'utf16le', missing: /(?!)/ }],
]);

export type EncodedText = { readonly body: string | Buffer; readonly contentType: string; readonly remarks: readonly Remark[] };

/** Text in the charset that its Content-Type declares; UTF-8, and said so, when it declares none. */
export function encodeText(text: string, contentType: string): EncodedText {
  const charset = charsetOf(contentType);
  if (charset === undefined) return { body: text, contentType: `${contentType.replace(/[;\s]+$/, '')}; charset=utf-8`, remarks: [] };
  if (charset === 'utf-8' || charset === 'utf8') return { body: text, contentType, remarks: [] };
  const known = ENCODINGS.get(charset);
  if (known === undefined || known.missing.test(text)) {
    const reason = known === undefined ? 'nobody here can write it' : 'it lacks characters of this body';
    const sent = known === undefined ? contentType : contentType.replace(/(charset\s*=\s*"?)[^\s";]+/i, '$1utf-8');
    return { body: text, contentType: sent, remarks: [charsetDeclared(charset, `so is it here, because ${reason}`)] };
  }
  return { body: Buffer.from(text, known.encoding), contentType, remarks: [charsetDeclared(charset, 'here the declared one is used')] };
}
