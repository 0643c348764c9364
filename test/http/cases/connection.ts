import { chunked, get, ok, post, type RfcCase, request, SMUGGLED } from './rfc-case.ts';

const closing = get('Connection: close');
const http10 = (...lines: string[]): string => ['GET {path} HTTP/1.0', 'Host: a', ...lines].join('\r\n').concat('\r\n\r\n');
const second = request('GET {path}/second');

export const connectionCases: readonly RfcCase[] = [
  { section: 'RFC 9112 §9.3', title: 'keeps a connection for the next request', send: get(), then: second, answers: '200 200' },
  { section: 'RFC 9112 §9.3', title: 'keeps a connection after a body with a length', send: post(['Content-Length: 5'], 'hello'), then: second, answers: '200 200' },
  { section: 'RFC 9112 §9.3', title: 'keeps a connection after a chunked body', send: chunked('5\r\nhello\r\n0\r\n\r\n'), then: second, answers: '200 200' },
  { section: 'RFC 9112 §9.3', title: 'says nothing of keep-alive, which is taken for granted', send: get(), answers: '200', callerNot: [/^Connection|^Keep-Alive/im] },
  { section: 'RFC 9112 §9.3', title: 'keeps the connection of HTTP/1.0 that asks for it', send: http10('Connection: keep-alive'), then: second, answers: '200 200', caller: ['Connection: keep-alive'] },
  { section: 'RFC 9112 §9.3', title: 'ends the connection of HTTP/1.0', send: http10(), answers: '200 close' },
  { section: 'RFC 9112 §9.6', title: 'ends a connection when asked to', send: closing, answers: '200 close', caller: ['Connection: close'] },
  { section: 'RFC 9112 §9.6', title: 'reads "close" ignoring case and among others', send: get('Connection: X-A, CLOSE'), answers: '200 close', caller: ['Connection: close'] },
  { section: 'RFC 9112 §9.6', title: 'answers nothing behind a request that closes', send: `${closing}${SMUGGLED}`, answers: '200 close', handled: 1 },
  { section: 'RFC 9112 §9.6', title: 'does not close for the handler\'s "close"', send: get(), then: second, reply: ok('Connection: close'), replyEnds: 'close', answers: '200 200', callerNot: [/^Connection/im] },
  { section: 'RFC 9112 §9.3.2', title: 'answers pipelined requests in order', send: `${get()}${second}${request('GET {path}/third')}`, answers: '200 200 200' },
  { section: 'RFC 9112 §9.3.2', title: 'finds the request behind a body with a length', send: `${post(['Content-Length: 5'], 'hello')}${second}`, answers: '200 200' },
  { section: 'RFC 9112 §9.3.2', title: 'finds the request behind a chunked body', send: `${chunked('5\r\nhello\r\n0\r\n\r\n')}${second}`, answers: '200 200' },
  { section: 'RFC 9112 §9.3.2', title: 'finds the request behind trailers', send: `${chunked('5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n')}${second}`, answers: '200 200' },
  { section: 'RFC 9112 §9.3.2', title: 'finds the request behind a HEAD', send: `${request('HEAD {path}')}${second}`, answers: '200 200' },
  { section: 'RFC 9112 §9.3.2', title: 'answers what came before a malformed request, and then refuses it', send: `${get()}GET {path} HTTP/1.1\r\nX-A : 1\r\n\r\n`, answers: '200 400 close', handled: 1 },
  { section: 'RFC 9112 §2.2', title: 'ignores an empty line between two requests', send: `${post(['Content-Length: 5'], 'hello')}\r\n${second}`, answers: '200 200' },
  { section: 'RFC 9112 §11.2', title: 'takes a request within a body for content', send: post([`Content-Length: ${SMUGGLED.length}`], SMUGGLED), answers: '200', handled: 1, body: SMUGGLED },
  { section: 'RFC 9112 §11.2', title: 'refuses what is left behind a shorter body', send: `${post(['Content-Length: 3'], 'hello')}${SMUGGLED}`, answers: '200 400 close', handled: 1, body: 'hel' },
  { section: 'RFC 9112 §9.6', title: 'answers a caller that has ended its side', send: get(), leaves: true, answers: '200 close' },
  { section: 'RFC 9112 §2.5', title: 'speaks HTTP/1.1 to a caller of HTTP/1.0', send: http10(), answers: '200 close', caller: [/^HTTP\/1\.1 200/], gets: ['GET {path} HTTP/1.1'] },
];
