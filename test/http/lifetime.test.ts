import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createHost, type RequestSummary } from '../../packages/portico/src/index.ts';
import { appFolder, hostJson, httpFunction } from '../support/app-folder.ts';
import { freePort } from '../support/free-port.ts';
import { ask, question } from './support/ask.ts';
import { startRawHandler } from './support/raw-handler.ts';
import type { SeenRequest } from './support/request-reader.ts';
import { startPortico } from './support/start-portico.ts';
import { untilClosed } from './support/until-closed.ts';

/** A handler that says when a request has begun, and does nothing more. */
async function startSilentHandler() {
  const begun = Promise.withResolvers<{ request: SeenRequest; socket: Socket; closed: Promise<unknown> }>();
  const handler = await startRawHandler({
    begun: (request, socket) => begun.resolve({ request, socket, closed: untilClosed(socket) }),
  });
  return { handler, begun: begun.promise };
}

function caller(port: number, text: string): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {
    // The host may cut it off.
  });
  socket.write(text, 'latin1');
  return socket;
}

describe.each(['proxy', 'forward', 'payload'] as const)('in %s mode a caller that goes away', (mode) => {
  test('before the answer takes its request with it', async () => {
    const summaries: RequestSummary[] = [];
    const { handler, begun } = await startSilentHandler();
    await using _ = handler;
    await using portico = await startPortico(handler.port, {
      mode,
      observer: { log: () => {}, invocation: () => {}, request: (one) => summaries.push(one) },
    });
    const socket = caller(portico.port, question('GET /x'));
    const { closed } = await begun;
    socket.destroy();
    await closed;
    expect(summaries).toEqual([expect.objectContaining({ outcome: 'aborted', status: undefined, functionName: 'Everything' })]);
  });

  test('only to write, is taken for gone', async () => {
    const { handler, begun } = await startSilentHandler();
    await using _ = handler;
    await using portico = await startPortico(handler.port, { mode });
    const socket = caller(portico.port, question('GET /x'));
    const { closed } = await begun;
    socket.end();
    await closed;
  });
});

describe.each(['proxy', 'forward'] as const)('in %s mode a caller that goes away', (mode) => {
  test('within its body takes its request with it', async () => {
    const { handler, begun } = await startSilentHandler();
    await using _ = handler;
    await using portico = await startPortico(handler.port, { mode });
    const socket = caller(portico.port, question('POST /x', ['Content-Length: 100'], 'half'));
    const { closed, request } = await begun;
    socket.destroy();
    await closed;
    expect(request.complete).toBe(false);
  });

  test('within the answer stops it', async () => {
    const { handler, begun } = await startSilentHandler();
    await using _ = handler;
    await using portico = await startPortico(handler.port, { mode });
    const socket = caller(portico.port, question('GET /x'));
    const { closed, socket: answering } = await begun;
    answering.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
    await once(socket, 'data');
    socket.destroy();
    await closed;
  });
});

test.each([
  ['within the body of a request', question('POST /x', ['Transfer-Encoding: chunked']), 'nonsense\r\n'],
  ['behind a request', question('GET /x'), 'nonsense\r\n\r\n'],
])('what is no HTTP %s puts no second answer into the one under way', async (_, text, nonsense) => {
  const { handler, begun } = await startSilentHandler();
  await using __ = handler;
  await using portico = await startPortico(handler.port);
  const socket = caller(portico.port, text).setEncoding('latin1');
  let heard = '';
  socket.on('data', (bytes: string) => (heard += bytes));
  const { socket: answering, closed } = await begun;
  answering.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
  await once(socket, 'data');
  const over = untilClosed(socket);
  socket.write(nonsense);
  if (text.startsWith('GET')) answering.end('world');
  socket.on('end', () => socket.end());
  await over;
  await closed;
  expect(heard).not.toContain('400');
  expect(heard).toMatch(text.startsWith('GET') ? /\r\n\r\nhelloworld$/ : /\r\n\r\nhello$/);
});

test('a body that grows too large when its answer has begun cuts the answer off', async () => {
  const { handler, begun } = await startSilentHandler();
  await using _ = handler;
  await using portico = await startPortico(handler.port);
  const socket = caller(portico.port, question('POST /x', ['Transfer-Encoding: chunked'])).setEncoding('latin1');
  const { socket: answering, closed } = await begun;
  answering.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
  const [heard] = await once(socket, 'data');
  socket.write(`20000\r\n${'x'.repeat(0x20000)}\r\n`);
  await Promise.all([untilClosed(socket), closed]);
  expect(heard).toMatch(/\r\n\r\nhello$/);
});

test('a caller that goes away while it waits for its turn never reaches the handler', async () => {
  const { handler, begun } = await startSilentHandler();
  await using _ = handler;
  const gone = Promise.withResolvers<void>();
  await using portico = await startPortico(handler.port, {
    http: { maxConcurrentRequests: 1 },
    observer: { log: () => {}, invocation: () => {}, request: ({ outcome }) => outcome === 'aborted' && gone.resolve() },
  });
  const first = ask(portico.port, question('GET /first'));
  const { socket } = await begun;
  caller(portico.port, question('GET /second')).end();
  await gone.promise;
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  expect((await first).answers[0]?.status).toBe(200);
  expect(handler.requests.map(({ target }) => target)).toEqual(['/first']);
});

test('a caller that goes away while the handler starts never reaches it, and one that waits does', async () => {
  const root = appFolder({ 'host.json': hostJson({}, { enableProxyingHttpRequest: true }), 'x/function.json': httpFunction() });
  const handlerPort = await freePort();
  const gone = Promise.withResolvers<void>();
  const observer = {
    log: () => {},
    invocation: () => {},
    request: ({ outcome }: RequestSummary) => outcome === 'aborted' && gone.resolve(),
  };
  const host = createHost({ root, port: 0, attachPort: handlerPort, observer });
  await host.start();
  try {
    const port = Number(new URL(host.url).port);
    const patient = ask(port, question('GET /api/x?patient'));
    caller(port, question('GET /api/x?gone')).end();
    await gone.promise;
    await using handler = await startRawHandler(
      { ended: (_, socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n') },
      handlerPort,
    );
    expect((await patient).answers[0]?.status).toBe(200);
    expect(handler.requests.map(({ target }) => target)).toEqual(['/api/x?patient']);
  } finally {
    await host.stop();
  }
});

test('a handler that dies within its answer cuts it off, and its successor answers the next request', async () => {
  const root = appFolder({
    'host.json': hostJson({}, { enableProxyingHttpRequest: true }),
    'x/function.json': httpFunction(),
    'server.js': `require('node:http').createServer((request, answer) => {
      if (!request.url.includes('die')) return answer.end('alive ' + process.pid);
      answer.write('half of it', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20));
    }).listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');`,
  });
  const host = createHost({ root, port: 0 });
  await host.start();
  await host.ready;
  try {
    const port = Number(new URL(host.url).port);
    const cut = await ask(port, question('GET /api/x?die'), { untilClosed: true });
    expect(cut.answers).toEqual([expect.objectContaining({ status: 200, body: expect.stringContaining('half of it'), complete: false })]);
    // The host may see the connection end before it sees the process end.
    const next = async () => (await ask(port, question('GET /api/x'))).answers[0];
    let answer = await next();
    while (answer?.status !== 200) answer = await next();
    expect(answer.body).toMatch(/^alive \d+$/);
  } finally {
    await host.stop();
  }
});
