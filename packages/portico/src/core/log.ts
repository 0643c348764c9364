// What the host tells the world while it runs: log records, and summaries of requests and of other invocations. Who renders them (console, NDJSON, a test) is not decided here.

import type { HostError } from './error.ts';

export const LOG_LEVELS = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type LogRecord = {
  readonly level: LogLevel;
  /** Dotted, as on Azure: `Host.Startup`, `Function.Hello`, `Function.Hello.User`, `Host.Function.Console`. Filters go by prefix. */
  readonly category: string;
  /** A constant sentence; what varies is in the fields, except for text that comes from outside (handler output, problems). */
  readonly message: string;
  readonly fields?: LogFields;
  readonly functionName?: string | undefined;
  readonly invocationId?: string | undefined;
  /** Code of the error catalogue, when there is one. */
  readonly code?: string;
  readonly hint?: string | undefined;
};

/** How a request to the public port ended. */
export type RequestSummary = {
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly method: string;
  /** As the caller sent it, keys masked. */
  readonly target: string;
  /** Undefined when the caller left before there was one. */
  readonly status: number | undefined;
  readonly outcome: 'succeeded' | 'failed' | 'aborted' | 'refused';
  readonly functionName: string | undefined;
  readonly invocationId: string | undefined;
};

/** How an event that is no request ended, its retries included. */
export type InvocationSummary = {
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly functionName: string;
  readonly invocationId: string;
  /** Why the function ran: "New queue message detected on 'orders'." */
  readonly reason: string;
  readonly details?: LogFields;
  /** Abandoned: the host stopped before it was done, and the event comes again. */
  readonly outcome: 'succeeded' | 'failed' | 'abandoned';
};

/** Receives everything. Implementations never throw and never wait. */
export interface HostObserver {
  log(record: LogRecord): void;
  request(summary: RequestSummary): void;
  invocation(summary: InvocationSummary): void;
}

/** Writes records of one category. */
export type Logger = {
  readonly [Level in Exclude<LogLevel, 'none'>]: (message: string, more?: Omit<LogRecord, 'level' | 'category' | 'message'>) => void;
};

export function createLogger(observer: Pick<HostObserver, 'log'>, category: string): Logger {
  const at =
    (level: LogLevel): Logger['trace'] =>
    (message, more) =>
      observer.log({ ...more, level, category, message });
  return {
    trace: at('trace'),
    debug: at('debug'),
    information: at('information'),
    warning: at('warning'),
    error: at('error'),
    critical: at('critical'),
  };
}

/** Writes an error of the catalogue, with its code and what to do next. */
export function report(logger: Logger, level: 'debug' | 'warning' | 'error', { message, code, hint }: HostError, fields?: LogFields): void {
  logger[level](message, { code, hint, ...(fields !== undefined && { fields }) });
}
