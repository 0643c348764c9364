// Certificate files, as --cert and --client-cert name them. Loaded only when there is one.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../core/error.ts';
import { certificateUnusable } from '../core/errors/start-command.ts';
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

/** PEM or DER; of several in PEM the first. A key beside it is not needed. */
export function readClientCertificate(file: string): X509Certificate {
  let bytes: Buffer | undefined;
  try {
    bytes = readFileSync(file);
    return new X509Certificate(bytes);
  } catch (thrown) {
    throw certificateUnusable(file, bytes === undefined ? messageOf(thrown) : contentFault(bytes, thrown), CLIENT_HINT, thrown);
  }
}

const CLIENT_HINT =
  'Give a PEM or DER file with a certificate in it. Out of a PFX file it comes with: openssl pkcs12 -in FILE -clcerts -nokeys -out client.pem';

function contentFault(bytes: Buffer, thrown: unknown): string {
  if (bytes.includes('BEGIN CERTIFICATE-----')) return `its first certificate cannot be read: ${messageOf(thrown)}`;
  return bytes.includes('PRIVATE KEY-----') ? 'it holds a private key and no certificate' : 'it holds no certificate';
}

function hintFor(thrown: unknown, password: string | undefined): string {
  if ((thrown as NodeJS.ErrnoException).code === 'ENOENT')
    return 'Give the path of a PFX or PEM file, or --https alone for a certificate made here.';
  return password === undefined
    ? 'If the file has a password, give it with --password.'
    : 'Check --password, and that the file is PFX or PEM.';
}
