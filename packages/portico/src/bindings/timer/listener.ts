// Runs one timer on one of the hosts of an app. A turn is as long as this host has the lock:
//
//   take the lock, or ask again until it is free → read the status → make up for a missed run → wait, run, write the status, wait …
//
// A turn ends with the lock, with the listener, and when it is better to ask who should go on: after a sleep of the machine and while the handler is down.
import { messageOf } from '../../core/error.ts';
import { timerStandsStill } from '../../core/errors/timer.ts';
import type { Listener, ListenerContext } from '../../core/extension.ts';
import { loopListener } from '../../core/loop-listener.ts';
import type { Lease } from '../../core/state-store.ts';
import { waitAtMost } from '../../core/wait-at-most.ts';
import { whenAborted } from '../../core/when-aborted.ts';
import { announcement } from './announcement.ts';
import { isLate, isSetBack } from './due.ts';
import { lockPauseMs, occurrencesOf } from './lock-pause.ts';
import { pauseMsUntil, type RunReason, type ScheduleStatus, statusAfterRun, statusAtStart } from './schedule-status.ts';
import { StatusKeeper } from './status-keeper.ts';
import type { Timer } from './timer.ts';
import { timerEvent } from './timer-event.ts';

export function timerListener(timer: Timer, context: ListenerContext): Listener {
  const turns = new TimerTurns(timer, context);
  return loopListener((stopping, abandoning) => turns.take(stopping, abandoning), context);
}

/** Parity: the periods of Azure's host (timer-state.start). */
export const LOCK_MS = 60_000;
export const LOCK_MS_IN_DEVELOPMENT = 15_000;
/** A handler that is down for longer leaves the timer to another host. */
const LONGEST_HANDLER_WAIT_MS = 60_000;
const PAUSE_AFTER_ABANDONED_MS = 1000;
const SHORTEST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** What ends a turn, and what gives up a run. */
type Turn = { readonly going: AbortSignal; readonly abandoning: AbortSignal; readonly lost: AbortSignal };

class TimerTurns {
  readonly #timer: Timer;
  readonly #context: ListenerContext;
  readonly #status: StatusKeeper;
  readonly #lockMs: number;
  #isAnnounced = false;
  #runsOnStartup: boolean;
  #isHandlerDown = false;
  /** Before the next attempt, while the lock or the status cannot be asked for. */
  #troublePauseMs: number | undefined;

  constructor(timer: Timer, context: ListenerContext) {
    this.#timer = timer;
    this.#context = context;
    this.#status = new StatusKeeper(timer, context);
    this.#lockMs = context.isDevelopment ? LOCK_MS_IN_DEVELOPMENT : LOCK_MS;
    this.#runsOnStartup = timer.runOnStartup;
  }

