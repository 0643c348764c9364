import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { onePieceWorks, type ReplyWriter, type WholeReply, writeInOnePiece, writePublicly } from './whole-reply.ts';

async function exchange(write: ReplyWriter, reply: WholeReply, requests: string): Promise<string> {
  const server = createServer((_, response) => write(response, reply));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  socket.write(requests, 'latin1');
  await new Promise((resolve) => socket.on('close', resolve));
  server.close();
  return text;
}

const get = (last = '') => `GET / HTTP/1.1\r\nHost: x\r\n${last}\r\n`;
const close = 'Connection: close\r\n';
const plain: WholeReply = {
  status: 200,
  reason: 'OK',
  headerLines: 'Content-Length: 4\r\nX-A: \xe9\r\nDate: d\r\n',
  body: 'gr\xfc!',
  chunked: false,
};

describe.each([
  ['in one piece', writeInOnePiece],
  ['by the public way', writePublicly],
] as const)('a whole reply written %s', (_, write) => {
  test('has exactly the given headers, byte for byte', async () => {
    expect(await exchange(write, plain, get(close))).toBe(`HTTP/1.1 200 OK\r\n${plain.headerLines}Connection: close\r\n\r\n${plain.body}`);
  });

  test('keeps the connection for the next request, pipelined ones included', async () => {
    const text = await exchange(write, plain, get() + get() + get(close));
    const once = `HTTP/1.1 200 OK\r\n${plain.headerLines}\r\n${plain.body}`;
    expect(text).toBe(`${once}${once}HTTP/1.1 200 OK\r\n${plain.headerLines}Connection: close\r\n\r\n${plain.body}`);
  });

  test('goes out chunked when asked to', async () => {
    const reply = { ...plain, headerLines: 'Date: d\r\n', chunked: true };
    const text = await exchange(write, reply, get(close));
    expect(text).toContain('Transfer-Encoding: chunked\r\n');
    expect(text.endsWith('\r\n\r\n4\r\ngr\xfc!\r\n0\r\n\r\n')).toBe(true);
  });

  test('ends the connection of an HTTP/1.0 caller', async () => {
    expect(await exchange(write, plain, 'GET / HTTP/1.0\r\n\r\n')).toContain(plain.body);
  });
});

test('the self-check finds the one-piece way working on this Node', () => {
  expect(onePieceWorks()).toBe(true);
});
