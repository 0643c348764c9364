// The way of a request through the public port: is it HTTP, is it ours, may it come in, which function is it, how is it run.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../core/authorization.ts';
import { corsRefused } from '../core/remarks/request.ts';
import { newInvocationIds } from '../platform/ids.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import { type Admission, RETRY_AFTER } from './admission.ts';
import { judge, type Verdict } from './authorize.ts';
import { Call, type CallContext, type HeaderPair } from './call.ts';
import { callerOf } from './caller.ts';
import { judgeOrigin } from './cors.ts';
import { forwardRequest } from './forward.ts';
import { withHandler } from './handler-wait.ts';
import { HOME_PAGE } from './home-page.ts';
import { identityOf } from './identity.ts';
import { invokeWithPayload } from './invoke-with-payload.ts';
import type { Obstacle, PublicHost } from './public-app.ts';
import { bodyKind } from './request-body.ts';
import { findRequestFault } from './request-limits.ts';
import { isReserved, type RequestTarget, readTarget } from './request-target.ts';
import type { Run } from './run.ts';

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
    host.remark(call, corsRefused(verdict.origin));
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

function admit(call: Call, target: RequestTarget, host: PublicHost): void {
  if (host.stopping.aborted) return turnAway(call);
  call.takeInHand();
  const { admission } = host.app;
  // Parity: the home page is served even then.
  if (admission?.full && target.path === '/') return route(call, target, host, SCALE_OUT);
  enter(call, admission, SCALE_OUT, () => route(call, target, host));
}

/** Parity: by this header Azure's front end learns that another instance is wanted. */
const SCALE_OUT = 'X-FUNCTION-SCALEOUT: 1\r\n';

/** Goes on now or when its turn comes; 429 when too many wait already. */
function enter(call: Call, admission: Admission | undefined, headers: string, proceed: () => void): void {
  if (admission === undefined) return proceed();
  if (admission.full) return call.answer(429, 'refused', { headers: RETRY_AFTER + headers });
  const release = admission.enter(proceed);
  call.whenEnded(release);
}

/** A balancer sends it elsewhere; a caller tries again, and finds whoever takes our place. */
function turnAway(call: Call): void {
  call.refuse(503, { body: 'This function host is stopping.\n', type: 'text/plain; charset=utf-8', headers: RETRY_AFTER });
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
  if (host.keys === undefined) return enterFunction({ call, target, fn, params, host, principal: undefined });
  const verdict = judge({ request: call.request, target, fn, place: call }, host.keys, host);
  const proceed = (principal: Principal | undefined): void => enterFunction({ call, target, fn, params, host, principal });
  if (verdict instanceof Promise) void verdict.then((judged) => call.ended || follow(judged, call, host, proceed));
  else follow(verdict, call, host, proceed);
}

function follow(verdict: Verdict, call: Call, host: PublicHost, proceed: (principal: Principal | undefined) => void): void {
  if (verdict.kind === 'allowed') return proceed(verdict.principal);
  if (verdict.kind === 'refused') return bodyKind(call.request) === 'none' ? call.answer(401, 'refused') : call.refuse(401);
  const { message, hint } = verdict.error;
  const reason = host.revealsReasons ? { body: `${[message, hint].filter(Boolean).join('\n')}\n`, type: 'text/plain; charset=utf-8' } : {};
  call.refuse(503, { ...reason, headers: RETRY_AFTER });
}

type Entering = Pick<Run, 'call' | 'target' | 'fn' | 'params' | 'host'> & { readonly principal: Principal | undefined };

function enterFunction(entering: Entering): void {
  const { call, fn, host, principal } = entering;
  // Parity: for the master key it runs.
  if (fn.disabled && principal?.level !== 'admin') return call.answer(404, 'refused');
  if (fn.fault !== undefined) {
    const body = host.revealsReasons ? `Function "${fn.name}" cannot run: ${fn.fault}\n` : `Function "${fn.name}" cannot run.\n`;
    return call.answer(503, 'failed', { body, type: 'text/plain; charset=utf-8' });
  }
  enter(call, fn.admission, '', () => withHandler(call, host, (channel) => run(entering, channel)));
}

function run({ call, target, fn, params, host, principal }: Entering, channel: HandlerChannel): void {
  const { headers, httpVersion } = call.request;
  const ids = newInvocationIds();
  call.invocationId = ids.invocationId;
  const length = headers['content-length'];
  if (length !== undefined && Number(length) > host.app.mostBodyBytes) return call.refuse(413);
  if (headers.expect !== undefined && httpVersion === '1.1') call.response.writeContinue();
  const identity = identityOf(principal, host.user);
  const complete: Run = { call, target, fn, params, host, ids, identity, caller: callerOf(call.request, host.app.callerRules) };
  if (fn.mode === 'payload') invokeWithPayload(complete, channel);
  else forwardRequest(complete, fn.mode, channel);
}
