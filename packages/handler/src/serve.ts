import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createHandler, type Handlers } from './create-handler.ts';

const PORT_VARIABLES = ['FUNCTIONS_CUSTOMHANDLER_PORT', 'FUNCTIONS_HTTPWORKER_PORT'];

/**
 * Answers the host on 127.0.0.1, at the port it gives in `FUNCTIONS_CUSTOMHANDLER_PORT` (older hosts: `FUNCTIONS_HTTPWORKER_PORT`).
 * Resolves when it listens. On SIGTERM and SIGINT it finishes what runs and takes no more; a second signal ends the program.
 *
 * @example await serve({ routes: { '/api/hello': () => ({ body: 'hello\n' }) } });
 */
export async function serve(handlers: Handlers): Promise<Server> {
  const port = portFrom(process.env);
  // No limits of our own: the one caller is the host on this machine, and it keeps the clock. A connection closed for being idle
  // could meet a request already on its way.
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, createHandler(handlers));
  // close() drops the connections that are idle at that moment; those that finish a request later would keep the program alive.
  server.on('request', (_request, response) => {
    response.once('close', () => {
      if (!server.listening) server.closeIdleConnections();
    });
  });
  // Only the host may call: whoever reaches this port directly goes around keys and can invent X-Forwarded-For.
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => server.close());
  return server;
}

function portFrom(environment: NodeJS.ProcessEnv): number {
  const variable = PORT_VARIABLES.find((name) => environment[name] !== undefined);
  if (variable === undefined) {
    throw new Error(
      `No port to listen on: ${PORT_VARIABLES[0]} is not set. A Functions host sets it; start this program with "portico start".`,
    );
  }
  const port = Number(environment[variable]);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error(`${variable} is "${environment[variable]}", which is no port. It must be a number from 1 to 65535.`);
  }
  return port;
}
