// Certificates of callers, as Azure's front end tells them: what the handler hears is what the caller has, and nobody says it for the host.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localCertificate } from '../../packages/portico/src/cli/local-certificate.ts';
import { ask, question } from '../http/support/ask.ts';
import { type Attacked, attackedApp, type Seen } from './support/attacked-app.ts';
import { firstStatus } from './support/first-status.ts';

type Pair = { readonly cert: string; readonly key: string };

const HANDSHAKE = [
  ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
];
const FORGED = ['X-ARR-ClientCert: forged', 'x_arr_clientcert: forged'];

let folder: string;
let server: Pair;
/** Signed by an authority that the server has never heard of. */
let alice: Pair;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portico-certificates-'));
  const made = (name: string) =>
    localCertificate({ environment: { XDG_STATE_HOME: join(folder, name) }, now: new Date(), hosts: [`${name}.example`] });
  [server, alice] = await Promise.all([made('server'), made('alice')]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const base64Of = ({ cert }: Pair): string => new X509Certificate(cert).raw.toString('base64');

/** Each value of the header, in every spelling that frameworks read as one. */
const certificatesIn = ({ headers }: Seen): string[] =>
  headers.flatMap((name, i) => (i % 2 === 0 && /^x[^a-z\d]arr[^a-z\d]clientcert$/i.test(name) ? [headers[i + 1] ?? ''] : []));

/** Over a connection of its own. */
async function secureSeen({ port }: Attacked, options: ConnectionOptions = {}, headers: readonly string[] = []): Promise<Seen> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  // Else the case says nothing of sessions.
  expect(socket.isSessionReused()).toBe(options.session !== undefined);
  socket.write(question('GET /open/x', ['Connection: close', ...headers]));
  const answer = await text(socket);
  return JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as Seen;
}

describe.each(['proxy', 'forward', 'payload'] as const)('in %s mode', (mode) => {
  test('every request comes with the certificate that the host was told, whatever it says itself', async () => {
    await using app = await attackedApp({ mode, clientCertificate: new X509Certificate(alice.cert) });
    for (const headers of [[], FORGED]) {
      const { answers } = await ask(app.port, question('GET /open/x', headers));
      expect(certificatesIn(JSON.parse(answers[0]?.body ?? ''))).toEqual([base64Of(alice)]);
    }
  });

  test('a trusted proxy says nothing else then', async () => {
    const portico = { trustedProxies: ['127.0.0.1'], trustClientPrincipal: true };
    await using app = await attackedApp({ mode, portico, clientCertificate: new X509Certificate(alice.cert) });
    const { answers } = await ask(app.port, question('GET /open/x', FORGED));
    expect(certificatesIn(JSON.parse(answers[0]?.body ?? ''))).toEqual([base64Of(alice)]);
  });

  test('a caller that is asked has the certificate that it presents, and one that presents none has none', async () => {
    await using app = await attackedApp({ mode, https: server, clientCertificate: 'ask' });
    expect(certificatesIn(await secureSeen(app, alice, FORGED))).toEqual([base64Of(alice)]);
    expect(certificatesIn(await secureSeen(app, {}, FORGED))).toEqual([]);
  });

  test('nobody is asked unless the host is told to', async () => {
    await using app = await attackedApp({ mode, https: server });
    expect(certificatesIn(await secureSeen(app, alice, FORGED))).toEqual([]);
  });
});

test('a trusted proxy that names the certificates of its callers has its own left out', async () => {
  const portico = { trustedProxies: ['127.0.0.1'], trustClientPrincipal: true };
  await using app = await attackedApp({ portico, https: server, clientCertificate: 'ask' });
  expect(certificatesIn(await secureSeen(app, alice, ['X-ARR-ClientCert: MIIB']))).toEqual(['MIIB']);
  expect(certificatesIn(await secureSeen(app, alice))).toEqual([]);
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a session that is taken up again with %s has the certificate that it began with',
  async (version) => {
    await using app = await attackedApp({ https: server, clientCertificate: 'ask' });
    const options = { ...alice, minVersion: version, maxVersion: version };
    const first = connect({ host: '127.0.0.1', port: app.port, rejectUnauthorized: false, ...options });
    first.write(question('GET /open/x'));
    const [session] = await once(first.resume(), 'session');
    first.destroy();
    expect(certificatesIn(await secureSeen(app, { ...options, session }))).toEqual([base64Of(alice)]);
  },
);

test('a WebSocket comes with it as well', async () => {
  await using told = await attackedApp({ clientCertificate: new X509Certificate(alice.cert) });
  expect(await firstStatus(told.port, question('GET /open/x', [...HANDSHAKE, ...FORGED]))).toBe(101);
  expect((await told.seen()).map(certificatesIn)).toEqual([[base64Of(alice)]]);

  await using asking = await attackedApp({ https: server, clientCertificate: 'ask' });
  const socket = connect({ host: '127.0.0.1', port: asking.port, rejectUnauthorized: false, ...alice });
  socket.write(question('GET /open/x', [...HANDSHAKE, ...FORGED]));
  const [answer] = await once(socket, 'data');
  socket.destroy();
  expect(String(answer)).toMatch(/^HTTP\/1\.1 101 /);
  expect((await asking.seen()).map(certificatesIn)).toEqual([[base64Of(alice)]]);
});
