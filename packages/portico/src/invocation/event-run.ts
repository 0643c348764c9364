// One event from a listener, or a call by hand, on its way through its function.
import { triggerBindingData } from '../core/binding-data.ts';
import type { Clock } from '../core/clock.ts';
import type { HostError } from '../core/error.ts';
import type { InvocationOutcome, TriggerEvent } from '../core/extension.ts';
import type { HostObserver, LogLevel, LogRecord } from '../core/log.ts';
import type { Random } from '../core/random.ts';
import { type InvocationIds, newInvocationIds } from '../platform/ids.ts';
import type { PayloadReply } from '../worker/payload/reply.ts';
import { buildPayload } from '../worker/payload/trigger-payload.ts';
import { type AttemptFacts, type AttemptSubject, Attempts, type Failure, type Prepared } from './attempts.ts';
import { OpenBindings } from './function-bindings.ts';
import type { InvocationHost } from './invocation-host.ts';
import type { RunnableFunction } from './runnable-function.ts';
import type { Work } from './work-in-hand.ts';

export type EventRunContext = {
  readonly host: InvocationHost;
  readonly observer: HostObserver;
  readonly clock: Clock;
  readonly random: Random;
};

/** Runs the function for one event. Never rejects. When the signal aborts the run is given up, and the event should come again. */
export function runForEvent(
  fn: RunnableFunction,
  event: TriggerEvent,
  context: EventRunContext,
  signal: AbortSignal,
): Promise<InvocationOutcome> {
  if (signal.aborted || context.host.stopping.aborted) return Promise.resolve({ status: 'abandoned' });
  return new EventRun(fn, event, context).run(signal);
}

class EventRun implements AttemptSubject, Work {
  readonly #fn: RunnableFunction;
  readonly #event: TriggerEvent;
  readonly #context: EventRunContext;
  readonly #attempts: Attempts;
  readonly #outcome = Promise.withResolvers<InvocationOutcome>();
  readonly #startedAtMs: number;
  readonly #startedMs: number;
  #opened: OpenBindings | undefined;
  #invocationId = '';
  // Parity: all attempts for one event share an id.
  readonly hasIdPerAttempt = false;
  readonly waitsForHandler = true;

  constructor(fn: RunnableFunction, event: TriggerEvent, context: EventRunContext) {
    this.#fn = fn;
    this.#event = event;
    this.#context = context;
    this.#startedAtMs = context.clock.now().getTime();
    this.#startedMs = context.clock.monotonicMs();
    this.#attempts = new Attempts(this, fn, context.host, newInvocationIds());
  }

  get functionName(): string {
    return this.#fn.name;
  }

  describe(): string {
    return `${this.#fn.name}: ${this.#event.reason}`;
  }

  async run(signal: AbortSignal): Promise<InvocationOutcome> {
    const { host } = this.#context;
    const abandon = (): void => {
      this.#attempts.abandon();
      this.#outcome.resolve({ status: 'abandoned' });
    };
    signal.addEventListener('abort', abandon, { once: true });
    const begun = host.work.begin(this);
    try {
      this.#attempts.start(host.channel);
      const outcome = await this.#outcome.promise;
      this.#summarise(outcome.status);
      return outcome;
    } finally {
      signal.removeEventListener('abort', abandon);
      host.work.end(begun);
    }
  }

  begin({ invocationId }: InvocationIds): void {
    this.#invocationId = invocationId;
  }

  log(level: LogLevel, message: string, more: Partial<LogRecord> = {}): void {
    const { name } = this.#fn;
    const base = { category: `Function.${name}`, functionName: name, invocationId: this.#invocationId };
    this.#context.observer.log({ ...base, ...more, level, message });
  }

  prepare({ ids, extraMetadata }: AttemptFacts, signal: () => AbortSignal): Prepared | Promise<Prepared | HostError> {
    const { bindings } = this.#fn;
    const { value, bindingData } = this.#event;
    const { clock, random } = this.#context;
    const data = triggerBindingData(bindingData, value);
    const envelope = (inputs: Iterable<readonly [string, TriggerEvent['value']]>): Prepared => ({
      traceparent: undefined,
      text: buildPayload({
        functionName: this.#fn.name,
        data: [[this.#fn.triggerName, value], ...inputs],
        bindingData: data,
        utcNow: `${clock.now().toISOString().slice(0, -1)}0000Z`,
        randomGuid: random.uuid(),
        extraMetadata,
      }),
    });
    if (bindings === undefined) return envelope([]);
    return (async () => {
      const opened = await OpenBindings.open(this.#fn.name, ids.invocationId, bindings, data);
      if (!(opened instanceof OpenBindings)) return opened;
      this.#opened = opened;
      const inputs = await opened.read(signal());
      return Array.isArray(inputs) ? envelope(inputs) : inputs;
    })();
  }

  accept(reply: PayloadReply, signal: () => AbortSignal): HostError | undefined | Promise<HostError | undefined> {
    if (this.#opened !== undefined) return this.#write(this.#opened, reply, signal());
    this.#succeed();
    return undefined;
  }

  async #write(opened: OpenBindings, reply: PayloadReply, signal: AbortSignal): Promise<HostError | undefined> {
    const error = await opened.write(reply, signal);
    for (const remark of opened.remarks) this.#context.host.remark(this, remark);
    if (error === undefined) this.#succeed();
    return error;
  }

  #succeed(): void {
    this.#outcome.resolve({ status: 'succeeded', invocationId: this.#invocationId });
  }

  fail({ error, how }: Failure): void {
    if (how === 'no handler') return this.#outcome.resolve({ status: 'abandoned' });
    this.#outcome.resolve({ status: 'failed', invocationId: this.#invocationId, error });
  }

  #summarise(outcome: InvocationOutcome['status']): void {
    const { clock, observer } = this.#context;
    observer.invocation({
      startedAtMs: this.#startedAtMs,
      durationMs: clock.monotonicMs() - this.#startedMs,
      functionName: this.#fn.name,
      invocationId: this.#invocationId,
      reason: this.#event.reason,
      ...(this.#event.details !== undefined && { details: this.#event.details }),
      outcome,
    });
  }
}
