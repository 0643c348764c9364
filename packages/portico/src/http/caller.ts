// Who calls: the address of the peer, and whether its word about those before it is to be believed.
import type { IncomingMessage } from 'node:http';
import { BlockList, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** `plain`: addresses. `azure`: `address:port`, as Azure's front end writes them. */
export type XffStyle = 'plain' | 'azure';

export type CallerRules = {
  readonly trustedProxies: BlockList;
  /** No proxy is trusted: nothing needs to be looked up. */
  readonly trustsNobody: boolean;
  readonly xffStyle: XffStyle;
  /** What trusted proxies say of who the user is counts. */
  readonly trustsPrincipal: boolean;
  /** Every caller counts as having presented this one, in base64. */
  readonly certificate: string | undefined;
};

export type Caller = {
  /** Without zone, IPv4 in its own form. Empty when the connection is already gone. */
  readonly address: string;
  /** The address as it is appended to X-Forwarded-For. */
  readonly forwardedFor: string;
  /** Its X-Forwarded-* headers are kept and continued. */
  readonly trusted: boolean;
  /** Whose entries in X-Forwarded-For are believed. */
  readonly trustedProxies: BlockList;
  /** Its X-MS-CLIENT-PRINCIPAL and X-ARR-ClientCert headers are passed on. */
  readonly namesUser: boolean;
  /** What X-ARR-ClientCert says of it: base64 of the DER. Undefined: it presented none, or names those of its own callers. */
  readonly certificate: string | undefined;
  readonly protocol: 'http' | 'https';
};

/** `trustedProxies`: addresses and CIDR blocks, validated at load. */
export function createCallerRules(
  trustedProxies: readonly string[],
  xffStyle: XffStyle,
  trustsPrincipal: boolean,
  certificate?: string,
): CallerRules {
  const list = new BlockList();
  for (const entry of trustedProxies) {
    const [address = '', bits] = entry.split('/');
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return { trustedProxies: list, trustsNobody: trustedProxies.length === 0, xffStyle, trustsPrincipal, certificate };
}

const callers = new WeakMap<Socket, { readonly caller: Caller; readonly rules: CallerRules }>();

/** Asked once per connection and set of rules: the address of a peer costs a system call. */
export function callerOf({ socket }: IncomingMessage, rules: CallerRules): Caller {
  const known = callers.get(socket);
  if (known?.rules === rules) return known.caller;
  const caller = describeCaller(socket, rules);
  callers.set(socket, { caller, rules });
  return caller;
}

function describeCaller(socket: Socket, rules: CallerRules): Caller {
  const { trustedProxies, trustsNobody, xffStyle, trustsPrincipal } = rules;
  const address = plainAddress(socket.remoteAddress ?? '');
  const trusted = !trustsNobody && address !== '' && trustedProxies.check(address, familyOf(address));
  const port = socket.remotePort ?? 0;
  const withPort = familyOf(address) === 'ipv6' ? `[${address}]:${port}` : `${address}:${port}`;
  const namesUser = trusted && trustsPrincipal;
  return {
    address,
    forwardedFor: xffStyle === 'azure' ? withPort : address,
    trusted,
    trustedProxies,
    namesUser,
    certificate: rules.certificate ?? (namesUser ? undefined : presentedBy(socket)),
    protocol: 'encrypted' in socket ? 'https' : 'http',
  };
}

/** None where nobody asked for one. Whoever presents it has its key; who signed it is for the handler to judge, as on Azure. */
function presentedBy(socket: Socket): string | undefined {
  return 'encrypted' in socket ? (socket as TLSSocket).getPeerX509Certificate()?.raw.toString('base64') : undefined;
}

/** Of what is known to be an address. Not isIPv6: the first use of its expression costs a start six milliseconds. */
export function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** `::ffff:203.0.113.7` → `203.0.113.7`; `fe80::1%eth0` → `fe80::1`. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address.replace(/%.*$/, '');
}
