// Payload mode: the request becomes one JSON envelope, and the handler's JSON reply the answer.
// https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers#http-only-function
import type { HostError } from '../core/error.ts';
import { handlerReplyBroken } from '../core/error-catalogue.ts';
import type { InvocationIds } from '../platform/ids.ts';
import { systemRandom } from '../platform/system-random.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import { buildHttpPayload } from '../worker/payload/http-request.ts';
import { readReply } from '../worker/payload/reply.ts';
import { requestRemarks } from '../worker/payload/request-remarks.ts';
import type { Call } from './call.ts';
import type { Caller } from './caller.ts';
import { passHeaders, traceparentOf } from './forwarded-headers.ts';
import { renderHttpResponse } from './output/render-http-response.ts';
import { type EnvelopeReply, sendEnvelope } from './payload-exchange.ts';
import { payloadHeaders } from './payload-headers.ts';
import type { HttpFunction, PublicHost } from './public-app.ts';
import { reasonPhrase } from './reason-phrase.ts';
import { bodyKind, collectBody } from './request-body.ts';
import type { RequestTarget } from './request-target.ts';

export type PayloadInvocation = {
  readonly call: Call;
  readonly target: RequestTarget;
  readonly fn: HttpFunction;
  readonly params: Readonly<Record<string, string | null>>;
  readonly channel: HandlerChannel;
  readonly host: PublicHost;
  readonly ids: InvocationIds;
  readonly caller: Caller;
};

export function invokeWithPayload(invocation: PayloadInvocation): void {
  const { call, host } = invocation;
  const kind = bodyKind(call.request);
  if (kind === 'none') return send(invocation, undefined);
  for (const { code, message } of requestRemarks({ chunked: kind === 'chunked', contentType: call.request.headers['content-type'] })) {
    host.remark(call, code, message);
  }
  collectBody(call.request, host.app.mostBodyBytes, (body) => {
    if (body === 'too-large') call.refuse(413);
    else if (!call.ended) send(invocation, body);
  });
}

function send({ call, target, fn, params, channel, host, ids, caller }: PayloadInvocation, body: Buffer | undefined): void {
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
    body,
    utcNow: `${new Date(call.startedAtMs).toISOString().slice(0, -1)}0000Z`,
    randomGuid: systemRandom.uuid(),
  });
  const traceparent = traceparentOf(passed, ids);
  const envelope = { functionName: fn.name, invocationId: ids.invocationId, traceparent, text };
  call.onAbandoned = sendEnvelope(channel, envelope, {
    replied: (reply) => answerWith(call, fn, host, reply),
    failed: (reason) => fail(call, handlerReplyBroken({ functionName: fn.name, reason })),
  });
}

function answerWith(call: Call, fn: HttpFunction, host: PublicHost, handlerReply: EnvelopeReply): void {
  if (call.ended) return;
  const reply = readReply(handlerReply);
  for (const { level, message, fields } of reply.logs) {
    call.log(level, message, { category: `Function.${fn.name}.User`, ...(fields !== undefined && { fields }) });
  }
  if ('error' in reply) return fail(call, reply.error);
  const rendered = renderHttpResponse(fn.output, reply);
  for (const { code, message } of reply.remarks) host.remark(call, code, message);
  if ('error' in rendered) return fail(call, rendered.error);
  for (const { code, message } of rendered.remarks) host.remark(call, code, message);
  const { status, headers, body, framing } = rendered;
  let lines = '';
  for (const [name, value] of headers) lines += `${name}: ${value}\r\n`;
  if (!headers.some(([name]) => name === 'Date')) lines += `Date: ${call.httpDate()}\r\n`;
  const bytes = toLatin1(body);
  if (framing === 'length') lines += `Content-Length: ${bytes.length}\r\n`;
  call.reply(status, reasonPhrase(status), lines, bytes, 'succeeded', framing === 'chunked');
}

/** Parity: the caller learns nothing; the log has the reason. */
function fail(call: Call, { message, hint, code }: HostError): void {
  if (call.ended) return;
  call.log('error', message, { code, ...(hint !== undefined && { hint }) });
  call.answer(500, 'failed');
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
