// Cuts what a handler gets into requests, without any of the host's code. Strict: what does not fit stays unread.

/** One request as it came. Grows while its body comes. */
export type SeenRequest = {
  readonly method: string;
  readonly target: string;
  /** Request line and header lines, without the empty line. Latin-1. */
  readonly head: string;
  /** What followed the head, chunk sizes and trailers included. */
  rawBody: string;
  /** The body without its framing. */
  body: string;
  complete: boolean;
  /** Which connection brought it, counted from 1. */
  readonly connection: number;
};

type BodyEnd = { readonly end: number; readonly body: string };

export class RequestReader {
  readonly #connection: number;
  readonly #begun: (request: SeenRequest) => void;
  readonly #ended: (request: SeenRequest) => void;
  #rest = '';
  #request: SeenRequest | undefined;

  /** `begun`: its head is there. `ended`: its body is, too. */
  constructor(connection: number, begun: (request: SeenRequest) => void, ended: (request: SeenRequest) => void) {
    this.#connection = connection;
    this.#begun = begun;
    this.#ended = ended;
  }

  feed(text: string): void {
    this.#rest += text;
    while (this.#request === undefined ? this.#readHead() : this.#readBody(this.#request)) {
      // Each turn takes a head or a body off the rest.
    }
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const head = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 4);
    const [method = '', target = ''] = head.split(' ', 2);
    this.#request = { method, target, head, rawBody: '', body: '', complete: false, connection: this.#connection };
    this.#begun(this.#request);
    return true;
  }

  #readBody(request: SeenRequest): boolean {
    const found = findBodyEnd(request.head, this.#rest);
    request.rawBody = this.#rest.slice(0, found?.end);
    if (found === undefined) return false;
    this.#rest = this.#rest.slice(found.end);
    this.#request = undefined;
    request.body = found.body;
    request.complete = true;
    this.#ended(request);
    return true;
  }
}

function findBodyEnd(head: string, text: string): BodyEnd | undefined {
  if (/^transfer-encoding: *chunked$/im.test(head)) return findLastChunk(text);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return text.length < length ? undefined : { end: length, body: text.slice(0, length) };
}

function findLastChunk(text: string): BodyEnd | undefined {
  let body = '';
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (size === 0) {
      const end = text.startsWith('\r\n', lineEnd + 2) ? lineEnd + 2 : text.indexOf('\r\n\r\n', lineEnd + 2) + 2;
      return end < lineEnd + 2 ? undefined : { end: end + 2, body };
    }
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
    if (at > text.length) return undefined;
  }
}
