import { chunked, ok, post, type RfcCase, reply } from './rfc-case.ts';

const EXPECTS = 'Expect: 100-continue';

export const expectCases: readonly RfcCase[] = [
  {
    section: 'RFC 9110 §10.1.1',
    title: 'says "continue" to who waits for it',
    send: post([EXPECTS, 'Content-Length: 5'], ''),
    afterwards: 'hello',
    answers: '100 200',
    body: 'hello',
  },
  {
    section: 'RFC 9110 §10.1.1',
    title: 'says "continue" to who waits with chunks',
    send: chunked('', EXPECTS),
    afterwards: '5\r\nhello\r\n0\r\n\r\n',
    answers: '100 200',
    body: 'hello',
  },
  {
    section: 'RFC 9110 §10.1.1',
    title: 'reads the expectation ignoring case',
    send: post(['Expect: 100-Continue', 'Content-Length: 5'], ''),
    afterwards: 'hello',
    answers: '100 200',
    body: 'hello',
  },
  {
    section: 'RFC 9110 §10.1.1',
    title: 'delivers a body that did not wait',
    send: post([EXPECTS, 'Content-Length: 5'], 'hello'),
    answers: '100 200 | 200',
    body: 'hello',
  },
  {
    section: 'RFC 9110 §10.1.1',
    title: 'says "continue" once, although the handler says it too',
    send: post([EXPECTS, 'Content-Length: 5'], ''),
    afterwards: 'hello',
    reply: `HTTP/1.1 100 Continue\r\n\r\n${ok()}`,
    answers: '100 200',
  },
  {
    section: 'RFC 9110 §10.1.1',
    title: 'says nothing of "continue" to HTTP/1.0',
    send: `POST {path} HTTP/1.0\r\nHost: a\r\n${EXPECTS}\r\nContent-Length: 5\r\n\r\nhello`,
    answers: '200 close',
    body: 'hello',
  },
  {
    section: 'RFC 9110 §10.1.1',
    title: 'refuses an expectation it does not know',
    send: post(['Expect: a-miracle', 'Content-Length: 0'], ''),
    answers: '417',
  },
  {
    section: 'RFC 9110 §10.1.1',
    title: 'refuses a body that is too large before it is sent',
    send: post([EXPECTS, 'Content-Length: 1000000'], ''),
    answers: '413',
    caller: ['Connection: close'],
    callerNot: [/^HTTP\/1\.1 100/],
  },
  {
    section: 'RFC 9110 §10.1.1',
    title: 'passes on an answer that did not wait for the body',
    send: post([EXPECTS, 'Content-Length: 5'], ''),
    reply: reply(403, ['Content-Length: 2'], 'no'),
    replyEarly: true,
    answers: '100 403',
    handled: 1,
    broken: true,
  },
];
