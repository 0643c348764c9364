import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { clientAddress, trustedProxies } from './client-address.ts';

const HOST = '127.0.0.1';

function requestFrom(remoteAddress: string | undefined, forwardedFor?: string): IncomingMessage {
  return { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwardedFor } } as unknown as IncomingMessage;
}

describe('clientAddress', () => {
  test.each([
    ['Azure appends the port', '203.0.113.7:51234', '203.0.113.7'],
    ['a spoofed entry stands on the left', '6.6.6.6, 203.0.113.7:51234', '203.0.113.7'],
    ['IPv6', '2001:db8::7', '2001:db8::7'],
    ['IPv6 with a port', '[2001:db8::7]:51234', '2001:db8::7'],
    ['IPv6 in brackets', '[2001:db8::7]', '2001:db8::7'],
    ['IPv6 with a port behind a spoofed entry', '6.6.6.6, [2001:db8::7]:51234', '2001:db8::7'],
    ['the last machine is not trusted', '203.0.113.7:51234, 10.0.0.4, [2001:db8::7]', '2001:db8::7'],
    ['the last machine is trusted', '6.6.6.6, 203.0.113.7:51234, 10.0.0.4', '203.0.113.7'],
    ['every machine is trusted', '10.0.0.9, 10.0.0.4', '10.0.0.9'],
    ['IPv4 within IPv6', '::ffff:203.0.113.7', '203.0.113.7'],
    ['IPv4 within IPv6 is trusted as IPv4', '203.0.113.7, ::ffff:10.0.0.4', '203.0.113.7'],
    ['blanks around', ' 203.0.113.7 ', '203.0.113.7'],
    ['no blanks between', '6.6.6.6,203.0.113.7', '203.0.113.7'],
    ['long spelling', '2001:0DB8:0:0:0:0:0:7', '2001:db8::7'],
    ['a zone', '2001:db8::7%eth0', '2001:db8::7'],
    ['the caller sits on this machine', '127.0.0.1', '127.0.0.1'],
  ])('finds the client when %s: "%s"', (_case, forwardedFor, address) => {
    expect(clientAddress(requestFrom(HOST, forwardedFor), trustedProxies(['10.0.0.0/8']))).toMatchObject({
      address,
      source: 'x-forwarded-for',
    });
  });

  test.each([
    undefined,
    '',
    'unknown',
    '_hidden',
    'fe80::1%eth0',
    'fe80::1',
    '169.254.3.4',
    '010.0.0.1',
    '203.0.113.256',
    '[203.0.113.7]',
    '2001:db8::7]:80',
    '203.0.113.7:port',
    '203.0.113.7, ',
    '<script>alert(1)</script>',
    'localhost',
  ])('falls back to the peer when the last entry is %j', (forwardedFor) => {
    expect(clientAddress(requestFrom(HOST, forwardedFor))).toEqual({ address: HOST, version: 4, source: 'socket' });
  });

  test('stops at an unreadable entry and keeps the last machine it trusts', () => {
    const request = requestFrom(HOST, '203.0.113.7, unknown, 10.0.0.4');
    expect(clientAddress(request, trustedProxies(['10.0.0.0/8']))).toMatchObject({ address: '10.0.0.4' });
  });

  test('believes no header of a peer that is not the host', () => {
    expect(clientAddress(requestFrom('198.51.100.9', '6.6.6.6'))).toEqual({ address: '198.51.100.9', version: 4, source: 'socket' });
  });

  test('knows the host by every loopback address', () => {
    for (const loopback of ['::1', '::ffff:127.0.0.1', '127.8.9.10']) {
      expect(clientAddress(requestFrom(loopback, '203.0.113.7'))).toMatchObject({ address: '203.0.113.7' });
    }
  });

  test('shows a link-local peer, without its zone: it did call', () => {
    expect(clientAddress(requestFrom('fe80::1%eth0'))).toEqual({ address: 'fe80::1', version: 6, source: 'socket' });
  });

  test('reads no other header', () => {
    const request = requestFrom(HOST);
    Object.assign(request.headers, {
      'x-real-ip': '6.6.6.6',
      'client-ip': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
      'x-azure-clientip': '6.6.6.6',
    });
    expect(clientAddress(request)).toMatchObject({ address: HOST });
  });

  test('is undefined when the caller has hung up', () => {
    expect(clientAddress(requestFrom(undefined, '203.0.113.7'))).toBeUndefined();
  });
});

describe('trustedProxies', () => {
  test('takes single addresses, blocks and blanks around them', () => {
    const trusted = trustedProxies(['198.51.100.1', ' 2001:db8:1::/48 ', '0.0.0.0/0']);
    expect(clientAddress(requestFrom('2001:db8:1::9', '203.0.113.7, 198.51.100.1'), trusted)).toMatchObject({ address: '203.0.113.7' });
  });

  test.each(['', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '2001:db8::/129', 'proxy.example', '10.0.0.0/8/8'])(
    'refuses %j and says how to write it',
    (block) => {
      expect(() => trustedProxies([block])).toThrow(`"${block}" is no address and no block of addresses. Write it like`);
    },
  );
});
