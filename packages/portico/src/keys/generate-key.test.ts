import { describe, expect, test } from 'vitest';
import { generateKey, identifiableKey, type KeyKind } from './generate-key.ts';

type Bytes = (at: number) => number;
const ZEROS: Bytes = () => 0;
const ONES: Bytes = () => 255;
const COUNTING: Bytes = (at) => at;
const MIXED: Bytes = (at) => at * 167 + 80;

/**
 * Made with .NET 10.0.12: its own System.Marvin.ComputeHash32, called through reflection over the first 36 bytes with the seeds of Azure's host,
 * signature and checksum (little-endian) put where Microsoft.Security.Utilities' IdentifiableSecrets.cs puts them, Convert.ToBase64String, `+/` to `-_`.
 */
const VECTORS: readonly (readonly [KeyKind, string, Bytes, string])[] = [
  ['master', 'zeros', ZEROS, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAzFu-N70jA=='],
  ['system', 'zeros', ZEROS, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAzFuT-TO3g=='],
  ['function', 'zeros', ZEROS, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAzFuZg7Zjw=='],
  ['master', 'ones', ONES, '____________________________________________AzFummE1PQ=='],
  ['system', 'ones', ONES, '____________________________________________AzFuC7uVjQ=='],
  ['function', 'ones', ONES, '____________________________________________AzFuOQkoRg=='],
  ['master', 'counting bytes', COUNTING, 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gAzFuFuYcng=='],
  ['system', 'counting bytes', COUNTING, 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gAzFuXnL4iA=='],
  ['function', 'counting bytes', COUNTING, 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gAzFusvnZbw=='],
  ['master', 'mixed bytes', MIXED, 'UPeeReyTOuGIL9Z9JMtyGcBnDrVcA6pR-J9G7ZQ74okwAzFuAX1ibA=='],
  ['system', 'mixed bytes', MIXED, 'UPeeReyTOuGIL9Z9JMtyGcBnDrVcA6pR-J9G7ZQ74okwAzFu3HmSMA=='],
  ['function', 'mixed bytes', MIXED, 'UPeeReyTOuGIL9Z9JMtyGcBnDrVcA6pR-J9G7ZQ74okwAzFug2qsyA=='],
];

describe('a key', () => {
  test.each(VECTORS)('of kind %s over %s is that of Azure', (kind, _, byte, expected) => {
    expect(
      identifiableKey(
        kind,
        Uint8Array.from({ length: 40 }, (_, at) => byte(at)),
      ),
    ).toBe(expected);
  });

  // How secret scanners find one (SEC101/158 of Microsoft.Security.Utilities).
  test.each(['master', 'system', 'function'] as const)('of kind %s is known by its form, and by a checksum of its kind', (kind) => {
    const key = generateKey(kind);
    expect(key).toMatch(/^[\w-]{44}AzFu[\w-]{5}[AQgw]==$/);
    const remade = (other: KeyKind) => identifiableKey(other, Buffer.from(key, 'base64url'));
    expect((['master', 'system', 'function'] as const).filter((other) => remade(other) === key)).toEqual([kind]);
  });

  test('is never made twice', () => {
    const keys = Array.from({ length: 200 }, () => generateKey('function').slice(0, 44));
    expect(new Set(keys).size).toBe(200);
    // Every byte before the signature is left to chance.
    for (let at = 0; at < 44; at += 1) expect(new Set(keys.map((key) => key[at])).size).toBeGreaterThan(1);
  });
});
