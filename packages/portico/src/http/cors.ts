// Cross-origin requests. On Azure the platform answers them before the app does; here the host does.
// https://fetch.spec.whatwg.org/#http-cors-protocol
import type { IncomingMessage } from 'node:http';
import type { HeaderPair } from './call.ts';

export type CorsRules = {
  /** Exact origins, or `*`. */
  readonly origins: readonly string[];
  /** Of the origins that are named; never of `*`. */
  readonly credentials: boolean;
};

export type CorsVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly origin: string }
  | { readonly kind: 'allowed'; readonly headers: readonly HeaderPair[] }
  | { readonly kind: 'preflight'; readonly headers: readonly HeaderPair[] };

const NONE: CorsVerdict = { kind: 'none' };

export function judgeOrigin({ method, headers }: IncomingMessage, rules: CorsRules): CorsVerdict {
  const { origin } = headers;
  if (origin === undefined) return NONE;
  const named = rules.origins.some((allowed) => allowed.toLowerCase() === origin.toLowerCase());
  if (!named && !rules.origins.includes('*')) return { kind: 'refused', origin };
  // `*` is for what anybody may read: with credentials, every page would read what its visitor may.
  const shared = rules.origins.includes('*') && !(named && rules.credentials);
  const allowed: HeaderPair[] = [['Access-Control-Allow-Origin', shared ? '*' : origin]];
  if (!shared && rules.credentials) allowed.push(['Access-Control-Allow-Credentials', 'true']);
  // Where it depends on the origin, a shared cache has to know so.
  if (!shared || rules.credentials) allowed.push(['Vary', 'Origin']);
  const wantedMethod = headers['access-control-request-method'];
  if (method !== 'OPTIONS' || wantedMethod === undefined) return { kind: 'allowed', headers: allowed };
  const wantedHeaders = headers['access-control-request-headers'];
  allowed.push(['Access-Control-Allow-Methods', wantedMethod]);
  if (wantedHeaders !== undefined) allowed.push(['Access-Control-Allow-Headers', wantedHeaders]);
  return { kind: 'preflight', headers: allowed };
}
