import type { HostObserver } from '../core/log.ts';
import type { CallContext } from '../http/call.ts';
import { replyWriter } from '../http/whole-reply.ts';
import type { WorkInHand } from '../invocation/work-in-hand.ts';
import { createHttpDate } from '../platform/http-date.ts';
import { systemClock } from '../platform/system-clock.ts';

export function createCallContext(observer: HostObserver, work: WorkInHand): CallContext {
  return {
    observer,
    writeWhole: replyWriter(),
    nowMs: () => systemClock.now().getTime(),
    monotonicMs: () => systemClock.monotonicMs(),
    httpDate: createHttpDate(systemClock),
    work,
  };
}
