// Payload mode: the request becomes one JSON envelope, and the handler's JSON reply the answer.
// https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers#http-only-function
import { AZURE_HOST_VERSION } from '../core/azure.ts';
import type { InvocationIds } from '../platform/ids.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import type { Exchange, ExchangeSink } from '../worker/handler-connection.ts';
import { buildHttpPayload } from '../worker/payload/http-request.ts';
import { readReply } from '../worker/payload/reply.ts';
import type { ReplyHead } from '../worker/reply-head.ts';
import type { Call } from './call.ts';
import type { Caller } from './caller.ts';
import { passHeaders } from './forwarded-headers.ts';
import { type RenderedResponse, renderHttpResponse } from './output/render-http-response.ts';
import { payloadHeaders } from './payload-headers.ts';
import type { HttpFunction, PublicHost } from './public-app.ts';
import { bodyKind, collectBody } from './request-body.ts';
import type { RequestTarget } from './request-target.ts';
import { STATUS_CODES } from 'node:http';

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
  if (bodyKind(call.request) === 'none') return send(invocation, undefined);
  collectBody(call.request, host.mostBodyBytes, (body) => {
    if (body === 'too-large') call.refuse(413);
    else if (!call.ended) send(invocation, body);
  });
}

function send({ call, target, fn, params, channel, host, ids, caller }: PayloadInvocation, body: Buffer | undefined): void {
  const { request } = call;
  const passed = passHeaders(request.rawHeaders, caller.trusted);
  const authority = target.authority ?? passed.host ?? `127.0.0.1:${request.socket.localPort}`;
  const envelope = buildHttpPayload({
    functionName: fn.name,
    triggerName: fn.triggerName,
    method: request.method ?? '',
    url: `${caller.protocol}://${authority}${target.path}${target.query}`,
    query: target.query.slice(1),
    rawHeaders: payloadHeaders(request.rawHeaders, passed, caller),
    params,
    body,
    utcNow: `${new Date(call.startedAtMs).toISOString().slice(0, -1)}0000Z`,
    randomGuid: ids.invocationId,
  });
  const trace = passed.traceparent ?? `00-${ids.traceId}-${ids.spanId}-01`;
  const sink = new PayloadExchange(call, fn, host);
  sink.begin(channel, fn.name, ids.invocationId, trace, envelope);
}
