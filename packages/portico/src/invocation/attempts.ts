// The attempts of one run in payload mode: an envelope goes out, a reply comes back, and a failure is tried again as the retry policy says.
// What the envelope holds, and what a reply means for whoever waits, is the subject's affair: a request (http/payload-run.ts) or an event (event-run.ts).
import { type HostError, messageOf } from '../core/error.ts';
import {
  bindingsFailed,
  functionTimedOut,
  handlerReplyBroken,
  payloadTooLarge,
  requestCutOff,
  retriesExhausted,
  retryCutShort,
} from '../core/errors/invocation.ts';
import type { JsonObject, RetryPolicy } from '../core/function-app.ts';
import { mayRetry, retryDelayMs } from '../core/retry-delay.ts';
import { type InvocationIds, newInvocationIds } from '../platform/ids.ts';
import { systemRandom } from '../platform/system-random.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import type { ExchangeFault } from '../worker/handler-connection.ts';
import { type PayloadReply, readReply } from '../worker/payload/reply.ts';
import { type FailedAttempt, retryContext } from '../worker/payload/retry-context.ts';
import { type Envelope, type EnvelopeReply, sendEnvelope } from './envelope-exchange.ts';
import type { InvocationHost, RunLog } from './invocation-host.ts';
import type { RunnableFunction } from './runnable-function.ts';
import type { Deadline, Limited, TimeLimit } from './time-limit.ts';

/** A request that no handler ever reads is not sent for ever. */
export const MOST_SENDINGS = 5;

/** How an attempt failed: the function itself, the handler that broke off, time, or that there is no handler. */
export type Failure = { readonly error: HostError; readonly how: 'failed' | 'broken off' | 'timed out' | 'no handler' };

export type AttemptFacts = {
  readonly ids: InvocationIds;
  /** For `Metadata`. Undefined without a retry policy. */
  readonly extraMetadata: JsonObject | undefined;
};

export type Prepared = Pick<Envelope, 'text' | 'traceparent'>;

/** What is run. Whatever it returns may come at once: most requests read and write nothing beside themselves. */
export interface AttemptSubject extends RunLog {
  readonly functionName: string;
  /** An attempt is an invocation of its own. Parity: so it is for requests, not for events. */
  readonly hasIdPerAttempt: boolean;
  /** The ids of the attempt that begins. */
  begin(ids: InvocationIds): void;
  /** The envelope, inputs and all. An error: it cannot be made. */
  prepare(facts: AttemptFacts, signal: () => AbortSignal): Prepared | Promise<Prepared | HostError>;
  /** What the handler answered. An error: the outputs cannot be written. */
  accept(reply: PayloadReply, signal: () => AbortSignal): HostError | undefined | Promise<HostError | undefined>;
  /** For want of a handler it waits for one. False: that is a failure like any other. */
  readonly waitsForHandler: boolean;
  /** The end, unless it was accepted. */
  fail(failure: Failure): void;
}

export class Attempts implements Limited {
  readonly #subject: AttemptSubject;
  readonly #fn: Pick<RunnableFunction, 'retry' | 'timeLimit'>;
  readonly #host: InvocationHost;
  #ids: InvocationIds;
  #sendingCount = 0;
  #retryCount = 0;
  #lastFailure: FailedAttempt | undefined;
  /** Made when somebody needs it: most runs end without. */
  #gone: AbortController | undefined;
  #over = false;
  /** The process that has the envelope. */
  #sentTo: HandlerChannel | undefined;
  /** Counted, so that what belongs to one that was given up finds out. */
  #attempt = 0;
  #deadline: Deadline | undefined;
  #abort = (): void => {};

  constructor(subject: AttemptSubject, fn: Pick<RunnableFunction, 'retry' | 'timeLimit'>, host: InvocationHost, ids: InvocationIds) {
    this.#subject = subject;
    this.#fn = fn;
    this.#host = host;
    this.#ids = ids;
  }

  /** Undefined: there is no channel yet. */
  start(channel: HandlerChannel | undefined): void {
    this.#subject.begin(this.#ids);
    this.#prepare(channel);
  }

