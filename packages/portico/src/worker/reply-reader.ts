// Cuts the bytes of a handler connection into replies. Knows HTTP/1.1 framing, knows nothing of sockets.
// Everything that does not fit is a fault, and a connection with a fault is never used again.
import { type HeadFault, type ReplyHead, readReplyHead } from './reply-head.ts';

/** Receives one reply. Buffers are lent: they are valid only until the call returns. */
export interface ReplySink {
  /** A 1xx answer before the reply proper. */
  interim(head: ReplyHead): void;
  /** The head and what came of the body with it. `complete`: that was all, and nothing further is called. */
  head(head: ReplyHead, body: Buffer, complete: boolean): void;
  /** More of the body. False: hold the rest back for now. */
  body(chunk: Buffer): boolean;
  /** The body is over. `trailers`: flat names and values. */
  end(trailers: readonly string[]): void;
}

/** `more`: the reply goes on; `hold`: so it does, but the sink wants a pause; `reusable`, `spent`: it is over, and so is the connection if spent. */
export type Progress = 'more' | 'hold' | 'reusable' | 'spent' | HeadFault;

/** More than any server sends; a handler with a longer head is broken or hostile. */
const MOST_HEAD_BYTES = 256 * 1024;
const MOST_CHUNK_LINE_BYTES = 4096;
const MOST_INTERIM_REPLIES = 64;

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const NOTHING = Buffer.alloc(0);
const NO_TRAILERS: readonly string[] = [];

type Stage = 'head' | 'length' | 'close' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers';

export class ReplyReader {
  #method = '';
  #sink: ReplySink | undefined;
  #stage: Stage = 'head';
  #head: ReplyHead | undefined;
  /** Bytes of the body, or of the chunk, still to come. */
  #left = 0;
  /** The beginning of a head or line whose end has not come yet. */
  #pending = NOTHING;
  #trailers: string[] = [];
  #trailerBytes = 0;
  #interimCount = 0;
  #begun = false;
  #held = false;

  /** True once a byte of the reply was seen: from then on the request must not be sent again. */
  get begun(): boolean {
    return this.#begun;
  }

  /** What the last reply said of idle connections. */
  get keepAliveSeconds(): number | undefined {
    return this.#head?.keepAliveSeconds;
  }

  /** The next bytes answer a request with this method. */
  expect(method: string, sink: ReplySink): void {
    this.#method = method;
    this.#sink = sink;
    this.#stage = 'head';
    this.#begun = false;
    this.#interimCount = 0;
  }

  feed(bytes: Buffer): Progress {
    const sink = this.#sink;
    if (sink === undefined) return { fault: 'it sent bytes that no request had asked for' };
    this.#begun = true;
    this.#held = false;
    let rest = bytes;
    if (this.#pending.length > 0) {
      rest = Buffer.concat([this.#pending, bytes]);
      this.#pending = NOTHING;
    }
    for (;;) {
      const next = this.#stage === 'head' ? this.#readHead(rest, sink) : this.#readBody(rest, sink);
      if (next === undefined) return this.#held ? 'hold' : 'more';
      if (!Buffer.isBuffer(next)) return next;
      rest = next;
    }
  }

  /** The connection is gone; `finished`: by the handler's own end of it. Undefined: nothing was under way. */
  close(finished: boolean): 'spent' | HeadFault | undefined {
    const sink = this.#sink;
    if (sink === undefined) return undefined;
    if (this.#stage === 'close' && finished) {
      this.#sink = undefined;
      sink.end(NO_TRAILERS);
      return 'spent';
    }
    if (!this.#begun) return { fault: 'it closed the connection without an answer' };
    return {
      fault:
        this.#stage === 'head'
          ? 'it closed the connection within the head of its reply'
          : 'it closed the connection in the middle of its reply',
    };
  }

  /** Returns the bytes still to read, undefined when more must come, or how the reply ended. */
  #readHead(bytes: Buffer, sink: ReplySink): Buffer | Progress | undefined {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) {
      if (bytes.length > MOST_HEAD_BYTES) return { fault: `the head of its reply is longer than ${MOST_HEAD_BYTES} bytes` };
      this.#pending = Buffer.from(bytes);
      return undefined;
    }
    if (end > MOST_HEAD_BYTES) return { fault: `the head of its reply is longer than ${MOST_HEAD_BYTES} bytes` };
    const head = readReplyHead(bytes.toString('latin1', 0, end), this.#method);
    if ('fault' in head) return head;
    const bodyStart = end + 4;
    if (head.status < 200) return this.#readInterim(head, bytes.subarray(bodyStart), sink);
    this.#head = head;
    const available = bytes.length - bodyStart;
    switch (head.framing) {
      case 'none':
        return this.#complete(head, bytes, bodyStart, bodyStart, sink);
      case 'length': {
        const length = head.contentLength ?? 0;
        if (available >= length) return this.#complete(head, bytes, bodyStart, bodyStart + length, sink);
        this.#stage = 'length';
        this.#left = length - available;
        sink.head(head, bytes.subarray(bodyStart), false);
        return undefined;
      }
      case 'close':
        this.#stage = 'close';
        sink.head(head, bytes.subarray(bodyStart), false);
        return undefined;
      case 'chunked':
        return this.#beginChunks(head, bytes, bodyStart, sink);
    }
  }

  #readInterim(head: ReplyHead, rest: Buffer, sink: ReplySink): Buffer | HeadFault | undefined {
    if (head.status === 101) return { fault: 'it switched protocols although nobody had asked it to' };
    this.#interimCount += 1;
    if (this.#interimCount > MOST_INTERIM_REPLIES) return { fault: `it sent more than ${MOST_INTERIM_REPLIES} interim answers` };
    sink.interim(head);
    return rest.length > 0 ? rest : undefined;
  }

  #complete(head: ReplyHead, bytes: Buffer, from: number, to: number, sink: ReplySink): Progress {
    // Freed first: the sink may send the next request from within the call.
    this.#sink = undefined;
    this.#stage = 'head';
    const tooMuch = bytes.length > to;
    sink.head(head, bytes.subarray(from, to), true);
    return head.reusable && !tooMuch ? 'reusable' : 'spent';
  }

  /** A short chunked reply that came in one piece is handed over in one piece as well. */
  #beginChunks(head: ReplyHead, bytes: Buffer, bodyStart: number, sink: ReplySink): Buffer | Progress | undefined {
    const whole = wholeChunkedBody(bytes, bodyStart);
    if (whole !== undefined) {
      this.#sink = undefined;
      this.#stage = 'head';
      sink.head(head, whole, true);
      return head.reusable ? 'reusable' : 'spent';
    }
    this.#stage = 'chunk-size';
    this.#trailers = [];
    this.#trailerBytes = 0;
    sink.head(head, NOTHING, false);
    return bytes.length > bodyStart ? bytes.subarray(bodyStart) : undefined;
  }

