// Passes a request on to the handler as it is and the reply back as it comes: proxy, forward and legacy mode.
// They differ in the head that the handler gets; the rest is one streaming path.
import type { ServerResponse } from 'node:http';
import { AZURE_HOST_VERSION } from '../core/azure.ts';
import { handlerReplyBroken } from '../core/error-catalogue.ts';
import type { InvocationIds } from '../platform/ids.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import type { Exchange, ExchangeSink } from '../worker/handler-connection.ts';
import { type ReplyHead, toHeaderList } from '../worker/reply-head.ts';
import type { Call } from './call.ts';
import type { Caller } from './caller.ts';
import { forwardedLines, type PassedHeaders, passHeaders, traceparentOf } from './forwarded-headers.ts';
import { interimRemark, type Remark, redirectRemark, requestRemark, streamedReplyRemark, trailersRemark } from './passing-remarks.ts';
import type { PublicHost } from './public-app.ts';
import { reasonPhrase } from './reason-phrase.ts';
import { type BodyKind, bodyKind, pipeBody } from './request-body.ts';
import type { RequestTarget } from './request-target.ts';
import { writeHeadPublicly } from './whole-reply.ts';

/** Proxy: the handler's own Host and no change to User-Agent. Forward and legacy: the caller's Host, our name after its User-Agent. */
export type PassingMode = 'proxy' | 'forward' | 'legacy';

export type Passing = {
  readonly mode: PassingMode;
  readonly caller: Caller;
  readonly ids: InvocationIds;
  /** Path and query for the handler, in the caller's bytes. */
  readonly target: string;
  /** From the absolute form of a request line: counts instead of the Host header. */
  readonly authority: string | undefined;
};

/** https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Any other method says it has no body: some servers insist. https://www.rfc-editor.org/rfc/rfc9110#section-8.6 */
const BODYLESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'CONNECT']);

export function forwardRequest(call: Call, channel: HandlerChannel, host: PublicHost, passing: Passing): void {
  const { request } = call;
  const kind = bodyKind(request);
  const method = request.method ?? 'GET';
  const head = requestHead(method, request.rawHeaders, channel.port, kind, passing);
  const forwarding = new Forwarding(call, host, passing.mode);
  forwarding.remark(requestRemark(passing.mode, request, passing.target, kind));
  forwarding.exchange = channel.send(
    { method, head, complete: kind === 'none', repeatable: kind === 'none' && IDEMPOTENT.has(method) },
    forwarding,
  );
  call.onAbandoned = () => forwarding.exchange.abort();
  if (kind !== 'none') {
    forwarding.stopUpload = pipeBody(
      request,
      kind,
      () => forwarding.exchange,
      host.app.mostBodyBytes,
      () => forwarding.refuseBody(),
    );
  }
}

/** Legacy handlers are called by the function's name, whatever its route. */
export function targetFor(fn: { readonly name: string }, mode: PassingMode, { path, query }: RequestTarget): string {
  return mode === 'legacy' ? `/${fn.name}${query}` : `${path || '/'}${query}`;
}

/** Request line and headers for the handler. */
export function requestHead(method: string, rawHeaders: readonly string[], port: number, kind: BodyKind, passing: Passing): string {
  const { mode, caller, ids } = passing;
  const passed = passHeaders(rawHeaders, caller.trusted);
  if (passing.authority !== undefined) passed.host = passing.authority;
  const own = `X-Azure-Functions-HostVersion: ${AZURE_HOST_VERSION}\r\nX-Azure-Functions-InvocationId: ${ids.invocationId}\r\n`;
  const trace = `traceparent: ${traceparentOf(passed, ids)}\r\n`;
  const framing =
    kind === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : passed.hasLength || BODYLESS.has(method) ? '' : 'Content-Length: 0\r\n';
  return `${method} ${passing.target} HTTP/1.1\r\n${modeLines(mode, passed, port, ids)}${passed.lines}${own}${trace}${forwardedLines(passed, caller)}${framing}\r\n`;
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
  readonly #call: Call;
  readonly #host: PublicHost;
  readonly #mode: PassingMode;
  #status = 0;
  exchange!: Exchange;
  /** The handler wants no more of the request's body. */
  stopUpload = (): void => {};

  constructor(call: Call, host: PublicHost, mode: PassingMode) {
    this.#call = call;
    this.#host = host;
    this.#mode = mode;
  }

  remark(remark: Remark | undefined): void {
    if (remark !== undefined) this.#host.remark(this.#call, remark.code, remark.message);
  }

  interim(head: ReplyHead): void {
    const { request, response } = this.#call;
    // The caller has had its 100 from us. An HTTP/1.0 caller knows no interim answers.
    if (head.status === 100 || request.httpVersion !== '1.1' || response.headersSent) return;
    this.remark(interimRemark);
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
    response.on('drain', () => this.exchange.resume());
    if (body.length > 0) this.body(body);
    else response.flushHeaders();
  }

  body(chunk: Buffer): boolean {
    return writeCopy(this.#call.response, chunk);
  }

  end(trailers: readonly string[]): void {
    const { response } = this.#call;
    if (trailers.length > 0) {
      this.remark(trailersRemark);
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

  failed(reason: string): void {
    const call = this.#call;
    this.stopUpload();
    if (call.ended) return;
    const { code, message, hint } = handlerReplyBroken({ functionName: call.functionName ?? '', reason });
    call.log('error', message, { code, hint });
    if (call.response.headersSent) {
      call.end(this.#status, 'failed');
      // What the caller has is not the whole, and only a broken connection can still say so.
      call.response.destroy();
      return;
    }
    call.answer(500, 'failed');
  }

  refuseBody(): void {
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
