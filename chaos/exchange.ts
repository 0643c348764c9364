// One request, and all that comes back.
import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { FUNCTION_PATH } from './app.ts';
import { type Order, writeOrder } from './orders.ts';
import type { Raw } from './outcome.ts';

const UPLOAD_PIECE_COUNT = 4;
const UPLOAD_PAUSE_MS = 10;

/** `agent`: for orders that are not on a connection of their own. Never rejects. */
export function exchange(order: Order, port: number, agent: Agent, deadlineMs: number): Promise<Raw> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let response: IncomingMessage | undefined;
    let error: string | undefined;
    let hung = false;
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      path: FUNCTION_PATH,
      method: order.method,
      agent: order.fresh ? false : agent,
      headers: {
        'X-Chaos': writeOrder(order),
        ...(order.body !== undefined && { 'Content-Type': 'text/plain' }),
        ...(order.body !== undefined && !order.slowUpload && { 'Content-Length': order.body.length }),
      },
    });
    const deadline = setTimeout(() => {
      hung = true;
      request.destroy();
      end();
    }, deadlineMs);
    const end = (): void => {
      clearTimeout(deadline);
      const { statusCode: status, headers = {}, complete = false } = response ?? {};
      resolve({ status, headers, body: Buffer.concat(chunks), complete, error, hung });
    };
    request.on('error', (cause: NodeJS.ErrnoException) => {
      // An answer that came before the upload was through counts, and its own end is awaited.
      error ??= cause.code ?? cause.message;
      if (response === undefined) end();
    });
    request.on('response', (incoming) => {
      response = incoming;
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', (cause: NodeJS.ErrnoException) => (error ??= cause.code ?? cause.message));
      incoming.on('close', end);
    });
    void upload(request, order);
  });
}

async function upload(request: ClientRequest, { body, slowUpload }: Order): Promise<void> {
  if (body === undefined || !slowUpload) return void request.end(body);
  const pieceBytes = Math.ceil(body.length / UPLOAD_PIECE_COUNT);
  for (let start = 0; start < body.length && !request.destroyed; start += pieceBytes) {
    request.write(body.subarray(start, start + pieceBytes));
    await sleep(UPLOAD_PAUSE_MS);
  }
  request.end();
}
