// A WebSocket, or another protocol a caller upgrades to: the handshake goes to the handler on a connection of its own, then bytes go both ways.
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { readReplyHead } from '../worker/reply-head.ts';
import type { Passing } from './forward.ts';
import { requestHead } from './forward.ts';

const MOST_HEAD_BYTES = 64 * 1024;

export type TunnelEnd = { readonly status: number | undefined; readonly reason?: string };

/** Resolves when the tunnel is closed, or with the status the handler answered instead of 101. */
export function openTunnel(request: IncomingMessage, caller: Duplex, head: Buffer, port: number, passing: Passing): Promise<TunnelEnd> {
  return new Promise((resolve) => {
    const handler = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
    let status: number | undefined;
    let pending = Buffer.alloc(0);
    const end = (reason?: string): void => {
      caller.destroy();
      handler.destroy();
      resolve(reason === undefined ? { status } : { status, reason });
    };
    const upgrade = request.headers.upgrade ?? '';
    const plain = requestHead(request.method ?? 'GET', request.rawHeaders, port, 'none', passing);
    handler.write(`${plain.slice(0, -2)}Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`, 'latin1');
    if (head.length > 0) handler.write(head);
    const readHead = (bytes: Buffer): void => {
      pending = Buffer.concat([pending, bytes]);
      const length = pending.indexOf('\r\n\r\n');
      if (length < 0) {
        if (pending.length > MOST_HEAD_BYTES) end('its answer to the upgrade has an endless head');
        return;
      }
      const reply = readReplyHead(pending.toString('latin1', 0, length), 'GET');
      if ('fault' in reply) return end(reply.fault);
      // Interim answers before the decision are of no use to a caller that asked for another protocol.
      if (reply.status < 200 && reply.status !== 101) {
        const rest = pending.subarray(length + 4);
        pending = Buffer.alloc(0);
        if (rest.length > 0) readHead(rest);
        return;
      }
      status = reply.status;
      handler.off('data', readHead);
      const connection = reply.status === 101 ? 'Connection: Upgrade\r\n' : 'Connection: close\r\n';
      const framing = reply.framing === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : '';
      caller.write(`HTTP/1.1 ${reply.status} ${reply.reason}\r\n${reply.headerLines}${framing}${connection}\r\n`, 'latin1');
      caller.write(pending.subarray(length + 4));
      handler.pipe(caller);
      if (reply.status === 101) caller.pipe(handler);
    };
    handler.on('data', readHead);
    handler.on('error', (error: NodeJS.ErrnoException) => end(status === undefined ? (error.code ?? error.message) : undefined));
    handler.on('close', () => end(status === undefined ? 'it closed the connection without an answer' : undefined));
    caller.on('error', () => end());
    caller.on('close', () => end());
  });
}
