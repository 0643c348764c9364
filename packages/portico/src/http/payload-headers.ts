// The caller's headers as a handler in payload mode finds them in `Data`: what only we may say is replaced, as in the other modes.
import type { HeaderPair } from './call.ts';
import type { Caller } from './caller.ts';
import { asRead, beginsWithX, forwardedValues, isForged, type PassedHeaders } from './forwarded-headers.ts';

const OURS = new Set([
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'x-azure-functions-hostversion',
  'x-azure-functions-invocationid',
  'x-ms-invocation-id',
]);

/** Flat names and values. `identity`: what the host says of who calls. */
export function payloadHeaders(
  rawHeaders: readonly string[],
  passed: PassedHeaders,
  caller: Caller,
  identity: readonly HeaderPair[],
): string[] {
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (!isReplaced(name, caller)) headers.push(name, rawHeaders[i + 1] as string);
  }
  const { address, client, host, protocol } = forwardedValues(passed, caller);
  headers.push('X-Forwarded-For', address, 'X-Real-IP', client, 'X-Forwarded-Host', host, 'X-Forwarded-Proto', protocol);
  if (caller.certificate !== undefined) headers.push('X-ARR-ClientCert', caller.certificate);
  for (const [name, value] of identity) headers.push(name, value);
  return headers;
}

const FORWARDED = 'forwarded';

function isReplaced(name: string, caller: Caller): boolean {
  if (beginsWithX(name)) return OURS.has(asRead(name)) || isForged(name, caller);
  return !caller.trusted && name.length === FORWARDED.length && name.toLowerCase() === FORWARDED;
}
