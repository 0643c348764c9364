import { get, ok, post, type RfcCase } from './rfc-case.ts';

export const hopByHopCases: readonly RfcCase[] = [
  { section: 'RFC 9110 §7.6.1', title: 'drops Connection', send: get('Connection: keep-alive'), answers: '200', getsNot: [/^Connection: close/im] },
  { section: 'RFC 9110 §7.6.1', title: 'drops what Connection names', send: get('Connection: X-Hop', 'X-Hop: 1', 'X-Stays: 1'), answers: '200', gets: ['X-Stays: 1'], getsNot: [/^X-Hop/im] },
  { section: 'RFC 9110 §7.6.1', title: 'drops what several Connection lines name', send: get('Connection: X-One', 'X-One: 1', 'Connection: x-two,X-Three', 'X-Two: 2', 'X-Three: 3'), answers: '200', getsNot: [/^X-(One|Two|Three)/im] },
  { section: 'RFC 9110 §7.6.1', title: 'drops every line of a name that Connection names', send: get('X-Hop: 1', 'Connection: x-hop', 'X-HOP: 2'), answers: '200', getsNot: [/^X-Hop/im] },
  { section: 'RFC 9110 §7.6.1', title: 'takes odd commas in Connection', send: get('Connection: ,, X-Hop ,,', 'X-Hop: 1', 'X-Stays: 1'), answers: '200', gets: ['X-Stays: 1'], getsNot: [/^X-Hop/im] },
  { section: 'RFC 9110 §7.6.1', title: 'drops Keep-Alive', send: get('Keep-Alive: timeout=5'), answers: '200', getsNot: [/^Keep-Alive/im] },
  { section: 'RFC 9110 §7.6.1', title: 'drops Proxy-Connection', send: get('Proxy-Connection: keep-alive'), answers: '200', getsNot: [/^Proxy-Connection/im] },
  { section: 'RFC 9110 §10.1.4', title: 'drops TE', send: get('TE: trailers, gzip;q=0.5', 'Connection: TE'), answers: '200', getsNot: [/^TE:/im] },
  { section: 'RFC 9110 §11.7.2', title: 'drops Proxy-Authorization', send: get('Proxy-Authorization: Basic eDp5'), answers: '200', getsNot: [/^Proxy-Authorization/im] },
  { section: 'RFC 9110 §7.6.1', title: 'keeps credentials that Connection names', send: get('Connection: Authorization, Cookie', 'Authorization: Bearer x', 'Cookie: a=b'), answers: '200', gets: ['Authorization: Bearer x', 'Cookie: a=b'] },
  { section: 'RFC 9110 §7.6.1', title: 'keeps what describes a body, although Connection names it', send: post(['Connection: Content-Type, Content-Encoding', 'Content-Type: a/b', 'Content-Encoding: gzip', 'Content-Length: 1'], 'x'), answers: '200', gets: ['Content-Type: a/b', 'Content-Encoding: gzip'] },
  { section: 'RFC 9110 §7.6.1', title: 'keeps what it says itself, although Connection names it', send: get('Connection: X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto, traceparent'), answers: '200', gets: ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Host: app.example', 'X-Forwarded-Proto: http', /^traceparent: 00-/m] },
  { section: 'RFC 9110 §7.6.2', title: 'keeps Max-Forwards of other methods', send: get('Max-Forwards: 3'), answers: '200', gets: ['Max-Forwards: 3'] },
  { section: 'RFC 9110 §7.6.3', title: 'keeps Via', send: get('Via: 1.1 outer'), answers: '200', gets: ['Via: 1.1 outer'] },
  { section: 'RFC 9110 §7.6.1', title: 'drops Connection of a reply and what it names', send: get(), reply: ok('Connection: X-Hop, keep-alive', 'X-Hop: 1', 'X-Stays: 1'), answers: '200', caller: ['X-Stays: 1'], callerNot: [/^X-Hop/im] },
  { section: 'RFC 9110 §7.6.1', title: 'drops Keep-Alive of a reply', send: get(), reply: ok('Keep-Alive: timeout=5'), answers: '200', callerNot: [/^Keep-Alive/im] },
  { section: 'RFC 9110 §7.6.1', title: 'drops Proxy-Connection of a reply', send: get(), reply: ok('Proxy-Connection: keep-alive'), answers: '200', callerNot: [/^Proxy-Connection/im] },
  { section: 'RFC 9110 §7.6.1', title: 'keeps the length that Connection of a reply names', send: get(), reply: ok('Connection: Content-Length, Set-Cookie', 'Set-Cookie: a=b'), answers: '200', caller: ['Content-Length: 2', 'Set-Cookie: a=b'] },
  { section: 'RFC 9110 §11.7.1', title: 'drops Proxy-Authenticate of a reply', send: get(), reply: ok('Proxy-Authenticate: Basic'), answers: '200', callerNot: [/^Proxy-Authenticate/im] },
  { section: 'RFC 9110 §7.8', title: 'drops Upgrade of a reply', send: get(), reply: ok('Upgrade: h2c', 'Connection: Upgrade'), answers: '200', callerNot: [/^Upgrade|^Connection/im] },
];
