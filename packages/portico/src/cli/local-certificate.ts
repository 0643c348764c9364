// The certificate behind --https alone: an authority of this user's own, made once and worth trusting once, and a server certificate it signed.
// Loaded only then, and the library that makes certificates only when one must be made.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../platform/replace-file.ts';

type LocalCertificate = {
  readonly cert: string;
  readonly key: string;
  /** What a browser or `curl --cacert` has to trust. */
  readonly authorityFile: string;
};

type CertificateRequest = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  /** Names and addresses callers will use. */
  readonly hosts: readonly string[];
};

type Pair = { readonly cert: string; readonly key: string };

const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
/** Browsers refuse server certificates that are valid for more than 398 days. */
const SERVER_DAYS = 397;
const RENEW_BEFORE_DAYS = 7;

export async function localCertificate({ environment, now, hosts }: CertificateRequest): Promise<LocalCertificate> {
  const folder = join(environment.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'portico');
  const authorityFile = join(folder, 'authority.crt');
  const renewAt = new Date(now.getTime() + RENEW_BEFORE_DAYS * DAY_MS);

  let authority = readPair(join(folder, 'authority.pem'));
  if (!authority || !isValidAt(authority.cert, renewAt)) {
    authority = await makeAuthority(now);
    await writePrivately(folder, 'authority.pem', authority.cert + authority.key);
    // Without the key, so that whoever copies it into a trust store does not copy that along.
    await writePrivately(folder, 'authority.crt', authority.cert);
  }

  let server = readPair(join(folder, 'server.pem'));
  if (!server || !isValidAt(server.cert, renewAt) || !isFor(server.cert, hosts, authority.cert)) {
    server = await makeServerCertificate(authority, hosts, now);
    await writePrivately(folder, 'server.pem', server.cert + server.key);
  }
  return { ...server, authorityFile };
}

async function makeAuthority(now: Date): Promise<Pair> {
  const { generate } = await import('selfsigned');
  // The moment is in the name, because trust stores confuse two authorities of the same name.
  const made = await generate([{ name: 'commonName', value: `Portico local authority ${now.toISOString()}` }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: now,
    notAfterDate: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return normalise({ cert: made.cert, key: made.private });
}

async function makeServerCertificate(authority: Pair, hosts: readonly string[], now: Date): Promise<Pair> {
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: now,
    notAfterDate: new Date(now.getTime() + SERVER_DAYS * DAY_MS),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: hosts.map((host) => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host })) },
    ],
  });
  return normalise({ cert: made.cert, key: made.private });
}

function normalise({ cert, key }: Pair): Pair {
  return { cert: `${cert.trim()}\n`, key: createPrivateKey(key).export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** Certificate and key stand in one file, so that two starts at the same time cannot leave halves that do not fit. */
function readPair(file: string): Pair | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    const at = text.indexOf('-----BEGIN PRIVATE KEY-----');
    const pair = { cert: text.slice(0, at), key: text.slice(at) };
    return new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key)) ? pair : undefined;
  } catch {
    // None yet, or not usable: a new one is made, and writing it says what is wrong with the place.
    return undefined;
  }
}

function isValidAt(cert: string, date: Date): boolean {
  return Date.parse(new X509Certificate(cert).validTo) > date.getTime();
}

function isFor(cert: string, hosts: readonly string[], authority: string): boolean {
  const certificate = new X509Certificate(cert);
  const named = hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)));
  return named && certificate.verify(new X509Certificate(authority).publicKey);
}

async function writePrivately(folder: string, name: string, text: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await replaceFile(join(folder, name), text, 0o600);
}
