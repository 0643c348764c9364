// One case: what a caller sends, what the handler answers, and what either must have got.

/** Text: a line of exactly this is there. RegExp: it matches the bytes. */
export type Pattern = string | RegExp;

export type RfcCase = {
  readonly section: `RFC ${'9110' | '9112'} §${string}` | `W3C ${string}`;
  /** A sentence about what the host does. */
  readonly title: string;
  /** Bytes of the caller, Latin-1. `{path}` is a path that is the case's own. */
  readonly send: string;
  /** Sent once the first answer, an interim one included, has come. */
  readonly afterwards?: string;
  /** The caller ends its side of the connection once it has sent. */
  readonly leaves?: true;
  /** Bytes of the handler; by default 200 with the target as its body. */
  readonly reply?: string;
  /** What the handler does to its connection after its reply. Default: nothing. */
  readonly replyEnds?: 'close' | 'reset';
  /** The handler answers when it has the head, and does not wait for the body. */
  readonly replyEarly?: true;
  /**
   * The statuses in order, interim ones included; `close`: the host then ends the connection; `cut`: it ends it within the last answer.
   * Further ones that will do as well, after a bar.
   */
  readonly answers: string;
  /** How many requests the handler gets, all of them whole. Default: one for each answer that is not 4xx or interim. */
  readonly handled?: number;
  /** The request breaks off or goes wrong within its body: the handler gets the beginning of it at most, and no end. */
  readonly broken?: true;
  /** The body that the handler gets. */
  readonly body?: string;
  /** In what the handler gets. */
  readonly gets?: readonly Pattern[];
  readonly getsNot?: readonly Pattern[];
  /** In what the caller gets. */
  readonly caller?: readonly Pattern[];
  readonly callerNot?: readonly Pattern[];
};

const END = '\r\n\r\n';

/** A request with a Host and these header lines. */
export function request(line: string, headers: readonly string[] = [], body = ''): string {
  return [`${line} HTTP/1.1`, 'Host: app.example', ...headers].join('\r\n') + END + body;
}

export const get = (...headers: string[]): string => request('GET {path}', headers);

export const post = (headers: readonly string[], body: string): string => request('POST {path}', headers, body);

/** A POST with a chunked body, spelt as given. */
export const chunked = (body: string, ...headers: string[]): string => post(['Transfer-Encoding: chunked', ...headers], body);

/** What a smuggler hides in a body, and must never arrive as a request. */
export const SMUGGLED = 'GET {path}/smuggled HTTP/1.1\r\nHost: app.example\r\n\r\n';

export function reply(status: number, headers: readonly string[] = [], body = ''): string {
  return [`HTTP/1.1 ${status} Some Reason`, ...headers].join('\r\n') + END + body;
}

/** A 200 with "ok" and these headers. */
export const ok = (...headers: string[]): string => reply(200, [...headers, 'Content-Length: 2'], 'ok');

/** A 200 with a chunked body, spelt as given. */
export const chunkedReply = (body: string, ...headers: string[]): string => reply(200, ['Transfer-Encoding: chunked', ...headers], body);
