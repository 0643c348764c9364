import { get, ok, type RfcCase, reply } from './rfc-case.ts';

const statusLine = (line: string): string => `${line}\r\nContent-Length: 2\r\n\r\nok`;

export const replySyntaxCases: readonly RfcCase[] = [
  { section: 'RFC 9112 §4', title: 'passes the reason of a handler', send: get(), reply: statusLine('HTTP/1.1 404 Nothing Here'), answers: '404', handled: 1, caller: ['HTTP/1.1 404 Nothing Here'] },
  { section: 'RFC 9112 §4', title: 'gives a status without a reason its usual one', send: get(), reply: statusLine('HTTP/1.1 404 '), answers: '404', handled: 1, caller: ['HTTP/1.1 404 Not Found'] },
  { section: 'RFC 9112 §4', title: 'takes a status line without the blank behind the status', send: get(), reply: statusLine('HTTP/1.1 404'), answers: '404', handled: 1, caller: ['HTTP/1.1 404 Not Found'] },
  { section: 'RFC 9112 §4', title: 'passes bytes beyond ASCII in a reason', send: get(), reply: statusLine('HTTP/1.1 200 Tr\xe8s bien'), answers: '200', caller: ['HTTP/1.1 200 Tr\xe8s bien'] },
  { section: 'RFC 9110 §15', title: 'passes statuses that no registry knows', send: get(), reply: statusLine('HTTP/1.1 299 Fine'), answers: '299', caller: ['HTTP/1.1 299 Fine'] },
  { section: 'RFC 9110 §15.6', title: 'passes a 5xx of the handler as it is', send: get(), reply: reply(503, ['Retry-After: 7', 'Content-Length: 4'], 'busy'), answers: '503', caller: ['Retry-After: 7', /busy$/] },
  { section: 'RFC 9110 §15', title: 'answers 500 for a status of two digits', send: get(), reply: statusLine('HTTP/1.1 20 OK'), replyEnds: 'close', answers: '500' },
  { section: 'RFC 9110 §15', title: 'answers 500 for a status of four digits', send: get(), reply: statusLine('HTTP/1.1 2000 OK'), replyEnds: 'close', answers: '500' },
  { section: 'RFC 9110 §15', title: 'answers 500 for a status of letters', send: get(), reply: statusLine('HTTP/1.1 OK OK'), replyEnds: 'close', answers: '500' },
  { section: 'RFC 9112 §4', title: 'answers 500 for HTTP/2 in a status line', send: get(), reply: statusLine('HTTP/2 200 OK'), replyEnds: 'close', answers: '500' },
  { section: 'RFC 9112 §4', title: 'answers 500 for what is no HTTP at all', send: get(), reply: 'SSH-2.0-OpenSSH_9.2\r\n\r\n', replyEnds: 'close', answers: '500' },
  { section: 'RFC 9112 §4', title: 'answers 500 for HTTP/0.9, a body without a head', send: get(), reply: '<html>hello</html>', replyEnds: 'close', answers: '500', callerNot: [/hello/] },
  { section: 'RFC 9112 §5.1', title: 'answers 500 for a blank between a name and its colon', send: get(), reply: ok('X-A : 1'), answers: '500' },
  { section: 'RFC 9112 §5.2', title: 'answers 500 for a value folded over two lines', send: get(), reply: ok('X-A: one', ' two'), answers: '500' },
  { section: 'RFC 9112 §5', title: 'answers 500 for a line without a colon', send: get(), reply: ok('X-A'), answers: '500' },
  { section: 'RFC 9110 §5.1', title: 'answers 500 for an empty name', send: get(), reply: ok(': 1'), answers: '500' },
  { section: 'RFC 9110 §5.6.2', title: 'answers 500 for a name with a blank', send: get(), reply: ok('X A: 1'), answers: '500' },
  { section: 'RFC 9110 §5.5', title: 'answers 500 for a value with a NUL', send: get(), reply: ok('X-A: a\0b'), answers: '500', callerNot: [/\0/] },
  { section: 'RFC 9110 §5.5', title: 'answers 500 for a value with a bare CR', send: get(), reply: ok('X-A: a\rX-B: b'), answers: '500', callerNot: [/X-B/] },
  { section: 'RFC 9110 §5.5', title: 'answers 500 for a value with a bare LF', send: get(), reply: ok('X-A: a\nX-B: b'), answers: '500', callerNot: [/X-B/] },
  { section: 'RFC 9110 §5.5', title: 'passes bytes beyond ASCII in a value', send: get(), reply: ok('X-A: \xc3\xa9\xff'), answers: '200', caller: ['X-A: \xc3\xa9\xff'] },
  { section: 'RFC 9110 §5.3', title: 'keeps repeated lines of a reply apart', send: get(), reply: ok('X-A: 1', 'X-B: 2', 'X-A: 3'), answers: '200', caller: [/X-A: 1\r\nX-B: 2\r\nX-A: 3\r\n/] },
  { section: 'RFC 9110 §5.3', title: 'keeps cookies apart', send: get(), reply: ok('Set-Cookie: a=1; Path=/', 'Set-Cookie: b=2, c'), answers: '200', caller: ['Set-Cookie: a=1; Path=/', 'Set-Cookie: b=2, c'] },
  { section: 'RFC 9110 §11.6.1', title: 'keeps challenges apart', send: get(), reply: reply(401, ['WWW-Authenticate: Basic realm="a"', 'WWW-Authenticate: Bearer', 'Content-Length: 0']), answers: '401', handled: 1, caller: ['WWW-Authenticate: Basic realm="a"', 'WWW-Authenticate: Bearer'] },
  { section: 'RFC 9110 §6.6.1', title: 'keeps the date of a handler', send: get(), reply: ok('Date: Sun, 06 Nov 1994 08:49:37 GMT'), answers: '200', caller: ['Date: Sun, 06 Nov 1994 08:49:37 GMT'] },
  { section: 'RFC 9110 §6.6.1', title: 'dates a reply without a date', send: get(), reply: ok(), answers: '200', caller: [/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r$/m] },
  { section: 'RFC 9110 §6.6.1', title: 'dates its own answers', send: 'GET {path} HTTP/1.1\r\n\r\n', answers: '400 close', caller: [/^Date: /m] },
  { section: 'RFC 9110 §10.2.4', title: 'keeps the name of the handler\'s server', send: get(), reply: ok('Server: handler/1.0'), answers: '200', caller: ['Server: handler/1.0'] },
];
