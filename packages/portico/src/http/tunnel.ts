// A WebSocket: the handshake goes to the handler on a connection of its own, then bytes go both ways until one side ends.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ReplyHead, readReplyHead } from '../worker/reply-head.ts';
import { type Passing, requestHead } from './forward.ts';

/** A caller that asks for another protocol. */
export type Upgrade = {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the request already. */
  readonly head: Buffer;
};

/** The status the handler answered, and why nothing came of it, if nothing did. */
export type TunnelEnd = { readonly status: number | undefined; readonly reason?: string };

type Handshake = { readonly reply: ReplyHead; readonly rest: Buffer } | { readonly fault: string };

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
  const giveUp = (): void => void handler.destroy();
  socket.on('close', giveUp);
  try {
    const lines = requestHead(request.method ?? 'GET', request.rawHeaders, port, 'none', passing).slice(0, -2);
    handler.write(`${lines}Connection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\n\r\n`, 'latin1');
    if (head.length > 0) handler.write(head);
    const handshake = await shakeHands(handler);
    if ('fault' in handshake) return { status: undefined, reason: handshake.fault };
    const { reply, rest } = handshake;
    socket.write(replyText(reply, httpDate), 'latin1');
    socket.write(rest);
    const toCaller = pipeline(handler, socket);
    // A refusal has a body at most: what the caller says now nobody wants to hear.
    const toHandler = reply.status === 101 ? pipeline(socket, handler) : undefined;
    await Promise.allSettled([toCaller, toHandler]);
    return { status: reply.status };
  } finally {
    handler.destroy();
    socket.destroy();
  }
}

/** Reads up to the answer proper: interim ones are of no use to a caller that asked for another protocol. Never rejects. */
async function shakeHands(handler: Socket): Promise<Handshake> {
  let bytes = Buffer.alloc(0);
  try {
    for (;;) {
      const end = bytes.indexOf(HEAD_END);
      if (end >= 0) {
        const reply = readReplyHead(bytes.toString('latin1', 0, end), 'GET');
        const rest = bytes.subarray(end + HEAD_END.length);
        if ('fault' in reply || reply.status >= 200 || reply.status === 101) return 'fault' in reply ? reply : { reply, rest };
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

function replyText({ status, reason, headerLines, hasDate, framing }: ReplyHead, httpDate: () => string): string {
  const date = hasDate ? '' : `Date: ${httpDate()}\r\n`;
  const chunked = framing === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : '';
  const connection = status === 101 ? 'Connection: Upgrade\r\n' : 'Connection: close\r\n';
  return `HTTP/1.1 ${status} ${reason}\r\n${headerLines}${date}${chunked}${connection}\r\n`;
}
