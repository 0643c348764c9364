// Requests for another protocol that try to come past a key, and connections that outlive them.
import { expect, test } from 'vitest';
import { ask, question } from '../http/support/ask.ts';
import { until } from '../support/until.ts';
import { attackedApp, KEYS } from './support/attacked-app.ts';
import { firstStatus } from './support/first-status.ts';

const handshake = (upgrade = 'websocket', connection = 'Upgrade'): string[] => [
  `Connection: ${connection}`,
  `Upgrade: ${upgrade}`,
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

test('a WebSocket wants the key that a request wants', async () => {
  await using app = await attackedApp();
  const outcomes: [string, string[], number][] = [
    ['/guarded/x', [], 401],
    ['/guarded/x', ['X-Functions-Key: wrong'], 401],
    ['/guarded/x', ['X-Functions-Key:'], 401],
    ['/guarded/x', ['X_Functions_Key: a-key-of-guarded'], 401],
    ['/guarded/x', [`X-Functions-Key: ${KEYS.guarded.toUpperCase()}`], 401],
    ['/guarded/x', [`X-Functions-Key: ${KEYS.guarded} x`], 401],
    ['/guarded/x', [`X-Functions-Key: wrong`, `X-Functions-Key: ${KEYS.guarded}`], 401],
    ['/guarded/x', [`X-Functions-Key: ${KEYS.system}`], 401],
    ['/guarded/x', [`Authorization: Bearer ${KEYS.guarded}`], 401],
    ['/guarded/x', [`Cookie: code=${KEYS.guarded}`], 401],
    ['/guarded/x', [`Sec-WebSocket-Protocol: ${KEYS.guarded}`], 401],
    ['/guarded/x?code=wrong', [], 401],
    ['/guarded/x?code=', [], 401],
    ['/guarded/x?code=wrong', [`Referer: http://app.example/?code=${KEYS.guarded}`], 401],
    [`/guarded/x?code=${KEYS.guarded}`, ['X-Functions-Key: wrong'], 401],
    [`/guarded/x?key=${KEYS.guarded}`, [], 401],
    [`/boss?code=${KEYS.guarded}`, [], 401],
    [`/boss?code=${KEYS.host}`, [], 401],
    ['/GUARDED/x', [], 401],
    ['/%67uarded/x', [], 401],
    ['/open/../guarded/x', [], 401],
    ['/open/%2e%2e/guarded/x', [], 401],
    ['http://other.example/guarded/x', [], 401],
    ['/guarded/x', [`X-Functions-Key: ${KEYS.guarded}`], 101],
    [`/guarded/x?code=${KEYS.guarded}`, [], 101],
    ['/open/x', [], 101],
  ];
  for (const [target, headers, status] of outcomes) {
    const got = await firstStatus(app.port, question(`GET ${target}`, [...handshake(), ...headers]));
    expect([target, headers, got]).toEqual([target, headers, status]);
  }
  expect((await app.seen()).length).toBe(outcomes.filter(([, , status]) => status === 101).length);
  await until(async () => (await app.handlerConnectionCount()) === 0);
});

test('nothing below /admin and /runtime becomes a tunnel', async () => {
  await using app = await attackedApp();
  for (const path of [
    '/admin',
    '/admin/x',
    '//admin/x',
    '/ADMIN/x',
    '/%61dmin/x',
    '/open/../admin/x',
    '/runtime/x',
    '/runtime/webhooks/demo',
  ]) {
    for (const key of [[], [`X-Functions-Key: ${KEYS.master}`]]) {
      const { answers } = await ask(app.port, question(`GET ${path}`, [...handshake(), ...key]));
      expect([401, 404], path).toContain(answers[0]?.status);
    }
  }
  expect(await app.seen()).toEqual([]);
});

test.each([
  ['two Hosts', ['Host: other.example'], 400],
  ['more headers than any other request may have', Array.from({ length: 101 }, (_, i) => `a${i}: b`), 431],
  ['more of them than any other request may have', [`a: ${'b'.repeat(33_000)}`], 431],
])('a wish for a WebSocket with %s is refused', async (_, headers, status) => {
  await using app = await attackedApp();
  expect(await firstStatus(app.port, question('GET /open/x', [...handshake(), ...headers]))).toBe(status);
  expect(await app.seen()).toEqual([]);
});

test('a function that is disabled takes no WebSocket', async () => {
  await using app = await attackedApp({ environment: { 'AzureWebJobs.Open.Disabled': 'true', 'AzureWebJobs.Guarded.Disabled': 'true' } });
  expect(await firstStatus(app.port, question('GET /open/x', handshake()))).toBe(404);
  expect(await firstStatus(app.port, question('GET /guarded/x', [...handshake(), `X-Functions-Key: ${KEYS.guarded}`]))).toBe(404);
  expect(await app.seen()).toEqual([]);
});

test('what is no WebSocket is a request, and wants its key as well', async () => {
  await using app = await attackedApp();
  for (const upgrade of ['h2c', 'TLS/1.0', 'websocket, h2c', 'h2c, websocket', 'http/1.1', 'WebSocket2', '"websocket"', '']) {
    for (const connection of ['Upgrade', 'Upgrade, HTTP2-Settings', 'keep-alive, upgrade']) {
      const { answers } = await ask(app.port, question('GET /guarded/x', handshake(upgrade, connection)));
      expect(answers[0]?.status, `${upgrade} ${connection}`).toBe(401);
    }
  }
  for (const method of ['POST', 'PUT', 'OPTIONS', 'HEAD']) {
    const { answers } = await ask(app.port, question(`${method} /guarded/x`, handshake()));
    expect(answers[0]?.status, method).toBe(401);
  }
  expect(await app.seen()).toEqual([]);
});

test('what is sent behind a refused WebSocket is not run', async () => {
  await using app = await attackedApp();
  const { text } = await ask(app.port, question('GET /guarded/x', handshake()) + question('GET /open/hidden'), { untilClosed: true });
  expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 401']);
  expect(await app.seen()).toEqual([]);
});
