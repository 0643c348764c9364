// A new key, in the form of Azure's: scanners of leaked secrets know it by its signature, and by a checksum that also tells what it opens.
// https://github.com/microsoft/security-utilities/blob/main/src/Microsoft.Security.Utilities.Core/IdentifiableSecrets.cs
import { randomBytes } from 'node:crypto';

export type KeyKind = 'master' | 'function' | 'system';

/** Each is its kind in ASCII, as a number of 64 bits: low and high word. */
const CHECKSUM_SEEDS: Readonly<Record<KeyKind, readonly [number, number]>> = {
  master: [0x65723030, 0x4d617374],
  system: [0x656d3030, 0x53797374],
  function: [0x74693030, 0x46756e63],
};

const KEY_BYTES = 40;
const CHECKSUM_AT = KEY_BYTES - 4;
const SIGNATURE = Buffer.from('AzFu', 'base64');
const SIGNATURE_AT = CHECKSUM_AT - SIGNATURE.length;

/** 56 characters that need no escaping in a query, with 264 random bits. */
export function generateKey(kind: KeyKind): string {
  return identifiableKey(kind, randomBytes(KEY_BYTES));
}

/** `random`: 40 bytes, of which the last seven make room for signature and checksum. */
export function identifiableKey(kind: KeyKind, random: Uint8Array): string {
  const key = Buffer.from(random);
  SIGNATURE.copy(key, SIGNATURE_AT);
  key.writeUInt32LE(marvin(key.subarray(0, CHECKSUM_AT), CHECKSUM_SEEDS[kind]), CHECKSUM_AT);
  // Parity: the padding stays, although this alphabet is mostly used without.
  return `${key.toString('base64url')}==`;
}

/** Marvin32 of whole words, the hash of .NET's strings. */
function marvin(words: Buffer, [low, high]: readonly [number, number]): number {
  let p0 = low;
  let p1 = high;
  const mix = (word: number): void => {
    p0 = (p0 + word) | 0;
    p1 ^= p0;
    p0 = (rotateLeft(p0, 20) + p1) | 0;
    p1 = rotateLeft(p1, 9) ^ p0;
    p0 = (rotateLeft(p0, 27) + p1) | 0;
    p1 = rotateLeft(p1, 19);
  };
  for (let at = 0; at < words.length; at += 4) mix(words.readUInt32LE(at));
  // The mark of the end, where no byte is left over, and one round more.
  mix(0x80);
  mix(0);
  return (p0 ^ p1) >>> 0;
}

const rotateLeft = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
