// One rule, two readers: the host says who called in X-Real-IP, the kit finds it in X-Forwarded-For, because on Azure nobody else does.
// Whoever a proxy names, and whatever a caller adds, they agree.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientAddress as clientOfKit, trustedProxies } from '../packages/handler/src/client-address.ts';
import { callerOf, createCallerRules, type XffStyle } from '../packages/portico/src/http/caller.ts';
import { forwardedValues, passHeaders } from '../packages/portico/src/http/forwarded-headers.ts';

/** The kit believes loopback in any case, since that is where its host is. */
const PROXIES = ['127.0.0.0/8', '::1', '10.0.0.0/8', '2001:db8:1::/48'];

function read(peer: string, forwardedFor: string | undefined, style: XffStyle = 'plain') {
  const request = { socket: { remoteAddress: peer, remotePort: 51234 } } as unknown as IncomingMessage;
  const caller = callerOf(request, createCallerRules(PROXIES, style, false));
  const passed = passHeaders(forwardedFor === undefined ? [] : ['X-Forwarded-For', forwardedFor], caller);
  const { address, client } = forwardedValues(passed, caller);
  const forHandler = { socket: { remoteAddress: '127.0.0.1' }, headers: { 'x-forwarded-for': address } } as unknown as IncomingMessage;
  return { host: client, kit: clientOfKit(forHandler, trustedProxies(PROXIES))?.address };
}

describe('host and kit name the same caller', () => {
  test.each([
    ['nobody', '203.0.113.9', undefined, '203.0.113.9'],
    ['nobody, whatever the caller claims', '203.0.113.9', '6.6.6.6', '203.0.113.9'],
    ['nobody, on a dual-stack socket', '::ffff:203.0.113.9', '6.6.6.6', '203.0.113.9'],
    ['nobody, over IPv6', '2001:db8::9', '6.6.6.6', '2001:db8::9'],
    ['this machine', '127.0.0.1', undefined, '127.0.0.1'],
    ['a proxy on this machine', '127.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['a proxy that says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['a proxy that says an empty text', '10.0.0.1', '', '10.0.0.1'],
    ['one that appends a port, as Azure’s front end does', '10.0.0.1', '203.0.113.7:51234', '203.0.113.7'],
    ['one to whom the caller claims something', '10.0.0.1', ' 6.6.6.6 ,\t203.0.113.7 ', '203.0.113.7'],
    ['several', '10.0.0.1', '6.6.6.6, 203.0.113.7, 10.0.0.4:80, [2001:db8:1::9]:443, 127.0.0.1', '203.0.113.7'],
    ['several that call themselves', '10.0.0.1', '10.0.0.9, 10.0.0.4', '10.0.0.9'],
    ['several, one of them as IPv4 within IPv6', '10.0.0.1', '203.0.113.7, ::ffff:10.0.0.4', '203.0.113.7'],
    ['one over IPv6', '2001:db8:1::1', '6.6.6.6, 2001:db8::7', '2001:db8::7'],
    ['IPv6 in brackets', '10.0.0.1', '[2001:db8::7]', '2001:db8::7'],
    ['IPv6 with a port', '10.0.0.1', '6.6.6.6, [2001:db8::7]:51234', '2001:db8::7'],
    ['IPv6 in a long spelling', '10.0.0.1', '2001:0DB8:0:0:0:0:0:7', '2001:db8::7'],
    ['IPv6 with a zone', '10.0.0.1', '2001:db8::7%eth0', '2001:db8::7'],
    ['IPv4 within IPv6', '10.0.0.1', '::ffff:203.0.113.7', '203.0.113.7'],
    ['IPv4 within IPv6, in hexadecimal', '10.0.0.1', '[::FFFF:cb00:7107]:80', '203.0.113.7'],
  ])('behind %s: %s with %j is %s', (_, peer, forwardedFor, expected) => {
    expect(read(peer, forwardedFor)).toEqual({ host: expected, kit: expected });
    expect(read(peer, forwardedFor, 'azure')).toEqual({ host: expected, kit: expected });
  });

  test.each([
    ...['', ' ', ',', 'unknown', '_hidden', 'localhost', '<script>', '203.0.113.256', '203.0.113', '203.0.113.7.', '203.0.113.7.9'],
    ...['010.0.0.1', '10.0.0.01', '0x7f.1', '3405803783', '203.0.113.7:', '203.0.113.7:port', '203.0.113.7/32', '[203.0.113.7]'],
    ...[
      '2001:db8::7]:80',
      '[2001:db8::7',
      '[2001:db8::7]80',
      '2001:db8::7::',
      '2001:db8:g::',
      '[::1]@evil',
      '%eth0',
      '::ffff:203.0.113.07',
    ],
    ...['fe80::1', 'fe80::1%eth0', '[febf::1]:80', '169.254.3.4', '::ffff:169.254.3.4'],
  ])('and stop at the machine that wrote %j', (entry) => {
    expect(read('10.0.0.1', `203.0.113.7, ${entry}`)).toEqual({ host: '10.0.0.1', kit: '10.0.0.1' });
    expect(read('10.0.0.1', `203.0.113.7, ${entry}, 10.0.0.4`)).toEqual({ host: '10.0.0.4', kit: '10.0.0.4' });
  });

  test('and agree on whatever stands in the list', () => {
    const ip = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('10.0.0.4', '127.0.0.1', '::1', '2001:db8:1::4', '::ffff:10.0.0.5'));
    const written = fc
      .tuple(ip, fc.constantFrom('', ':80', ':123456', '%eth0', '%', '.', ' '))
      .map(([address, end]) => [address + end, `[${address}]${end}`]);
    const scrap = fc.string({ unit: fc.constantFrom(...'0123456789abcdefF:.[]% x'.split('')), maxLength: 12 });
    const entry = fc.oneof({ weight: 4, arbitrary: written.chain((forms) => fc.constantFrom(...forms)) }, { weight: 1, arbitrary: scrap });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), fc.constantFrom<XffStyle>('plain', 'azure'), (entries, style) => {
        const { host, kit } = read('10.0.0.1', entries.join(', '), style);
        expect(host).toBe(kit);
        expect(isIP(host)).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
