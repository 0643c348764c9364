import { get, ok, post, type RfcCase, reply, request } from './rfc-case.ts';

const passes = (method: string, section: RfcCase['section']): RfcCase => ({
  section,
  title: `passes ${method} on`,
  send: request(`${method} {path}`),
  answers: '200',
  gets: [`${method} {path} HTTP/1.1`],
});

export const methodCases: readonly RfcCase[] = [
  passes('GET', 'RFC 9110 §9.3.1'),
  passes('HEAD', 'RFC 9110 §9.3.2'),
  passes('POST', 'RFC 9110 §9.3.3'),
  passes('PUT', 'RFC 9110 §9.3.4'),
  passes('DELETE', 'RFC 9110 §9.3.5'),
  passes('OPTIONS', 'RFC 9110 §9.3.7'),
  passes('TRACE', 'RFC 9110 §9.3.8'),
  passes('PATCH', 'RFC 9110 §16.1.1'),
  passes('PROPFIND', 'RFC 9110 §16.1.1'),
  passes('PURGE', 'RFC 9110 §16.1.1'),
  { section: 'RFC 9110 §9.1', title: 'refuses a method in lower case, which is another method', send: request('get {path}'), answers: '400 close' },
  { section: 'RFC 9110 §9.1', title: 'refuses a method that no registry knows', send: request('BREW {path}'), answers: '400 close' },
  { section: 'RFC 9110 §9.1', title: 'refuses a method that is no token', send: request('G@T {path}'), answers: '400 close' },
  { section: 'RFC 9110 §9.3.2', title: 'answers HEAD with the length and no body', send: request('HEAD {path}'), reply: reply(200, ['Content-Length: 1000', 'X-A: 1']), answers: '200', caller: ['Content-Length: 1000', 'X-A: 1'] },
  { section: 'RFC 9110 §9.3.2', title: 'drops the body that a handler sends for HEAD', send: request('HEAD {path}'), then: request('GET {path}'), reply: ok(), replyEnds: 'close', answers: '200 200', caller: ['Content-Length: 2'] },
  { section: 'RFC 9110 §9.3.2', title: 'answers HEAD without a body where the handler would send chunks', send: request('HEAD {path}'), then: request('HEAD {path}'), reply: reply(200, ['Transfer-Encoding: chunked']), answers: '200 200' },
  { section: 'RFC 9110 §9.3.7', title: 'leaves OPTIONS to the handler', send: request('OPTIONS {path}'), reply: reply(204, ['Allow: GET, POST']), answers: '204', caller: ['Allow: GET, POST'] },
  { section: 'RFC 9110 §9.3.8', title: 'passes what a TRACE brings back', send: request('TRACE {path}', ['Max-Forwards: 0']), reply: reply(200, ['Content-Type: message/http', 'Content-Length: 2'], 'TR'), answers: '200', caller: ['Content-Type: message/http', /TR$/], gets: ['Max-Forwards: 0'] },
  { section: 'RFC 9110 §9.2.2', title: 'sends a request once whose connection dies without an answer', send: post(['Content-Length: 1'], 'x'), reply: '', replyEnds: 'close', answers: '500', handled: 1 },
  { section: 'RFC 9110 §9.2.2', title: 'sends a GET once whose fresh connection dies within the answer', send: get(), reply: 'HTTP/1.1 200', replyEnds: 'close', answers: '500', handled: 1 },
];
