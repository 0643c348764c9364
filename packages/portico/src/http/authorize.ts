// Whether a request may call a function: the key that it carries, and what that opens.
// https://learn.microsoft.com/azure/azure-functions/function-keys-how-to#use-access-keys
import type { IncomingMessage } from 'node:http';
import { isAllowed, type Principal } from '../core/authorization.ts';
import type { HostError } from '../core/error.ts';
import type { AuthLevel } from '../core/function-app.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { parseQuery } from '../worker/payload/query.ts';
import type { Call } from './call.ts';
import { KEY_PARAMETER } from './mask-keys.ts';
import { findMistakable, mistakableRemark } from './other-readings.ts';
import type { HttpFunction, PublicHost } from './public-app.ts';
import type { RequestTarget } from './request-target.ts';

const KEY_HEADER = 'x-functions-key';

export type Verdict =
  | { readonly kind: 'allowed'; readonly principal: Principal | undefined }
  /** `mistakenFor`: the function whose key was missing, where it is not the one that the route leads to. */
  | { readonly kind: 'refused'; readonly mistakenFor?: string }
  /** Nobody can say whose key it is. */
  | { readonly kind: 'unknown'; readonly error: HostError };

export const ANYBODY: Verdict = { kind: 'allowed', principal: undefined };
const REFUSED: Verdict = { kind: 'refused' };

type Guarded = { readonly name: string; readonly authLevel: AuthLevel };

type Judged = {
  readonly request: IncomingMessage;
  readonly target: RequestTarget;
  readonly fn: HttpFunction;
  /** For whoever has to find out why somebody was refused who has the key of the function. */
  readonly place: Parameters<PublicHost['remark']>[0];
};

/** Whether a request may call the function that its route leads to. At once where nothing has to be looked up. */
export function judge(
  { request, target, fn, place }: Judged,
  keys: KeyRing,
  { app, remark }: Pick<PublicHost, 'app' | 'remark'>,
): Verdict | Promise<Verdict> {
  const others = findMistakable(fn, request.method ?? '', target, app);
  if (others.length === 0) return authorize(request, target, fn, keys);
  return authorizeAll(request, target, [fn, ...others], keys).then((verdict) => {
    if (verdict.kind === 'refused' && verdict.mistakenFor !== undefined) remark(place, mistakableRemark(verdict.mistakenFor));
    return verdict;
  });
}

/** Whether the key opens the function and every other one that its handler may run for that path. It is the function's own that counts as the caller's. */
export async function authorizeAll(
  request: IncomingMessage,
  target: Pick<RequestTarget, 'query'>,
  [fn, ...others]: readonly [Guarded, ...Guarded[]],
  keys: KeyRing,
): Promise<Verdict> {
  const verdict = await authorize(request, target, fn, keys);
  for (const other of verdict.kind === 'allowed' ? others : []) {
    const another = await authorize(request, target, other, keys);
    if (another.kind !== 'allowed') return another.kind === 'refused' ? { ...another, mistakenFor: other.name } : another;
  }
  return verdict;
}

/** At once where nothing has to be looked up, as for a caller without a key. */
export function authorize(
  request: IncomingMessage,
  { query }: Pick<RequestTarget, 'query'>,
  fn: Guarded,
  keys: KeyRing,
): Verdict | Promise<Verdict> {
  const key = keyOf(request, query);
  if (fn.authLevel === 'anonymous') {
    return key === undefined ? ANYBODY : keys.recognise(key, fn.name).then((principal) => ({ kind: 'allowed', principal }));
  }
  if (key === undefined) return REFUSED;
  return keys.authenticate(key, fn.name).then(
    (principal) => (isAllowed(fn.authLevel, principal) ? { kind: 'allowed', principal } : REFUSED),
    (error: HostError) => ({ kind: 'unknown', error }),
  );
}

/** Whose key the request carries; undefined: nobody's, or it has none. `functionName`: whose own keys count. Rejects with a HostError when the store of keys cannot say. */
export async function authenticate(
  { request }: Pick<Call, 'request'>,
  { query }: Pick<RequestTarget, 'query'>,
  keys: KeyRing,
  functionName: string | undefined,
): Promise<Principal | undefined> {
  const key = keyOf(request, query);
  return key === undefined ? undefined : keys.authenticate(key, functionName);
}

/** Parity: the first header counts, and only without one the query: a right `code` does not mend a wrong header (keys.header-first). */
function keyOf({ rawHeaders, headers }: IncomingMessage, query: string): string | undefined {
  if (headers[KEY_HEADER] !== undefined) {
    for (let i = 0; i < rawHeaders.length; i += 2) {
      if (rawHeaders[i]?.toLowerCase() === KEY_HEADER) return readAsUtf8(rawHeaders[i + 1] ?? '');
    }
  }
  return query === '' ? undefined : parseQuery(query.slice(1)).get(KEY_PARAMETER)?.values[0];
}

/** node:http reads header bytes as Latin-1. */
function readAsUtf8(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}
