import { isIPv4, isIPv6 } from 'node:net';

export type IpAddress = {
  /** The one spelling of RFC 5952: lower case, longest run of zeros folded, no zone. */
  readonly address: string;
  readonly version: 4 | 6;
};

/** Reads a bare address. `010.0.0.1` is refused: some programs read it as octal, and then it is another machine. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { address: text, version: 4 };
  if (!isIPv6(text)) return undefined;
  const [withoutZone = ''] = text.split('%');
  // The URL standard writes IPv6 as RFC 5952 does, but spells an embedded IPv4 address in hexadecimal.
  const address = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  return unmapped(address) ?? { address, version: 6 };
}

/** A dual-stack socket shows its IPv4 callers as `::ffff:203.0.113.7`. */
function unmapped(address: string): IpAddress | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bytes = [high, low].map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 255]);
  return { address: bytes.join('.'), version: 4 };
}
