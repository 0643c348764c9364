// The attempts of one run in payload mode: an envelope goes out, a reply comes back, and a failure is tried again as the retry policy says.
import type { HostError } from '../core/error.ts';
import { handlerReplyBroken, retriesExhausted, retryCutShort } from '../core/error-catalogue.ts';
import type { RetryPolicy } from '../core/function-app.ts';
import { mayRetry, retryDelayMs } from '../core/retry-delay.ts';
import { type InvocationIds, newInvocationIds } from '../platform/ids.ts';
import { systemRandom } from '../platform/system-random.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import type { ExchangeFault } from '../worker/handler-connection.ts';
import { buildHttpPayload } from '../worker/payload/http-request.ts';
import { readReply } from '../worker/payload/reply.ts';
import { type FailedAttempt, retryContext } from '../worker/payload/retry-context.ts';
import type { Call } from './call.ts';
import { passHeaders, traceparentOf } from './forwarded-headers.ts';
import { answerNotRunning, untilAbandoned } from './handler-wait.ts';
import { type RenderedResponse, renderHttpResponse } from './output/render-http-response.ts';
import { type Envelope, type EnvelopeReply, sendEnvelope } from './payload-exchange.ts';
import { payloadHeaders } from './payload-headers.ts';
import { reasonPhrase } from './reason-phrase.ts';
import { logBrokenReply, logError, MOST_SENDINGS, type Run, runOutOfTime } from './run.ts';
import type { TimeLimit } from './time-limit.ts';

/** What the caller gets, and what the log says of it. */
type Failure = { readonly error: HostError; readonly status: 500 | 502 | 503 | 504 };

export class PayloadRun {
  readonly #run: Run;
  readonly #body: Buffer | undefined;
  #ids: InvocationIds;
  #sendingCount = 0;
  #retryCount = 0;
  #lastFailure: FailedAttempt | undefined;
  #abort = (): void => {};

  constructor(run: Run, body: Buffer | undefined) {
    this.#run = run;
    this.#body = body;
    this.#ids = run.ids;
  }

