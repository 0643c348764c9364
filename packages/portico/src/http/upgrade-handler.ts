// Requests with an Upgrade header. A WebSocket to a function that is passed on becomes a tunnel; anything else is an ordinary request,
// as if it had not asked. https://www.rfc-editor.org/rfc/rfc9110#section-7.8
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { newInvocationIds } from '../platform/ids.ts';
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
import { openTunnel, type TunnelEnd } from './tunnel.ts';

type Found = { readonly fn: HttpFunction; readonly mode: PassingMode; readonly target: RequestTarget };

export function createUpgradeHandler(host: PublicHost, context: CallContext): Pick<PublicServerOptions, 'isUpgrade' | 'onUpgrade'> {
  return {
    isUpgrade: (request) => findTunnelFunction(request, host) !== undefined,
    onUpgrade(request, socket, head) {
      const found = findTunnelFunction(request, host);
      // Node before 24.9 does not ask isUpgrade, and sends us everything.
      if (found === undefined) refuseTunnel(socket, context.httpDate());
      else void tunnel(request, socket, head, found, host, context);
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

async function tunnel(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  found: Found,
  host: PublicHost,
  context: CallContext,
): Promise<void> {
  const { fn, mode, target } = found;
  const startedAtMs = context.nowMs();
  const startedMs = context.monotonicMs();
  const ids = newInvocationIds();
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  socket.on('error', () => gone.abort());
  const channel = host.channel ?? (await host.whenChannel(gone.signal).catch(() => undefined));
  const passing = {
    mode,
    caller: callerOf(request, host.app.callerRules),
    ids,
    target: targetFor(fn, mode, target),
    authority: target.authority,
  };
  const about = { functionName: fn.name, invocationId: ids.invocationId };
  const log: Call['log'] = (level, message, more) => {
    context.observer.log({ category: `Function.${fn.name}`, ...more, ...about, level, message });
  };
  const remark = webSocketRemark(mode);
  if (remark !== undefined) host.remark({ functionName: fn.name, log }, remark.code, remark.message);
  const { status, reason } =
    channel !== undefined && 'send' in channel
      ? await openTunnel({ request, socket, head }, channel.port, passing, context.httpDate)
      : refuseTunnel(socket, context.httpDate());
  if (reason !== undefined) log('error', `The handler did not take the WebSocket: ${reason}.`);
  context.observer.request({
    ...about,
    startedAtMs,
    durationMs: context.monotonicMs() - startedMs,
    method: request.method ?? '',
    target: maskKeys(request.url ?? ''),
    status,
    outcome: reason === undefined ? 'succeeded' : 'failed',
  });
}

function refuseTunnel(socket: Duplex, date: string): TunnelEnd {
  socket.end(emptyAnswer(503, date));
  return { status: 503, reason: 'it is not running' };
}
