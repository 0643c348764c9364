// Ids of invocations and traces. They tell things apart and open nothing, so they need no cryptography:
// node:crypto would cost a start several milliseconds and megabytes. https://www.rfc-editor.org/rfc/rfc9562#section-6.9

/** Random identifiers of one invocation. */
export type InvocationIds = {
  /** A GUID, version 4, lower case with dashes. */
  readonly invocationId: string;
  /** The same number without dashes: it doubles as the W3C trace id, so that a trace and a log line find each other. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
};

const GUID_DIGITS = 32;
const SPAN_DIGITS = 16;
/** Random bits come 32 at a time. */
const POOL_WORDS = 768;

let pool = '';
let next = 0;

export function newInvocationIds(): InvocationIds {
  const at = take(GUID_DIGITS + SPAN_DIGITS);
  const invocationId = guidAt(at);
  // A span id of zeros would not be one.
  const spanId = `${pool.slice(at + GUID_DIGITS, at + GUID_DIGITS + SPAN_DIGITS - 1)}1`;
  return { invocationId, traceId: invocationId.replaceAll('-', ''), spanId };
}

export const newGuid = (): string => guidAt(take(GUID_DIGITS));

/** Where that many fresh digits begin. */
function take(digits: number): number {
  if (next + digits > pool.length) {
    const words = Uint32Array.from({ length: POOL_WORDS }, () => Math.random() * 2 ** 32);
    pool = Buffer.from(words.buffer).toString('hex');
    next = 0;
  }
  next += digits;
  return next - digits;
}

/** Version 4: https://www.rfc-editor.org/rfc/rfc9562#section-5.4 */
function guidAt(at: number): string {
  const variant = 'ab89'.charAt(pool.charCodeAt(at + 16) & 3);
  const [a, b, c] = [pool.slice(at, at + 8), pool.slice(at + 8, at + 12), pool.slice(at + 13, at + 16)];
  return `${a}-${b}-4${c}-${variant}${pool.slice(at + 17, at + 20)}-${pool.slice(at + 20, at + 32)}`;
}
