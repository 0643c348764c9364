// A WebSocket: the handshake goes to the handler on a connection of its own, then bytes go both ways until one side ends.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { type ReplyHead, readReplyHead } from '../worker/reply-head.ts';
import { ReplyReader } from '../worker/reply-reader.ts';
import { emptyAnswer } from './empty-answer.ts';
import { type Passing, requestHead } from './forward.ts';
import { reasonPhrase } from './reason-phrase.ts';

/** A caller that asks for another protocol. */
export type Upgrade = {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the request already. */
  readonly head: Buffer;
};

/** The status the handler answered, and why nothing came of it, if nothing did. */
export type TunnelEnd = { readonly status: number | undefined; readonly reason?: string };

type Handshake = { readonly reply: ReplyHead } | { readonly fault: string };

const MOST_HEAD_BYTES = 64 * 1024;
const HEAD_END = '\r\n\r\n';

/** Resolves when both connections are closed. */
export async function openTunnel(
  { request, socket, head }: Upgrade,
  port: number,
  passing: Passing,
  httpDate: () => string,
): Promise<TunnelEnd> {
  const handler = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
  socket.on('close', () => handler.destroy());
  // A pipeline that begins and ends with the same connection listens to it more often than the limit that warns of leaks.
  socket.setMaxListeners(0);
  try {
    const lines = requestHead(request.method ?? 'GET', request.rawHeaders, port, 'none', passing).slice(0, -2);
    handler.write(`${lines}Connection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\n\r\n`, 'latin1');
    if (head.length > 0) handler.write(head);
    const handshake = await shakeHands(handler);
    if ('fault' in handshake) {
      await Promise.allSettled([finished(socket.end(emptyAnswer(500, httpDate())), { readable: false })]);
      return { status: 500, reason: handshake.fault };
    }
    const { reply } = handshake;
    if (reply.status === 101) socket.write(`${headText(reply, httpDate)}Connection: Upgrade\r\n\r\n`, 'latin1');
    const done = reply.status === 101 ? pipeline(socket, handler, socket) : passRefusal(handler, socket, httpDate);
    // Whoever breaks off, the other one sees it: both connections end with the tunnel.
    await Promise.allSettled([done]);
    return { status: reply.status };
  } finally {
    handler.destroy();
    socket.destroy();
  }
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
    return { fault: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
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
