// One request of a caller, from its first line to its line in the access log.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Link } from '../core/chain.ts';
import type { HostObserver, LogLevel, LogRecord, RequestSummary } from '../core/log.ts';
import type { Deadline, Limited, TimeLimit } from '../invocation/time-limit.ts';
import type { Work, WorkInHand } from '../invocation/work-in-hand.ts';
import { maskKeys } from './mask-keys.ts';
import { reasonPhrase } from './reason-phrase.ts';
import { bodyKind, discardBody } from './request-body.ts';
import type { ReplyWriter } from './whole-reply.ts';

/** What every call needs of its server. */
export type CallContext = {
  readonly observer: HostObserver;
  readonly writeWhole: ReplyWriter;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  /** The value of a Date header. */
  readonly httpDate: () => string;
  readonly work: WorkInHand;
};

export type HeaderPair = readonly [name: string, value: string];

type AnswerParts = {
  /** Text; default none. */
  readonly body?: string;
  readonly type?: string;
  /** Further header lines, each with its line break. */
  readonly headers?: string;
  readonly chunked?: boolean;
};

export class Call implements Limited, Work {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #context: CallContext;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly #startedMs: number;
  /** Added to whatever answer there is, unless it has a header of that name. */
  extraHeaders: readonly HeaderPair[] = [];
  /** Replace what the handler says under these names: the host answers for who may read, as the platform does on Azure. */
  corsHeaders: readonly HeaderPair[] = [];
  functionName: string | undefined;
  invocationId: string | undefined;
  /** Called when the caller goes away before the answer is complete. */
  onAbandoned: (() => void) | undefined;
  /** Called when a limit that `limitBy` set has run out. */
  onExpired: ((limit: TimeLimit) => void) | undefined;
  // No lists: there is one call for each request, and most have one of these or none.
  #onEnded: (() => void) | undefined;
  #deadline: Deadline | undefined;
  #otherDeadline: Deadline | undefined;
  #inHand: Link<Work> | undefined;
  #ended = false;

