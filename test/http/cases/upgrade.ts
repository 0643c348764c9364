import { get, ok, post, type RfcCase, reply } from './rfc-case.ts';

const WEBSOCKET = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];

export const upgradeCases: readonly RfcCase[] = [
  {
    section: 'RFC 9110 §7.8',
    title: 'takes the wish for h2c for an ordinary request',
    send: get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'),
    answers: '200',
    getsNot: [/^Upgrade|^HTTP2-Settings|^Connection: [^k]/im],
  },
  {
    section: 'RFC 9110 §7.8',
    title: 'takes the wish for an unknown protocol for an ordinary request',
    send: get('Connection: Upgrade', 'Upgrade: fax/3'),
    answers: '200',
    getsNot: [/^Upgrade/im],
  },
  {
    section: 'RFC 9110 §7.8',
    title: 'delivers the body of a request that wishes for another protocol',
    send: post(['Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 5'], 'hello'),
    answers: '200',
    body: 'hello',
  },
  {
    section: 'RFC 9110 §7.8',
    title: 'ignores an Upgrade that Connection does not name',
    send: get('Upgrade: websocket'),
    answers: '200',
    getsNot: [/^Upgrade/im],
  },
  {
    section: 'RFC 9110 §7.8',
    title: 'ignores the wish of HTTP/1.0 for another protocol',
    send: 'GET {path} HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    answers: '200 close',
    getsNot: [/^Upgrade/im],
  },
  {
    section: 'RFC 9110 §7.8',
    title: 'passes a WebSocket handshake on',
    send: get(...WEBSOCKET),
    reply:
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
    replyEnds: 'close',
    answers: '101 close',
    handled: 1,
    gets: ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'],
    caller: ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
  },
  {
    section: 'RFC 9110 §15.5.22',
    title: 'passes on that a handler wants another protocol',
    send: get(),
    reply: reply(426, ['Upgrade: websocket', 'Connection: Upgrade', 'Content-Length: 0']),
    answers: '426',
    handled: 1,
  },
  {
    section: 'RFC 9110 §7.8',
    title: 'passes on that a handler refuses a WebSocket',
    send: get(...WEBSOCKET),
    reply: reply(403, ['Content-Length: 2'], 'no'),
    answers: '403 close',
    handled: 1,
    caller: [/no$/],
  },
  {
    section: 'RFC 9110 §7.8',
    title: 'passes on that a handler takes a WebSocket for an ordinary request',
    send: get(...WEBSOCKET),
    reply: ok(),
    answers: '200 close',
    caller: [/ok$/],
  },
  { section: 'RFC 9112 §3.2', title: 'refuses a WebSocket with two Hosts', send: get('Host: b', ...WEBSOCKET), answers: '400 close' },
  {
    section: 'RFC 9112 §6.1',
    title: 'refuses a WebSocket with two framings',
    send: get('Content-Length: 4', 'Transfer-Encoding: chunked', ...WEBSOCKET),
    answers: '400 close',
  },
];
