// The caller's headers as a handler in payload mode finds them in `Data`: what only we may say is replaced, as in the other modes.
import type { Caller } from './caller.ts';
import { forwardedValues, type PassedHeaders } from './forwarded-headers.ts';

const OURS = new Set([
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-azure-functions-hostversion',
  'x-azure-functions-invocationid',
  'x-ms-invocation-id',
]);
const OF_TRUSTED_ONLY = new Set(['forwarded', 'x-forwarded-prefix']);

/** Flat names and values. */
export function payloadHeaders(rawHeaders: readonly string[], passed: PassedHeaders, caller: Caller): string[] {
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const lower = name.toLowerCase();
    if (OURS.has(lower) || (!caller.trusted && OF_TRUSTED_ONLY.has(lower))) continue;
    headers.push(name, rawHeaders[i + 1] as string);
  }
  const { address, host, protocol } = forwardedValues(passed, caller);
  headers.push('X-Forwarded-For', address, 'X-Forwarded-Host', host, 'X-Forwarded-Proto', protocol);
  return headers;
}
