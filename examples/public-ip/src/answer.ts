import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import { type ClientAddress, clientAddress, type Reply } from '@portico/handler';
import { type Format, negotiate } from './negotiate.ts';
import { PAGE_POLICY, page } from './page.ts';

const ALLOWED = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** On every answer, refusals included. */
const COMMON = {
  // Otherwise a cache serves one visitor's address to the next.
  'cache-control': 'no-store',
  vary: 'Accept',
  'x-content-type-options': 'nosniff',
  // An address is no secret to the page that asks: it is its visitor's.
  'access-control-allow-origin': '*',
};

/** The caller's address in the form that suits the caller. Never repeats a byte of what was sent. */
export function answer(request: IncomingMessage, trusted: BlockList): Reply {
  const { method = 'GET' } = request;
  if (!ALLOWED.includes(method)) {
    return { status: 405, headers: { ...COMMON, allow: ALLOWED.join(', ') }, body: `Use one of ${ALLOWED.join(', ')}.\n` };
  }
  if (method === 'OPTIONS') {
    const methods = ALLOWED.join(', ');
    return {
      status: 204,
      headers: { ...COMMON, allow: methods, 'access-control-allow-methods': methods, 'access-control-max-age': '86400' },
    };
  }
  const client = clientAddress(request, trusted);
  // Hung up already: nobody reads this.
  if (client === undefined) return { status: 400 };
  const { headers, body } = RENDER[formatFor(request)](client);
  return { headers: { ...COMMON, ...headers }, body };
}

const RENDER: Record<Format, (client: ClientAddress) => Required<Pick<Reply, 'headers' | 'body'>>> = {
  text: ({ address }) => ({ headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${address}\n` }),
  json: ({ address, version, source }) => ({
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify({ ip: address, version, source })}\n`,
  }),
  html: (client) => ({
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY, 'referrer-policy': 'no-referrer' },
    body: page(client),
  }),
};

/** `?format=json` wins over what the Accept header says; a format we do not have is as good as none. */
function formatFor({ url = '/', headers }: IncomingMessage): Format {
  const asked = new URLSearchParams(url.split('?')[1]).get('format');
  return asked !== null && Object.hasOwn(RENDER, asked) ? (asked as Format) : negotiate(headers.accept);
}
