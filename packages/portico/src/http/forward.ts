// Passes a request on to the handler as it is and the reply back as it comes: proxy, forward and legacy mode.
// They differ in the head that the handler gets; the rest is one streaming path.
import type { ServerResponse } from 'node:http';
import { AZURE_HOST_VERSION } from '../core/azure.ts';
import type { Remark } from '../core/remark.ts';
import { azureInterim, azureTrailers } from '../core/remarks/request.ts';
import { logBrokenReply, MOST_SENDINGS } from '../invocation/attempts.ts';
import type { TimeLimit } from '../invocation/time-limit.ts';
import type { InvocationIds } from '../platform/ids.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import type { Exchange, ExchangeFault, ExchangeSink } from '../worker/handler-connection.ts';
import { type ReplyHead, toHeaderList } from '../worker/reply-head.ts';
import type { Call } from './call.ts';
import type { Caller } from './caller.ts';
import { forwardedLines, type PassedHeaders, passHeaders, traceparentOf } from './forwarded-headers.ts';
import { withHandler } from './handler-wait.ts';
import { headerLines, type Identity } from './identity.ts';
import { redirectRemark, requestRemark, streamedReplyRemark } from './passing-remarks.ts';
import { reasonPhrase } from './reason-phrase.ts';
import { type BodyKind, bodyKind, pipeBody } from './request-body.ts';
import type { RequestTarget } from './request-target.ts';
import { type Run, runOutOfTime } from './run.ts';
import { writeHeadPublicly } from './whole-reply.ts';

/** Proxy: the handler's own Host and no change to User-Agent. Forward and legacy: the caller's Host, our name after its User-Agent. */
export type PassingMode = 'proxy' | 'forward' | 'legacy';

export type Passing = {
  readonly mode: PassingMode;
  readonly caller: Caller;
  readonly ids: InvocationIds;
  readonly identity: Identity;
  /** Path and query for the handler, in the caller's bytes. */
  readonly target: string;
  /** From the absolute form of a request line: counts instead of the Host header. */
  readonly authority: string | undefined;
};

/** https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Any other method says it has no body: some servers insist. https://www.rfc-editor.org/rfc/rfc9110#section-8.6 */
const BODYLESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'CONNECT']);

export function forwardRequest(run: Run, mode: PassingMode, channel: HandlerChannel, sendingCount = 1): void {
  const { call, fn, caller, ids, target, identity } = run;
  const { request } = call;
  const kind = bodyKind(request);
  const method = request.method ?? 'GET';
  const passing = { mode, caller, ids, identity, target: targetFor(fn, mode, target), authority: target.authority };
  const head = requestHead(method, request.rawHeaders, channel.port, kind, passing);
  const forwarding = new Forwarding(run, mode, channel, kind, sendingCount);
  forwarding.remark(requestRemark(mode, request, passing.target, kind));
  call.limitBy(fn.timeLimit);
  call.onExpired = (limit) => forwarding.expire(limit);
  forwarding.exchange = channel.send(
    { method, head, complete: kind === 'none', repeatable: kind === 'none' && IDEMPOTENT.has(method) },
    forwarding,
  );
  call.onAbandoned = () => forwarding.exchange.abort();
  if (kind !== 'none' && forwarding.exchange.connected) forwarding.connected();
}

/** Legacy handlers are called by the function's name, whatever its route. */
export function targetFor(fn: { readonly name: string }, mode: PassingMode, { path, query }: RequestTarget): string {
  return mode === 'legacy' ? `/${fn.name}${query}` : `${path || '/'}${query}`;
}

