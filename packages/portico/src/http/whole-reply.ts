// A reply that is known whole leaves in one write: half the cost of a small reply is the number of system calls.
// That needs two fields of node:http that are not documented, so a self-check finds out once whether they still mean what we think;
// if they do not, or the public way is asked for (a test does), node:http puts the reply together.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { toHeaderList } from '../worker/reply-head.ts';

export type WholeReply = {
  readonly status: number;
  readonly reason: string;
  /** Each with its line break; Latin-1. With Date, without Connection and Transfer-Encoding. */
  readonly headerLines: string;
  /** Latin-1: one character a byte. Empty for HEAD. */
  readonly body: string;
  /** The body goes out chunked; else the header lines say how long it is. */
  readonly chunked: boolean;
};

export type ReplyWriter = (response: ServerResponse, reply: WholeReply) => void;

type RawResponse = ServerResponse & { _header: string | null; _last: boolean };

export const writeInOnePiece: ReplyWriter = (response, { status, reason, headerLines, body, chunked }) => {
  const raw = response as RawResponse;
  // The server decided on keep-alive when it read the request; the headers that node:http makes would say so.
  raw._last = !response.shouldKeepAlive;
  response.statusCode = status;
  const framing = chunked ? 'Transfer-Encoding: chunked\r\n' : '';
  const connection = raw._last ? 'Connection: close\r\n' : '';
  raw._header = `HTTP/1.1 ${status} ${reason}\r\n${headerLines}${framing}${connection}\r\n${chunked ? inChunks(body) : body}`;
  response.end();
};

export const writePublicly: ReplyWriter = (response, { status, reason, headerLines, body, chunked }) => {
  const list = toHeaderList(headerLines);
  if (chunked) list.push('Transfer-Encoding', 'chunked');
  writeHeadPublicly(response, status, reason, list);
  response.end(body, 'latin1');
};

function inChunks(body: string): string {
  return body === '' ? '0\r\n\r\n' : `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}

/** The head alone, for a reply whose body streams. `headers`: flat names and values, with Date. */
export function writeHeadPublicly(response: ServerResponse, status: number, reason: string, headers: readonly string[]): void {
  response.sendDate = false;
  // Without this node:http announces keep-alive, which HTTP/1.1 takes for granted.
  response.removeHeader('connection');
  response.writeHead(status, reason, response.shouldKeepAlive ? [...headers] : [...headers, 'Connection', 'close']);
}

/** Writes a reply into a connection that keeps what it gets, and looks at it. */
export function onePieceWorks(): boolean {
  const written: string[] = [];
  const connection = new Duplex({
    decodeStrings: false,
    read: () => {},
    write: (chunk, _encoding, done) => {
      written.push(String(chunk));
      done();
    },
  });
  try {
    const response = new ServerResponse(new IncomingMessage(connection as never));
    response.assignSocket(connection as never);
    writeInOnePiece(response, { status: 200, reason: 'OK', headerLines: 'Content-Length: 2\r\n', body: 'ok', chunked: false });
    const text = written.join('');
    return response.writableEnded && text.startsWith('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n') && text.endsWith('\r\n\r\nok');
  } catch {
    // Whatever is missing here is what the public way does without.
    return false;
  }
}

let chosen: ReplyWriter | undefined;

/** The way that works on this Node; found out once. */
export function replyWriter(): ReplyWriter {
  chosen ??= onePieceWorks() ? writeInOnePiece : writePublicly;
  return chosen;
}
