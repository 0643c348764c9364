// Who called, seen through the proxies before us: one address, as every machine on the way that is believed says it.
// packages/handler has the same rule for handlers on Azure, where no header of ours is; test/client-address.test.ts holds both against each other.
import type { BlockList } from 'node:net';
import { familyOf } from './caller.ts';

/**
 * The last machine in X-Forwarded-For that nobody vouches for: each appends what it saw, so what stands left of that one may be invented.
 * An entry that cannot be read ends the walk, at the machine that wrote it. `peer` is trusted itself.
 */
export function clientAddress(forwardedFor: string, peer: string, trustedProxies: BlockList): string {
  let client = peer;
  for (const entry of forwardedFor.split(',').reverse()) {
    const hop = readHop(entry.trim());
    // A link-local address crosses no router, so nobody called from one through a proxy.
    if (hop === undefined || LINK_LOCAL.test(hop)) break;
    client = hop;
    if (!trustedProxies.check(hop, familyOf(hop))) break;
  }
  return client;
}

// Not isIP of node:net: familyOf says why. An octet such as 010 is none, because some read it as octal.
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
/** With or without a port. */
const IPV4 = new RegExp(`^(${OCTET}(?:\\.${OCTET}){3})(?::\\d{1,5})?$`);
/** Alone or in brackets, and there with a port; a zone counts for nothing. */
const IPV6 = /^(?:([\da-f:.]+)(?:%[\da-z.:-]+)?|\[([\da-f:.]+)(?:%[\da-z.:-]+)?\](?::\d{1,5})?)$/i;
const LINK_LOCAL = /^(?:169\.254\.|fe[89ab][\da-f]:)/;

/** In the one spelling of RFC 5952, IPv4 within IPv6 as IPv4. Undefined: no address. */
function readHop(entry: string): string | undefined {
  const ipv4 = IPV4.exec(entry)?.[1];
  if (ipv4 !== undefined) return ipv4;
  const [, bare, bracketed] = IPV6.exec(entry) ?? [];
  // The URL standard reads and writes IPv6 as that RFC does, but for IPv4 within.
  const url = URL.parse(`http://[${bare ?? bracketed ?? ''}]`);
  return url === null ? undefined : unmapped(url.hostname.slice(1, -1));
}

/** `::ffff:cb00:7107` → `203.0.113.7`. */
function unmapped(ipv6: string): string {
  const [, high = '', low = ''] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(ipv6) ?? [];
  if (low === '') return ipv6;
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}
