// A request in payload mode: what its envelope holds, and what the handler's reply means for the caller.
import type { HostError } from '../core/error.ts';
import type { LogLevel, LogRecord } from '../core/log.ts';
import { type AttemptFacts, type AttemptSubject, Attempts, type Failure, logError, type Prepared } from '../invocation/attempts.ts';
import { OpenBindings } from '../invocation/function-bindings.ts';
import type { Work } from '../invocation/work-in-hand.ts';
import type { InvocationIds } from '../platform/ids.ts';
import { systemRandom } from '../platform/system-random.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import { httpBindingData } from '../worker/payload/http-binding-data.ts';
import { buildHttpPayload, type HttpPayloadFacts } from '../worker/payload/http-request.ts';
import type { PayloadReply } from '../worker/payload/reply.ts';
import { passHeaders, traceparentOf } from './forwarded-headers.ts';
import { answerNotRunning } from './handler-wait.ts';
import { type RenderedResponse, renderHttpResponse } from './output/render-http-response.ts';
import { payloadHeaders } from './payload-headers.ts';
import { reasonPhrase } from './reason-phrase.ts';
import type { Run } from './run.ts';

const STATUS = { failed: 500, 'broken off': 502, 'timed out': 504, 'no handler': 503 } as const;

export class PayloadRun implements AttemptSubject {
  readonly #run: Run;
  readonly #body: Buffer | undefined;
  readonly #attempts: Attempts;
  #opened: OpenBindings | undefined;
  readonly hasIdPerAttempt = true;
  readonly waitsForHandler = false;

  constructor(run: Run, body: Buffer | undefined) {
    this.#run = run;
    this.#body = body;
    this.#attempts = new Attempts(this, run.fn, run.host, run.ids);
  }

  get functionName(): string {
    return this.#run.fn.name;
  }

  start(channel: HandlerChannel): void {
    this.#run.call.onAbandoned = () => this.#attempts.abandon();
    this.#attempts.start(channel);
  }

  begin({ invocationId }: InvocationIds): void {
    this.#run.call.invocationId = invocationId;
  }

  log(level: LogLevel, message: string, more?: Partial<LogRecord>): void {
    this.#run.call.log(level, message, more);
  }

  prepare(attempt: AttemptFacts, signal: () => AbortSignal): Prepared | Promise<Prepared | HostError> {
    const { call, target, fn, params, caller, identity } = this.#run;
    const { request } = call;
    const passed = passHeaders(request.rawHeaders, caller);
    passed.host = target.authority ?? passed.host ?? `127.0.0.1:${request.socket.localPort}`;
    const facts: HttpPayloadFacts = {
      functionName: fn.name,
      triggerName: fn.triggerName,
      method: request.method ?? '',
      url: `${passed.forwardedProto ?? caller.protocol}://${passed.host}${escapeRaw(target.path)}${target.query}`,
      query: target.query.slice(1),
      rawHeaders: payloadHeaders(request.rawHeaders, passed, caller, identity.headers),
      identities: identity.identities,
      params,
      body: this.#body,
      utcNow: `${new Date(call.startedAtMs).toISOString().slice(0, -1)}0000Z`,
      randomGuid: systemRandom.uuid(),
      extraMetadata: attempt.extraMetadata,
    };
    const traceparent = traceparentOf(passed, attempt.ids);
    return fn.bindings === undefined
      ? { text: buildHttpPayload(facts), traceparent }
      : this.#prepareWithInputs(facts, traceparent, attempt.ids, signal());
  }

  async #prepareWithInputs(
    facts: HttpPayloadFacts,
    traceparent: string,
    { invocationId }: InvocationIds,
    signal: AbortSignal,
  ): Promise<Prepared | HostError> {
    const { name, bindings } = this.#run.fn;
    if (bindings === undefined) return { text: buildHttpPayload(facts), traceparent };
    const opened = await OpenBindings.open(name, invocationId, bindings, httpBindingData(facts));
    if (!(opened instanceof OpenBindings)) return opened;
    this.#opened = opened;
    const inputs = await opened.read(signal);
    return Array.isArray(inputs) ? { text: buildHttpPayload({ ...facts, inputs }), traceparent } : inputs;
  }

  accept(reply: PayloadReply, signal: () => AbortSignal): HostError | undefined | Promise<HostError | undefined> {
    const { fn, host } = this.#run;
    const rendered = renderHttpResponse(fn.output, reply);
    if ('error' in rendered) return rendered.error;
    for (const remark of rendered.remarks) host.remark(this, remark);
    if (this.#opened !== undefined) return this.#writeAndAnswer(this.#opened, reply, rendered, signal());
    answerWith(this.#run, rendered);
    return undefined;
  }

  /** The caller's answer says that everything is done. */
  async #writeAndAnswer(
    opened: OpenBindings,
    reply: PayloadReply,
    rendered: RenderedResponse,
    signal: AbortSignal,
  ): Promise<HostError | undefined> {
    const { call, host } = this.#run;
    // The function has run: a caller that leaves now changes nothing about what it wrote.
    call.onAbandoned = undefined;
    const work: Work = { describe: () => `outputs of ${call.describe()}` };
    const begun = host.work.begin(work);
    try {
      const error = await opened.write(reply, signal);
      for (const remark of opened.remarks) host.remark(this, remark);
      if (error === undefined && !call.ended) answerWith(this.#run, rendered);
      if (error === undefined || !call.ended) return error;
      // Nobody waits for another attempt.
      logError(this, error);
      return undefined;
    } finally {
      host.work.end(begun);
    }
  }

  fail({ error, how }: Failure): void {
    const { call, host, fn } = this.#run;
    if (how === 'no handler') return answerNotRunning(call, host, error);
    // Parity: the caller learns nothing but the status, unless this is Development and the function has more than HTTP to fail at.
    const reason = host.revealsReasons && fn.bindings !== undefined ? explain(error, call.invocationId) : {};
    call.answer(STATUS[how], 'failed', reason);
  }
}

function explain({ message, hint }: HostError, invocationId: string | undefined): { body: string; type: string } {
  return { body: `${[message, hint].filter(Boolean).join('\n')}\nInvocation ${invocationId}\n`, type: 'text/plain; charset=utf-8' };
}

function answerWith({ call }: Run, { status, headers, body, framing }: RenderedResponse): void {
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
