import { once } from 'node:events';
import { type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startPortico } from './support/start-portico.ts';

const MB = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'x');
/** What may be under way: the buffers of two connections in the kernel, and a few pieces of ours. Far less than is sent. */
const MOST_UNDER_WAY = 32 * MB;
const SENT = 128 * MB;

type Pair = AsyncDisposable & { readonly port: number };

/** The host before a handler of node:http. */
async function pair(onRequest: (incoming: IncomingMessage, answer: ServerResponse) => void): Promise<Pair> {
  const server = createServer((incoming, answer) => (incoming.url === '/' ? answer.end() : onRequest(incoming, answer)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const portico = await startPortico((server.address() as AddressInfo).port, {
    environment: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(2 * SENT) },
  });
  return {
    port: portico.port,
    async [Symbol.asyncDispose]() {
      await portico[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

function call(port: number, method = 'GET'): ClientRequest {
  return request({ host: '127.0.0.1', port, path: '/x', method, agent: false });
}

async function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  const [answer] = await once(outgoing, 'response');
  return answer as IncomingMessage;
}

/** Writes pieces at the pace that the stream allows; tells how much is written. */
async function pour(into: ServerResponse | ClientRequest, wrote: (bytes: number) => void): Promise<void> {
  for (let sent = 0; sent < SENT; sent += PIECE.length) {
    wrote(PIECE.length);
    if (!into.write(PIECE)) await once(into, 'drain');
  }
  into.end();
}

/** Takes one small piece a turn of the event loop: much slower than anything that is sent can go. */
async function sip(from: IncomingMessage, read: (bytes: number) => void): Promise<void> {
  from.on('readable', () => {
    // It is read below.
  });
  while (!from.readableEnded) {
    const bytes = (from.read(16 * 1024) ?? from.read()) as Buffer | null;
    if (bytes !== null) read(bytes.length);
    await nextTurn();
  }
}

/** How much was under way at most. */
function meter() {
  let underWay = 0;
  let most = 0;
  let total = 0;
  return {
    wrote(bytes: number): void {
      underWay += bytes;
      most = Math.max(most, underWay);
    },
    read(bytes: number): void {
      underWay -= bytes;
      total += bytes;
    },
    get most(): number {
      return most;
    },
    get total(): number {
      return total;
    },
  };
}

describe('back-pressure', () => {
  test('a caller that reads slowly stalls the handler', async () => {
    const flow = meter();
    await using portico = await pair((_, answer) => void pour(answer, flow.wrote));
    await sip(await answerTo(call(portico.port).end()), flow.read);
    expect(flow.total).toBe(SENT);
    expect(flow.most).toBeLessThan(MOST_UNDER_WAY);
  });

  test.each(['with a length', 'in chunks'])('a handler that reads slowly stalls a caller that sends %s', async (how) => {
    const flow = meter();
    await using portico = await pair((incoming, answer) => void sip(incoming, flow.read).then(() => answer.end()));
    const outgoing = call(portico.port, 'POST');
    if (how === 'with a length') outgoing.setHeader('Content-Length', SENT);
    const answered = answerTo(outgoing);
    await pour(outgoing, flow.wrote);
    (await answered).resume();
    expect(flow.total).toBe(SENT);
    expect(flow.most).toBeLessThan(MOST_UNDER_WAY);
  });
});

describe('a stream', () => {
  test('of events reaches the caller event by event', async () => {
    let push: (event: string) => void = () => {};
    await using portico = await pair((_, answer) => {
      answer.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      push = (event) => answer.write(`data: ${event}\n\n`);
    });
    const answer = await answerTo(call(portico.port).end());
    answer.setEncoding('utf8');
    for (const event of ['one', 'two', 'three']) {
      // The next one is not sent before this one is there.
      push(event);
      expect(await once(answer, 'data')).toEqual([`data: ${event}\n\n`]);
    }
    answer.destroy();
  });

  test('goes both ways at once', async () => {
    await using portico = await pair((incoming, answer) => incoming.pipe(answer));
    const outgoing = call(portico.port, 'POST');
    outgoing.write('one');
    const answer = await answerTo(outgoing);
    expect(String((await once(answer, 'data'))[0])).toBe('one');
    outgoing.write('two');
    expect(String((await once(answer, 'data'))[0])).toBe('two');
    outgoing.end();
    await once(answer, 'end');
  });

  test('of the caller begins at the handler before it ends', async () => {
    const arrived = Promise.withResolvers<string>();
    await using portico = await pair((incoming, answer) => {
      incoming.once('data', (bytes) => arrived.resolve(String(bytes)));
      incoming.on('end', () => answer.end());
    });
    const outgoing = call(portico.port, 'POST');
    outgoing.write('early');
    expect(await arrived.promise).toBe('early');
    outgoing.end();
    (await answerTo(outgoing)).resume();
  });

  test('arrives whole and in order, whatever the pieces', async () => {
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
    await using portico = await pair((incoming, answer) => {
      answer.writeHead(200);
      incoming.on('data', (bytes: Buffer) => {
        for (let at = 0; at < bytes.length; at += 7001) answer.write(bytes.subarray(at, at + 7001));
      });
      incoming.on('end', () => answer.end());
    });
    const outgoing = call(portico.port, 'POST');
    for (let at = 0; at < body.length; at += 1013) outgoing.write(body.subarray(at, at + 1013));
    outgoing.end();
    const answer = await answerTo(outgoing);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
  });
});
