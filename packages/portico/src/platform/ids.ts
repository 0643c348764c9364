import { randomFillSync } from 'node:crypto';

// One system call fills ids for many requests.
const BYTES_PER_ID = 24;
const IDS_PER_FILL = 128;

/** Random identifiers of one invocation. */
export type InvocationIds = {
  /** A GUID, version 4, lower case with dashes. */
  readonly invocationId: string;
  /** The same number without dashes: it doubles as the W3C trace id, so that a trace and a log line find each other. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
};

let pool = '';
let next = 0;

export function newInvocationIds(): InvocationIds {
  if (next >= pool.length) {
    pool = randomFillSync(Buffer.allocUnsafe(BYTES_PER_ID * IDS_PER_FILL)).toString('hex');
    next = 0;
  }
  const at = next;
  next += BYTES_PER_ID * 2;
  const a = pool.slice(at, at + 8);
  const b = pool.slice(at + 8, at + 12);
  // Version 4: https://www.rfc-editor.org/rfc/rfc9562#section-5.4
  const c = `4${pool.slice(at + 13, at + 16)}`;
  const d = 'ab89'.charAt(pool.charCodeAt(at + 16) & 3) + pool.slice(at + 17, at + 20);
  const e = pool.slice(at + 20, at + 32);
  // A span id of zeros would not be one.
  return { invocationId: `${a}-${b}-${c}-${d}-${e}`, traceId: a + b + c + d + e, spanId: `${pool.slice(at + 32, at + 47)}1` };
}
