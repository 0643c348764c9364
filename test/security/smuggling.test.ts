// Requests that two readers could read differently. Each is refused, or it is one request and the handler gets that one;
// and whoever comes next, on the connection to the handler that was used, gets an answer of its own.
import { describe, expect, test } from 'vitest';
import { ask, question } from '../http/support/ask.ts';
import { type RawHandler, startRawHandler } from '../http/support/raw-handler.ts';
import type { SeenRequest } from '../http/support/request-reader.ts';
import { type Mode, startPortico } from '../http/support/start-portico.ts';

const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: app.example\r\n\r\n';
const POST = 'POST /attack HTTP/1.1\r\nHost: app.example\r\n';
const GET = 'GET /attack HTTP/1.1\r\nHost: app.example\r\n';

/** With a chunked body and this Transfer-Encoding, and a length that covers what is hidden behind it. */
const both = (...lines: string[]): string => `${POST}${lines.map((line) => `${line}\r\n`).join('')}\r\n0\r\n\r\n${HIDDEN}`;
const chunks = (body: string): string => `${POST}Transfer-Encoding: chunked\r\n\r\n${body}`;

const REFUSED: Readonly<Record<string, string>> = {
  'CL.TE': both('Content-Length: 50', 'Transfer-Encoding: chunked'),
  'TE.CL': both('Transfer-Encoding: chunked', 'Content-Length: 4'),
  'TE.TE, two of them': both('Transfer-Encoding: chunked', 'Transfer-Encoding: identity'),
  'TE.TE, chunked twice': both('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
  'TE.TE, in a list': both('Transfer-Encoding: identity, chunked'),
  'TE.TE, gzip behind it': both('Transfer-Encoding: chunked, gzip'),
  'TE.TE, quoted': both('Transfer-Encoding: "chunked"'),
  'TE.TE, with a prefix': both('Transfer-Encoding: xchunked', 'Content-Length: 50'),
  'TE.TE, a vertical tab before it': both('Transfer-Encoding: \x0bchunked'),
  'TE.TE, a space before the colon': both('Transfer-Encoding : chunked'),
  'TE.TE, a tab before the colon': both('Transfer-Encoding\t: chunked'),
  'TE.TE, folded': both('Transfer-Encoding:\r\n chunked'),
  'TE.TE, a bare line feed before it': `${POST}X-A: b\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  'TE.TE, a bare carriage return before it': `${POST}X-A: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  'TE with a parameter': both('Transfer-Encoding: chunked;q=1'),
  'TE, empty': both('Transfer-Encoding: ', 'Content-Length: 50'),
  'TE of HTTP/1.0': `POST /attack HTTP/1.0\r\nHost: app.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  'two lengths': both('Content-Length: 5', 'Content-Length: 50'),
  'two lengths that agree': both('Content-Length: 5', 'Content-Length: 5'),
  'two lengths in a line': both('Content-Length: 5, 50'),
  'a length with a sign': both('Content-Length: +5'),
  'a negative length': both('Content-Length: -5'),
  'a hexadecimal length': both('Content-Length: 0x5'),
  'a length with a dot': both('Content-Length: 5.0'),
  'a length with a space in it': both('Content-Length: 5 0'),
  'a length beyond 64 bits': both('Content-Length: 18446744073709551617'),
  'an empty length': both('Content-Length: '),
  'a length after a space before the colon': both('Content-Length : 50'),
  'a length on a folded line': both('Content-Length:\r\n 50'),
  'a length behind a NUL': both('X-A: b\0Content-Length: 50'),
  'a name with a NUL': both('Content\0-Length: 50'),
  'a line without a colon': both('Content-Length 50'),
  'a line that begins with a space': `GET /attack HTTP/1.1\r\n Content-Length: 50\r\nHost: app.example\r\n\r\n${HIDDEN}`,
  'a bare line feed after the request line': `GET /attack HTTP/1.1\nHost: app.example\r\n\r\n${HIDDEN}`,
  'bare line feeds': `GET /attack HTTP/1.1\nHost: app.example\n\n${HIDDEN}`,
  'a chunk size with 0x': chunks(`0x5\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a negative chunk size': chunks(`-1\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size with a sign': chunks(`+5\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size with an underscore': chunks(`1_0\r\n0123456789abcdef\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size beyond 64 bits': chunks(`10000000000000005\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size without digits': chunks(`;a=b\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk that is longer than its size': chunks(`3\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk that ends with a line feed': chunks(`5\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk extension with a line feed': chunks(`5;a\nb\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a last chunk that ends with a line feed': chunks(`5\r\nhello\r\n0\n\n${HIDDEN}`),
  'a trailer without a colon': chunks(`0\r\nGET /hidden HTTP/1.1\r\n\r\n${HIDDEN}`),
  'HTTP/0.9': `GET /attack\r\n\r\n${HIDDEN}`,
  'HTTP/2.0': `GET /attack HTTP/2.0\r\nHost: app.example\r\n\r\n${HIDDEN}`,
  'HTTP/1.2': `GET /attack HTTP/1.2\r\nHost: app.example\r\n\r\n${HIDDEN}`,
  'a version in small letters': `GET /attack http/1.1\r\nHost: app.example\r\n\r\n${HIDDEN}`,
  'a space in the target': `GET /attack HTTP/1.1 HTTP/1.1\r\nHost: app.example\r\n\r\n${HIDDEN}`,
  'the preface of HTTP/2': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`,
  'two Hosts': `${GET}Host: other.example\r\n\r\n${HIDDEN}`,
  'no Host': `GET /attack HTTP/1.1\r\n\r\n${HIDDEN}`,
};

/** One request, and what is hidden is its body. */
const ONE: Readonly<Record<string, string>> = {
  'a length with leading zeros': `${POST}Content-Length: 0${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  'a length with underscores beside none': `${POST}Content_Length: 0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  'chunked in other letters': `${POST}Transfer-Encoding: Chunked\r\n\r\n${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
  'chunked beside an underscored name': `${POST}Transfer_Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
  'a length that Connection names': `${POST}Connection: Content-Length\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  'chunked that Connection names': `${POST}Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
  'an upgrade with a body': `${POST}Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  'an upgrade to h2c with a body': `${POST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  'a GET with a body': `${GET}Content-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
};

type Front = { readonly port: number; readonly handler: RawHandler };

/** The answer to the attack, and all that the handler got of it. `next`: what a caller hears who comes afterwards. */
async function attack({ port, handler }: Front, send: string): Promise<{ text: string; got: SeenRequest[]; next: string }> {
  const before = handler.requests.length;
  const { text } = await ask(port, send, { untilClosed: true, leaves: true });
  const got = handler.requests.slice(before);
  const { answers } = await ask(port, question('GET /next'));
  return { text, got, next: answers[0]?.body ?? '' };
}

const reply = (mode: Mode, target: string): string => {
  const body = mode === 'payload' ? JSON.stringify({ Outputs: { res: { body: target } } }) : target;
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};

describe.each(['proxy', 'forward', 'payload'] as const)('in %s mode', (mode) => {
  async function serve<T>(work: (front: Front) => Promise<T>): Promise<T> {
    await using handler = await startRawHandler({
      ended: ({ target, body }, socket) =>
        void socket.write(reply(mode, mode === 'payload' ? new URL(JSON.parse(body).Data.req.Url).pathname : target)),
    });
    await using portico = await startPortico(handler.port, { mode });
    return await work({ port: portico.port, handler });
  }

  test('what could be read in two ways is refused, and nobody gets what it hides', async () => {
    await serve(async (front) => {
      const outcomes: Record<string, unknown> = {};
      for (const [name, send] of Object.entries(REFUSED)) {
        const { text, got, next } = await attack(front, send);
        const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status);
        const whole = got.filter(({ complete }) => complete);
        outcomes[name] = { statuses, handled: whole.length, next };
      }
      const refused = { statuses: ['400'], handled: 0, next: '/next' };
      expect(outcomes).toEqual(Object.fromEntries(Object.keys(REFUSED).map((name) => [name, refused])));
    });
  });

  test('what can be read in one way is one request', async () => {
    await serve(async (front) => {
      for (const [name, send] of Object.entries(ONE)) {
        const { got, next } = await attack(front, send);
        expect(got.length, name).toBe(1);
        expect(mode === 'payload' ? got[0]?.body : got[0]?.target, name).toContain('/attack');
        expect(next, name).toBe('/next');
      }
    });
  });

  test.each([
    ['without a wish to go on', ''],
    ['with one', 'Expect: 100-continue\r\n'],
  ])('what is refused behind a request that waits takes its answer from nobody, %s', async (_, expectation) => {
    await using handler = await startRawHandler({
      ended: (_request, socket) => void setTimeout(() => socket.write(reply(mode, 'first')), 100),
    });
    await using portico = await startPortico(handler.port, { mode });
    const first = `${POST}${expectation}Content-Length: 5\r\n\r\nhello`;
    const { text } = await ask(portico.port, `${first}${POST}Host: other.example\r\nContent-Length: 5\r\n\r\nhello`, { untilClosed: true });
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status).filter((status) => status !== '100');
    expect(statuses).toEqual(['200', '400']);
    expect(handler.requests.length).toBe(1);
  });

  test('a wish for another protocol that is not granted ends the connection, so that no answer is taken for another', async () => {
    await serve(async ({ port, handler }) => {
      const upgrade = 'Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n';
      const { answers, endedBy } = await ask(port, GET + upgrade + HIDDEN, { afterwards: question('GET /later'), untilClosed: true });
      expect(answers.map(({ status, body }) => [status, body])).toEqual([[200, '/attack']]);
      expect(answers[0]?.head).toContain('\r\nConnection: close');
      expect(endedBy).toBe('server');
      expect(handler.requests.length).toBe(1);
    });
  });
});
