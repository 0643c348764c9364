import { chunked, get, post, type RfcCase, request, SMUGGLED } from './rfc-case.ts';

const CHUNKED = 'Transfer-Encoding: chunked';
/** A chunked body of nothing, and a request behind it. */
const HIDDEN = `0\r\n\r\n${SMUGGLED}`;

/** A POST whose length is given as this. */
const length = (value: string, body = 'hello'): string => post([`Content-Length: ${value}`], body);
/** A POST with both framings, which two readers could end in two places. */
const both = (...lines: string[]): string => post(lines, HIDDEN);

export const lengthCases: readonly RfcCase[] = [
  { section: 'RFC 9112 §6.2', title: 'delivers a body with a length', send: length('5'), answers: '200', body: 'hello', gets: ['Content-Length: 5'] },
  { section: 'RFC 9112 §6.2', title: 'delivers a body of every byte', send: post(['Content-Length: 6'], '\0\r\n\x7f\x80\xff'), answers: '200', body: '\0\r\n\x7f\x80\xff' },
  { section: 'RFC 9112 §6.2', title: 'takes a length with leading zeros for what it says', send: length('0005'), answers: '200', body: 'hello' },
  { section: 'RFC 9110 §8.6', title: 'gives a POST without a body a length of 0', send: post([], ''), answers: '200', body: '', gets: ['Content-Length: 0'] },
  { section: 'RFC 9110 §8.6', title: 'gives a GET without a body no length', send: get(), answers: '200', getsNot: [/^Content-Length|^Transfer-Encoding/im] },
  { section: 'RFC 9110 §8.6', title: 'keeps a length of 0', send: post(['Content-Length: 0'], ''), answers: '200', body: '', gets: ['Content-Length: 0'] },
  { section: 'RFC 9110 §9.3.1', title: 'delivers the body of a GET', send: request('GET {path}', ['Content-Length: 5'], 'hello'), answers: '200', body: 'hello' },
  { section: 'RFC 9110 §9.3.5', title: 'delivers the chunked body of a DELETE', send: request('DELETE {path}', [CHUNKED], '5\r\nhello\r\n0\r\n\r\n'), answers: '200', body: 'hello' },
  { section: 'RFC 9112 §6.3', title: 'refuses two different lengths', send: post(['Content-Length: 5', 'Content-Length: 6'], 'hello!'), answers: '400 close' },
  { section: 'RFC 9112 §6.3', title: 'refuses the same length twice', send: post(['Content-Length: 5', 'Content-Length: 5'], 'hello'), answers: '400 close' },
  { section: 'RFC 9112 §6.3', title: 'refuses a list of different lengths', send: length('5, 6', 'hello!'), answers: '400 close' },
  { section: 'RFC 9112 §6.3', title: 'refuses a list of equal lengths', send: length('5, 5'), answers: '400 close' },
  { section: 'RFC 9110 §8.6', title: 'refuses an empty length', send: length(''), answers: '400 close' },
  { section: 'RFC 9110 §8.6', title: 'refuses a length with a plus', send: length('+5'), answers: '400 close' },
  { section: 'RFC 9110 §8.6', title: 'refuses a negative length', send: length('-5'), answers: '400 close' },
  { section: 'RFC 9110 §8.6', title: 'refuses a hexadecimal length', send: length('0x5'), answers: '400 close' },
  { section: 'RFC 9110 §8.6', title: 'refuses a length with a fraction', send: length('5.0'), answers: '400 close' },
  { section: 'RFC 9110 §8.6', title: 'refuses a length with something behind it', send: length('5 x'), answers: '400 close' },
  { section: 'RFC 9110 §8.6', title: 'refuses a length in two words', send: length('1 5'), answers: '400 close' },
  { section: 'RFC 9110 §8.6', title: 'refuses a length that overflows', send: length('18446744073709551621'), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses a length beside a coding', send: both('Content-Length: 4', CHUNKED), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses a coding beside a length', send: both(CHUNKED, 'Content-Length: 4'), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses a length of 0 beside a coding', send: both('Content-Length: 0', CHUNKED), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses both framings, whatever their letter case', send: both('cONTENT-lENGTH: 4', 'tRANSFER-eNCODING: cHUNKED'), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses a coding that is folded', send: both('Content-Length: 4', 'Transfer-Encoding:', ' chunked'), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses a coding with a blank before its colon', send: both('Content-Length: 4', 'Transfer-Encoding : chunked'), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses a coding hidden behind a bare LF', send: both('Content-Length: 4', `X-A: 1\n${CHUNKED}`), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses a coding hidden behind a bare CR', send: both('Content-Length: 4', `X-A: 1\r${CHUNKED}`), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses a coding in quotes', send: both('Content-Length: 4', 'Transfer-Encoding: "chunked"'), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses an unknown coding', send: post(['Transfer-Encoding: xchunked'], HIDDEN), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses a coding in quotes alone', send: post(['Transfer-Encoding: "chunked"'], HIDDEN), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses a coding with a control character', send: post(['Transfer-Encoding: \x0bchunked'], HIDDEN), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses an empty coding', send: post(['Transfer-Encoding:'], HIDDEN), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses the coding "identity"', send: post(['Transfer-Encoding: identity', 'Content-Length: 5'], 'hello'), answers: '400 close' },
  { section: 'RFC 9112 §7', title: 'refuses chunked twice in a list', send: post(['Transfer-Encoding: chunked, chunked'], HIDDEN), answers: '400 close' },
  { section: 'RFC 9112 §7', title: 'refuses chunked twice in two lines', send: post([CHUNKED, CHUNKED], HIDDEN), answers: '400 close' },
  { section: 'RFC 9112 §6.3', title: 'refuses a coding behind chunked', send: post(['Transfer-Encoding: chunked, gzip'], HIDDEN), answers: '400 close' },
  { section: 'RFC 9112 §6.3', title: 'refuses a second line with another coding', send: post([CHUNKED, 'Transfer-Encoding: identity'], HIDDEN), answers: '400 close' },
  { section: 'RFC 9112 §7', title: 'refuses a coding before chunked, which no handler expects', send: post(['Transfer-Encoding: gzip, chunked'], HIDDEN), answers: '400 close' },
  { section: 'RFC 9112 §6.1', title: 'refuses a coding in HTTP/1.0', send: `POST {path} HTTP/1.0\r\nHost: a\r\n${CHUNKED}\r\n\r\n${HIDDEN}`, answers: '400 close' },
  { section: 'RFC 9112 §7', title: 'reads the name of a coding ignoring case', send: post(['Transfer-Encoding: Chunked'], '5\r\nhello\r\n0\r\n\r\n'), answers: '200', body: 'hello' },
  { section: 'RFC 9112 §7', title: 'takes tabs around a coding', send: post(['Transfer-Encoding: \tchunked\t'], '5\r\nhello\r\n0\r\n\r\n'), answers: '200', body: 'hello', gets: [CHUNKED] },
  { section: 'RFC 9112 §6.1', title: 'takes a look-alike of the coding for an ordinary header', send: post(['Content-Length: 5', 'Transfer_Encoding: chunked'], 'hello'), answers: '200', body: 'hello', gets: ['Content-Length: 5'], getsNot: [/^Transfer-Encoding/im] },
  { section: 'RFC 9112 §6.1', title: 'takes a look-alike of the length for an ordinary header', send: chunked('5\r\nhello\r\n0\r\n\r\n', 'Content_Length: 1', 'X-Content-Length: 1'), answers: '200', body: 'hello', getsNot: [/^Content-Length/im] },
  { section: 'RFC 9110 §7.6.1', title: 'keeps a length that Connection names', send: post(['Connection: Content-Length', 'Content-Length: 5'], 'hello'), answers: '200', body: 'hello' },
  { section: 'RFC 9110 §7.6.1', title: 'keeps the framing of chunks that Connection names', send: chunked('5\r\nhello\r\n0\r\n\r\n', 'Connection: Transfer-Encoding'), answers: '200', body: 'hello' },
  { section: 'RFC 9112 §8', title: 'ends the request to the handler when a body breaks off', send: length('50'), leaves: true, answers: '400 close', broken: true },
];
