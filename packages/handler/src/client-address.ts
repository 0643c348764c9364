import type { IncomingMessage } from 'node:http';
import { BlockList } from 'node:net';
import { type IpAddress, parseIpAddress } from './ip-address.ts';

export type ClientAddress = IpAddress & {
  /** Who says so: the socket itself, or the last `X-Forwarded-For` entry that a trusted machine wrote. */
  readonly source: 'socket' | 'x-forwarded-for';
};

/** Loopback addresses: the host that started this program always calls from one of them. */
const THE_HOST = ['127.0.0.0/8', '::1'];
const HOST_ONLY = trustedProxies([]);
const LINK_LOCAL = blockListOf(['169.254.0.0/16', 'fe80::/10']);

/**
 * The address of whoever made the request, in RFC 5952 spelling; undefined when the caller has hung up already.
 *
 * Entries of `X-Forwarded-For` count from the right, because every machine appends what it saw; those left of the first machine
 * we do not trust may be invented. An entry that cannot be read ends the walk. Headers such as `X-Real-IP` or `Forwarded` are
 * never read: callers can send them too.
 *
 * @param trusted Whose `X-Forwarded-For` to believe, from {@link trustedProxies}. Default: only the host, on loopback.
 */
export function clientAddress(request: IncomingMessage, trusted: BlockList = HOST_ONLY): ClientAddress | undefined {
  const peer = parseIpAddress(request.socket.remoteAddress ?? '');
  if (peer === undefined) return undefined;
  let client: ClientAddress = { ...peer, source: 'socket' };
  // Node joins repeated header lines in order, so a line of the caller's own cannot hide the proxy's.
  for (const entry of [request.headers['x-forwarded-for'] ?? []].flat().join().split(',').reverse()) {
    if (!includes(trusted, client)) break;
    const hop = parseHop(entry.trim());
    // A link-local address never crosses a router, so nobody can have called from one through a proxy.
    if (hop === undefined || includes(LINK_LOCAL, hop)) break;
    client = { ...hop, source: 'x-forwarded-for' };
  }
  return client;
}

/**
 * Machines whose `X-Forwarded-For` is believed, the host on loopback among them.
 *
 * @example clientAddress(request, trustedProxies(['10.0.0.0/8', '2001:db8::1']))
 */
export function trustedProxies(blocks: readonly string[]): BlockList {
  return blockListOf([...THE_HOST, ...blocks]);
}

function blockListOf(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [, network = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(block.trim()) ?? [];
    const parsed = parseIpAddress(network);
    const widest = parsed?.version === 4 ? 32 : 128;
    const prefix = Number(bits ?? widest);
    if (parsed === undefined || prefix > widest) {
      throw new Error(`"${block}" is no address and no block of addresses. Write it like 10.0.0.4, 10.0.0.0/8 or 2001:db8::/32.`);
    }
    list.addSubnet(parsed.address, prefix, `ipv${parsed.version}`);
  }
  return list;
}

function includes(list: BlockList, { address, version }: IpAddress): boolean {
  return list.check(address, `ipv${version}`);
}

/** `[v6]:port`, `[v6]`, `v6`, `v4:port`, `v4`: Azure's front end appends the port, others do not. */
function parseHop(entry: string): IpAddress | undefined {
  const [, bracketed] = /^\[(.*)\](?::\d{1,5})?$/.exec(entry) ?? [];
  if (bracketed !== undefined) return bracketed.includes(':') ? parseIpAddress(bracketed) : undefined;
  const [, beforePort] = /^([^:]+):\d{1,5}$/.exec(entry) ?? [];
  return parseIpAddress(beforePort ?? entry);
}
