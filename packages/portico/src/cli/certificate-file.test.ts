import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCertificate, readClientCertificate } from './certificate-file.ts';

let folder: string;
let cert: string;
let key: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portico-pem-'));
  const made = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', algorithm: 'sha256' });
  cert = made.cert;
  key = made.private;
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('readCertificate', () => {
  test.each([
    ['in the same file', { 'one.pem': () => `${cert}\n${key}` }],
    ['in name-key.pem', { 'one.pem': () => cert, 'one-key.pem': () => key }],
    ['in name.key', { 'one.pem': () => cert, 'one.key': () => key }],
  ])('takes PEM with the key %s', (_, files) => {
    expect(readCertificate(write(files), undefined)).toMatchObject({
      cert: expect.stringContaining(cert),
      key: expect.stringMatching(/^-----BEGIN PRIVATE KEY/),
    });
  });

  test('takes a PEM key with a password', () => {
    const encrypted = createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' });
    const file = write({ 'one.pem': () => `${cert}\n${encrypted}` });
    expect(readCertificate(file, 'open')).toMatchObject({ key: expect.stringMatching(/^-----BEGIN PRIVATE KEY/) });
    expect(() => readCertificate(file, 'shut')).toThrow(
      expect.objectContaining({ hint: 'Check --password, and that the file is PFX or PEM.' }),
    );
    expect(() => readCertificate(file, undefined)).toThrow(
      expect.objectContaining({ hint: 'If the file has a password, give it with --password.' }),
    );
  });

  test('takes PFX', () => {
    const file = write({ 'one.pfx': () => PFX });
    expect(readCertificate(file, 'open')).toMatchObject({ passphrase: 'open' });
    expect(() => readCertificate(file, 'shut')).toThrow(expect.objectContaining({ code: 'CERTIFICATE_UNUSABLE', kind: 'usage' }));
  });

  test('says where it looked for the key', () => {
    const file = write({ 'one.pem': () => cert });
    expect(() => readCertificate(file, undefined)).toThrow(
      `The certificate ${file} cannot be used: it holds no private key, and neither ${file.replace('.pem', '-key.pem')} nor ${file.replace('.pem', '.key')} exists`,
    );
  });

  test('says how to go on without the file', () => {
    expect(() => readCertificate(join(folder, 'none.pfx'), undefined)).toThrow(
      expect.objectContaining({ hint: 'Give the path of a PFX or PEM file, or --https alone for a certificate made here.' }),
    );
  });
});

describe('readClientCertificate', () => {
  const der = (): Buffer => new X509Certificate(cert).raw;
  const other = async (): Promise<string> => (await generate([{ name: 'commonName', value: 'other' }], { keyType: 'ec' })).cert;

  test.each([
    ['PEM', () => cert],
    ['DER', () => der()],
    ['PEM behind its key', () => `${key}\n${cert}`],
    ['PEM behind words, as openssl writes them', () => `Bag Attributes\n  friendlyName: alice\n${cert.replaceAll('\n', '\r\n')}`],
  ])('takes %s', (_, content) => {
    expect(readClientCertificate(write({ 'one.pem': content })).raw).toEqual(der());
  });

  test('takes the first of a chain', async () => {
    const second = await other();
    expect(readClientCertificate(write({ 'one.pem': () => `${cert}\n${second}` })).raw).toEqual(der());
    expect(readClientCertificate(write({ 'one.pem': () => `${second}\n${cert}` })).raw).not.toEqual(der());
  });

  test.each([
    ['a key alone', () => key, 'it holds a private key and no certificate'],
    [
      'a request for a certificate',
      () => '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n',
      'it holds no certificate',
    ],
    ['a PFX file', () => PFX, 'it holds no certificate'],
    ['words', () => 'hello\n', 'it holds no certificate'],
    ['nothing', () => '', 'it holds no certificate'],
    ['DER that is cut off', () => der().subarray(0, -1), 'it holds no certificate'],
    ['PEM that is cut off', () => cert.replace(/.{40}\n-----END/, '\n-----END'), 'its first certificate cannot be read: error:'],
  ])('refuses %s', (_, content, reason) => {
    const file = write({ 'one.pem': content });
    expect(() => readClientCertificate(file)).toThrow(
      expect.objectContaining({
        code: 'CERTIFICATE_UNUSABLE',
        kind: 'usage',
        message: expect.stringContaining(`The certificate ${file} cannot be used: ${reason}`),
        hint: expect.stringMatching(/^Give a PEM or DER file .+openssl pkcs12 -in FILE -clcerts -nokeys -out client\.pem$/),
      }),
    );
  });

  test.each([
    ['is not there', 'none.pem', /: ENOENT: /],
    ['is a folder', '.', /: EISDIR: /],
  ])('refuses what %s', (_, name, message) => {
    expect(() => readClientCertificate(join(folder, name))).toThrow(
      expect.objectContaining({ code: 'CERTIFICATE_UNUSABLE', message: expect.stringMatching(message) }),
    );
  });
});

