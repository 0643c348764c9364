// Stands before a server and counts what it is asked.
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export type RequestCounter = { readonly port: number; readonly count: number };

export async function countRequests(targetPort: number, running: AsyncDisposableStack): Promise<RequestCounter> {
  let count = 0;
  const server = http.createServer((request, response) => {
    count += 1;
    const { method, url: path, headers } = request;
    const forwarded = http.request({ host: '127.0.0.1', port: targetPort, method, path, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    request.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.defer(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get count() {
      return count;
    },
  };
}
