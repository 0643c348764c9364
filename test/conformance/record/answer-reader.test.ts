import { describe, expect, test } from 'vitest';
import { AnswerReader } from './answer-reader.ts';

/** The answers in a text that arrives byte by byte, and then the connection ends. */
function read(text: string, methods: string[] = ['GET']) {
  const reader = new AnswerReader(methods);
  for (const byte of Buffer.from(text, 'latin1')) reader.push(Buffer.of(byte), 0);
  reader.end();
  return reader;
}

const head = (...lines: string[]) => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;
const bodiesOf = (reader: AnswerReader) => reader.answers.map(({ body }) => body);

describe('AnswerReader', () => {
  test('keeps the case, the order and the repeats of headers', () => {
    expect(read(head('B: 1', 'a:2', 'B: 3', 'Content-Length: 0')).answers[0]?.rawHeaders).toEqual([
      ['B', '1'],
      ['a', '2'],
      ['B', '3'],
      ['Content-Length', '0'],
    ]);
  });

  test('reads a body by length, by chunks and until the end', () => {
    expect(bodiesOf(read(`${head('Content-Length: 3')}abc`))).toEqual(['abc']);
    expect(bodiesOf(read(`${head('Transfer-Encoding: chunked')}2\r\nab\r\n1\r\nc\r\n0\r\n\r\n`))).toEqual(['abc']);
    expect(bodiesOf(read(`${head()}abc`))).toEqual(['abc']);
  });

  test('keeps trailers', () => {
    expect(read(`${head('Transfer-Encoding: chunked')}0\r\nX-Sum: 42\r\n\r\n`).answers[0]?.trailers).toEqual([['X-Sum', '42']]);
  });

  test('tells one answer from the next, and knows that an answer to HEAD has no body', () => {
    expect(bodiesOf(read(`${head('Content-Length: 9')}${head('Content-Length: 1')}x`, ['HEAD', 'GET']))).toEqual(['', 'x']);
  });

  test('keeps interim answers apart', () => {
    const reader = read(`HTTP/1.1 100 Continue\r\n\r\n${head('Content-Length: 0')}`);
    expect(reader.interim.map(({ status }) => status)).toEqual([100]);
    expect(reader.answers.map(({ status }) => status)).toEqual([200]);
  });

  test('says that a body was cut short', () => {
    expect(read(`${head('Content-Length: 9')}abc`).answers[0]).toMatchObject({ body: 'abc', truncated: true });
    expect(read(`${head('Transfer-Encoding: chunked')}3\r\nabc\r\n`).answers[0]).toMatchObject({ body: 'abc', truncated: true });
  });

  test('keeps what is no answer at all', () => {
    expect(read('hello').answers).toEqual([{ unparsed: 'hello' }]);
  });
});
