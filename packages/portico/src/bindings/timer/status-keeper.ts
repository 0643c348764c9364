// The status of a timer where the host remembers things. Storage that fails stops no timer that already runs: it is said once, and the next write repairs it.
import { type HostError, messageOf } from '../../core/error.ts';
import { timerStatusNotKept, timerStatusUnreadable } from '../../core/errors/timer.ts';
import type { BindingContext } from '../../core/extension.ts';
import type { ScheduleStatus } from './schedule-status.ts';
import { readStatus, statusJson } from './status-text.ts';
import type { Timer } from './timer.ts';

export class StatusKeeper {
  readonly #timer: Timer;
  readonly #context: BindingContext;
  /** What is not stored: that of a timer without a monitor, or one that could not be written. */
  #unstored: ScheduleStatus | undefined;
  #isFailing = false;

  constructor(timer: Timer, context: BindingContext) {
    this.#timer = timer;
    this.#context = context;
  }

  /** What is known here and nowhere else goes first. Rejects when it cannot be asked for. */
  async read(signal: AbortSignal): Promise<ScheduleStatus | undefined> {
    return this.#unstored ?? this.stored(signal);
  }

  /** Parity: an empty document is none. Azure's host never runs a timer whose document is no JSON (timer-state.garbage). */
  async stored(signal: AbortSignal): Promise<ScheduleStatus | undefined> {
    const { isMonitored, statusPath, zone } = this.#timer;
    const text = isMonitored ? await this.#context.state.documents.read(statusPath, signal) : undefined;
    if (text === undefined) return undefined;
    const reading = readStatus(text, zone);
    if ('status' in reading) return reading.status;
    this.#warn(timerStatusUnreadable(statusPath, reading.fault));
    return undefined;
  }

  /** What another host stored as the next run. Undefined where nothing tells; whoever gets the lock reads it again, and says then what is wrong. */
  async nextOfHolder(signal: AbortSignal): Promise<Date | undefined> {
    const { isMonitored, statusPath, zone } = this.#timer;
    if (!isMonitored) return undefined;
    try {
      const reading = readStatus((await this.#context.state.documents.read(statusPath, signal)) ?? '', zone);
      return 'status' in reading ? reading.status?.next : undefined;
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  /** Rejects only when the signal aborts. */
  async write(status: ScheduleStatus, signal: AbortSignal): Promise<void> {
    const { functionName, isMonitored, statusPath, zone } = this.#timer;
    this.#unstored = status;
    if (!isMonitored) return;
    try {
      await this.#context.state.documents.write(statusPath, JSON.stringify(statusJson(status, zone)), signal);
      this.#unstored = undefined;
      // As visible as its beginning: what the host says is shown from warnings on.
      if (this.#isFailing) this.#context.log.warning('The status of the timer is kept again.', { functionName });
      this.#isFailing = false;
    } catch (error) {
      signal.throwIfAborted();
      const fields = { reason: messageOf(error) };
      if (this.#isFailing) this.#context.log.debug('The status of the timer still cannot be kept.', { functionName, fields });
      else this.#warn(timerStatusNotKept({ functionName, cause: error }));
      this.#isFailing = true;
    }
  }

  /** Another host may have run the timer since. */
  forget(): void {
    this.#unstored = undefined;
  }

  #warn({ message, code, hint }: HostError): void {
    this.#context.log.warning(message, { code, hint, functionName: this.#timer.functionName });
  }
}
