// Requests with an Upgrade header. A WebSocket to a function that is passed on becomes a tunnel; anything else is an ordinary request,
// as if it had not asked. https://www.rfc-editor.org/rfc/rfc9110#section-7.8
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../core/authorization.ts';
import { MOST_SENDINGS } from '../invocation/attempts.ts';
import { newInvocationIds } from '../platform/ids.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import { RETRY_AFTER, type Release } from './admission.ts';
import { ANYBODY, judge, type Verdict } from './authorize.ts';
import type { Call, CallContext } from './call.ts';
import { callerOf } from './caller.ts';
import { emptyAnswer } from './empty-answer.ts';
import { type PassingMode, targetFor } from './forward.ts';
import { identityOf } from './identity.ts';
import { maskKeys } from './mask-keys.ts';
import { webSocketRemark } from './passing-remarks.ts';
import type { HttpFunction, PublicHost } from './public-app.ts';
import type { PublicServerOptions } from './public-server.ts';
import { bodyKind } from './request-body.ts';
import { findRequestFault } from './request-limits.ts';
import { isReserved, type RequestTarget, readTarget } from './request-target.ts';
import { NOBODY_THERE, openTunnel, readAhead, type TunnelEnd, type Upgrade } from './tunnel.ts';

type Found = { readonly fn: HttpFunction; readonly mode: PassingMode; readonly target: RequestTarget };

export function createUpgradeHandler(host: PublicHost, context: CallContext): Pick<PublicServerOptions, 'isUpgrade' | 'onUpgrade'> {
  return {
    isUpgrade: (request) => findTunnelFunction(request, host) !== undefined,
    onUpgrade(request, socket, head) {
      const found = findTunnelFunction(request, host);
      // Node before 24.9 does not ask isUpgrade, and sends us everything.
      if (found === undefined) socket.end(emptyAnswer(426, context.httpDate()));
      else return tunnel({ request, socket, stopReading: readAhead(socket, head) }, found, host, context);
    },
  };
}

function findTunnelFunction(request: IncomingMessage, host: PublicHost): Found | undefined {
  const { method, httpVersion, headers } = request;
  // https://www.rfc-editor.org/rfc/rfc6455#section-4.1
  if (method !== 'GET' || httpVersion !== '1.1' || headers.upgrade?.toLowerCase() !== 'websocket') return undefined;
  if (bodyKind(request) !== 'none' || findRequestFault(request) !== undefined) return undefined;
  const target = readTarget(request.url ?? '');
  if (target === undefined || isReserved(target.path) || host.obstacle !== undefined) return undefined;
  const fn = host.app.routes.match(method, target.path)?.value;
  if (fn === undefined || fn.mode === 'payload' || fn.disabled || fn.fault !== undefined) return undefined;
  return { fn, mode: fn.mode, target };
}

async function tunnel(upgrade: Upgrade, found: Found, host: PublicHost, context: CallContext): Promise<void> {
  const { request, socket } = upgrade;
  const { fn, mode, target } = found;
  const startedAtMs = context.nowMs();
  const startedMs = context.monotonicMs();
  const ids = newInvocationIds();
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  socket.on('error', () => gone.abort());
  const about = { functionName: fn.name, invocationId: ids.invocationId };
  const log: Call['log'] = (level, message, more) => {
    context.observer.log({ category: `Function.${fn.name}`, ...more, ...about, level, message });
  };
  const place = { functionName: fn.name, log };
  const remark = webSocketRemark(mode);
  if (remark !== undefined) host.remark(place, remark);
  const verdict = host.keys === undefined ? ANYBODY : await judge({ request, target, fn, place }, host.keys, host);
  const { status, reason, error, refused } = verdict.kind === 'allowed' ? await enter(verdict.principal) : turnAway(verdict);
  if (error !== undefined) log('error', error.message, { code: error.code, hint: error.hint });
  if (reason !== undefined) log('error', `The handler did not take the WebSocket: ${reason}.`);
  context.observer.request({
    ...about,
    startedAtMs,
    durationMs: context.monotonicMs() - startedMs,
    method: request.method ?? '',
    target: maskKeys(request.url ?? ''),
    status,
    outcome: status === undefined ? 'aborted' : refused ? 'refused' : (reason ?? error) === undefined ? 'succeeded' : 'failed',
  });

  function enter(principal: Principal | undefined): Promise<TunnelEnd> {
    const caller = callerOf(request, host.app.callerRules);
    const identity = identityOf(principal, host.user);
    const passing = { mode, caller, ids, identity, target: targetFor(fn, mode, target), authority: target.authority };
    return admit(host, fn, gone.signal, {
      async open(channel) {
        const release = channel.hold();
        try {
          return await openTunnel(upgrade, channel.port, passing, fn, context.httpDate);
        } finally {
          release();
        }
      },
      refuse(status, reason) {
        socket.end(emptyAnswer(status, context.httpDate(), RETRY_AFTER));
        return reason === undefined ? { status, refused: true } : { status, reason };
      },
    });
  }

  function turnAway(verdict: Exclude<Verdict, { kind: 'allowed' }>): TunnelEnd {
    if (verdict.kind === 'refused') {
      socket.end(emptyAnswer(401, context.httpDate()));
      return { status: 401, refused: true };
    }
    socket.end(emptyAnswer(503, context.httpDate(), RETRY_AFTER));
    return { status: 503, refused: true };
  }
}

type Gate = {
  open(channel: HandlerChannel): Promise<TunnelEnd | typeof NOBODY_THERE>;
  /** Without a reason: no fault of the handler's. */
  refuse(status: 429 | 503, reason?: string): TunnelEnd;
};

/** Counts the tunnel among the requests, waits for its turn and for a handler, and opens it, or refuses. */
async function admit(host: PublicHost, fn: HttpFunction, gone: AbortSignal, gate: Gate): Promise<TunnelEnd> {
  const limits = [host.app.admission, fn.admission].filter((limit) => limit !== undefined);
  if (limits.some(({ full }) => full)) return gate.refuse(429);
  const releases: Release[] = [];
  try {
    for (const limit of limits) {
      // It may have filled up while this one waited for its turn with the limit before.
      if (limit.full) return gate.refuse(429);
      const turn = Promise.withResolvers<void>();
      releases.push(limit.enter(turn.resolve));
      gone.addEventListener('abort', () => turn.resolve(), { once: true });
      await turn.promise;
      if (gone.aborted) return { status: undefined };
    }
    for (let sendingCount = 1; sendingCount <= MOST_SENDINGS && !host.stopping.aborted; sendingCount++) {
      const channel = host.channel ?? (await host.whenChannel(gone).catch(() => undefined));
      if (gone.aborted) return { status: undefined };
      if (channel === undefined || !('send' in channel)) break;
      const end = await gate.open(channel);
      if (end !== NOBODY_THERE) return end;
      channel.refused();
    }
    return host.stopping.aborted ? gate.refuse(503) : gate.refuse(503, 'it is not running');
  } finally {
    for (const release of releases) release();
  }
}
