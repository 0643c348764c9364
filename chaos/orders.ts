// What the load asks for: each order says how it is to be answered, so that a wrong, swapped or shortened answer shows.
import { crc32 } from 'node:zlib';
import type { Mode } from './app.ts';
import type { Random } from './random.ts';

export type Order = {
  readonly nonce: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly body: Buffer | undefined;
  /** The body goes out chunked, in pieces with a pause between them. */
  readonly slowUpload: boolean;
  readonly wish: 'describe' | 'echo' | 'stream';
  /** How long the handler is to think. */
  readonly afterMs: number;
  readonly pieces: number;
  readonly pieceBytes: number;
  readonly pauseMs: number;
  /** What the handler is to do instead of an answer; the names are those of handler.cjs. */
  readonly misdeed: string | undefined;
  /** On a connection of its own, which ends with it. */
  readonly fresh: boolean;
};

export type Misdeeds = { readonly share: number; readonly names: readonly [string, ...string[]] };

const BODY_BYTES: readonly [number, ...number[]] = [1, 100, 1_000, 1_000, 10_000, 10_000, 100_000, 100_000, 1_000_000];
const MOST_BODY_BYTES = 1_000_000;

/** A body is a part of it. Printable, because payload mode carries text. */
const SOURCE_OF_BODIES = Buffer.from(Array.from({ length: MOST_BODY_BYTES + 1000 }, (_, at) => 32 + ((at * at + (at >> 3)) % 95)));

export function createOrders(mode: Mode, random: Random): (misdeeds?: Misdeeds) => Order {
  let count = 0;
  return (misdeeds) => {
    count += 1;
    const method = random.pick(['GET', 'GET', 'POST', 'POST', 'PUT']);
    const body = method === 'GET' ? undefined : bodyOf(random.pick(BODY_BYTES), count);
    const wish = random.pick(body === undefined ? ['describe', 'stream'] : ['describe', 'echo', 'stream']);
    return {
      nonce: `${mode}-${count}`,
      method,
      body,
      slowUpload: body !== undefined && random.chance(0.2),
      wish,
      // Some are under way at any moment, so that a fault always meets one.
      afterMs: random.chance(0.2) ? random.below(300) : 0,
      pieces: 1 + random.below(20),
      pieceBytes: random.pick([50, 1000, 10_000]),
      pauseMs: random.pick([0, 1, 10]),
      misdeed: misdeeds !== undefined && random.chance(misdeeds.share) ? random.pick(misdeeds.names) : undefined,
      fresh: random.chance(0.25),
    };
  };
}

/** The smallest order there is. */
export function plainOrder(nonce: string): Order {
  const nothing = { body: undefined, slowUpload: false, afterMs: 0, pieces: 0, pieceBytes: 0, pauseMs: 0, misdeed: undefined };
  return { nonce, method: 'GET', wish: 'describe', fresh: true, ...nothing };
}

/** For the X-Chaos header. */
export function writeOrder({ nonce, wish, afterMs, pieces, pieceBytes, pauseMs, misdeed }: Order): string {
  return JSON.stringify({ nonce, wish, afterMs, pieces, pieceBytes, pauseMs, misdeed });
}

/** What handler.cjs answers, put together without its code. */
export function expectedReply({ nonce, method, body, wish, pieces, pieceBytes }: Order): Buffer {
  if (wish === 'echo') return body ?? Buffer.alloc(0);
  if (wish === 'describe')
    return Buffer.from(JSON.stringify({ nonce, method, bytes: body?.length ?? 0, crc: body === undefined ? 0 : crc32(body) }));
  return Buffer.from(Array.from({ length: pieces }, (_, index) => `${nonce} ${index} `.padEnd(pieceBytes, '.')).join(''));
}

function bodyOf(bytes: number, count: number): Buffer {
  const start = (count * 7) % (SOURCE_OF_BODIES.length - bytes);
  return SOURCE_OF_BODIES.subarray(start, start + bytes);
}
