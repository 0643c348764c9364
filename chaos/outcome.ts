// What became of a request, in the words of the report.
import { expectedReply, type Order } from './orders.ts';

export const outcomeKinds = ['correct', 'honest', 'cut', 'hostDown', 'lost', 'hung', 'wrong'] as const;
/**
 * honest: an error status that says what happened. cut: the handler broke its reply off, and the caller can see it.
 * hostDown: no answer, because the run had just ended the host. lost: no answer, although host and handler lived.
 * hung: nothing within the deadline. wrong: an answer that is not what the handler wrote, or an error that explains nothing.
 */
export type OutcomeKind = (typeof outcomeKinds)[number];

export type Outcome = {
  readonly kind: OutcomeKind;
  readonly status: number | undefined;
  /** Of the handler that answered. */
  readonly generation: number | undefined;
  /** For a person, of whatever is not correct. */
  readonly detail: string;
};

/** What came back over the wire. */
export type Raw = {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The whole of it came, by its length or its last chunk. */
  readonly complete: boolean;
  /** Why there was no answer, or no more of it. */
  readonly error: string | undefined;
  readonly hung: boolean;
};

export type Circumstances = {
  /** The run had ended the host when the request was under way. */
  readonly hostWasDown: boolean;
  /** The run has ended, frozen or otherwise harmed this process. */
  readonly wasHarmed: (pid: number) => boolean;
};

/** The handler's end, a time limit, a handler that is unwell or fails again and again, too many requests. */
const HONEST_STATUSES = new Set([429, 502, 503, 504]);

export function judge(order: Order, raw: Raw, { hostWasDown, wasHarmed }: Circumstances): Outcome {
  const { status } = raw;
  const pid = Number(raw.headers['x-chaos-pid']);
  const generationText = raw.headers['x-chaos-generation'];
  const generation = generationText === undefined ? undefined : Number(generationText);
  const outcome = (kind: OutcomeKind, detail: string): Outcome => ({
    kind,
    status,
    generation,
    detail: kind === 'correct' ? '' : `${describe(order)}: ${detail}`,
  });
  const brokenOff = raw.error ?? 'the connection ended';

  if (raw.hung) return outcome('hung', status === undefined ? 'no answer' : `${status}, then silence after ${raw.body.length} bytes`);
  if (status === undefined) return outcome(hostWasDown ? 'hostDown' : 'lost', brokenOff);
  if (!raw.complete) {
    if (hostWasDown) return outcome('hostDown', brokenOff);
    const byHandler = order.misdeed !== undefined || wasHarmed(pid);
    return outcome(byHandler ? 'cut' : 'lost', `${status}, then ${brokenOff} after ${raw.body.length} bytes`);
  }
  if (status !== 200) {
    if (!HONEST_STATUSES.has(status)) return outcome('wrong', `status ${status}`);
    if (status === 503 && raw.headers['retry-after'] === undefined && !hostWasDown) return outcome('wrong', '503 without Retry-After');
    return outcome('honest', `status ${status}`);
  }
  if (order.misdeed !== undefined) return outcome('wrong', 'a whole reply, although the handler wrote none');
  const fault = faultOfReply(order, raw);
  return fault === undefined ? outcome('correct', '') : outcome('wrong', fault);
}

function faultOfReply(order: Order, { headers, body }: Raw): string | undefined {
  const expected = expectedReply(order);
  if (headers['x-chaos-nonce'] !== order.nonce) return `the reply to ${headers['x-chaos-nonce'] ?? 'nobody knows what'}`;
  if (body.length !== expected.length) return `${body.length} bytes instead of ${expected.length}`;
  return body.equals(expected) ? undefined : 'other bytes than the handler wrote';
}

function describe({ nonce, method, body, wish, misdeed }: Order): string {
  const content = body === undefined ? '' : ` with ${body.length} bytes`;
  return `${nonce} (${method}${content}, ${misdeed ?? wish})`;
}