  /** Nobody wants the result any more. */
  abandon(): void {
    if (this.#over) return;
    this.#finish();
    this.#giveUp();
  }

  expire(limit: TimeLimit): void {
    this.#giveUp();
    // While inputs are read and outputs written, the handler has nothing to do with it.
    const restarts = this.#sentTo !== undefined && this.#host.replace(this.#sentTo);
    this.#sentTo = undefined;
    this.#fail({ error: functionTimedOut({ ...limit.factsFor(this.#subject.functionName), restarts }), how: 'timed out' });
  }

  /** Of the attempt that is under way. */
  readonly #signal = (): AbortSignal => {
    this.#gone ??= new AbortController();
    if (this.#over) this.#gone.abort();
    return this.#gone.signal;
  };

  #giveUp(): void {
    this.#attempt += 1;
    this.#abort();
    this.#gone?.abort();
    this.#gone = undefined;
  }

  #finish(): void {
    this.#over = true;
    this.#deadline?.leave();
  }

  #prepare(channel: HandlerChannel | undefined): void {
    const { retry, timeLimit } = this.#fn;
    this.#deadline = timeLimit?.watch(this, this.#deadline);
    const extraMetadata = retry === undefined ? undefined : retryContext(retry, this.#retryCount, this.#lastFailure);
    const prepared = this.#guard(() => this.#subject.prepare({ ids: this.#ids, extraMetadata }, this.#signal));
    if ('text' in prepared && channel !== undefined) return this.#send(prepared, channel);
    void this.#sendWhenReady(prepared, channel);
  }

  /** What throws is a fault of ours, or has no room: in either case of this run alone. */
  #guard<Result>(work: () => Result | HostError | Promise<Result | HostError>): Result | HostError | Promise<Result | HostError> {
    const { functionName } = this.#subject;
    const fault = (cause: unknown): HostError =>
      cause instanceof RangeError ? payloadTooLarge(functionName) : bindingsFailed({ functionName, reason: messageOf(cause), cause });
    try {
      const made = work();
      return made instanceof Promise ? made.catch(fault) : made;
    } catch (error) {
      return fault(error);
    }
  }

  async #sendWhenReady(
    preparing: Prepared | HostError | Promise<Prepared | HostError>,
    channel: HandlerChannel | undefined,
  ): Promise<void> {
    const attempt = this.#attempt;
    const prepared = await preparing;
    if (this.#over || attempt !== this.#attempt) return;
    if (!('text' in prepared)) return this.#fail({ error: prepared, how: 'failed' });
    if (channel !== undefined) this.#send(prepared, channel);
    else await this.#sendToNext(prepared);
  }

  async #sendToNext(prepared: Prepared): Promise<void> {
    const attempt = this.#attempt;
    const channel = this.#host.channel ?? (await this.#whenChannel());
    if (this.#over || channel === undefined || attempt !== this.#attempt) return;
    if ('send' in channel) this.#send(prepared, channel);
    else if (this.#subject.waitsForHandler) this.#end({ error: channel, how: 'no handler' });
    else this.#fail({ error: channel, how: 'no handler' });
  }

  /** Undefined: nobody waits any longer. That there is no handler is no time of the function's. */
  async #whenChannel(): Promise<HandlerChannel | HostError | undefined> {
    this.#deadline?.leave();
    const gone = this.#signal();
    const { stopping } = this.#host;
    const over = AbortSignal.any([gone, stopping]);
    for (;;) {
      try {
        const found = await this.#host.whenChannel(gone);
        if ('send' in found) this.#deadline = this.#fn.timeLimit?.watch(this, this.#deadline);
        if ('send' in found || !this.#subject.waitsForHandler || stopping.aborted) return found;
        await this.#host.sleep(NEXT_LOOK_MS, over);
      } catch (error) {
        // The wait was cut short: because nobody wants the result any more, or by the end of the host, which is looked at next.
        if (gone.aborted) return undefined;
        if (!stopping.aborted) throw error;
      }
    }
  }

  #send(prepared: Prepared, channel: HandlerChannel): void {
    this.#sendingCount += 1;
    this.#sentTo = channel;
    const { functionName } = this.#subject;
    this.#abort = sendEnvelope(
      channel,
      { functionName, invocationId: this.#ids.invocationId, ...prepared },
      { replied: (reply) => this.#read(reply), failed: (fault) => this.#failToReach(fault, prepared, channel) },
    );
  }

  #read(handlerReply: EnvelopeReply): void {
    if (this.#over) return;
    this.#sentTo = undefined;
    const { functionName } = this.#subject;
    const reply = readReply(handlerReply);
    for (const { level, message, fields } of reply.logs) {
      this.#subject.log(level, message, { category: `Function.${functionName}.User`, ...(fields !== undefined && { fields }) });
    }
    if ('error' in reply) return this.#fail({ error: reply.error, how: 'failed' });
    for (const remark of reply.remarks) this.#host.remark(this.#subject, remark);
    const accepted = this.#guard(() => this.#subject.accept(reply, this.#signal));
    const attempt = this.#attempt;
    if (accepted instanceof Promise) void accepted.then((error) => this.#settle(attempt, error));
    else this.#settle(attempt, accepted);
  }

  #settle(attempt: number, error: HostError | undefined): void {
    if (this.#over || attempt !== this.#attempt) return;
    if (error === undefined) this.#finish();
    else this.#fail({ error, how: 'failed' });
  }

  #failToReach({ reason, unread }: ExchangeFault, prepared: Prepared, channel: HandlerChannel): void {
    if (this.#over) return;
    this.#sentTo = undefined;
    // An envelope is never repeatable, so a reset says nothing of it.
    if (unread === 'yes' && this.#sendingCount < MOST_SENDINGS) return void this.#sendToNext(prepared);
    void logBrokenReply(this.#subject, channel, reason);
    this.#giveUpOrRetry({ error: handlerReplyBroken({ functionName: this.#subject.functionName, reason }), how: 'broken off' });
  }

  #fail(failure: Failure): void {
    logError(this.#subject, failure.error);
    this.#giveUpOrRetry(failure);
  }

  /** Parity: whoever waits learns nothing but that it failed; the log has the reason. */
  #giveUpOrRetry(failure: Failure): void {
    this.#deadline?.leave();
    const { retry } = this.#fn;
    if (retry !== undefined && mayRetry(retry, this.#retryCount)) return void this.#retry(retry, failure);
    if (this.#retryCount > 0) logError(this.#subject, retriesExhausted(this.#retryCount));
    this.#end(failure);
  }

  #end(failure: Failure): void {
    this.#finish();
    this.#subject.fail(failure);
  }

  async #retry(policy: RetryPolicy, failure: Failure): Promise<void> {
    const { functionName } = this.#subject;
    this.#lastFailure = { invocationId: this.#ids.invocationId, functionName, error: failure.error };
    this.#retryCount += 1;
    const delayMs = retryDelayMs(policy, this.#retryCount, systemRandom.fraction());
    const { maxRetryCount } = policy;
    const fields = { delayMs: Math.round(delayMs), retryCount: this.#retryCount, maxRetryCount };
    this.#subject.log('information', 'Waiting before retrying function execution.', { fields });
    const gone = this.#signal();
    const wait = this.#host.sleep(delayMs, AbortSignal.any([gone, this.#host.stopping]));
    await this.#host.work.retrying(wait).catch(() => {
      // Cut short by the end of the host or of the wish, which are looked at next.
    });
    if (this.#over) return;
    if (this.#host.stopping.aborted) {
      logError(this.#subject, retryCutShort());
      return this.#end(failure);
    }
    this.#sendingCount = 0;
    if (this.#subject.hasIdPerAttempt) this.#ids = newInvocationIds();
    this.#subject.begin(this.#ids);
    this.#prepare(this.#host.channel);
  }
}

/** A handler that will not start is looked at again at this pace. */
const NEXT_LOOK_MS = 1000;

/** Resolves when it is said. The reason is what became of the handler, if it is gone: that is known a moment later. */
export async function logBrokenReply(where: RunLog, channel: HandlerChannel, reason: string): Promise<void> {
  const { functionName = '' } = where;
  const end = await channel.causeOfEnd();
  logError(where, end?.byUs ? requestCutOff(functionName) : handlerReplyBroken({ functionName, reason, cause: end?.cause }));
}

export function logError(where: RunLog, { message, hint, code }: HostError): void {
  where.log('error', message, { code, hint });
}
