import { describe, expect, test } from 'vitest';
import { readResponseHeaders } from './response-headers.ts';

describe('readResponseHeaders', () => {
  test('spells known names as Azure does and others as written', () => {
    const { list } = readResponseHeaders({ 'x-Own': 'a', location: '/x', 'www-authenticate': 'Bearer', ETAG: '"v"', server: 'mine' });
    expect(list).toEqual([
      ['x-Own', 'a'],
      ['Location', '/x'],
      ['WWW-Authenticate', 'Bearer'],
      ['ETag', '"v"'],
      ['Server', 'mine'],
    ]);
  });

  test('writes numbers and booleans as text', () => {
    expect(readResponseHeaders({ A: 5, B: true, C: ' padded ', D: '' }).list).toEqual([
      ['A', '5'],
      ['B', 'True'],
      ['C', 'padded'],
      ['D', ''],
    ]);
  });

  test('keeps type and length apart', () => {
    expect(readResponseHeaders({ 'content-type': 'text/html', 'CONTENT-LENGTH': 5 })).toEqual({
      list: [],
      contentType: 'text/html',
      contentLength: '5',
      remarks: [],
    });
    expect(readResponseHeaders({ 'content-type': '' }).contentType).toBeUndefined();
  });

  test('takes the first of two spellings of a name', () => {
    expect(readResponseHeaders({ 'X-A': '1', 'x-a': '2' }).list).toEqual([['X-A', '1']]);
  });

  test.each([
    [
      { 'set-cookie': ['a=1', null, 'b=2'] },
      [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
      'HEADER_LIST',
    ],
    [{ 'X-Null': null }, [], 'HEADER_NULL'],
    [{ 'content-type': null }, [], 'HEADER_NULL'],
    [{ 'X A': '1' }, [], 'HEADER_FORBIDDEN'],
    [{ '': '1' }, [], 'HEADER_FORBIDDEN'],
    [{ 'X-A': '1\r\nX-B: 2' }, [], 'HEADER_FORBIDDEN'],
    [{ 'X-A': 'a\u0000b' }, [], 'HEADER_FORBIDDEN'],
    [{ 'X-A': { b: 1 } }, [], 'HEADER_FORBIDDEN'],
    [{ 'X-A': 'grün' }, [['X-A', Buffer.from('grün').toString('latin1')]], 'HEADER_NOT_ASCII'],
    [{ 'transfer-encoding': 'chunked' }, [], 'HEADER_HOP_BY_HOP'],
    [{ Connection: 'close' }, [], 'HEADER_HOP_BY_HOP'],
  ])('makes of %j what HTTP allows: %j', (headers, list, code) => {
    const read = readResponseHeaders(headers);
    expect(read.list).toEqual(list);
    expect(read.remarks).toEqual([{ code, message: expect.stringMatching(/^on Azure: .*; here .*\.$/s), hint: expect.any(String) }]);
  });
});
