import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localCertificate } from './local-certificate.ts';

const HOSTS = ['localhost', '127.0.0.1', '::1'];
const DAY_MS = 24 * 60 * 60 * 1000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-certificate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('localCertificate', () => {
  test('makes one that whoever trusts the authority accepts', async () => {
    const { cert, key, authorityFile } = await make();
    const server = createServer({ cert, key }, (_, response) => response.end('secret'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      for (const host of ['localhost', '127.0.0.1']) {
        const call = request({ host, port, family: 4, ca: readFileSync(authorityFile), agent: false }).end();
        const [response] = await once(call, 'response');
        expect((await response.toArray()).join('')).toBe('secret');
      }
    } finally {
      server.close();
    }
  });

  test('uses it again while it lasts', async () => {
    const first = await make();
    expect(await make({ afterDays: 389 })).toEqual(first);
  });

  test('makes another from the same authority shortly before it expires', async () => {
    const first = await make();
    const authority = readFileSync(first.authorityFile, 'utf8');
    const second = await make({ afterDays: 391 });
    expect(second.cert).not.toBe(first.cert);
    expect(readFileSync(second.authorityFile, 'utf8')).toBe(authority);
    expect(new X509Certificate(second.cert).verify(new X509Certificate(authority).publicKey)).toBe(true);
  });

  test('makes another when a name is missing from it', async () => {
    await make();
    const { cert } = await make({ hosts: [...HOSTS, '192.0.2.1', 'dev.example.org'] });
    const certificate = new X509Certificate(cert);
    expect([certificate.checkIP('192.0.2.1'), certificate.checkHost('dev.example.org')]).toEqual(['192.0.2.1', 'dev.example.org']);
  });

  test('makes both anew when the authority expires', async () => {
    const first = await make();
    const authority = readFileSync(first.authorityFile, 'utf8');
    const second = await make({ afterDays: 3645 });
    expect(readFileSync(second.authorityFile, 'utf8')).not.toBe(authority);
    expect(new X509Certificate(second.cert).verify(new X509Certificate(readFileSync(second.authorityFile)).publicKey)).toBe(true);
  });

  test('replaces what cannot be read', async () => {
    const first = await make();
    writeFileSync(join(folder, 'portico', 'authority.pem'), 'garbage');
    writeFileSync(join(folder, 'portico', 'server.pem'), readFileSync(join(folder, 'portico', 'server.pem'), 'utf8').slice(0, 400));
    expect((await make()).cert).not.toBe(first.cert);
  });

  test.skipIf(process.platform === 'win32')('keeps the keys to this user and out of the file to trust', async () => {
    const { authorityFile } = await make();
    expect(readFileSync(authorityFile, 'utf8')).not.toContain('PRIVATE KEY');
    for (const name of readdirSync(join(folder, 'portico'))) expect(statSync(join(folder, 'portico', name)).mode & 0o077).toBe(0);
  });
});

function make({ afterDays = 0, hosts = HOSTS } = {}) {
  return localCertificate({ environment: { XDG_STATE_HOME: folder }, now: new Date(Date.now() + afterDays * DAY_MS), hosts });
}