let caseCount = 0;

function write(files: Record<string, () => string | Buffer>): string {
  const place = mkdtempSync(join(folder, `${caseCount++}-`));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content());
  return join(place, Object.keys(files)[0] as string);
}

/** Made with `openssl pkcs12 -export`, password `open`, for localhost, valid until 2126. */
const PFX = Buffer.from(
  `
    MIIEDAIBAzCCA8IGCSqGSIb3DQEHAaCCA7MEggOvMIIDqzCCAmIGCSqGSIb3DQEHBqCCAlMwggJPAgEAMIICSAYJKoZIhvcNAQcBMFcGCSqGSIb3DQEFDTBK
    MCkGCSqGSIb3DQEFDDAcBAhYfsLJv3mXIwICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEFWYum+dcmkKVkc5Iq9DroqAggHgTy9N6z+i2Fg112pZ
    IN6K7hUefqvbw1gZ1H5zYbUBewHXxvFSJfjvsOzpKDbc1oiZ4ElUXmXJSHn8UyN2745Gmd72+8EW61rMiRcaPAH6/sxXKiQiLoF96W6tKrQ14yoqEZf/qQaf
    nS2YUnWnaYS5sMzrCmfoq4L6LGMIeOMH5RQKSkiIuSqNb6aSYDee490jst3UcN8V4yhHeJYvEweV9gPFLrrKmMrSOjTX3yeCmYYhZKzPOKG9xQFLA4B/cXW5
    pt/NOOt+34BH8z7zWPLsMBmAB1O8zELRRJ+J3AbTEg/Eda+kMsVQ/YutNknL7R5iDVtjRT2R1gYMecbyk1Q912Gh6ptEMlPRLWwub1NQpUp+jyzNs2sSe1Vs
    vckjgrAvQ3vrbGFu6im/6ovlGcnWhlFr0Il/rNIfbSHFC/ojwUzjkXA9QSf53uCVvy5R0rl6wh0RM1dChMMAFELMs+55GiiLNP+2sg3IeivVddznIgfE1HXf
    jN5iuuPKU+mTd9ik99j9fayDZRiQF7/ghmKyAU0fJMbNwHL067fGJEqCbM+2xfuGditlwMx+5YPpKDGntXHKFkjngPxYYbYUFzUOf4YKo8V8h+wMaMi4XmJ/
    1cTk4pI3oxM7tFZcQshNSgI3MIIBQQYJKoZIhvcNAQcBoIIBMgSCAS4wggEqMIIBJgYLKoZIhvcNAQwKAQKgge8wgewwVwYJKoZIhvcNAQUNMEowKQYJKoZI
    hvcNAQUMMBwECEAvRa3rcOMdAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQ+CVRFZYWkknyzl6R1g3AIASBkBHZDwstlHMVktk+rTJ3hRH1qtA6
    cGwC2v56b7/f3CNsLgKZqrLH+dtH1pR882jOfeYTH+ceavLqNGOIlpSYRCWjHRM4XyQtSgh0WLbs/X0xLrSRy/uwYeaYjdBp1HOv4BpOpOouTS55V8nuU83y
    9jrZ5g3cKfx4NyB6PF1Rbcxi7YBIHPzn2C2VfNW1MNSdgDElMCMGCSqGSIb3DQEJFTEWBBRj3G2F/QzlJqunBGyFj9DdRScUVjBBMDEwDQYJYIZIAWUDBAIB
    BQAEIIMrrGLB1HfH9ArDd/H/QketiFSL4t65/4G4ILrfiFtlBAii5LnlPY1zswICCAA=
  `,
  'base64',
);
