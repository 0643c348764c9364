import type { RetryPolicy } from '../core/function-app.ts';
import type { FunctionBindings } from './function-bindings.ts';
import type { TimeLimit } from './time-limit.ts';

/** One function, ready to run, whatever triggers it. */
export type RunnableFunction = {
  readonly name: string;
  /** Name of the trigger binding. */
  readonly triggerName: string;
  /** Inputs and outputs besides the trigger and an HTTP output. Undefined: there are none. */
  readonly bindings: FunctionBindings | undefined;
  /** For one attempt. Undefined: as long as it takes. */
  readonly timeLimit: TimeLimit | undefined;
  /** Of the function, or of the app. Counts in payload mode; what is passed on is final. */
  readonly retry: RetryPolicy | undefined;
};
