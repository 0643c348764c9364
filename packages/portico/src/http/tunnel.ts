// A WebSocket: the handshake goes to the handler on a connection of its own, then bytes go both ways until one side ends.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { HostError } from '../core/error.ts';
import { functionTimedOut, streamStoodStill } from '../core/errors/invocation.ts';
import type { TimeLimit } from '../invocation/time-limit.ts';
import { type ReplyHead, readReplyHead } from '../worker/reply-head.ts';
import { ReplyReader } from '../worker/reply-reader.ts';
import { emptyAnswer } from './empty-answer.ts';
import { type Passing, requestHead } from './forward.ts';
import type { HttpFunction } from './public-app.ts';
import { reasonPhrase } from './reason-phrase.ts';

/** A caller that asks for another protocol. */
export type Upgrade = {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** Ends the reading ahead, and gives what came behind the request. */
  readonly stopReading: () => Buffer;
};

export type TunnelEnd = {
  /** What the caller was answered. Undefined: it had left. */
  readonly status: number | undefined;
  /** Why nothing came of it. */
  readonly reason?: string;
  /** It ran into a limit of time. */
  readonly error?: HostError;
  /** The host itself turned it away. */
  readonly refused?: true;
};

/** The handler refused the connection, so another process may be asked; the caller's connection is as it was. */
export const NOBODY_THERE = 'nobody there';

type Handshake = { readonly reply: ReplyHead } | { readonly fault: string };

const MOST_HEAD_BYTES = 64 * 1024;
const MOST_AHEAD_BYTES = 64 * 1024;
const HEAD_END = '\r\n\r\n';

/** Reads on while an upgrade waits, because only who reads notices that the caller has left. A caller that only writes no more has, too. */
export function readAhead(socket: Duplex, head: Buffer): () => Buffer {
  const pieces = [head];
  let bytes = head.length;
  const keep = (piece: Buffer): void => {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > MOST_AHEAD_BYTES) socket.pause();
  };
  const leave = (): void => void socket.destroy();
  socket.on('data', keep);
  socket.on('end', leave);
  return () => {
    socket.pause();
    socket.off('data', keep);
    socket.off('end', leave);
    return Buffer.concat(pieces);
  };
}

/**
 * Resolves when both connections are closed. The function's limit of time counts until the handler has answered the handshake;
 * its limit of stillness from then on, for both directions together.
 */
export async function openTunnel(
  { request, socket, stopReading }: Upgrade,
  port: number,
  passing: Passing,
  fn: Pick<HttpFunction, 'name' | 'timeLimit' | 'idleLimit'>,
  httpDate: () => string,
): Promise<TunnelEnd | typeof NOBODY_THERE> {
  const handler = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
  const leave = (): void => void handler.destroy();
  socket.on('close', leave);
  // Its errors are told where the handshake is read; nobody listens in between.
  handler.on('error', () => {});
  let expired: TimeLimit | undefined;
  const expire = (limit: TimeLimit): void => {
    expired = limit;
    handler.destroy();
  };
  const deadline = fn.timeLimit?.watch({ expire });
  const unreached = await connectFault(handler);
  if (unreached === 'ECONNREFUSED') {
    deadline?.leave();
    socket.off('close', leave);
    return NOBODY_THERE;
  }
  // A pipeline that begins and ends with the same connection listens to it more often than the limit that warns of leaks.
  socket.setMaxListeners(0);
  try {
    const lines = requestHead(request.method ?? 'GET', request.rawHeaders, port, 'none', passing).slice(0, -2);
    handler.write(`${lines}Connection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\n\r\n`, 'latin1');
    const handshake = unreached === undefined ? await shakeHands(handler) : { fault: unreached };
    deadline?.leave();
    const ahead = stopReading();
    if (socket.destroyed) return { status: undefined };
    if ('fault' in handshake) {
      const end = endUnanswered(fn.name, expired, handshake.fault);
      await Promise.allSettled([finished(socket.end(emptyAnswer(end.status, httpDate())), { readable: false })]);
      return end;
    }
    const { reply } = handshake;
    const { idleLimit } = fn;
    if (idleLimit !== undefined) handler.setTimeout(idleLimit.limitMs, () => expire(idleLimit));
    if (reply.status === 101 && ahead.length > 0) handler.write(ahead);
    if (reply.status === 101) socket.write(`${headText(reply, httpDate)}Connection: Upgrade\r\n\r\n`, 'latin1');
    const done = reply.status === 101 ? pipeline(socket, handler, socket) : passRefusal(handler, socket, httpDate);
    // Whoever breaks off, the other one sees it: both connections end with the tunnel.
    await Promise.allSettled([done]);
    return { status: reply.status, ...(expired !== undefined && { error: streamStoodStill(expired.factsFor(fn.name)) }) };
  } finally {
    handler.destroy();
    socket.destroy();
  }
}

