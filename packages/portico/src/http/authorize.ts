// Whether a request may call a function: the key that it carries, and what that opens.
// https://learn.microsoft.com/azure/azure-functions/function-keys-how-to#use-access-keys
import type { IncomingMessage } from 'node:http';
import { isAllowed, type Principal } from '../core/authorization.ts';
import type { HostError } from '../core/error.ts';
import type { AuthLevel } from '../core/function-app.ts';
import type { Remark } from '../core/remark.ts';
import { keyMissing, keyWrong, pathMistakable } from '../core/remarks/request.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { parseQuery } from '../worker/payload/query.ts';
import type { Call } from './call.ts';
import { KEY_PARAMETER } from './mask-keys.ts';
import { findMistakable } from './other-readings.ts';
import type { HttpFunction, PublicHost } from './public-app.ts';
import type { RequestTarget } from './request-target.ts';

const KEY_HEADER = 'x-functions-key';

export type Verdict =
  | { readonly kind: 'allowed'; readonly principal: Principal | undefined }
  /** `mistakenFor`: the function whose key was missing, where it is not the one that the route leads to. */
  | { readonly kind: 'refused'; readonly hasKey: boolean; readonly mistakenFor?: string }
  /** Nobody can say whose key it is, and the log says why. */
  | { readonly kind: 'unknown'; readonly error: HostError };

export const ANYBODY: Verdict = { kind: 'allowed', principal: undefined };
const REFUSED_WITHOUT_KEY: Verdict = { kind: 'refused', hasKey: false };
const REFUSED_WITH_KEY: Verdict = { kind: 'refused', hasKey: true };

type Guarded = { readonly name: string; readonly authLevel: AuthLevel };

type Judged = {
  readonly request: IncomingMessage;
  readonly target: RequestTarget;
  readonly fn: HttpFunction;
  /** For whoever has to find out why somebody was refused. */
  readonly place: Parameters<PublicHost['remark']>[0];
};

/** Whether a request may call the function that its route leads to. At once where nothing has to be looked up. */
export function judge(
  { request, target, fn, place }: Judged,
  keys: KeyRing,
  { app, remark }: Pick<PublicHost, 'app' | 'remark'>,
): Verdict | Promise<Verdict> {
  const explained = (verdict: Verdict): Verdict => {
    if (verdict.kind !== 'refused') return verdict;
    remark(place, verdict.mistakenFor === undefined ? refusalRemark(verdict.hasKey, fn.authLevel) : pathMistakable(verdict.mistakenFor));
    return verdict;
  };
  const others = findMistakable(fn, request.method ?? '', target, app);
  const verdict = others.length === 0 ? authorize(request, target, fn, keys) : authorizeAll(request, target, [fn, ...others], keys);
  return verdict instanceof Promise ? verdict.then(explained) : explained(verdict);
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
  if (key === undefined) return REFUSED_WITHOUT_KEY;
  return keys.authenticate(key, fn.name).then(
    (principal) => (isAllowed(fn.authLevel, principal) ? { kind: 'allowed', principal } : REFUSED_WITH_KEY),
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

/** Said once for each function: who sees nothing but 401 finds out here. */
function refusalRemark(hasKey: boolean, level: AuthLevel): Remark {
  const wanted = level === 'function' || level === 'system' ? `a ${level} key, or the master key` : 'the master key';
  return hasKey ? keyWrong(wanted) : keyMissing(wanted);
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
