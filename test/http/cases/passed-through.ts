import { get, ok, type RfcCase, reply, request } from './rfc-case.ts';

/** Request header lines that are between caller and handler. */
const passes = (section: RfcCase['section'], what: string, ...lines: string[]): RfcCase => ({
  section,
  title: `passes ${what} on`,
  send: get(...lines),
  answers: '200',
  gets: lines,
});

/** A reply that is between handler and caller. */
const brings = (section: RfcCase['section'], what: string, status: number, lines: readonly string[], body = ''): RfcCase => ({
  section,
  title: `brings ${what} back`,
  send: get(),
  reply: reply(status, [...lines, `Content-Length: ${body.length}`], body),
  answers: String(status),
  handled: 1,
  caller: [...lines, ...(body === '' ? [] : [new RegExp(`${body}$`)])],
});

export const passedThroughCases: readonly RfcCase[] = [
  passes(
    'RFC 9110 §12.5',
    'what a caller prefers',
    'Accept: text/html;q=0.5, */*',
    'Accept-Language: de, en;q=0.1',
    'Accept-Encoding: br;q=1.0, gzip, *;q=0',
    'Accept-Charset: utf-8',
  ),
  passes('RFC 9110 §13.1.1', 'If-Match', 'If-Match: "a", W/"b"'),
  passes('RFC 9110 §13.1.2', 'If-None-Match', 'If-None-Match: *'),
  passes('RFC 9110 §13.1.3', 'If-Modified-Since', 'If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT'),
  passes('RFC 9110 §13.1.4', 'If-Unmodified-Since in an obsolete format', 'If-Unmodified-Since: Sunday, 06-Nov-94 08:49:37 GMT'),
  passes('RFC 9110 §13.1.5', 'If-Range and Range', 'If-Range: "v1"', 'Range: bytes=0-0,-1'),
  passes('RFC 9110 §14.2', 'a Range of another unit', 'Range: pages=1-2'),
  passes('RFC 9110 §11.6.2', 'credentials', 'Authorization: Digest username="a", uri="/b"'),
  passes('RFC 9110 §10.1.2', 'From', 'From: a@app.example'),
  passes('RFC 9110 §10.1.3', 'Referer', 'Referer: http://a.example/b?c'),
  passes('RFC 9110 §6.6.1', 'the date of a request', 'Date: Sun, 06 Nov 1994 08:49:37 GMT'),
  passes('RFC 9110 §5.6.1', 'cookies in several lines', 'Cookie: a=1', 'Cookie: b=2; c="3"'),
  {
    section: 'RFC 9110 §10.1.5',
    title: 'passes the name of the caller on',
    send: get('User-Agent: caller/1.0 (a; b)'),
    answers: '200',
    gets: [/^User-Agent: caller\/1\.0 \(a; b\)/m],
  },
  brings(
    'RFC 9110 §8.4.1',
    'a compressed body as it is',
    200,
    ['Content-Encoding: gzip', 'Content-Type: text/plain', 'Vary: Accept-Encoding'],
    '\x1f\x8b\x08\0\xff\x80',
  ),
  brings('RFC 9110 §15.4.3', 'a redirect, and does not follow it', 302, ['Location: {path}/elsewhere']),
  brings('RFC 9110 §15.4.9', 'a redirect that keeps the method', 308, ['Location: http://other.example/']),
  brings('RFC 9110 §15.3.7', 'a part of something', 206, ['Content-Range: bytes 0-1/10', 'Content-Type: text/plain'], 'ab'),
  brings(
    'RFC 9110 §15.3.7.2',
    'several parts of something',
    206,
    ['Content-Type: multipart/byteranges; boundary=x'],
    '--x\r\n\r\na\r\n--x--',
  ),
  brings('RFC 9110 §15.5.17', 'a refusal of a range', 416, ['Content-Range: bytes */10']),
  brings('RFC 9110 §15.5.6', 'a refusal of a method', 405, ['Allow: GET, HEAD']),
  brings('RFC 9110 §15.5.13', 'a failed condition', 412, ['ETag: "v2"']),
  brings('RFC 9110 §8.8', 'what names a version', 200, ['ETag: W/"a,b"', 'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT']),
  brings('RFC 9110 §12.5.5', 'what an answer depends on', 200, ['Vary: *', 'Content-Location: /a', 'Content-Language: de, en']),
  brings('RFC 9110 §8.3', 'a content type as it is spelt', 200, ['Content-Type: Text/HTML;Charset="utf-8"'], '<p>'),
  brings('RFC 9110 §7.6.3', 'Via', 200, ['Via: 1.1 inner']),
  {
    section: 'RFC 9110 §8.3',
    title: 'gives a reply without a content type none',
    send: get(),
    reply: ok(),
    answers: '200',
    callerNot: [/^Content-Type/im],
  },
  {
    section: 'RFC 9110 §9.3.2',
    title: 'asks the handler itself for HEAD',
    send: request('HEAD {path}', ['If-None-Match: "v1"']),
    reply: reply(304, ['ETag: "v1"']),
    answers: '304',
    gets: ['HEAD {path} HTTP/1.1', 'If-None-Match: "v1"'],
  },
];
