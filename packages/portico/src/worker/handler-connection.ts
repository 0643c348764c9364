// One keep-alive connection to the handler: sends one request at a time and feeds the reply to its sink.
import { connect, type Socket } from 'node:net';
import { ReplyReader, type ReplySink } from './reply-reader.ts';

export type HandlerRequest = {
  readonly method: string;
  /** Request line, headers and the empty line. One character a byte. */
  readonly head: string;
  /** True: the head is all. False: the body follows by `write`, framed as the head says, and ends with `finish`. */
  readonly complete: boolean;
  /** May be sent once more, on a fresh connection, when a pooled one dies before the first byte of the reply. */
  readonly repeatable: boolean;
};

/** One request and its reply, as its sender sees it. */
export interface Exchange {
  /** False: the sink's `connected` follows. A body is not written before: what is written to a handler that is gone is lost. */
  readonly connected: boolean;
  /** A piece of the body, framed already; text is one character a byte. False: wait for the sink's `drain`. */
  write(piece: Buffer | string): boolean;
  /** Until `uncork`, what is written waits, to leave in one piece. */
  cork(): void;
  uncork(): void;
  /** The body is written whole. */
  finish(): void;
  /** After the sink's `body` returned false. */
  resume(): void;
  /** Nobody wants the reply any more: closes the connection and reports nothing further. */
  abort(): void;
}

/** Why there is no reply, or no whole one. */
export type ExchangeFault = {
  readonly reason: string;
  readonly unread: Unread;
};

/**
 * Whether another process may get the request because this one has read nothing of it. `yes`: the connection was refused.
 * `if gone`: it was reset with a repeatable request in it. A process that dies resets what it has not read, and ends what it has;
 * but one that lives on may read a request and reset its connection, so the process has to be gone.
 */
export type Unread = 'yes' | 'if gone' | 'no';

/** What is reported of an exchange, beside the reply itself. */
export interface ExchangeSink extends ReplySink {
  connected(): void;
  /** The connection takes body bytes again. */
  drain(): void;
  /** The pooled connection had died; the request went out again and this is its exchange now. */
  repeated(exchange: Exchange): void;
  /** No reply, or no whole one; the request is not repeated. */
  failed(fault: ExchangeFault): void;
}

/** Where a connection goes when its exchange is over. */
export interface ConnectionOwner {
  idle(connection: HandlerConnection, keepAliveSeconds: number | undefined): void;
  gone(connection: HandlerConnection): void;
  /** Once more, on a fresh connection. `fault`: of the first one. */
  repeat(request: HandlerRequest, sink: ExchangeSink, fault: ExchangeFault): void;
  /** Nobody listens there. */
  refused(): void;
}

// Node reads into it and calls back before it reads again, so one buffer serves every connection.
const READ_BUFFER_BYTES = 64 * 1024;
const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);

export class HandlerConnection implements Exchange {
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #reader = new ReplyReader();
  #request: HandlerRequest | undefined;
  #sink: ExchangeSink | undefined;
  #error: NodeJS.ErrnoException | undefined;
  #connected = false;
  /** Of another connection, on which the handler may have read the request already. */
  #before: ExchangeFault | undefined;
  /** The handler ended the connection in peace. */
  #finished = false;
  /** The whole request is written; only then may the connection be used again. */
  #sent = false;
  /** It has answered before: a failure may now be the handler's idle timeout and no fault of the request. */
  #reused = false;

  constructor(port: number, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: { buffer: readBuffer, callback: (size) => this.#receive(size) },
    });
    this.#socket.on('connect', () => {
      this.#connected = true;
      this.#sink?.connected();
    });
    this.#socket.on('error', (error) => {
      this.#error = error;
    });
    this.#socket.on('end', () => {
      this.#finished = true;
    });
    this.#socket.on('close', () => this.#closed());
    this.#socket.on('drain', () => this.#sink?.drain());
  }

  get usable(): boolean {
    return !this.#socket.destroyed && !this.#finished && this.#error === undefined;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** `before`: what came of this request on another connection. */
  send(request: HandlerRequest, sink: ExchangeSink, before?: ExchangeFault): void {
    this.#request = request;
    this.#before = before;
    this.#sink = sink;
    this.#sent = request.complete;
    this.#reader.expect(request.method, sink);
    // Uncorked by who writes the body.
    if (!request.complete) this.#socket.cork();
    this.#socket.write(request.head, 'latin1');
  }

  write(piece: Buffer | string): boolean {
    return typeof piece === 'string' ? this.#socket.write(piece, 'latin1') : this.#socket.write(piece);
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  finish(): void {
    this.#sent = true;
  }

  resume(): void {
    this.#socket.resume();
  }

  abort(): void {
    this.#sink = undefined;
    this.#socket.destroy();
  }

  /** Ends the connection; an exchange under way fails and is not repeated: its handler is gone, and may have read it. */
  close(): void {
    this.#reused = false;
    this.#socket.destroy();
  }

  #receive(size: number): boolean {
    const sink = this.#sink;
    const progress = this.#reader.feed(readBuffer.subarray(0, size));
    if (progress === 'more') return true;
    if (progress === 'hold') return false;
    if (progress !== 'reusable' && progress !== 'spent') this.#fail(progress.fault);
    // The sink may have aborted within its last call.
    else if (this.#sink === sink && sink !== undefined) this.#release(progress);
    return true;
  }

  #release(progress: 'reusable' | 'spent'): void {
    this.#sink = undefined;
    this.#reused = true;
    // A reply that came before the whole request was written leaves a connection in the middle of a body.
    if (progress === 'reusable' && this.#sent && !this.#socket.destroyed) this.#owner.idle(this, this.#reader.keepAliveSeconds);
    else this.#socket.destroy();
  }

  #closed(): void {
    this.#owner.gone(this);
    const ended = this.#reader.close(this.#finished);
    if (ended === undefined || ended === 'spent') this.#sink = undefined;
    else this.#fail(this.#error === undefined ? ended.fault : describe(this.#error, ended.fault));
  }

  #fail(reason: string): void {
    const [sink, request] = [this.#sink, this.#request];
    this.#sink = undefined;
    this.#socket.destroy();
    const refused = !this.#connected && this.#error?.code === 'ECONNREFUSED';
    if (refused) this.#owner.refused();
    if (sink === undefined || request === undefined) return;
    const again = request.repeatable && !this.#reader.begun;
    const reset = again && RESETS.has(this.#error?.code ?? '');
    const before = this.#before;
    const unread = weaker(before?.unread ?? 'yes', refused ? 'yes' : reset ? 'if gone' : 'no');
    // That nobody listens any more is no reason: it is the connection on which it may have been read that failed.
    const fault = { reason: refused && before !== undefined ? before.reason : reason, unread };
    if (this.#reused && again) this.#owner.repeat(request, sink, fault);
    else sink.failed(fault);
  }
}

/** The other end had bytes in hand that it never read, was gone before they came, or wanted it so. */
const RESETS = new Set(['ECONNRESET', 'EPIPE']);

function weaker(one: Unread, other: Unread): Unread {
  return one === 'yes' ? other : one === 'no' || other === 'yes' ? one : other;
}

function describe(error: NodeJS.ErrnoException, fault: string): string {
  if (error.code === 'ECONNREFUSED') return 'it refused the connection';
  return error.code === 'ECONNRESET' ? fault : `${fault} (${error.code ?? error.message})`;
}