  #readBody(bytes: Buffer, sink: ReplySink): Buffer | Progress | undefined {
    switch (this.#stage) {
      case 'close':
        this.#give(bytes, sink);
        return undefined;
      case 'length': {
        const size = Math.min(this.#left, bytes.length);
        this.#left -= size;
        this.#give(size === bytes.length ? bytes : bytes.subarray(0, size), sink);
        if (this.#left > 0) return undefined;
        return this.#finish(NO_TRAILERS, bytes.length > size, sink);
      }
      case 'chunk': {
        const size = Math.min(this.#left, bytes.length);
        this.#left -= size;
        if (size > 0) this.#give(bytes.subarray(0, size), sink);
        if (this.#left > 0) return undefined;
        this.#stage = 'chunk-end';
        return rest(bytes, size);
      }
      case 'chunk-end':
        if (bytes.length < 2) return this.#keep(bytes);
        if (bytes[0] !== 13 || bytes[1] !== 10) return { fault: 'a chunk of its reply is longer than it says' };
        this.#stage = 'chunk-size';
        return rest(bytes, 2);
      default:
        return this.#readLine(bytes, sink);
    }
  }

  #readLine(bytes: Buffer, sink: ReplySink): Buffer | Progress | undefined {
    const end = bytes.indexOf(LINE_END);
    if (end < 0) {
      if (bytes.length > MOST_CHUNK_LINE_BYTES) return { fault: 'a line between its chunks is too long' };
      return this.#keep(bytes);
    }
    const line = bytes.toString('latin1', 0, end);
    if (this.#stage === 'chunk-size') {
      const size = readChunkSize(line);
      if (size === undefined) return { fault: `${JSON.stringify(line.slice(0, 60))} is no chunk size` };
      this.#left = size;
      this.#stage = size === 0 ? 'trailers' : 'chunk';
      return rest(bytes, end + 2);
    }
    if (line === '') return this.#finish(this.#trailers, bytes.length > end + 2, sink);
    this.#trailerBytes += end;
    const field = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)$/.exec(line);
    if (field?.[1] === undefined || field[2] === undefined || this.#trailerBytes > MOST_HEAD_BYTES)
      return { fault: 'its trailers are malformed' };
    this.#trailers.push(field[1], field[2].trim());
    return rest(bytes, end + 2);
  }

  #give(bytes: Buffer, sink: ReplySink): void {
    if (!sink.body(bytes)) this.#held = true;
  }

  #keep(bytes: Buffer): undefined {
    this.#pending = Buffer.from(bytes);
  }

  #finish(trailers: readonly string[], tooMuch: boolean, sink: ReplySink): Progress {
    this.#sink = undefined;
    this.#stage = 'head';
    sink.end(trailers);
    return this.#head?.reusable && !tooMuch ? 'reusable' : 'spent';
  }
}

const rest = (bytes: Buffer, from: number): Buffer | undefined => (bytes.length > from ? bytes.subarray(from) : undefined);

/** Chunk extensions mean nothing to us. https://www.rfc-editor.org/rfc/rfc9112#section-7.1.1 */
function readChunkSize(line: string): number | undefined {
  const digits = /^([0-9A-Fa-f]{1,13})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** The body when exactly one chunk, the last chunk and no trailers are here and nothing else: what most small chunked replies look like. */
function wholeChunkedBody(bytes: Buffer, start: number): Buffer | undefined {
  if (bytes.length < start + 5 || bytes.length > start + 64 * 1024) return undefined;
  const lineEnd = bytes.indexOf(LINE_END, start);
  if (lineEnd < 0 || lineEnd - start > 8) return undefined;
  const size = readChunkSize(bytes.toString('latin1', start, lineEnd));
  if (size === undefined) return undefined;
  const from = lineEnd + 2;
  const ending = size === 0 ? '\r\n' : '\r\n0\r\n\r\n';
  if (bytes.length !== from + size + ending.length || bytes.toString('latin1', from + size) !== ending) return undefined;
  return bytes.subarray(from, from + size);
}
