import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplyHead } from './reply-head.ts';
import { ReplyReader, type ReplySink } from './reply-reader.ts';

type Seen = {
  interim: number[];
  status?: number;
  lines?: string;
  body: string;
  complete: boolean;
  trailers?: readonly string[];
  ended: boolean;
  progress: unknown[];
};

function read(pieces: readonly Buffer[], { method = 'GET', thenClose = false } = {}): Seen {
  const seen: Seen = { interim: [], body: '', complete: false, ended: false, progress: [] };
  const note = (head: ReplyHead): void => {
    seen.status = head.status;
    seen.lines = head.headerLines;
  };
  const sink: ReplySink = {
    interim: ({ status }) => seen.interim.push(status),
    head: (head, body, complete) => {
      note(head);
      seen.body += body.toString('latin1');
      seen.complete = complete;
    },
    body: (chunk) => {
      seen.body += chunk.toString('latin1');
      return true;
    },
    end: (trailers) => {
      seen.trailers = trailers;
      seen.ended = true;
    },
  };
  const reader = new ReplyReader();
  reader.expect(method, sink);
  for (const piece of pieces) {
    const progress = reader.feed(piece);
    if (progress !== 'more') seen.progress.push(progress);
    if (typeof progress === 'object') break;
  }
  if (thenClose) seen.progress.push(reader.close(true));
  return seen;
}

const whole = (text: string, options?: Parameters<typeof read>[1]): Seen => read([Buffer.from(text, 'latin1')], options);

const GOOD: [name: string, text: string, body: string][] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'hello'],
  ['length zero', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', ''],
  ['the same length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello', 'hello'],
  ['one chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n', 'hello'],
  [
    'chunks, an extension and trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 42\r\n\r\n',
    'hello',
  ],
  ['no chunk at all', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', ''],
  ['no reason', 'HTTP/1.1 299\r\nContent-Length: 5\r\n\r\nhello', 'hello'],
  ['an interim answer first', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'hello'],
  ['204 with a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', ''],
];

describe('ReplyReader', () => {
  test.each(GOOD)('reads a reply with %s', (_, text, body) => {
    const seen = whole(text);
    expect(seen.body).toBe(body);
    expect(seen.complete || seen.ended).toBe(true);
    expect(seen.progress).toEqual(['reusable']);
  });

  test.each(GOOD)('reads %s alike however it is cut', (_, text, body) => {
    const bytes = Buffer.from(text, 'latin1');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 8 }), (cuts) => {
        const edges = [0, ...new Set(cuts.sort((one, other) => one - other)), bytes.length];
        const pieces = edges.slice(1).map((end, i) => bytes.subarray(edges[i], end));
        const seen = read(pieces);
        expect(seen.body).toBe(body);
        expect(seen.progress).toEqual(['reusable']);
        expect(seen.lines).toBe(whole(text).lines);
      }),
    );
  });

  test('reads one byte at a time', () => {
    for (const [, text, body] of GOOD) expect(read([...Buffer.from(text, 'latin1')].map((byte) => Buffer.from([byte]))).body).toBe(body);
  });

  test('keeps all 256 byte values of a body', () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    const seen = read([Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n'), body])]);
    expect(Buffer.from(seen.body, 'latin1').equals(body)).toBe(true);
  });

  test('hands trailers over', () => {
    expect(whole(GOOD[4]![1]).trailers).toEqual(['X-Sum', '42']);
  });

  test('takes the end of the connection for the end of a body without a length', () => {
    const seen = whole('HTTP/1.0 200 OK\r\n\r\nhello', { thenClose: true });
    expect(seen).toMatchObject({ body: 'hello', ended: true, progress: ['spent'] });
  });

  test('expects no body for HEAD, whatever the length says', () => {
    const seen = whole('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', { method: 'HEAD' });
    expect(seen).toMatchObject({ body: '', complete: true, progress: ['reusable'], lines: 'Content-Length: 5\r\n' });
  });

  test.each([
    ['it asks for the end', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx'],
    ['it is HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx'],
    ['more bytes follow than belong to it', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK'],
    ['bytes follow its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nmore'],
  ])('gives the connection up after a reply when %s', (_, text) => {
    expect(whole(text).progress).toEqual(['spent']);
  });

  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['status 099', 'HTTP/1.1 099 Odd\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\n\r\n'],
    ['a blank before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: 5\r\n\r\n'],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\r\nX-A: 1\nContent-Length: 5\r\n\r\nhello'],
    ['a bare carriage return', 'HTTP/1.1 200 OK\r\nX-A: 1\rContent-Length: 5\r\n\r\nhello'],
    ['a NUL', 'HTTP/1.1 200 OK\r\nX-A: 1\0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n'],
    ['a signed length', 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello'],
    ['a hexadecimal length', 'HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello'],
    ['an endless length', 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['a coding after chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n'],
    ['chunked twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a protocol nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['a chunk size with a sign', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size with 0x', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n'],
    ['an empty chunk size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n'],
    ['a chunk that is longer than it says', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n'],
    ['a malformed trailer', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX Y: 1\r\n\r\n'],
  ])('refuses %s', (_, text) => {
    const last = whole(text).progress.at(-1);
    expect(last).toHaveProperty('fault');
  });

  test('refuses a head that never ends', () => {
    const seen = read([
      Buffer.from('HTTP/1.1 200 OK\r\n'),
      ...Array.from({ length: 300 }, () => Buffer.from(`X-A: ${'a'.repeat(1024)}\r\n`)),
    ]);
    expect(seen.progress.at(-1)).toHaveProperty('fault');
  });

  test('refuses interim answers without end', () => {
    const seen = whole('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100));
    expect(seen.progress.at(-1)).toHaveProperty('fault');
  });

  test('refuses bytes that no request asked for', () => {
    expect(new ReplyReader().feed(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toHaveProperty('fault');
  });

  test('says what was cut off when the connection ends early', () => {
    expect(whole('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe', { thenClose: true }).progress).toEqual([
      { fault: 'it closed the connection in the middle of its reply' },
    ]);
  });

  test('drops what belongs to the connection and keeps the rest as written', () => {
    const seen = whole(
      'HTTP/1.1 200 OK\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nx-lower: b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nTE: x\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n',
    );
    expect(seen.lines).toBe('x-lower: b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n');
  });
});
