// The way of a request through the public port: is it HTTP, is it ours, may it come in, which function is it, how is it run.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { newInvocationIds } from '../platform/ids.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import type { Release } from './admission.ts';
import { Call, type CallContext, type HeaderPair } from './call.ts';
import { callerOf } from './caller.ts';
import { judgeOrigin } from './cors.ts';
import { forwardRequest, targetFor } from './forward.ts';
import { HOME_PAGE } from './home-page.ts';
import { invokeWithPayload } from './invoke-with-payload.ts';
import type { HttpFunction, Obstacle, PublicHost } from './public-app.ts';
import { findRequestFault } from './request-limits.ts';
import { isReserved, type RequestTarget, readTarget } from './request-target.ts';

const NO_PARAMS: Readonly<Record<string, string | null>> = Object.freeze({});

export function createRequestHandler(host: PublicHost, context: CallContext): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    // HTTP/1.0 has to be told that a connection stays; it is told that it ends.
    if (request.httpVersion === '1.0') response.shouldKeepAlive = false;
    const call = new Call(request, response, context);
    const fault = findRequestFault(request);
    if (fault !== undefined) return call.refuse(fault);
    const target = readTarget(request.url ?? '');
    if (target === undefined || (target.path === '' && request.method !== 'OPTIONS')) return call.refuse(400);
    call.extraHeaders = extraHeaders(call, host);
    if (host.app.cors !== undefined && !passesCors(call, host)) return;
    if (isReserved(target.path)) return host.admin(call, target);
    if (host.obstacle !== undefined) return explain(call, host.obstacle, host);
    admit(call, target, host);
  };
}

function extraHeaders({ request }: Call, { app }: PublicHost): readonly HeaderPair[] {
  if (app.hsts === undefined || !('encrypted' in request.socket)) return app.customHeaders;
  const hsts = app.hsts(request.headers.host ?? '');
  return hsts === undefined ? app.customHeaders : [...app.customHeaders, ['Strict-Transport-Security', hsts]];
}

/** False: the call is answered. */
function passesCors(call: Call, host: PublicHost): boolean {
  const verdict = host.app.cors === undefined ? { kind: 'none' as const } : judgeOrigin(call.request, host.app.cors);
  if (verdict.kind === 'none') return true;
  if (verdict.kind === 'refused') {
    host.remark(
      call,
      'CORS_REFUSED',
      `Unless the handler itself allows it, a browser page of ${verdict.origin} may not read the answer. To allow it: --cors ${verdict.origin}`,
    );
    return true;
  }
  call.corsHeaders = verdict.headers;
  if (verdict.kind === 'allowed') return true;
  call.answer(204, 'succeeded');
  return false;
}

function explain(call: Call, obstacle: Obstacle, { revealsReasons }: PublicHost): void {
  if (obstacle.kind === 'offline') return call.answer(503, 'refused', { body: obstacle.html, type: 'text/html' });
  const reason = revealsReasons ? `\n${obstacle.reason}\n` : '';
  call.answer(503, 'refused', { body: `Function host is not running.${reason}`, chunked: true });
}

/** Ends early when the caller goes away. */
async function untilAbandoned<T>(call: Call, wait: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const gone = new AbortController();
  call.onAbandoned = () => gone.abort();
  try {
    return await wait(gone.signal);
  } catch (error) {
    // The wait was cut short because nobody wants the answer any more.
    if (gone.signal.aborted) return undefined;
    throw error;
  } finally {
    call.onAbandoned = undefined;
  }
}

function admit(call: Call, target: RequestTarget, host: PublicHost): void {
  const { admission } = host.app;
  if (admission === undefined) return route(call, target, host);
  if (admission.full) {
    if (target.path === '/') return route(call, target, host, 'X-FUNCTION-SCALEOUT: 1\r\n');
    return call.answer(429, 'refused', { headers: 'X-FUNCTION-SCALEOUT: 1\r\n' });
  }
  let release: Release | undefined;
  call.onEnded = () => release?.();
  release = admission.enter(() => route(call, target, host));
  if (call.ended) release();
}

function route(call: Call, target: RequestTarget, host: PublicHost, headers = ''): void {
  const { method = '' } = call.request;
  const found = host.app.routes.match(method, target.path);
  if (found === undefined) {
    if (target.path !== '/') return call.answer(404, 'refused', { headers });
    if (!host.app.homePage) return call.answer(204, 'succeeded', { headers });
    return call.answer(200, 'succeeded', { body: HOME_PAGE, type: 'text/html', headers });
  }
  const { value: fn, params } = found;
  call.functionName = fn.name;
  if (fn.disabled) return call.answer(404, 'refused');
  if (fn.fault !== undefined) {
    const body = host.revealsReasons ? `Function "${fn.name}" cannot run: ${fn.fault}\n` : `Function "${fn.name}" cannot run.\n`;
    return call.answer(503, 'failed', { body, type: 'text/plain; charset=utf-8' });
  }
  const { channel } = host;
  if (channel !== undefined) return run(call, target, fn, params, channel, host);
  void runWhenReady(call, target, fn, params, host);
}

async function runWhenReady(
  call: Call,
  target: RequestTarget,
  fn: HttpFunction,
  params: typeof NO_PARAMS,
  host: PublicHost,
): Promise<void> {
  const channel = await untilAbandoned(call, (signal) => host.whenChannel(signal));
  if (call.ended || channel === undefined) return;
  if ('send' in channel) return run(call, target, fn, params, channel, host);
  const detail = host.revealsReasons ? `\n${channel.message}\n${channel.hint ?? ''}\n` : '';
  const body = `The handler of this function app is not running.${detail}`;
  call.answer(503, 'failed', { body, type: 'text/plain; charset=utf-8', headers: 'Retry-After: 5\r\n' });
}

function run(
  call: Call,
  target: RequestTarget,
  fn: HttpFunction,
  params: typeof NO_PARAMS,
  channel: HandlerChannel,
  host: PublicHost,
): void {
  const { request } = call;
  const ids = newInvocationIds();
  call.invocationId = ids.invocationId;
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) > host.app.mostBodyBytes) return call.refuse(413);
  if (request.headers.expect !== undefined && request.httpVersion === '1.1') call.response.writeContinue();
  const caller = callerOf(request, host.app.callerRules);
  if (fn.mode === 'payload') return invokeWithPayload({ call, target, fn, params, channel, host, ids, caller });
  forwardRequest(call, channel, host, { mode: fn.mode, caller, ids, target: targetFor(fn, fn.mode, target), authority: target.authority });
}
