import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { callerOf, createCallerRules } from './caller.ts';

const from = (remoteAddress: string | undefined, remotePort = 51234): IncomingMessage =>
  ({ socket: { remoteAddress, remotePort } }) as unknown as IncomingMessage;

test.each([
  ['203.0.113.7', 'plain', '203.0.113.7'],
  ['::ffff:203.0.113.7', 'plain', '203.0.113.7'],
  ['fe80::1%eth0', 'plain', 'fe80::1'],
  ['203.0.113.7', 'azure', '203.0.113.7:51234'],
  ['2001:db8::7', 'azure', '[2001:db8::7]:51234'],
] as const)('writes the peer %s in %s style as %s', (address, style, expected) => {
  expect(callerOf(from(address), createCallerRules([], style, false)).forwardedFor).toBe(expected);
});

test.each([
  ['10.1.2.3', true],
  ['::ffff:10.1.2.3', true],
  ['192.0.2.1', true],
  ['192.0.2.2', false],
  ['2001:db8::7', true],
  ['2001:db9::7', false],
])('believes %s: %s', (address, trusted) => {
  expect(callerOf(from(address), createCallerRules(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'], 'plain', false)).trusted).toBe(trusted);
});

test('believes nobody without rules, nor a connection that is already gone', () => {
  expect(callerOf(from('10.1.2.3'), createCallerRules([], 'plain', false)).trusted).toBe(false);
  expect(callerOf(from(undefined), createCallerRules(['10.0.0.0/8'], 'plain', false))).toMatchObject({ trusted: false, forwardedFor: '' });
});

test.each([
  ['10.1.2.3', true, true],
  ['10.1.2.3', false, false],
  ['192.0.2.1', true, false],
])('%s may say who the user is, if the app says so (%s): %s', (address, trustsPrincipal, namesUser) => {
  expect(callerOf(from(address), createCallerRules(['10.0.0.0/8'], 'plain', trustsPrincipal)).namesUser).toBe(namesUser);
});

describe('the certificate of a caller', () => {
  const presented = { raw: Buffer.from([0x30, 0xff, 0xef]) };
  const overTls = (remoteAddress: string, certificate: typeof presented | undefined): IncomingMessage =>
    ({ socket: { remoteAddress, encrypted: true, getPeerX509Certificate: () => certificate } }) as unknown as IncomingMessage;
  const rules = (trustsPrincipal: boolean, certificate?: string) =>
    createCallerRules(['10.0.0.0/8'], 'plain', trustsPrincipal, certificate);

  test.each([
    ['over http', from('10.1.2.3'), rules(false), undefined],
    ['without one', overTls('10.1.2.3', undefined), rules(false), undefined],
    ['that presents one', overTls('10.1.2.3', presented), rules(false), 'MP/v'],
    ['that presents its own and names those of its callers', overTls('10.1.2.3', presented), rules(true), undefined],
    ['that is nobody’s proxy, where proxies name those of their callers', overTls('192.0.2.1', presented), rules(true), 'MP/v'],
    ['where the host was told one', overTls('192.0.2.1', presented), rules(false, 'TVlPV04='), 'TVlPV04='],
    ['over http where the host was told one', from('192.0.2.1'), rules(false, 'TVlPV04='), 'TVlPV04='],
  ])('%s', (_, request, given, expected) => {
    expect(callerOf(request, given).certificate).toBe(expected);
  });
});
