// The headers a handler gets with a caller's request: what the caller sent, less what belongs to its connection
// or may only be said by us, plus what we say. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
import type { InvocationIds } from '../platform/ids.ts';
import type { Caller } from './caller.ts';
import { clientAddress } from './client-address.ts';

/** What of a request's own headers decides how it is passed on. */
export type PassedHeaders = {
  /** End-to-end header lines, each with its line break, as the caller wrote them. */
  lines: string;
  /** Of the first Host line; undefined without one. */
  host: string | undefined;
  userAgent: string | undefined;
  /** Valid, from the caller. */
  traceparent: string | undefined;
  /** From a trusted proxy, else undefined. */
  forwardedFor: string | undefined;
  realIp: string | undefined;
  forwardedProto: string | undefined;
  forwardedHost: string | undefined;
  hasLength: boolean;
};

/** Version 00 ends with its flags; a later one may go on. https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:(?<!^00.*)-.*)?$/;

/** Whose word counts for nothing. */
export const STRANGER = { trusted: false, namesUser: false } as const;

/** `rawHeaders`: flat names and values, as node:http has them. */
export function passHeaders(rawHeaders: readonly string[], caller: Pick<Caller, 'trusted' | 'namesUser'>): PassedHeaders {
  const passed: PassedHeaders = {
    lines: '',
    host: undefined,
    userAgent: undefined,
    traceparent: undefined,
    forwardedFor: undefined,
    realIp: undefined,
    forwardedProto: undefined,
    forwardedHost: undefined,
    hasLength: false,
  };
  let connection = '';
  let hasTraceState = false;
  let lines = '';
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const value = rawHeaders[i + 1] as string;
    if (isForged(name, caller)) continue;
    // The length of a name decides quickly that nearly every header simply passes.
    if (SPECIAL_LENGTHS[name.length] === true) {
      const lower = name.toLowerCase();
      const kind = SPECIAL.get(lower);
      if (kind === undefined && OTHER_SIGN.test(lower) && SPECIAL.has(asRead(lower))) continue;
      if (kind !== undefined && takeSpecial(kind, value, caller.trusted, passed)) {
        if (kind === 'connection') connection += `,${value}`;
        continue;
      }
      hasTraceState ||= kind === 'tracestate';
    }
    lines += `${name}: ${value}\r\n`;
  }
  if (passed.traceparent !== undefined && !TRACEPARENT.test(passed.traceparent)) passed.traceparent = undefined;
  // So much may be all that a proxy says: then it is a list of one.
  passed.forwardedFor ??= passed.realIp;
  // It belongs to the trace that the caller names, and to no other.
  if (hasTraceState && passed.traceparent === undefined) connection += ',tracestate';
  passed.lines = connection === '' || PLAIN_CONNECTION.test(connection) ? lines : withoutNominated(lines, connection);
  return passed;
}

const OTHER_SIGN = /[^a-z\d-]/i;

/** A name as frameworks read it that make variables of names: any sign is a dash to them, so no other spelling may say what ours says. */
export function asRead(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z\d]/g, '-');
}

/** Who the user is, and by which certificate: on Azure the platform says so, and nobody else is believed. In every spelling that is read as one. */
const USER = /^x[^a-z\d](?:ms[^a-z\d]client[^a-z\d]principal|arr[^a-z\d]clientcert)/i;
/** Which key was used: we alone know. */
const KEY = /^x[^a-z\d]functions[^a-z\d]keyid$/i;
/** How the request came here, in whatever detail: port, server and TLS are told by it too. */
const FORWARDED = /^x[^a-z\d](?:forwarded[^a-z\d]|real[^a-z\d]ip$)/i;

/** Nearly no header does, and one look at a letter is cheaper than an expression. */
export function beginsWithX(name: string): boolean {
  const code = name.charCodeAt(0);
  return code === 120 || code === 88;
}

/**
 * A header that says who calls or from where, from somebody who may not say it.
 * A proxy that may removes the true spelling from what its callers send, and hardly the others.
 */
export function isForged(name: string, { trusted, namesUser }: Pick<Caller, 'trusted' | 'namesUser'>): boolean {
  if (!beginsWithX(name)) return false;
  if (FORWARDED.test(name)) return !trusted || OTHER_SIGN.test(name);
  if (USER.test(name)) return !namesUser || OTHER_SIGN.test(name);
  return KEY.test(name);
}

type Special =
  | 'drop'
  | 'connection'
  | 'host'
  | 'user-agent'
  | 'traceparent'
  | 'tracestate'
  | 'xff'
  | 'real-ip'
  | 'xfp'
  | 'xfh'
  | 'untrusted'
  | 'content-length';

