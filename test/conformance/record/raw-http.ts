// An HTTP/1.1 client that sends exact bytes, with pauses where a scenario asks for them.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerReader } from './answer-reader.ts';
import { toBytes } from './bodies.ts';
import type { Answer, HttpRequest, Part, WaitForText } from './types.ts';

/** The parts to put on the wire for a described request. It carries only what is written, plus Host and a length. */
export function requestParts({
  method = 'GET',
  target,
  headers = [],
  host,
  body,
  chunks,
  trailers = [],
}: HttpRequest & { host: string }): Part[] {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const names = headers.map(([name]) => name.toLowerCase());
  if (!names.includes('host')) lines.unshift(`Host: ${host}`);
  const bytes = body === undefined ? undefined : toBytes(body);
  if (bytes !== undefined && !names.includes('content-length')) lines.push(`Content-Length: ${bytes.length}`);
  if (chunks !== undefined && !names.includes('transfer-encoding')) lines.push('Transfer-Encoding: chunked');
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'utf8');
  if (chunks === undefined) return [bytes === undefined ? head : Buffer.concat([head, bytes])];
  const parts: Part[] = [head];
  for (const chunk of chunks) {
    if (chunk.pauseMs) parts.push({ pauseMs: chunk.pauseMs });
    const data = toBytes(chunk);
    parts.push(Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]));
  }
  parts.push(Buffer.from(`0\r\n${trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`));
  return parts;
}

type Exchange = {
  port: number;
  parts: Part[];
  methods: readonly string[];
  answers?: number | undefined;
  timeoutMs?: number | undefined;
  abortAfterMs?: number | undefined;
  lingerMs?: number | undefined;
};

/** Sends the parts in order and resolves with what came back. Never rejects: a failure is in the result. */
export async function exchange({
  port,
  parts,
  methods,
  answers = 1,
  timeoutMs = 15_000,
  abortAfterMs,
  lingerMs = 0,
}: Exchange): Promise<Answer> {
  const startedAt = Date.now();
  const reader = new AnswerReader(methods);
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let seen = '';
  let failure: string | undefined;
  let wake = () => {};
  const timers: NodeJS.Timeout[] = [];
  const later = (action: () => void, ms: number) => timers.push(setTimeout(action, ms));
  const done = new Promise<void>((resolve) => {
    const giveUp = (why: string, ms: number) => {
      later(() => {
        failure ??= why;
        resolve();
      }, ms);
    };
    giveUp('timeout', timeoutMs);
    if (abortAfterMs !== undefined) giveUp('aborted by the caller', abortAfterMs);
    socket.on('data', (bytes) => {
      reader.push(bytes, Date.now());
      if (seen.length < 4096) seen += bytes.toString('latin1');
      wake();
      if (reader.answers.length >= answers) later(resolve, lingerMs);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure ??= error.code ?? error.message;
    });
    socket.on('close', () => resolve());
  });
  const sending = (async () => {
    for (const part of parts) {
      if (socket.destroyed) return;
      if ('pauseMs' in part) await sleep(part.pauseMs);
      else if ('waitForText' in part) await waitForText(part);
      else socket.write(part);
    }
  })();
  sending.catch((error: Error) => {
    failure ??= error.message;
  });
  async function waitForText({ waitForText: text, timeoutMs: limitMs = 3000 }: WaitForText): Promise<void> {
    const until = Date.now() + limitMs;
    while (!seen.includes(text) && !socket.destroyed && Date.now() < until) {
      await Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
        sleep(25),
      ]);
    }
  }
  await done;
  timers.forEach(clearTimeout);
  socket.destroy();
  reader.end();
  const [first, ...more] = reader.answers;
  return {
    ...first,
    ...(more.length > 0 && { more }),
    ...(reader.interim.length > 0 && { interim: reader.interim }),
    ...(first?.status === 101 && reader.rest.length > 0 && { upgradedBase64: reader.rest.toString('base64') }),
    ...(failure !== undefined && (first === undefined || first.truncated || failure === 'timeout') && { failure }),
    tookMs: Date.now() - startedAt,
  };
}
