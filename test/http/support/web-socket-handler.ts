// The handler's side of a WebSocket, as short as it gets: whole frames, no fragments. https://www.rfc-editor.org/rfc/rfc6455
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export type Frame = { readonly opcode: number; readonly payload: Buffer };

export const TEXT = 1;
export const CLOSE = 8;

export type WebSocketHandler = AsyncDisposable & { readonly port: number; readonly sockets: ReadonlySet<Duplex> };

/** `greet`: sent in one piece with the handshake. `onFrame` may answer with frames. */
export async function startWebSocketHandler(
  onFrame: (frame: Frame, socket: Duplex) => void,
  greet: Uint8Array = Buffer.alloc(0),
): Promise<WebSocketHandler> {
  const sockets = new Set<Duplex>();
  const server = createServer((_, answer) => answer.end('plain'));
  server.on('upgrade', (request, socket, head) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {
      // The host may cut it off.
    });
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    const handshake = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(handshake), greet]));
    let rest = head;
    const hear = (bytes: Buffer): void => {
      rest = Buffer.concat([rest, bytes]);
      for (let found = readFrame(rest); found !== undefined; found = readFrame(rest)) {
        rest = rest.subarray(found.end);
        onFrame(found.frame, socket);
        if (found.frame.opcode === CLOSE) socket.end();
      }
    };
    socket.on('data', hear);
    socket.on('end', () => socket.end());
    hear(Buffer.alloc(0));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A frame of a server. */
export function frameBytes({ opcode, payload }: Frame): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  if (payload.length > 0xffff) return Buffer.concat([head, payload]);
  if (payload.length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]);
  return Buffer.concat([Buffer.from([0x80 | opcode, 126, payload.length >> 8, payload.length & 0xff]), payload]);
}

/** A frame of a client, which is masked always. */
function readFrame(bytes: Buffer): { readonly frame: Frame; readonly end: number } | undefined {
  if (bytes.length < 14) {
    // The longest head is 14 bytes; a shorter frame is whole only if all of it is here.
    const short = (bytes[1] ?? 0) & 0x7f;
    if (bytes.length < 6 || short > 125 || bytes.length < 6 + short) return undefined;
  }
  const first = (bytes[1] as number) & 0x7f;
  const [lengthBytes, length] =
    first === 127 ? [8, Number(bytes.readBigUInt64BE(2))] : first === 126 ? [2, bytes.readUInt16BE(2)] : [0, first];
  const start = 2 + lengthBytes + 4;
  if (bytes.length < start + length) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + length)).map((byte, i) => byte ^ (mask[i & 3] as number));
  return { frame: { opcode: (bytes[0] as number) & 0x0f, payload: Buffer.from(payload) }, end: start + length };
}
