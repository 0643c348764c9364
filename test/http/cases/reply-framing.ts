import { get, ok, post, type RfcCase, reply, request } from './rfc-case.ts';

const SECOND = request('GET {path}/second');
/** Another answer, which nobody has asked for. */
const SPLIT = reply(200, ['Content-Length: 5', 'X-Split: 1'], 'split');
const chunks = (body: string, ...headers: string[]): string => reply(200, ['Transfer-Encoding: chunked', ...headers], body);
const http10 = 'GET {path} HTTP/1.0\r\nHost: a\r\n\r\n';

export const replyFramingCases: readonly RfcCase[] = [
  { section: 'RFC 9112 §6.3', title: 'passes a reply with a length', send: get(), reply: ok(), answers: '200', caller: ['Content-Length: 2', /ok$/] },
  { section: 'RFC 9112 §6.3', title: 'passes a reply that the connection ends', send: get(), reply: reply(200, [], 'until the end'), replyEnds: 'close', answers: '200', caller: [/until the end/] },
  { section: 'RFC 9112 §6.3', title: 'passes an empty reply that the connection ends', send: get(), reply: reply(200), replyEnds: 'close', answers: '200' },
  { section: 'RFC 9112 §7.1', title: 'passes a chunked reply', send: get(), reply: chunks('2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'), answers: '200', caller: [/hello|2\r\nhe\r\n3\r\nllo/] },
  { section: 'RFC 9112 §7.1.1', title: 'drops the extensions of a chunked reply', send: get(), reply: chunks('2;a=b\r\nok\r\n0;c=d\r\n\r\n'), answers: '200', callerNot: [/a=b|c=d/] },
  { section: 'RFC 9112 §7.1.2', title: 'passes the trailers of a reply', send: get('TE: trailers'), reply: chunks('2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n', 'Trailer: X-Sum'), answers: '200', caller: ['Trailer: X-Sum', /0\r\nX-Sum: 42\r\n\r\n$/] },
  { section: 'RFC 9112 §6.1', title: 'sends HTTP/1.0 no chunks', send: http10, reply: chunks('2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'), answers: '200 close', caller: [/hello$/], callerNot: [/^Transfer-Encoding/im] },
  { section: 'RFC 9112 §6.1', title: 'sends HTTP/1.0 no trailers', send: http10, reply: chunks('2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n'), answers: '200 close', callerNot: [/^X-Sum/im, /^Transfer-Encoding/im] },
  { section: 'RFC 9112 §2.5', title: 'takes a reply of HTTP/1.0', send: get(), then: SECOND, reply: ok().replace('HTTP/1.1', 'HTTP/1.0'), replyEnds: 'close', answers: '200 200', caller: [/^HTTP\/1\.1 200/] },
  { section: 'RFC 9110 §15.3.5', title: 'passes 204 without a length', send: get(), then: SECOND, reply: reply(204), answers: '204 204', callerNot: [/^Content-Length|^Transfer-Encoding/im] },
  { section: 'RFC 9110 §8.6', title: 'drops the length of a 204', send: get(), then: SECOND, reply: reply(204, ['Content-Length: 0']), answers: '204 204', callerNot: [/^Content-Length/im] },
  { section: 'RFC 9112 §6.1', title: 'drops the coding of a 204', send: get(), reply: reply(204, ['Transfer-Encoding: chunked']), answers: '204', callerNot: [/^Transfer-Encoding/im] },
  { section: 'RFC 9110 §15.3.5', title: 'drops the body of a 204', send: get(), reply: reply(204, [], 'body'), answers: '204', callerNot: [/body/] },
  { section: 'RFC 9110 §15.3.6', title: 'passes 205', send: get(), reply: reply(205, ['Content-Length: 0']), answers: '205', caller: ['Content-Length: 0'] },
  { section: 'RFC 9110 §15.4.5', title: 'passes 304 with the length of what it stands for', send: get('If-None-Match: "v1"'), then: SECOND, reply: reply(304, ['ETag: "v1"', 'Content-Length: 500']), answers: '304 304', caller: ['ETag: "v1"', 'Content-Length: 500'], gets: ['If-None-Match: "v1"'] },
  { section: 'RFC 9110 §15.2', title: 'passes 103 before the answer', send: get(), reply: `HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n${ok()}`, answers: '103 200', caller: ['Link: </a.css>; rel=preload'] },
  { section: 'RFC 9110 §15.2', title: 'passes several interim answers in order', send: get(), reply: `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${ok()}`, answers: '102 103 200' },
  { section: 'RFC 9110 §15.2', title: 'passes HTTP/1.0 no interim answer', send: http10, reply: `HTTP/1.1 103 Early Hints\r\n\r\n${ok()}`, answers: '200 close' },
  { section: 'RFC 9110 §15.2.1', title: 'keeps a "continue" to itself that nobody asked for', send: get(), reply: `HTTP/1.1 100 Continue\r\n\r\n${ok()}`, answers: '200' },
  { section: 'RFC 9110 §15.2.2', title: 'refuses a reply that switches protocols unasked', send: get(), reply: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', answers: '500' },
  { section: 'RFC 9112 §9.2', title: 'drops what follows a reply', send: get(), then: SECOND, reply: `${ok()}garbage`, answers: '200 200', callerNot: [/garbage/] },
  { section: 'RFC 9112 §9.2', title: 'drops a second reply behind the first', send: get(), then: SECOND, reply: `${ok()}${SPLIT}`, answers: '200 200', callerNot: [/split/i] },
  { section: 'RFC 9112 §11.1', title: 'drops a reply hidden behind a reply without a body', send: get(), then: SECOND, reply: `${reply(304, ['Content-Length: 0'])}${SPLIT}`, answers: '304 304', callerNot: [/split/i] },
  { section: 'RFC 9112 §9.2', title: 'drops a second reply behind a chunked one', send: get(), then: SECOND, reply: `${chunks('2\r\nok\r\n0\r\n\r\n')}${SPLIT}`, answers: '200 200', callerNot: [/split/i] },
  { section: 'RFC 9112 §8', title: 'breaks off when a reply with a length does', send: get(), reply: reply(200, ['Content-Length: 500'], 'half'), replyEnds: 'close', answers: '200 cut', caller: [/half$/] },
  { section: 'RFC 9112 §8', title: 'breaks off when a chunk does', send: get(), reply: chunks('5\r\nhel'), replyEnds: 'close', answers: '200 cut', callerNot: [/0\r\n\r\n$/] },
  { section: 'RFC 9112 §8', title: 'breaks off when the last chunk is missing', send: get(), reply: chunks('5\r\nhello\r\n'), replyEnds: 'close', answers: '200 cut', callerNot: [/0\r\n\r\n$/] },
  { section: 'RFC 9112 §8', title: 'breaks off when the connection is reset within a reply', send: get(), reply: chunks('5\r\nhello\r\n'), replyEnds: 'reset', answers: '200 cut | 500', callerNot: [/0\r\n\r\n$/] },
  { section: 'RFC 9112 §8', title: 'breaks off when a chunk is longer than it says', send: get(), reply: chunks('2\r\nhello\r\n0\r\n\r\n'), answers: '200 cut', callerNot: [/0\r\n\r\n$/] },
  { section: 'RFC 9112 §8', title: 'breaks off when a chunk has a size with a sign', send: get(), reply: chunks('+5\r\nhello\r\n0\r\n\r\n'), answers: '200 cut', callerNot: [/hello/] },
  { section: 'RFC 9112 §8', title: 'answers 500 when there is no answer', send: get(), reply: '', replyEnds: 'close', answers: '500', handled: 1 },
  { section: 'RFC 9112 §8', title: 'answers 500 when the head breaks off', send: get(), reply: 'HTTP/1.1 200 OK\r\nContent-Le', replyEnds: 'close', answers: '500' },
  { section: 'RFC 9112 §6.3', title: 'answers 500 for two different lengths', send: get(), reply: reply(200, ['Content-Length: 2', 'Content-Length: 3'], 'ok!'), answers: '500' },
  { section: 'RFC 9112 §6.3', title: 'takes the same length twice for one', send: get(), reply: reply(200, ['Content-Length: 2', 'Content-Length: 2'], 'ok'), answers: '200', callerNot: [/Content-Length[\s\S]*Content-Length/] },
  { section: 'RFC 9112 §6.3', title: 'answers 500 for a length and a coding', send: get(), reply: reply(200, ['Content-Length: 2', 'Transfer-Encoding: chunked'], '0\r\n\r\n'), answers: '500' },
  { section: 'RFC 9112 §6.3', title: 'answers 500 for a negative length', send: get(), reply: reply(200, ['Content-Length: -2']), answers: '500' },
  { section: 'RFC 9112 §6.3', title: 'answers 500 for a length that overflows', send: get(), reply: reply(200, ['Content-Length: 99999999999999999999']), answers: '500' },
  { section: 'RFC 9112 §7', title: 'answers 500 for a coding it does not know', send: get(), reply: reply(200, ['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'), answers: '500' },
  { section: 'RFC 9112 §6.1', title: 'answers 500 for a coding in HTTP/1.0', send: get(), reply: chunks('0\r\n\r\n').replace('HTTP/1.1', 'HTTP/1.0'), replyEnds: 'close', answers: '500' },
  { section: 'RFC 9112 §9.5', title: 'passes on an answer that came before the request was whole', send: post(['Content-Length: 1000'], 'x'), reply: reply(400, ['Content-Length: 2'], 'no'), replyEarly: true, answers: '400', handled: 1, broken: true },
];
