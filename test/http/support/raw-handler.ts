// A handler that is nothing but a socket: it keeps the bytes of each request and answers bytes of the test's choice.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { RequestReader, type SeenRequest } from './request-reader.ts';

export type HandlerScript = {
  /** The head of a request is there. */
  readonly begun?: (request: SeenRequest, socket: Socket) => void;
  /** Its body is, too. */
  readonly ended?: (request: SeenRequest, socket: Socket) => void;
};

export type RawHandler = AsyncDisposable & {
  readonly port: number;
  /** In order of arrival, without the host's question whether anybody is there. */
  readonly requests: readonly SeenRequest[];
  /** Those that are open. */
  readonly sockets: ReadonlySet<Socket>;
};

/** `port` 0: any free one. */
export async function startRawHandler(script: HandlerScript, port = 0): Promise<RawHandler> {
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let connectionCount = 0;
  const server = createServer({ allowHalfOpen: false, noDelay: true }, (socket) => {
    sockets.add(socket);
    connectionCount += 1;
    const reader = new RequestReader(
      connectionCount,
      (request) => {
        if (isProbe(request)) return;
        requests.push(request);
        script.begun?.(request, socket);
      },
      (request) => {
        if (isProbe(request)) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        else script.ended?.(request, socket);
      },
    );
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => reader.feed(text));
    socket.on('error', () => {
      // The host may cut a connection at any time.
    });
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const isProbe = ({ target }: SeenRequest): boolean => target === '/';
