// A certificate file as --cert names it. Loaded only when there is one.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../core/error.ts';
import { certificateUnusable } from '../core/error-catalogue.ts';
import type { HostOptions } from '../host/create-host.ts';

type Https = NonNullable<HostOptions['https']>;

/** Reads the certificate and tries it, so that a wrong password is noticed now and not by the first caller. */
export function readCertificate(file: string, password: string | undefined): Https {
  try {
    const bytes = readFileSync(file);
    const https = bytes.includes('-----BEGIN ') ? fromPem(file, bytes.toString(), password) : { pfx: bytes, passphrase: password ?? '' };
    createSecureContext(https);
    return https;
  } catch (thrown) {
    throw certificateUnusable(file, messageOf(thrown), hintFor(thrown, password), thrown);
  }
}

function fromPem(file: string, cert: string, password: string | undefined): Https {
  const key = createPrivateKey({ key: cert.includes('PRIVATE KEY-----') ? cert : readKeyBeside(file), passphrase: password ?? '' });
  return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** `name-key.pem`, as mkcert calls it, or `name.key`, as most others do. */
function readKeyBeside(file: string): string {
  const stem = file.replace(/\.[^./\\]*$/, '');
  const candidates = [`${stem}-key.pem`, `${stem}.key`];
  for (const candidate of candidates) {
    try {
      return readFileSync(candidate, 'utf8');
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    }
  }
  throw new Error(`it holds no private key, and neither ${candidates.join(' nor ')} exists`);
}

function hintFor(thrown: unknown, password: string | undefined): string {
  if ((thrown as NodeJS.ErrnoException).code === 'ENOENT')
    return 'Give the path of a PFX or PEM file, or --https alone for a certificate made here.';
  return password === undefined
    ? 'If the file has a password, give it with --password.'
    : 'Check --password, and that the file is PFX or PEM.';
}
