// Where nobody is asked for a key, a browser must not be made to use the admin API by a page of somebody else's:
// neither by a name that leads here (DNS rebinding) nor by a request that the page cannot read the answer of.
import type { IncomingMessage } from 'node:http';
import type { RequestTarget } from '../http/request-target.ts';

const OTHER_NAME =
  'This request came by another name than one of this machine, and no key is asked for here: call it as localhost, or start the host with --auth and send the master key.';
const OTHER_PAGE =
  'This request came from a web page of another origin, and no key is asked for here: use a program that is no web page, or start the host with --auth and send the master key.';

/** Why a request is refused, in one sentence; undefined: it was meant for this host. */
export function findStranger(request: IncomingMessage, target: RequestTarget, boundToLoopback: boolean): string | undefined {
  const { headers } = request;
  const authority = target.authority ?? headers.host;
  // A request of HTTP/1.0 need not name anybody, and no browser sends one.
  const names = [target.authority, headers.host].filter((name) => name !== undefined);
  if (boundToLoopback && !names.every(isLoopbackAuthority)) return OTHER_NAME;
  return isFromOtherPage(request, authority) ? OTHER_PAGE : undefined;
}

/** `localhost:7071`, `app.localhost`, `127.1.2.3`, `[::1]:80`. */
function isLoopbackAuthority(authority: string): boolean {
  const host = urlOf(`http://${authority}`)?.hostname.replace(/\.$/, '') ?? '';
  // A URL writes IPv4 addresses in one way, whatever was sent.
  return host === 'localhost' || host.endsWith('.localhost') || /^127(?:\.\d{1,3}){3}$/.test(host) || host === '[::1]';
}

/**
 * Browsers name the origin of a page with whatever could change something, and of everything else they say how far it comes from.
 * A page on another port of this machine is another one: nobody knows what runs there.
 */
function isFromOtherPage({ headers, socket }: IncomingMessage, authority: string | undefined): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin === undefined) return site !== undefined && site !== 'same-origin' && site !== 'none';
  const own = urlOf(`${'encrypted' in socket ? 'https' : 'http'}://${authority}`);
  const page = urlOf(origin);
  if (own === undefined || page === undefined) return true;
  if (page.origin === own.origin) return false;
  // Two names of this machine and one port are one server.
  return page.protocol !== own.protocol || page.port !== own.port || !isLoopbackAuthority(page.host) || !isLoopbackAuthority(own.host);
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
