// One run of an HTTP function, on its way to a handler.

import { functionTimedOut, streamStoodStill } from '../core/errors/invocation.ts';
import { logError } from '../invocation/attempts.ts';
import type { TimeLimit } from '../invocation/time-limit.ts';
import type { InvocationIds } from '../platform/ids.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import type { Call } from './call.ts';
import type { Caller } from './caller.ts';
import type { Identity } from './identity.ts';
import type { HttpFunction, PublicHost } from './public-app.ts';
import type { RequestTarget } from './request-target.ts';

export type Run = {
  readonly call: Call;
  readonly target: RequestTarget;
  readonly fn: HttpFunction;
  /** Of the route. */
  readonly params: Readonly<Record<string, string | null>>;
  readonly host: PublicHost;
  readonly ids: InvocationIds;
  readonly caller: Caller;
  /** What the handler is told of who calls. */
  readonly identity: Identity;
};

/** The process is replaced unless it `isLively`: it has begun to answer, or waits for the caller, who is slow. */
export function runOutOfTime({ call, fn, host }: Run, limit: TimeLimit, channel: HandlerChannel, isLively: boolean): void {
  const about = limit.factsFor(fn.name);
  const restarts = !isLively && host.replace(channel);
  logError(call, limit === fn.idleLimit ? streamStoodStill(about) : functionTimedOut({ ...about, restarts }));
}
