// Keys that callers send, in every place where they can be put: none of them is in what the host writes, nor in its own answers.
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { generateKey } from '../../packages/portico/src/keys/generate-key.ts';
import { ask, question } from '../http/support/ask.ts';
import { until } from '../support/until.ts';
import { type Attacked, attackedApp, KEYS } from './support/attacked-app.ts';
import { firstStatus } from './support/first-status.ts';

/** Right ones and a wrong one. */
const SECRETS = [KEYS.master, KEYS.guarded, 'a-wrong-key'];

const escaped = (text: string): string => [...text].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('');

const queries = (key: string): string[] => [
  `?code=${key}`,
  `?CODE=${key}`,
  `?Code=${key}&x=1`,
  `?x=1&code=${key}`,
  `?c%6fde=${key}`,
  `?${escaped('code')}=${key}`,
  `?code=${key}&code=${key}`,
  `?x=1&&code=${key}&`,
  `??code=${key}`,
  `?x=1?code=${key}`,
  `?code=${key}=${key}`,
  `?code=${key}?x`,
  `?code=+${key}`,
  `?code=${escaped(key)}`,
];

const PATHS = [
  '/guarded/x',
  '/boss',
  '/open/x',
  '/',
  '/a\\b',
  '/admin/host/status',
  '/admin/host/keys/none',
  '/admin/functions/Guarded',
  '/admin/nowhere',
  '/runtime/webhooks/demo',
  `/open/${'a'.repeat(9000)}`,
];

/** What a reporter is told that holds the key, escapes read. */
function leaks({ records, requests }: Attacked, key: string): string[] {
  const unescaped = (text: string): string =>
    text.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return [...records, ...requests].map((one) => JSON.stringify(one)).filter((text) => unescaped(text).includes(key));
}

/** Else it is the handler's, which may do with a key what it likes. */
const isOwnAnswer = (path: string): boolean => /^\/(?:admin|runtime|a\\)/.test(path);

test('no key in a query is written or said back, however its name is spelt', async () => {
  await using app = await attackedApp();
  let count = 0;
  for (const key of SECRETS) {
    for (const path of PATHS) {
      for (const query of queries(key)) {
        for (const target of [path + query, `http://app.example${path}${query}`]) {
          const { text } = await ask(app.port, question(`GET ${target}`, [`Referer: http://app.example/x${query}`]));
          count += 1;
          if (isOwnAnswer(path)) expect(decodeURIComponent(text.replaceAll(/%(?![\da-f]{2})/gi, '')), target).not.toContain(key);
        }
      }
    }
  }
  await until(() => app.requests.length === count);
  for (const key of SECRETS) expect(leaks(app, key)).toEqual([]);
});

test('no key that was made here is written, wherever in an address somebody has put it', async () => {
  const key = generateKey('function');
  await using app = await attackedApp();
  const targets = ['/guarded/x', '/open/x', '/admin/x', '/'].flatMap((path) => [
    `${path}?key=${key}`,
    `${path}?code%3D${key}`,
    `${path}%3Fcode=${key}`,
    `${path}%3fcode%3d${encodeURIComponent(key)}`,
    `${path};code=${key}`,
    `${path}/${key}`,
    `${path}?url=http://a/?sig=${key.slice(0, -2)}`,
  ]);
  for (const target of targets) await ask(app.port, question(`GET ${target}`));
  await until(() => app.requests.length === targets.length);
  const unfinished = connect({ port: app.port, host: '127.0.0.1' }).on('error', () => {});
  unfinished.write(question(`POST /open/${key}`, ['Content-Length: 100'], 'x'));
  await until(async () => {
    const { answers } = await ask(app.port, question('GET /admin/host/drain/status', [`X-Functions-Key: ${KEYS.master}`]));
    return JSON.parse(answers[0]?.body ?? '{}').outstandingInvocations === 1;
  });
  await app.stop({ graceMs: 0 });
  expect(app.records.some(({ message, fields }) => JSON.stringify([message, fields]).includes('POST /open/…'))).toBe(true);
  expect(leaks(app, key.slice(0, -2))).toEqual([]);
});

test('no key in a header is written', async () => {
  await using app = await attackedApp();
  for (const key of SECRETS) {
    for (const path of PATHS) await ask(app.port, question(`GET ${path}`, [`X-Functions-Key: ${key}`, `Authorization: Bearer ${key}`]));
    for (const path of ['/guarded/x', '/admin/host/status']) await ask(app.port, question(`POST ${path}`, [`X-Functions-Key: ${key}`]));
  }
  await until(() => app.requests.length === SECRETS.length * (PATHS.length + 2));
  for (const key of SECRETS) expect(leaks(app, key)).toEqual([]);
});

test('no key of a WebSocket is written', async () => {
  await using app = await attackedApp();
  const handshake = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  for (const key of SECRETS) {
    for (const query of queries(key)) await firstStatus(app.port, question(`GET /guarded/x${query}`, handshake));
    await firstStatus(app.port, question('GET /guarded/x', [...handshake, `X-Functions-Key: ${key}`]));
  }
  await until(() => app.requests.length === SECRETS.length * (queries('').length + 1));
  expect(app.requests.some(({ status }) => status === 101)).toBe(true);
  expect(app.requests.some(({ status }) => status === 401)).toBe(true);
  for (const key of SECRETS) expect(leaks(app, key)).toEqual([]);
});