  attempt(channel: HandlerChannel): void {
    const { call, fn } = this.#run;
    this.#sendingCount += 1;
    call.limitBy(fn.timeLimit);
    call.onExpired = (limit) => this.#expire(limit, channel);
    call.onAbandoned = () => this.#abort();
    this.#abort = sendEnvelope(channel, this.#envelope(), {
      replied: (reply) => this.#read(reply),
      failed: (fault) => this.#failToReach(fault, channel),
    });
  }

  #envelope(): Envelope {
    const { call, target, fn, params, caller } = this.#run;
    const { request } = call;
    const passed = passHeaders(request.rawHeaders, caller.trusted);
    passed.host = target.authority ?? passed.host ?? `127.0.0.1:${request.socket.localPort}`;
    const text = buildHttpPayload({
      functionName: fn.name,
      triggerName: fn.triggerName,
      method: request.method ?? '',
      url: `${passed.forwardedProto ?? caller.protocol}://${passed.host}${escapeRaw(target.path)}${target.query}`,
      query: target.query.slice(1),
      rawHeaders: payloadHeaders(request.rawHeaders, passed, caller),
      params,
      body: this.#body,
      utcNow: `${new Date(call.startedAtMs).toISOString().slice(0, -1)}0000Z`,
      randomGuid: systemRandom.uuid(),
      ...(fn.retry !== undefined && { extraMetadata: retryContext(fn.retry, this.#retryCount, this.#lastFailure) }),
    });
    const { invocationId } = this.#ids;
    return { functionName: fn.name, invocationId, traceparent: traceparentOf(passed, this.#ids), text };
  }

  #read(handlerReply: EnvelopeReply): void {
    const { call, fn, host } = this.#run;
    if (call.ended) return;
    call.unlimit();
    const reply = readReply(handlerReply);
    for (const { level, message, fields } of reply.logs) {
      call.log(level, message, { category: `Function.${fn.name}.User`, ...(fields !== undefined && { fields }) });
    }
    if ('error' in reply) return this.#fail({ error: reply.error, status: 500 });
    const rendered = renderHttpResponse(fn.output, reply);
    for (const { code, message } of reply.remarks) host.remark(call, code, message);
    if ('error' in rendered) return this.#fail({ error: rendered.error, status: 500 });
    for (const { code, message } of rendered.remarks) host.remark(call, code, message);
    answerWith(call, rendered);
  }

  #failToReach({ reason, unread }: ExchangeFault, channel: HandlerChannel): void {
    const { call, fn } = this.#run;
    if (call.ended) return;
    call.unlimit();
    // An envelope is never repeatable, so a reset says nothing of it.
    if (unread === 'yes' && this.#sendingCount < MOST_SENDINGS) return void this.#attemptWithNext();
    void logBrokenReply(call, channel, reason);
    this.#giveUpOrRetry({ error: handlerReplyBroken({ functionName: fn.name, reason }), status: 502 });
  }

  #expire(limit: TimeLimit, channel: HandlerChannel): void {
    this.#abort();
    const error = runOutOfTime(this.#run, limit, channel, false);
    this.#giveUpOrRetry({ error, status: 504 });
  }

  #fail(failure: Failure): void {
    logError(this.#run.call, failure.error);
    this.#giveUpOrRetry(failure);
  }

  /** Parity: the caller learns nothing but the status; the log has the reason. */
  #giveUpOrRetry({ error, status }: Failure): void {
    const { call, fn, host } = this.#run;
    const { retry } = fn;
    if (retry !== undefined && mayRetry(retry, this.#retryCount)) return void this.#retry(retry, { error, status });
    if (this.#retryCount > 0) logError(call, retriesExhausted(this.#retryCount));
    if (status === 503) answerNotRunning(call, host, error);
    else call.answer(status, 'failed');
  }

  async #retry(policy: RetryPolicy, { error, status }: Failure): Promise<void> {
    const { call, host } = this.#run;
    this.#lastFailure = { invocationId: this.#ids.invocationId, functionName: this.#run.fn.name, error };
    this.#retryCount += 1;
    const delayMs = retryDelayMs(policy, this.#retryCount, systemRandom.fraction());
    const { maxRetryCount } = policy;
    const fields = { delayMs: Math.round(delayMs), retryCount: this.#retryCount, maxRetryCount };
    call.log('information', 'Waiting before retrying function execution.', { fields });
    const wait = untilAbandoned(call, (gone) => host.sleep(delayMs, AbortSignal.any([gone, host.stopping])));
    await host.work.retrying(wait).catch(() => {
      // Cut short by the end of the host, which is looked at next.
    });
    if (call.ended) return;
    if (host.stopping.aborted) {
      logError(call, retryCutShort());
      return call.answer(status, 'failed');
    }
    this.#sendingCount = 0;
    // Parity: each attempt of an HTTP function is an invocation of its own.
    this.#ids = newInvocationIds();
    call.invocationId = this.#ids.invocationId;
    await this.#attemptWithNext();
  }

  /** An attempt for which there is no handler has failed like any other. */
  async #attemptWithNext(): Promise<void> {
    const { call, host } = this.#run;
    const channel = host.channel ?? (await untilAbandoned(call, (gone) => host.whenChannel(gone)));
    if (call.ended || channel === undefined) return;
    if ('send' in channel) this.attempt(channel);
    else this.#fail({ error: channel, status: 503 });
  }
}

function answerWith(call: Call, { status, headers, body, framing }: RenderedResponse): void {
  let lines = '';
  for (const [name, value] of headers) lines += `${name}: ${value}\r\n`;
  if (!headers.some(([name]) => name === 'Date')) lines += `Date: ${call.httpDate()}\r\n`;
  const bytes = toLatin1(body);
  if (framing === 'length') lines += `Content-Length: ${bytes.length}\r\n`;
  call.reply(status, reasonPhrase(status), lines, bytes, 'succeeded', framing === 'chunked');
}

/** A URL may not hold these, although HTTP callers send them and node:http lets them through. */
function escapeRaw(path: string): string {
  return path.replace(/[{}|^`<>"\\]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function toLatin1(body: string | Buffer | undefined): string {
  if (body === undefined) return '';
  if (typeof body !== 'string') return body.toString('latin1');
  return Buffer.byteLength(body) === body.length ? body : Buffer.from(body).toString('latin1');
}