/** Request line and headers for the handler. */
export function requestHead(method: string, rawHeaders: readonly string[], port: number, kind: BodyKind, passing: Passing): string {
  const { mode, caller, ids, identity } = passing;
  const passed = passHeaders(rawHeaders, caller);
  if (passing.authority !== undefined) passed.host = passing.authority;
  const own = `X-Azure-Functions-HostVersion: ${AZURE_HOST_VERSION}\r\nX-Azure-Functions-InvocationId: ${ids.invocationId}\r\n`;
  const trace = `traceparent: ${traceparentOf(passed, ids)}\r\n`;
  const framing =
    kind === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : passed.hasLength || BODYLESS.has(method) ? '' : 'Content-Length: 0\r\n';
  return `${method} ${passing.target} HTTP/1.1\r\n${modeLines(mode, passed, port, ids)}${passed.lines}${own}${headerLines(identity.headers)}${trace}${forwardedLines(passed, caller)}${framing}\r\n`;
}

function modeLines(mode: PassingMode, { host, userAgent }: PassedHeaders, port: number, { invocationId }: InvocationIds): string {
  const address = `127.0.0.1:${port}`;
  if (mode === 'proxy') {
    return `Host: ${address}\r\n${userAgent === undefined ? '' : `User-Agent: ${userAgent}\r\n`}x-ms-invocation-id: ${invocationId}\r\n`;
  }
  const agent = `Azure-Functions-Host/${AZURE_HOST_VERSION}`;
  return `Host: ${host ?? address}\r\nUser-Agent: ${userAgent === undefined ? agent : `${userAgent} ${agent}`}\r\n`;
}

/** One request on its way. */
class Forwarding implements ExchangeSink {
  readonly #run: Run;
  readonly #call: Call;
  readonly #mode: PassingMode;
  readonly #channel: HandlerChannel;
  readonly #kind: BodyKind;
  readonly #sendingCount: number;
  #status = 0;
  exchange!: Exchange;
  /** The handler wants no more of the request's body. */
  stopUpload = (): void => {};

  constructor(run: Run, mode: PassingMode, channel: HandlerChannel, kind: BodyKind, sendingCount: number) {
    this.#run = run;
    this.#call = run.call;
    this.#mode = mode;
    this.#channel = channel;
    this.#kind = kind;
    this.#sendingCount = sendingCount;
  }