const SPECIAL = new Map<string, Special>([
  ['host', 'host'],
  ['user-agent', 'user-agent'],
  ['traceparent', 'traceparent'],
  ['tracestate', 'tracestate'],
  ['connection', 'connection'],
  ['content-length', 'content-length'],
  ['x-forwarded-for', 'xff'],
  ['x-real-ip', 'real-ip'],
  ['x-forwarded-proto', 'xfp'],
  ['x-forwarded-host', 'xfh'],
  ['forwarded', 'untrusted'],
  ...[
    'keep-alive',
    'te',
    'upgrade',
    'proxy-connection',
    'transfer-encoding',
    'proxy-authorization',
    'alt-svc',
    'x-azure-functions-hostversion',
    'x-azure-functions-invocationid',
    'x-ms-invocation-id',
  ].map((name): [string, Special] => [name, 'drop']),
]);
const SPECIAL_LENGTHS: readonly boolean[] = Array.from({ length: 40 }, (_, length) =>
  [...SPECIAL.keys()].some((name) => name.length === length),
);
const PLAIN_CONNECTION = /^,(?:keep-alive|close|upgrade)$/i;

/** True when the line does not pass as it is. */
function takeSpecial(kind: Special, value: string, trusted: boolean, passed: PassedHeaders): boolean {
  switch (kind) {
    case 'host':
      passed.host ??= value;
      return true;
    case 'user-agent':
      passed.userAgent ??= value;
      return true;
    case 'traceparent':
      // Two of them are none: what they make together is not valid.
      passed.traceparent = passed.traceparent === undefined ? value : `${passed.traceparent}, ${value}`;
      return true;
    case 'tracestate':
      return false;
    case 'xff':
      passed.forwardedFor = passed.forwardedFor === undefined ? value : `${passed.forwardedFor}, ${value}`;
      return true;
    case 'real-ip':
      // Of several the last: whoever stands nearest wrote it.
      passed.realIp = value;
      return true;
    case 'xfp':
      passed.forwardedProto ??= value;
      return true;
    case 'xfh':
      passed.forwardedHost ??= value;
      return true;
    case 'content-length':
      passed.hasLength = true;
      return false;
    case 'untrusted':
      return !trusted;
    default:
      return true;
  }
}

// Without these a request would be another request, or nobody's: a caller cannot have them taken away.
const NEVER_NOMINATED = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'cookie',
  'authorization',
  'x-functions-key',
]);

function withoutNominated(lines: string, connection: string): string {
  const names = new Set(connection.toLowerCase().split(/[\s,]+/));
  // What is left after the last line break has no name, and must stay.
  names.delete('');
  return lines
    .split('\r\n')
    .filter((line) => {
      const name = line.slice(0, Math.max(0, line.indexOf(':'))).toLowerCase();
      return !names.has(name) || NEVER_NOMINATED.has(name);
    })
    .join('\r\n');
}

export type ForwardedValues = { readonly address: string; readonly client: string; readonly host: string; readonly protocol: string };

/** What X-Forwarded-For, X-Real-IP, X-Forwarded-Host and -Proto say: our word alone, or a trusted proxy's continued. */
export function forwardedValues(passed: PassedHeaders, caller: Caller): ForwardedValues {
  const { forwardedFor } = passed;
  return {
    address: forwardedFor === undefined ? caller.forwardedFor : `${forwardedFor}, ${caller.forwardedFor}`,
    client: forwardedFor === undefined ? caller.address : clientAddress(forwardedFor, caller.address, caller.trustedProxies),
    host: passed.forwardedHost ?? passed.host ?? '',
    protocol: passed.forwardedProto ?? caller.protocol,
  };
}

export function forwardedLines(passed: PassedHeaders, caller: Caller): string {
  const { address, client, host, protocol } = forwardedValues(passed, caller);
  const certificate = caller.certificate === undefined ? '' : `X-ARR-ClientCert: ${caller.certificate}\r\n`;
  return `X-Forwarded-For: ${address}\r\nX-Real-IP: ${client}\r\nX-Forwarded-Host: ${host}\r\nX-Forwarded-Proto: ${protocol}\r\n${certificate}`;
}

/** The caller's trace goes on; without one a new one begins. https://www.w3.org/TR/trace-context/#traceparent-header */
export function traceparentOf({ traceparent }: PassedHeaders, { traceId, spanId }: InvocationIds): string {
  return traceparent ?? `00-${traceId}-${spanId}-01`;
}