  async take(stopping: AbortSignal, abandoning: AbortSignal): Promise<void> {
    if (this.#isHandlerDown) await this.#context.whenReady(stopping);
    this.#isHandlerDown = false;
    try {
      const lease = await this.#lock(stopping);
      try {
        await this.#run({ going: AbortSignal.any([stopping, lease.lost]), abandoning, lost: lease.lost });
      } catch (error) {
        // Then it was one of the waits that said so.
        if (!lease.lost.aborted) throw error;
      } finally {
        if (lease.lost.aborted) this.#status.forget();
        await lease.release();
      }
    } catch (error) {
      stopping.throwIfAborted();
      await this.#standStill(error, stopping);
    }
  }

  /** Parity: Azure's host says that such a timer was started, and never runs it. Without the lock two hosts would run it, so it waits, and says so. */
  async #standStill(cause: unknown, stopping: AbortSignal): Promise<void> {
    const { functionName } = this.#timer;
    const { clock, log } = this.#context;
    const { message, code, hint } = timerStandsStill({ functionName, cause });
    if (this.#troublePauseMs === undefined) log.error(message, { code, hint, functionName });
    else log.debug('The timer still stands still.', { functionName, fields: { reason: messageOf(cause) } });
    const pauseMs = this.#troublePauseMs ?? SHORTEST_PAUSE_MS;
    this.#troublePauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    await clock.sleep(pauseMs, stopping);
  }

  #endTrouble(): void {
    if (this.#troublePauseMs === undefined) return;
    this.#troublePauseMs = undefined;
    const { log, functionName } = this.#context;
    // As visible as its beginning: what the host says is shown from warnings on.
    log.warning('The timer does not stand still any more.', { functionName });
  }

  async #lock(stopping: AbortSignal): Promise<Lease> {
    const { clock, log, state } = this.#context;
    const { functionName, lockPath, schedule } = this.#timer;
    for (let isFirst = true; ; isFirst = false) {
      const lease = await state.leases.acquire(lockPath, this.#lockMs, stopping);
      if (lease !== undefined) return lease;
      this.#endTrouble();
      this.#status.forget();
      // Else a host whose timer does not run would say nothing by default, and whoever looks for the reason would not find it.
      if (isFirst) log.warning('Another host of the app runs this timer; this one takes over when that ends.', { functionName });
      const storedNext = schedule.isPause ? await this.#status.nextOfHolder(stopping) : undefined;
      await clock.sleep(lockPauseMs(occurrencesOf(schedule, storedNext), this.#lockMs, clock.now()), stopping);
    }
  }

  async #run(turn: Turn): Promise<void> {
    const { schedule } = this.#timer;
    const { clock } = this.#context;
    const { going } = turn;
    const stored = await this.#status.read(going);
    this.#endTrouble();
    const { status, toStore, isPastDue } = statusAtStart(schedule, stored, clock.now());
    if (toStore) await this.#status.write(toStore, going);
    this.#announce();

    let current: ScheduleStatus | undefined = status;
    // Parity: both together are one run (timer-state.start).
    if (isPastDue || this.#runsOnStartup) current = await this.#fire(status, isPastDue ? 'pastDue' : 'runOnStartup', clock.now(), turn);
    if (current !== undefined) this.#runsOnStartup = false;
    while (current !== undefined) {
      const due = await this.#whenDue(current, going);
      if (due === 'set back') current = await this.#reckonAnew(going);
      // The machine slept, or its clock jumped. The lock may have run out meanwhile, so who has it is asked again; what is stored knows of this run.
      else if (clock.now().getTime() - due.getTime() > this.#lockMs) return;
      else current = await this.#fire(current, 'scheduled', due, turn);
    }
  }

  /** The moment from which a run is late: its time, or now when the run before took longer than that. */
  async #whenDue(status: ScheduleStatus, going: AbortSignal): Promise<Date | 'set back'> {
    const { clock } = this.#context;
    const { next } = status;
    const armedAt = clock.now();
    for (;;) {
      going.throwIfAborted();
      const now = clock.now();
      if (isSetBack(status, armedAt, now)) return 'set back';
      const pauseMs = pauseMsUntil(next, now);
      if (next === undefined || pauseMs === undefined) await whenAborted(going);
      else if (pauseMs > 0) await clock.sleep(pauseMs, going);
      else return new Date(Math.max(next.getTime(), armedAt.getTime()));
    }
  }

  async #reckonAnew(going: AbortSignal): Promise<ScheduleStatus> {
    const { schedule, functionName } = this.#timer;
    const now = this.#context.clock.now();
    const status = { last: undefined, next: schedule.nextAfter(now), lastUpdated: now };
    this.#context.log.warning('The clock was set back, so the next run of the timer is reckoned from now.', { functionName });
    await this.#status.write(status, going);
    return status;
  }

  /** The status after the run; undefined: this host has nobody to run it. */
  async #fire(before: ScheduleStatus, planned: RunReason, dueAt: Date, turn: Turn): Promise<ScheduleStatus | undefined> {
    const { schedule } = this.#timer;
    const { clock } = this.#context;
    for (;;) {
      if (!(await this.#isReady(turn.going))) return undefined;
      const startedAt = clock.now();
      const why = planned === 'scheduled' && isLate(dueAt, startedAt) ? 'pastDue' : planned;
      const { status } = await this.#context.invoke(timerEvent(this.#timer, before, why, startedAt), turn.abandoning);
      if (status === 'abandoned') {
        await clock.sleep(PAUSE_AFTER_ABANDONED_MS, turn.going);
        continue;
      }
      const after = statusAfterRun(schedule, before, why, startedAt);
      // Whoever has the lock now writes what it has run itself.
      if (!turn.lost.aborted) await this.#status.write(after, turn.abandoning);
      return after;
    }
  }

  async #isReady(going: AbortSignal): Promise<boolean> {
    const { clock, log } = this.#context;
    const enough = new AbortController();
    let isReady = false;
    const ready = this.#context.whenReady(AbortSignal.any([going, enough.signal])).then(() => {
      isReady = true;
    });
    await waitAtMost(LONGEST_HANDLER_WAIT_MS, ready, clock);
    enough.abort();
    going.throwIfAborted();
    this.#isHandlerDown = !isReady;
    if (!isReady) {
      const { functionName } = this.#timer;
      log.warning('The timer waits for its handler; meanwhile another host of the app may run it.', { functionName });
    }
    return isReady;
  }

  #announce(): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    const { clock, log, functionName } = this.#context;
    log.information(announcement(this.#timer, clock.now()), { functionName });
  }
}
