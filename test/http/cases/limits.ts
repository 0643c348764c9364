import { chunked, get, post, type RfcCase, request, SMUGGLED } from './rfc-case.ts';

const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `X-${i}: 1`);
const MOST_BODY = 64 * 1024;
const chunkOf = (size: number): string => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n0\r\n\r\n`;

export const limitCases: readonly RfcCase[] = [
  { section: 'RFC 9110 §4.1', title: 'takes a target of 8,000 bytes', send: request(`GET {path}?${'a'.repeat(7990)}`), answers: '200' },
  {
    section: 'RFC 9110 §15.5.15',
    title: 'answers 414 for a target of 9,000 bytes',
    send: request(`GET {path}?${'a'.repeat(9000)}`),
    answers: '414 close',
  },
  { section: 'RFC 9110 §5.4', title: 'takes a header of 8,000 bytes', send: get(`X-A: ${'a'.repeat(8000)}`), answers: '200' },
  { section: 'RFC 9110 §5.4', title: 'refuses a header of 40,000 bytes', send: get(`X-A: ${'a'.repeat(40_000)}`), answers: '431 close' },
  { section: 'RFC 9110 §5.4', title: 'refuses a header of 100,000 bytes', send: get(`X-A: ${'a'.repeat(100_000)}`), answers: '431 close' },
  { section: 'RFC 9110 §5.4', title: 'refuses a name without end', send: get(`${'A'.repeat(100_000)}: 1`), answers: '431 close' },
  { section: 'RFC 9110 §5.4', title: 'takes ninety headers', send: get(...many(90)), answers: '200' },
  { section: 'RFC 9110 §5.4', title: 'refuses more than a hundred headers', send: get(...many(120)), answers: '431 close' },
  {
    section: 'RFC 9110 §5.4',
    title: 'refuses headers that are too long together',
    send: get(...many(40).map((line) => line + 'a'.repeat(1000))),
    answers: '431 close',
  },
  {
    section: 'RFC 9110 §15.5.14',
    title: 'takes the largest body there may be',
    send: post([`Content-Length: ${MOST_BODY}`], 'x'.repeat(MOST_BODY)),
    answers: '200',
    body: 'x'.repeat(MOST_BODY),
  },
  {
    section: 'RFC 9110 §15.5.14',
    title: 'answers 413 for a length that is too large',
    send: post([`Content-Length: ${MOST_BODY + 1}`], 'x'.repeat(MOST_BODY + 1)),
    answers: '413 close',
    caller: ['Connection: close'],
  },
  {
    section: 'RFC 9112 §9.6',
    title: 'does nothing with what is sent behind a body that is too large',
    send: post([`Content-Length: ${MOST_BODY + 1}`], 'x'.repeat(MOST_BODY + 1) + SMUGGLED),
    answers: '413 close',
  },
  {
    section: 'RFC 9112 §9.6',
    title: 'does nothing with what is sent behind chunks that are too large together',
    send: chunked(chunkOf(MOST_BODY + 1) + SMUGGLED),
    answers: '413 close',
    broken: true,
  },
  {
    section: 'RFC 9110 §15.5.14',
    title: 'answers 413 for chunks that are too large together',
    send: chunked(chunkOf(MOST_BODY + 1)),
    answers: '413 close',
    broken: true,
  },
  {
    section: 'RFC 9110 §15.5.14',
    title: 'takes chunks that are just not too large',
    send: chunked(chunkOf(MOST_BODY)),
    answers: '200',
    body: 'x'.repeat(MOST_BODY),
  },
  {
    section: 'RFC 9112 §7.1.1',
    title: 'refuses a chunk extension without end',
    send: chunked(`5;${'a'.repeat(100_000)}\r\nhello\r\n0\r\n\r\n`),
    answers: '400 close',
    broken: true,
  },
  {
    section: 'RFC 9110 §5.4',
    title: 'refuses trailers without end',
    send: chunked(`0\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`),
    answers: '431 close',
    broken: true,
  },
];
