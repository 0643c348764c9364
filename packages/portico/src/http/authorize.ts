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
import type { RequestTarget } from './request-target.ts';

const KEY_HEADER = 'x-functions-key';

export type Verdict =
  | { readonly kind: 'allowed'; readonly principal: Principal | undefined }
  | { readonly kind: 'refused' }
  /** Nobody can say whose key it is. */
  | { readonly kind: 'unknown'; readonly error: HostError };

const ANYBODY: Verdict = { kind: 'allowed', principal: undefined };
const REFUSED: Verdict = { kind: 'refused' };

type Guarded = { readonly name: string; readonly authLevel: AuthLevel };

/** Whether the key opens the function and every other one that its handler may run for that path. It is the function's own that counts as the caller's. */
export async function authorizeAll(
  request: IncomingMessage,
  target: Pick<RequestTarget, 'query'>,
  [fn, ...others]: readonly [Guarded, ...Guarded[]],
  keys: KeyRing | undefined,
): Promise<Verdict> {
  const verdict = await authorize(request, target, fn, keys);
  for (const other of verdict.kind === 'allowed' ? others : []) {
    const another = await authorize(request, target, other, keys);
    if (another.kind !== 'allowed') return another;
  }
  return verdict;
}

/** `keys` undefined: nobody is asked for one. At once where nothing has to be looked up, as for a caller without a key. */
export function authorize(
  request: IncomingMessage,
  { query }: Pick<RequestTarget, 'query'>,
  fn: Guarded,
  keys: KeyRing | undefined,
): Verdict | Promise<Verdict> {
  if (keys === undefined) return ANYBODY;
  const isOpen = fn.authLevel === 'anonymous';
  const key = keyOf(request, query);
  if (key === undefined) return isOpen ? ANYBODY : REFUSED;
  return keys.authenticate(key, fn.name).then(
    (principal) => (isAllowed(fn.authLevel, principal) ? { kind: 'allowed', principal } : REFUSED),
    // What is open to all stays so while keys cannot be read.
    (error: HostError) => (isOpen ? ANYBODY : { kind: 'unknown', error }),
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
