// What a run asks of the host, whatever it was that it runs for. The host swaps these when the app or its handler changes.
import type { HostError } from '../core/error.ts';
import type { LogLevel, LogRecord } from '../core/log.ts';
import type { Remark } from '../core/remark.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import type { WorkInHand } from './work-in-hand.ts';

export interface InvocationHost {
  /** Aborted: the host stops, and takes nothing new. */
  readonly stopping: AbortSignal;
  readonly work: WorkInHand;
  /** Undefined while no handler is ready. */
  readonly channel: HandlerChannel | undefined;
  /** Waits for the handler to become ready; a HostError says why it will not. */
  whenChannel(signal: AbortSignal): Promise<HandlerChannel | HostError>;
  /** A function ran out of time there: that process is replaced once it has finished what else it does. False: it stays, because it is not ours. */
  replace(channel: HandlerChannel): boolean;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Says what Azure would do differently, once per function and subject. */
  remark(where: RunLog, remark: Remark): void;
}

/** Where a run is logged. */
export interface RunLog {
  readonly functionName: string | undefined;
  log(level: LogLevel, message: string, more?: Partial<LogRecord>): void;
}
