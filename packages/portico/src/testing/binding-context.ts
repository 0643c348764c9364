// A ListenerContext for the tests of bindings: a fake clock, a state that forgets, and a function that is told what to say.

import type { Clock } from '../core/clock.ts';
import type { EmulatorEndpoints, InvocationOutcome, ListenerContext, TriggerEvent } from '../core/extension.ts';
import type { AppSettings, JsonObject } from '../core/function-app.ts';
import { createLogger, type LogRecord } from '../core/log.ts';
import { whenAborted } from '../core/when-aborted.ts';
import { FakeClock } from './fake-clock.ts';
import { memoryState } from './memory-state.ts';

export type TestContextOptions = {
  readonly functionName?: string;
  readonly settings?: AppSettings;
  readonly hostSection?: JsonObject;
  readonly clock?: Clock;
  readonly emulator?: () => Promise<EmulatorEndpoints>;
  /** Default: every run succeeds. */
  readonly run?: (event: TriggerEvent, signal: AbortSignal) => Promise<InvocationOutcome> | InvocationOutcome;
};

export function testContext({
  functionName = 'Fn',
  settings = {},
  hostSection = {},
  clock = new FakeClock(),
  emulator = () => Promise.reject(new Error('this test has no emulator')),
  run = () => ({ status: 'succeeded', invocationId: 'id' }),
}: TestContextOptions = {}) {
  const records: LogRecord[] = [];
  const events: TriggerEvent[] = [];
  const things = new Map<string, object>();
  let ready = Promise.withResolvers<void>();
  ready.resolve();
  let uuidCount = 0;
  const nextUuid = (): string => {
    uuidCount += 1;
    return `00000000-0000-4000-8000-${String(uuidCount).padStart(12, '0')}`;
  };
  const state = memoryState();
  const context: ListenerContext = {
    functionName,
    settings,
    hostSection,
    hostId: 'test-host',
    clock,
    random: { fraction: () => 0.5, uuid: nextUuid },
    log: createLogger({ log: (record) => void records.push(record) }, 'Test'),
    isDevelopment: true,
    processorCount: 2,
    systemTimeZone: () => 'UTC',
    state,
    emulator,
    shared<T extends object>(key: string, make: () => T): T {
      const made = (things.get(key) as T | undefined) ?? make();
      things.set(key, made);
      return made;
    },
    async whenReady(signal) {
      await Promise.race([ready.promise, whenAborted(signal)]);
      signal.throwIfAborted();
    },
    async invoke(event, signal) {
      events.push(event);
      return run(event, signal);
    },
  };
  return {
    context,
    state,
    /** What was logged, in order. */
    records,
    /** What the function was run for, in order. */
    events,
    /** No run until it is resumed. */
    pause(): void {
      ready = Promise.withResolvers();
    },
    resume(): void {
      ready.resolve();
    },
  };
}
