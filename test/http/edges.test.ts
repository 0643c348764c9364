// What the host does on its own at its public port: limits, headers of its own, cross-origin answers, https.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type RequestOptions, request as secureRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { localCertificate } from '../../packages/portico/src/cli/local-certificate.ts';
import type { RequestSummary } from '../../packages/portico/src/index.ts';
import { ask, question } from './support/ask.ts';
import { type RawHandler, startRawHandler } from './support/raw-handler.ts';
import { startPortico } from './support/start-portico.ts';
import { untilClosed } from './support/until-closed.ts';

const reply = (...lines: string[]): string => ['HTTP/1.1 200 OK', ...lines, 'Content-Length: 2', '', 'ok'].join('\r\n');
const answering = (text = reply()): Promise<RawHandler> => startRawHandler({ ended: (_, socket) => void socket.write(text) });
const linesOf = async (port: number, line: string, headers: string[] = []): Promise<string[]> => {
  const { answers } = await ask(port, question(line, headers));
  return answers[0]?.head.split('\r\n') ?? [];
};

test('as many requests run as may, as many wait, and the rest is turned away', async () => {
  const first = Promise.withResolvers<Socket>();
  await using handler = await startRawHandler({
    ended: ({ target }, socket) => (target === '/1' ? first.resolve(socket) : void socket.write(reply())),
  });
  const refused = Promise.withResolvers<RequestSummary>();
  const observer = {
    log: () => {},
    invocation: () => {},
    request: (one: RequestSummary) => one.outcome === 'refused' && refused.resolve(one),
  };
  await using portico = await startPortico(handler.port, { observer, http: { maxConcurrentRequests: 1, maxOutstandingRequests: 2 } });
  const one = ask(portico.port, question('GET /1'));
  const socket = await first.promise;
  // On one connection, so that the host looks at the third when the second waits.
  const others = ask(portico.port, question('GET /2') + question('GET /3'), { answerCount: 2 });
  expect(await refused.promise).toMatchObject({ target: '/3', status: 429 });
  expect(handler.requests.map(({ target }) => target)).toEqual(['/1']);
  socket.write(reply());
  expect((await one).answers.map(({ status }) => status)).toEqual([200]);
  const { answers } = await others;
  expect(answers.map(({ status }) => status)).toEqual([200, 429]);
  expect(answers[1]?.head).toContain('\r\nX-FUNCTION-SCALEOUT: 1');
});

describe('a body that is too large', () => {
  test.each(['with a length', 'in chunks'])('is refused %s, and the caller that still sends it hears so', async (how) => {
    await using handler = await answering();
    await using portico = await startPortico(handler.port);
    const body = 'x'.repeat(4 * 1024 * 1024);
    const text =
      how === 'with a length'
        ? question('POST /x', [`Content-Length: ${body.length}`], body)
        : question('POST /x', ['Transfer-Encoding: chunked'], `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
    const { answers } = await ask(portico.port, text, { untilClosed: true });
    expect(answers.map(({ status }) => status)).toEqual([413]);
    expect(handler.requests.filter(({ complete }) => complete)).toEqual([]);
  });
});

describe('custom headers', () => {
  const http = { customHeaders: { 'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY' } };

  test("are on every answer, the host's own included", async () => {
    await using handler = await answering();
    await using portico = await startPortico(handler.port, { http });
    for (const line of ['GET /x', 'GET /admin/host/ping', 'HEAD /x']) {
      expect(await linesOf(portico.port, line)).toEqual(
        expect.arrayContaining(['X-Content-Type-Options: nosniff', 'X-Frame-Options: DENY']),
      );
    }
  });

  test('are on an answer that streams', async () => {
    await using handler = await answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n');
    await using portico = await startPortico(handler.port, { http });
    expect(await linesOf(portico.port, 'GET /x')).toContain('X-Frame-Options: DENY');
  });

  test("give way to the handler's", async () => {
    await using handler = await answering(reply('x-frame-options: SAMEORIGIN'));
    await using portico = await startPortico(handler.port, { http });
    const lines = await linesOf(portico.port, 'GET /x');
    expect(lines.filter((line) => /^x-frame-options/i.test(line))).toEqual(['x-frame-options: SAMEORIGIN']);
  });
});

describe('cross-origin requests', () => {
  const cors = { origins: ['https://page.example'], credentials: true };

  test('of an allowed page have an answer that it may read', async () => {
    await using handler = await answering();
    await using portico = await startPortico(handler.port, { cors });
    expect(await linesOf(portico.port, 'GET /x', ['Origin: https://page.example'])).toEqual(
      expect.arrayContaining([
        'Access-Control-Allow-Origin: https://page.example',
        'Access-Control-Allow-Credentials: true',
        'Vary: Origin',
      ]),
    );
  });

  test('are asked about first, and the handler hears nothing of it', async () => {
    await using handler = await answering();
    await using portico = await startPortico(handler.port, { cors });
    const lines = await linesOf(portico.port, 'OPTIONS /x', ['Origin: https://page.example', 'Access-Control-Request-Method: PUT']);
    expect(lines).toEqual(expect.arrayContaining(['HTTP/1.1 204 No Content', 'Access-Control-Allow-Methods: PUT']));
    expect(handler.requests).toEqual([]);
  });

  test('of another page are answered without leave to read', async () => {
    await using handler = await answering();
    await using portico = await startPortico(handler.port, { cors });
    const lines = await linesOf(portico.port, 'GET /x', ['Origin: https://other.example']);
    expect(lines[0]).toBe('HTTP/1.1 200 OK');
    expect(lines.filter((line) => /^access-control/i.test(line))).toEqual([]);
  });
});

describe('over https', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-certificate-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  /** What --https serves, and what its callers are to trust. */
  async function certified() {
    const { cert, key, authorityFile } = await localCertificate({
      environment: { XDG_STATE_HOME: folder },
      now: new Date(),
      hosts: ['app.example'],
    });
    return { https: { cert, key }, ca: readFileSync(authorityFile) };
  }

  async function askSecurely(port: number, options: RequestOptions) {
    const outgoing = secureRequest({ host: '127.0.0.1', port, servername: 'app.example', agent: false, path: '/x', ...options }).end();
    const [answer] = await once(outgoing, 'response');
    answer.resume();
    return answer as { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };
  }

  test('the handler is told so, and a browser to stay with it', async () => {
    const { https, ca } = await certified();
    await using handler = await answering();
    const hsts = { isEnabled: true, maxAge: '10.00:00:00', includeSubDomains: true };
    await using portico = await startPortico(handler.port, { https, http: { hsts } });
    expect(portico.host.url).toMatch(/^https:/);
    const { statusCode, headers } = await askSecurely(portico.port, { ca, headers: { Host: 'app.example' } });
    expect(statusCode).toBe(200);
    expect(headers['strict-transport-security']).toBe('max-age=864000; includeSubDomains');
    expect(handler.requests[0]?.head).toContain('\r\nX-Forwarded-Proto: https');
    const local = await askSecurely(portico.port, { ca, headers: { Host: 'localhost' } });
    expect(local.headers).not.toHaveProperty('strict-transport-security');
  });

  test('a caller that speaks plainly is not kept waiting', async () => {
    await using handler = await answering();
    await using portico = await startPortico(handler.port, { https: (await certified()).https });
    const socket = connect(portico.port, '127.0.0.1').resume();
    socket.write(question('GET /x'));
    await untilClosed(socket);
    expect(handler.requests).toEqual([]);
  });
});