  connected(): void {
    if (this.#kind === 'none' || this.#call.ended) return;
    const { host } = this.#run;
    this.stopUpload = pipeBody(
      this.#call.request,
      this.#kind,
      () => this.exchange,
      host.app.mostBodyBytes,
      () => this.#refuseBody(),
    );
  }

  remark(remark: Remark | undefined): void {
    if (remark !== undefined) this.#run.host.remark(this.#call, remark);
  }

  interim(head: ReplyHead): void {
    const { request, response } = this.#call;
    // The caller has had its 100 from us. An HTTP/1.0 caller knows no interim answers.
    if (head.status === 100 || request.httpVersion !== '1.1' || response.headersSent) return;
    this.remark(azureInterim());
    // Only the answer whose turn it is owns the connection; the next one in a pipeline does without.
    response.socket?.write(`HTTP/1.1 ${head.status} ${head.reason}\r\n${head.headerLines}\r\n`, 'latin1');
  }

  head(head: ReplyHead, body: Buffer, complete: boolean): void {
    const call = this.#call;
    if (call.ended) return;
    const dated = head.hasDate ? head.headerLines : `${head.headerLines}Date: ${call.httpDate()}\r\n`;
    this.remark(redirectRemark(this.#mode, head.status));
    if (complete) {
      this.stopUpload();
      const length = head.framing === 'chunked' ? `Content-Length: ${body.length}\r\n` : '';
      call.reply(head.status, head.reason || reasonPhrase(head.status), length + dated, body.toString('latin1'), 'succeeded');
      return;
    }
    this.#status = head.status;
    this.remark(streamedReplyRemark(this.#mode));
    const { response } = call;
    writeHeadPublicly(response, head.status, head.reason || reasonPhrase(head.status), toHeaderList(call.withExtraHeaders(dated)));
    response.on('drain', () => {
      call.limitBy(this.#run.fn.idleLimit);
      this.exchange.resume();
    });
    call.limitBy(this.#run.fn.idleLimit);
    if (body.length > 0) this.body(body);
    else response.flushHeaders();
  }

  body(chunk: Buffer): boolean {
    const { idleLimit } = this.#run.fn;
    const reads = writeCopy(this.#call.response, chunk);
    // It is the caller who stands still, if anybody; `drain` goes on.
    if (reads) this.#call.limitBy(idleLimit);
    else this.#call.unlimitBy(idleLimit);
    return reads;
  }

  end(trailers: readonly string[]): void {
    const { response } = this.#call;
    if (trailers.length > 0) {
      this.remark(azureTrailers());
      response.addTrailers(pairs(trailers).filter(([name]) => !NEVER_TRAILERS.has(name.toLowerCase())));
    }
    this.stopUpload();
    response.end();
    this.#call.end(this.#status, 'succeeded');
  }

  drain(): void {
    this.#call.request.resume();
  }

  repeated(exchange: Exchange): void {
    this.exchange = exchange;
  }

  failed({ reason, unread }: ExchangeFault): void {
    if (this.#call.ended) return this.stopUpload();
    this.#call.unlimit();
    const nextMayGetIt = this.#sendingCount < MOST_SENDINGS;
    if (unread === 'yes' && nextMayGetIt) this.#sendToNext();
    else if (unread === 'if gone' && nextMayGetIt) void this.#sendToNextIfGone(reason);
    else this.#giveUp(reason);
  }

  async #sendToNextIfGone(reason: string): Promise<void> {
    const gone = await this.#channel.hasEnded();
    if (this.#call.ended) return;
    if (gone) this.#sendToNext();
    else this.#giveUp(reason);
  }

  #giveUp(reason: string): void {
    const call = this.#call;
    this.stopUpload();
    void logBrokenReply(call, this.#channel, reason);
    if (!call.response.headersSent) return call.answer(502, 'failed');
    call.end(this.#status, 'failed');
    // What the caller has is not the whole, and only a broken connection can still say so.
    call.response.destroy();
  }

  /** Nothing of its body was read, or it has none. */
  #sendToNext(): void {
    withHandler(this.#call, this.#run.host, (next) => forwardRequest(this.#run, this.#mode, next, this.#sendingCount + 1));
  }

  expire(limit: TimeLimit): void {
    const { call } = this.#run;
    const answering = call.response.headersSent;
    runOutOfTime(this.#run, limit, this.#channel, answering || this.#callerIsSlow);
    this.exchange.abort();
    this.stopUpload();
    if (!answering) return call.answer(504, 'failed');
    call.end(this.#status, 'failed');
    call.response.destroy();
  }

  /** The handler takes what comes of the body, and more is to come. */
  get #callerIsSlow(): boolean {
    const { request } = this.#call;
    return this.exchange.connected && !request.complete && !request.isPaused();
  }

  #refuseBody(): void {
    this.exchange.abort();
    this.stopUpload();
    if (this.#call.response.headersSent) this.#call.response.destroy();
    else this.#call.refuse(413);
  }
}

/** They would say something of a message that is over. https://www.rfc-editor.org/rfc/rfc9110#section-6.5.1 */
const NEVER_TRAILERS = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'trailer',
  'host',
  'content-type',
  'content-encoding',
  'set-cookie',
]);

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] as string, flat[2 * i + 1] as string]);
}

/** As much as the handler's bytes come in at once. */
const COPY_BYTES = 64 * 1024;
const SMALL_BYTES = 4 * 1024;
const MOST_SPARE_COPIES = 64;
const spareCopies: Buffer[] = [];

/** The bytes are lent, and the caller may be slow. Large copies are used again: to allocate them costs more than to copy. */
function writeCopy(response: ServerResponse, chunk: Buffer): boolean {
  if (chunk.length < SMALL_BYTES || chunk.length > COPY_BYTES) return response.write(Buffer.from(chunk));
  const copy = spareCopies.pop() ?? Buffer.allocUnsafeSlow(COPY_BYTES);
  chunk.copy(copy);
  return response.write(copy.subarray(0, chunk.length), () => {
    if (spareCopies.length < MOST_SPARE_COPIES) spareCopies.push(copy);
  });
}
