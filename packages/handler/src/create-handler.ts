// Decides what an incoming request is (readiness probe, payload, forwarded request) and sees to it that each gets an answer.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { invokeWithPayload, type PayloadFunction } from './payload.ts';
import { type Reply, sendReply } from './reply.ts';
import { compileRoute, type RequestHandler } from './routes.ts';

/** What a program answers. */
export type Handlers = {
  /** By path as the caller sees it, `/api/items/{id}`; the first that matches answers. The host has checked route and method already. */
  readonly routes?: Readonly<Record<string, RequestHandler>>;
  /** Functions in payload mode, by the exact name of their folder. */
  readonly functions?: Readonly<Record<string, PayloadFunction>>;
};

/**
 * Makes a listener for `node:http` that answers the host. {@link serve} starts a server with it.
 *
 * A handler that throws makes a 500 without a body; the error goes to standard error, which the host logs.
 *
 * @example createServer(createHandler({ routes: { '/api/hello': () => ({ body: 'hello\n' }) } }))
 */
export function createHandler({ routes = {}, functions = {} }: Handlers): RequestListener {
  const table = Object.entries(routes).map(([template, handle]) => ({ match: compileRoute(template), handle }));
  const byName = new Map(Object.entries(functions));

  async function answer(request: IncomingMessage): Promise<Reply> {
    // Azure's forward mode adds its id behind one that the caller made up.
    const invocationId =
      String(request.headers['x-azure-functions-invocationid'] ?? '')
        .split(', ')
        .at(-1) || undefined;
    const traceparent = request.headers.traceparent?.toString();
    const [path = '/'] = (request.url ?? '/').split('?');
    // The host asks for "/" until the program answers, and every invocation has an id: this cannot be a caller's request.
    if (path === '/' && request.method === 'GET' && invocationId === undefined) return {};

    const functionName = path.slice(1);
    const run = request.method === 'POST' ? byName.get(functionName) : undefined;
    if (run) return invokeWithPayload(run, request, { invocationId, traceparent, functionName });

    for (const { match, handle } of table) {
      const params = match(path);
      if (params) return handle(request, { invocationId, traceparent, params });
    }
    return { status: 404 };
  }

  return (request, response) => {
    // Never rejects: both ways of failing end in fail().
    void answer(request)
      .then((reply) => sendReply(reply, request, response))
      .catch((failure: unknown) => fail(failure, request, response));
  };
}

function fail(failure: unknown, request: IncomingMessage, response: ServerResponse): void {
  if (!isHangUp(failure, request)) console.error(failure);
  // Half an answer must not look whole.
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { 'content-length': 0 }).end();
}

/** A caller who leaves is no fault of the program's: its request breaks off, or the reply's stream closes before the end. */
function isHangUp(failure: unknown, request: IncomingMessage): boolean {
  return failure === request.errored || (failure instanceof Error && 'code' in failure && failure.code === 'ERR_STREAM_PREMATURE_CLOSE');
}
