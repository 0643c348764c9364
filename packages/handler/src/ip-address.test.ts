import { describe, expect, test } from 'vitest';
import { parseIpAddress } from './ip-address.ts';

describe('parseIpAddress', () => {
  // The examples of RFC 5952, sections 4 and 5.
  test.each([
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::AAAA', '2001:db8::aaaa'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('writes %s as %s', (text, address) => {
    expect(parseIpAddress(text)).toEqual({ address, version: 6 });
  });

  test.each([
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:0:1', '0.0.0.1'],
    ['203.0.113.7', '203.0.113.7'],
  ])('takes the IPv4 address out of %s', (text, address) => {
    expect(parseIpAddress(text)).toEqual({ address, version: 4 });
  });

  test.each(['', '010.0.0.1', '1.2.3', '1.2.3.4.5', '0x7f.0.0.1', '1.2.3.4%eth0', '2001:db8', ':::', '[::1]', '::1 ', '::ffff:1.2.3.256'])(
    'refuses %j',
    (text) => {
      expect(parseIpAddress(text)).toBeUndefined();
    },
  );
});