  constructor(request: IncomingMessage, response: ServerResponse, context: CallContext) {
    this.request = request;
    this.response = response;
    this.#context = context;
    this.startedAtMs = context.nowMs();
    this.#startedMs = context.monotonicMs();
    response.on('close', () => {
      // Only now does the caller have what it can get of the answer.
      if (this.#inHand !== undefined) context.work.end(this.#inHand);
      if (this.#ended) return;
      // The server itself has answered: the body could not be read, or did not come.
      if (response.writableEnded) this.end(response.statusCode, 'refused');
      else this.end(undefined, 'aborted');
      this.onAbandoned?.();
    });
  }

  describe(): string {
    return `${this.request.method} ${maskKeys(this.request.url?.split('?', 1)[0] ?? '')}`;
  }

  /** Answered, given up, or cut off. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Calls once, when the call has ended in whatever way; at once if it has. */
  whenEnded(listener: () => void): void {
    if (this.#ended) return listener();
    const before = this.#onEnded;
    this.#onEnded =
      before === undefined
        ? listener
        : () => {
            before();
            listener();
          };
  }

  /** Its time begins now, anew if it had begun. Two may count at once: those of a function. */
  limitBy(limit: TimeLimit | undefined): void {
    if (limit === undefined || this.#ended) return;
    const isFirst = this.#deadline === undefined || this.#deadline.value.limit === limit;
    if (isFirst) this.#deadline = limit.watch(this, this.#deadline);
    else this.#otherDeadline = limit.watch(this, this.#otherDeadline);
  }

  /** It does not count until it is set again. */
  unlimitBy(limit: TimeLimit | undefined): void {
    if (this.#deadline?.value.limit === limit) this.#deadline?.leave();
    else if (this.#otherDeadline?.value.limit === limit) this.#otherDeadline?.leave();
  }

  /** No limit counts until the next one is set. */
  unlimit(): void {
    this.#deadline?.leave();
    this.#otherDeadline?.leave();
    this.#deadline = undefined;
    this.#otherDeadline = undefined;
  }

  expire(limit: TimeLimit): void {
    this.onExpired?.(limit);
  }

  /** From here on stops and drains wait for it. */
  takeInHand(): void {
    this.#inHand = this.#context.work.begin(this);
  }

  /** Answers with a whole reply of the host's or the handler's. `headerLines` frame the body unless it is to be chunked. */
  reply(status: number, reason: string, headerLines: string, body: string, outcome: RequestSummary['outcome'], chunked = false): void {
    const { method, httpVersion } = this.request;
    const headOnly = method === 'HEAD';
    // An HTTP/1.0 caller knows no chunks.
    const length = chunked && !headOnly && httpVersion === '1.0' ? `Content-Length: ${body.length}\r\n` : '';
    this.#context.writeWhole(this.response, {
      status,
      reason,
      headerLines: length + this.withExtraHeaders(headerLines),
      body: headOnly ? '' : body,
      chunked: chunked && !headOnly && length === '',
    });
    this.end(status, outcome);
  }

  /** An answer of the host itself. The body is text; UTF-8. */
  answer(status: number, outcome: RequestSummary['outcome'], { body = '', type, headers = '', chunked = false }: AnswerParts = {}): void {
    if (this.#ended || this.response.headersSent) return;
    const bytes = Buffer.from(body);
    const unframed = chunked || status === 204 || status === 304 || (bytes.length === 0 && this.request.method === 'HEAD');
    const length = unframed ? '' : `Content-Length: ${bytes.length}\r\n`;
    const lines = `${length}${type === undefined ? '' : `Content-Type: ${type}\r\n`}Date: ${this.#context.httpDate()}\r\n${headers}`;
    this.reply(status, reasonPhrase(status), lines, bytes.toString('latin1'), outcome, chunked);
    // node:http would read what is left of a body without end.
    if (bodyKind(this.request) !== 'none') discardBody(this.request, () => {});
  }

  /** As above, and the connection ends with it: for a request whose rest nobody will read. */
  refuse(status: number, parts: AnswerParts = {}): void {
    const { request, response } = this;
    const { socket } = request;
    if (request.complete || bodyKind(request) === 'none') {
      response.shouldKeepAlive = false;
      return this.answer(status, 'refused', parts);
    }
    // A connection that is closed with unread bytes in it takes the answer along, so the caller gets time to read it.
    response.shouldKeepAlive = true;
    this.answer(status, 'refused', { ...parts, headers: `Connection: close\r\n${parts.headers ?? ''}` });
    // Said once the answer is written: node:http need not close yet, but public-server takes no further request.
    response.shouldKeepAlive = false;
    // Answers to what was asked before it leave first.
    const close = (): void => {
      if (request.complete && response.writableFinished) socket.destroySoon();
    };
    request.on('end', close);
    response.on('finish', close);
  }

  end(status: number | undefined, outcome: RequestSummary['outcome']): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#context.observer.request({
      startedAtMs: this.startedAtMs,
      durationMs: this.#context.monotonicMs() - this.#startedMs,
      method: this.request.method ?? '',
      target: maskKeys(this.request.url ?? ''),
      status,
      outcome,
      functionName: this.functionName,
      invocationId: this.invocationId,
    });
    this.unlimit();
    this.#onEnded?.();
  }

  /** Something the operator should read about this request. */
  log(level: LogLevel, message: string, more: Partial<LogRecord> = {}): void {
    const { functionName, invocationId } = this;
    const category = functionName === undefined ? 'Host.Http' : `Function.${functionName}`;
    this.#context.observer.log({ category, functionName, invocationId, ...more, level, message });
  }

  httpDate(): string {
    return this.#context.httpDate();
  }

  withExtraHeaders(headerLines: string): string {
    let lines = headerLines;
    for (const [name, value] of this.extraHeaders) {
      if (!hasHeader(headerLines, name)) lines += `${name}: ${value}\r\n`;
    }
    if (this.corsHeaders.length === 0) return lines;
    lines = lines.replace(/^access-control-allow-(?:origin|credentials):.*\r\n/gim, '');
    for (const [name, value] of this.corsHeaders) lines += `${name}: ${value}\r\n`;
    return lines;
  }
}

function hasHeader(headerLines: string, name: string): boolean {
  const wanted = `\r\n${name.toLowerCase()}:`;
  return `\r\n${headerLines.toLowerCase()}`.includes(wanted);
}
