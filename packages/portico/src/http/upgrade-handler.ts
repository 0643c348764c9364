// Requests with an Upgrade header. A WebSocket to a function that is passed on becomes a tunnel; anything else is an ordinary request,
// as if it had not asked. https://www.rfc-editor.org/rfc/rfc9110#section-7.8
import type { IncomingMessage } from 'node:http';
import { newInvocationIds } from '../platform/ids.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import { type Call, type CallContext, maskKeys } from './call.ts';
import { callerOf } from './caller.ts';
import { emptyAnswer } from './empty-answer.ts';
import { type PassingMode, targetFor } from './forward.ts';
import { webSocketRemark } from './passing-remarks.ts';
import type { HttpFunction, PublicHost } from './public-app.ts';
import type { PublicServerOptions } from './public-server.ts';
import { bodyKind } from './request-body.ts';
import { findRequestFault } from './request-limits.ts';
import { isReserved, type RequestTarget, readTarget } from './request-target.ts';
import { openTunnel, type TunnelEnd, type Upgrade } from './tunnel.ts';

type Found = { readonly fn: HttpFunction; readonly mode: PassingMode; readonly target: RequestTarget };

export function createUpgradeHandler(host: PublicHost, context: CallContext): Pick<PublicServerOptions, 'isUpgrade' | 'onUpgrade'> {
  return {
    isUpgrade: (request) => findTunnelFunction(request, host) !== undefined,
    onUpgrade(request, socket, head) {
      const found = findTunnelFunction(request, host);
      // Node before 24.9 does not ask isUpgrade, and sends us everything.
      if (found === undefined) socket.end(emptyAnswer(426, context.httpDate()));
      else void tunnel({ request, socket, head }, found, host, context);
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
  const remark = webSocketRemark(mode);
  if (remark !== undefined) host.remark({ functionName: fn.name, log }, remark.code, remark.message);
  const caller = callerOf(request, host.app.callerRules);
  const passing = { mode, caller, ids, target: targetFor(fn, mode, target), authority: target.authority };
  const { status, reason } = await admitted(host, gone.signal, async (channel) => {
    if (typeof channel !== 'number') return openTunnel(upgrade, channel.port, passing, context.httpDate);
    socket.end(emptyAnswer(channel, context.httpDate()));
    return { status: channel, ...(channel === 503 && { reason: 'it is not running' }) };
  });
  const abandoned = gone.signal.aborted && status === undefined;
  if (reason !== undefined && !abandoned) log('error', `The handler did not take the WebSocket: ${reason}.`);
  context.observer.request({
    ...about,
    startedAtMs,
    durationMs: context.monotonicMs() - startedMs,
    method: request.method ?? '',
    target: maskKeys(request.url ?? ''),
    status,
    outcome: abandoned ? 'aborted' : reason === undefined ? 'succeeded' : 'failed',
  });
}

/** Counts the tunnel among the requests, waits for its turn and for the handler, and runs it; or with the status that refuses it. */
async function admitted(
  host: PublicHost,
  gone: AbortSignal,
  run: (channel: HandlerChannel | 429 | 503) => Promise<TunnelEnd>,
): Promise<TunnelEnd> {
  const { admission } = host.app;
  if (admission?.full) return run(429);
  const turn = Promise.withResolvers<void>();
  const release = admission?.enter(turn.resolve);
  if (admission === undefined) turn.resolve();
  gone.addEventListener('abort', () => turn.resolve(), { once: true });
  try {
    await turn.promise;
    if (gone.aborted) return { status: undefined };
    const channel = host.channel ?? (await host.whenChannel(gone).catch(() => undefined));
    if (gone.aborted) return { status: undefined };
    return await run(channel !== undefined && 'send' in channel ? channel : 503);
  } finally {
    release?.();
  }
}
