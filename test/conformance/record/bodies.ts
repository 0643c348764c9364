// Bodies: from the words of a scenario to bytes, and from bytes to what a recording keeps.
import { createHash } from 'node:crypto';
import type { Content } from './types.ts';

const BIG_BODY_BYTES = 64 * 1024;

export function toBytes(source: string | Content | undefined): Buffer {
  if (source === undefined) return Buffer.alloc(0);
  if (typeof source === 'string') return Buffer.from(source);
  if (source.json !== undefined) return Buffer.from(JSON.stringify(source.json));
  if (source.base64 !== undefined) return Buffer.from(source.base64, 'base64');
  if (source.latin1 !== undefined) return Buffer.from(source.latin1, 'latin1');
  if (source.fill !== undefined) return Buffer.alloc(source.fill.bytes, source.fill.text ?? 'x');
  return Buffer.from(source.text ?? '');
}

/** Long runs of one character are written as "<x times n>": a recording stays small, and what surrounds them readable. */
export function bodyFields(buffer: Buffer): Record<string, string | number> {
  let text: string | undefined;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer);
  } catch {
    if (buffer.length <= BIG_BODY_BYTES) return { bodyBase64: buffer.toString('base64') };
  }
  const short = text?.replace(/(.)\1{999,}/gs, (run, character) => `<${character} times ${run.length}>`);
  if (short !== undefined && short.length <= BIG_BODY_BYTES) return { body: short };
  const bodySha256 = createHash('sha256').update(buffer).digest('hex');
  return { bodyBytes: buffer.length, bodySha256, bodyHead: buffer.subarray(0, 200).toString('latin1') };
}
