// One run of an HTTP function, on its way to a handler.

import type { HostError } from '../core/error.ts';
import { functionTimedOut, handlerReplyBroken, requestCutOff, streamStoodStill } from '../core/error-catalogue.ts';
import type { InvocationIds } from '../platform/ids.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import type { Call } from './call.ts';
import type { Caller } from './caller.ts';
import type { HttpFunction, PublicHost } from './public-app.ts';
import type { RequestTarget } from './request-target.ts';
import type { TimeLimit } from './time-limit.ts';

export type Run = {
  readonly call: Call;
  readonly target: RequestTarget;
  readonly fn: HttpFunction;
  /** Of the route. */
  readonly params: Readonly<Record<string, string | null>>;
  readonly host: PublicHost;
  readonly ids: InvocationIds;
  readonly caller: Caller;
};

/** A request that no handler ever reads is not sent for ever. */
export const MOST_SENDINGS = 5;

/** The process is replaced unless it `isLively`: it has begun to answer, or waits for the caller, who is slow. */
export function runOutOfTime({ call, fn, host }: Run, limit: TimeLimit, channel: HandlerChannel, isLively: boolean): HostError {
  const about = limit.factsFor(fn.name);
  const restarts = !isLively && host.replace(channel);
  const error = limit === fn.idleLimit ? streamStoodStill(about) : functionTimedOut({ ...about, restarts });
  logError(call, error);
  return error;
}

/** Resolves when it is said. The reason is what became of the handler, if it is gone: that is known a moment later. */
export async function logBrokenReply(call: Call, channel: HandlerChannel, reason: string): Promise<void> {
  const { functionName = '', invocationId } = call;
  const end = await channel.causeOfEnd();
  const error = end?.byUs ? requestCutOff(functionName) : handlerReplyBroken({ functionName, reason, cause: end?.cause });
  const { message, hint, code } = error;
  call.log('error', message, { code, hint, invocationId });
}

export function logError(call: Call, { message, hint, code }: HostError): void {
  call.log('error', message, { code, hint });
}
