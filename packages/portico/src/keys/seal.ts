// Values of keys, encrypted at rest. Each is bound to where it stands, so that nobody who can write the file puts one in the place of another.
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

export interface Seal {
  /** Needed to open what was sealed; no secret. */
  readonly salt: string;
  seal(value: string, place: readonly string[]): string;
  /** Undefined: it was sealed with another secret or for another place, or it was changed. */
  open(sealed: string, place: readonly string[]): string | undefined;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A secret may be a word that a person thought of: to try many has to be slow. 32 MiB and some 50 ms, once for each salt. https://www.rfc-editor.org/rfc/rfc7914 */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

const deriveKey = promisify<string, Buffer, number, typeof SCRYPT, Buffer>(scrypt);

/** `salt`: as a seal gave it; a new one when undefined. */
export async function createSeal(secret: string, salt = randomBytes(SALT_BYTES).toString('base64url')): Promise<Seal> {
  const key = await deriveKey(secret, Buffer.from(salt, 'base64url'), KEY_BYTES, SCRYPT);
  return {
    salt,
    seal(value, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(aadOf(place));
      const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(aadOf(place))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
      } catch {
        // The tag does not fit; there is nothing else it could be.
        return undefined;
      }
    },
  };
}

/** No two places have one text. */
const aadOf = (place: readonly string[]): Buffer => Buffer.from(JSON.stringify(place));
