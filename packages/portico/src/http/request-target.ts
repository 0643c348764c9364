// The target of a request line, brought into origin form. https://www.rfc-editor.org/rfc/rfc9112#name-request-target
import { isHost } from './request-limits.ts';
import { decodePath } from './routes/decode-path.ts';
import { resolveDotSegments } from './routes/normalise-path.ts';

export type RequestTarget = {
  /** Percent-encoded as sent, dot segments resolved, no backslash. Begins with a slash; empty for OPTIONS *. */
  readonly path: string;
  /** With its question mark, as sent; empty without one. */
  readonly query: string;
  /** From the absolute form: it counts instead of the Host header. */
  readonly authority: string | undefined;
};

const ABSOLUTE = /^https?:\/\/([^/?#@]+)((?:[/?].*)?)$/is;

/** Undefined: no target that a function app could serve. */
export function readTarget(url: string): RequestTarget | undefined {
  if (url.includes('#')) return undefined;
  if (url.charCodeAt(0) === 47) return split(url, undefined);
  // OPTIONS * is about the server, and has no path.
  if (url === '*') return { path: '', query: '', authority: undefined };
  const absolute = ABSOLUTE.exec(url);
  if (absolute?.[1] === undefined || !isHost(absolute[1])) return undefined;
  const rest = absolute[2] ?? '';
  return split(rest.startsWith('/') ? rest : `/${rest}`, absolute[1]);
}

function split(target: string, authority: string | undefined): RequestTarget | undefined {
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  // No character of a URL. Whoever reads URLs as browsers do takes it for a slash, and would find another path than we have.
  if (path.includes('\\')) return undefined;
  return { path: resolveDotSegments(path), query: question < 0 ? '' : target.slice(question), authority };
}

/** `/admin` and `/runtime` are the host's, in any letter case, whatever an app's routes say. */
const RESERVED = /^\/+(?:admin|runtime)(?:\/|$)/i;

/** Escapes do not hide it: the router reads them as what they stand for. */
export const isReserved = (path: string): boolean => RESERVED.test(path) || (path.includes('%') && RESERVED.test(decodePath(path)));
