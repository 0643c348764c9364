import { type RfcCase, request, SMUGGLED } from './rfc-case.ts';

/** A GET with these lines instead of one Host. */
const withLines = (...lines: string[]): string => ['GET {path} HTTP/1.1', ...lines].join('\r\n').concat('\r\n\r\n');

export const hostCases: readonly RfcCase[] = [
  { section: 'RFC 9112 §3.2', title: 'refuses HTTP/1.1 without a Host', send: withLines('X-A: 1'), answers: '400 close' },
  {
    section: 'RFC 9112 §3.2',
    title: 'refuses two different Hosts',
    send: withLines('Host: a.example', 'Host: b.example'),
    answers: '400 close',
  },
  {
    section: 'RFC 9112 §9.6',
    title: 'does nothing with what is sent behind two Hosts',
    send: withLines('Host: a.example', 'Host: b.example') + SMUGGLED,
    answers: '400 close',
  },
  {
    section: 'RFC 9112 §3.2',
    title: 'refuses the same Host twice',
    send: withLines('Host: a.example', 'Host: a.example'),
    answers: '400 close',
  },
  {
    section: 'RFC 9112 §3.2',
    title: 'refuses two Hosts in different letter case',
    send: withLines('Host: a.example', 'X-A: 1', 'hOST: b.example'),
    answers: '400 close',
  },
  {
    section: 'RFC 9112 §3.2',
    title: 'refuses two Hosts in HTTP/1.0',
    send: 'GET {path} HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n',
    answers: '400 close',
  },
  {
    section: 'RFC 9112 §3.2',
    title: 'refuses two Hosts beside an absolute target',
    send: 'GET http://a.example{path} HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n',
    answers: '400 close',
  },
  { section: 'RFC 9112 §3.2', title: 'refuses a Host that is folded', send: withLines('Host:', ' a.example'), answers: '400 close' },
  {
    section: 'RFC 9112 §3.2',
    title: 'refuses a Host with a blank in it',
    send: withLines('Host: a.example b.example'),
    answers: '400 close',
  },
  { section: 'RFC 9112 §3.2', title: 'refuses a Host with a path', send: withLines('Host: a.example/b'), answers: '400 close' },
  {
    section: 'RFC 9112 §3.2',
    title: 'refuses a Host with user information',
    send: withLines('Host: user@a.example'),
    answers: '400 close',
  },
  { section: 'RFC 9112 §3.2', title: 'refuses a Host with a list', send: withLines('Host: a.example, b.example'), answers: '400 close' },
  {
    section: 'RFC 9112 §3.2',
    title: 'refuses a Host whose port is no number',
    send: withLines('Host: a.example:80x'),
    answers: '400 close',
  },
  {
    section: 'RFC 9112 §3.2',
    title: 'refuses a blank between Host and its colon',
    send: withLines('Host : a.example'),
    answers: '400 close',
  },
  { section: 'RFC 9110 §7.2', title: 'takes an empty Host', send: withLines('Host:'), answers: '200', gets: ['X-Forwarded-Host: '] },
  {
    section: 'RFC 9110 §7.2',
    title: 'tells the handler the Host of the caller',
    send: withLines('Host: a.example:8080'),
    answers: '200',
    gets: ['X-Forwarded-Host: a.example:8080'],
  },
  {
    section: 'RFC 9110 §7.2',
    title: 'takes an IPv6 address as Host',
    send: withLines('Host: [2001:db8::7]:8080'),
    answers: '200',
    gets: ['X-Forwarded-Host: [2001:db8::7]:8080'],
  },
  { section: 'RFC 9112 §3.2', title: 'takes HTTP/1.0 without a Host', send: 'GET {path} HTTP/1.0\r\n\r\n', answers: '200 close' },
  {
    section: 'RFC 9110 §7.2',
    title: 'sends the handler one Host',
    send: request('GET {path}'),
    answers: '200',
    gets: [/^Host: /m],
    getsNot: [/^Host: [\s\S]*^Host: /m],
  },
  {
    section: 'RFC 9110 §7.6.1',
    title: 'keeps a Host that Connection names',
    send: request('GET {path}', ['Connection: Host']),
    answers: '200',
    gets: ['X-Forwarded-Host: app.example', /^Host: /m],
  },
];