function endUnanswered(functionName: string, expired: TimeLimit | undefined, fault: string): TunnelEnd & { readonly status: 502 | 504 } {
  if (expired === undefined) return { status: 502, reason: fault };
  return { status: 504, error: functionTimedOut({ ...expired.factsFor(functionName), restarts: false }) };
}

/** Undefined: connected. Only ECONNREFUSED says that nobody is there. */
async function connectFault(handler: Socket): Promise<string | undefined> {
  try {
    await Promise.race([once(handler, 'connect'), once(handler, 'close')]);
    return handler.destroyed ? 'the connection to it was given up' : undefined;
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/**
 * Finds the answer proper: interim ones are of no use to a caller that asked for another protocol.
 * What follows a 101, or the whole of another answer, is still to be read from the connection. Never rejects.
 */
async function shakeHands(handler: Socket): Promise<Handshake> {
  let bytes = Buffer.alloc(0);
  try {
    for (;;) {
      const end = bytes.indexOf(HEAD_END);
      if (end >= 0) {
        const reply = readReplyHead(bytes.toString('latin1', 0, end), 'GET');
        if ('fault' in reply) return reply;
        const rest = bytes.subarray(end + HEAD_END.length);
        if (reply.status === 101 || reply.status >= 200) {
          handler.unshift(reply.status === 101 ? rest : bytes);
          return { reply };
        }
        bytes = rest;
        continue;
      }
      if (bytes.length > MOST_HEAD_BYTES) return { fault: 'the head of its answer to the upgrade does not end' };
      const more = handler.read() as Buffer | null;
      if (more !== null) bytes = Buffer.concat([bytes, more]);
      else if (handler.readableEnded || handler.destroyed) return { fault: 'it closed the connection without an answer' };
      else await Promise.race([once(handler, 'readable'), once(handler, 'close')]);
    }
  } catch (error) {
    return { fault: describe(error) };
  }
}

/** A refusal is a reply like any other. With its end the caller's connection ends, so it needs no chunks to say where that is. */
async function passRefusal(handler: Socket, socket: Duplex, httpDate: () => string): Promise<void> {
  const reader = new ReplyReader();
  const pieces: Buffer[] = [];
  const keep = (lent: Buffer): boolean => pieces.push(Buffer.from(lent)) > 0;
  reader.expect('GET', {
    interim() {},
    head(head, body) {
      pieces.push(Buffer.from(`${headText(head, httpDate)}Connection: close\r\n\r\n`, 'latin1'));
      keep(body);
    },
    body: keep,
    end() {},
  });
  async function* read(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const bytes of source) {
      const progress = reader.feed(bytes);
      yield* pieces.splice(0);
      if (progress === 'reusable' || progress === 'spent') return;
      if (progress !== 'more') throw new Error(progress === 'hold' ? progress : progress.fault);
    }
    const ended = reader.close(true);
    if (ended !== undefined && ended !== 'spent') throw new Error(ended.fault);
  }
  await pipeline(handler, read, socket);
}

/** Without the lines that are about the connection. */
function headText({ status, reason, headerLines, hasDate }: ReplyHead, httpDate: () => string): string {
  return `HTTP/1.1 ${status} ${reason || reasonPhrase(status)}\r\n${headerLines}${hasDate ? '' : `Date: ${httpDate()}\r\n`}`;
}
