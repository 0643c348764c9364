import { commandOf, isAlive, killProcess, type ProcessIdentity, processesMarked } from './processes.ts';
import { until } from './wait.ts';

let watchCount = 0;

/** Knows the processes of one trial by a mark in their environment, which they inherit wherever they go. */
export class Orphans {
  readonly #marker = `${process.pid}-${++watchCount}`;
  readonly #goneWithinMs: number;
  readonly #signal: AbortSignal;
  /** Those that were found alive when they should have been gone. */
  count = 0;

  constructor(goneWithinMs: number, signal: AbortSignal) {
    this.#goneWithinMs = goneWithinMs;
    this.#signal = signal;
  }

  /** For the host. */
  get environment(): Record<string, string> {
    return { CHAOS_RUN: this.#marker };
  }

  /** Kills those that are still alive a moment from now, and gives their commands. */
  expectGone(processes: readonly ProcessIdentity[]): Promise<string[]> {
    return this.#bury(() => processes.filter(isAlive));
  }

  /** The same, for them and for whoever else has the mark. A guard need not have it. */
  expectNobody(processes: readonly ProcessIdentity[]): Promise<string[]> {
    return this.#bury(() => [...processes.filter(isAlive), ...this.#marked()]);
  }

  killAll(): void {
    for (const orphan of this.#marked()) killProcess(orphan);
  }

  async #bury(alive: () => ProcessIdentity[]): Promise<string[]> {
    await until(() => alive().length === 0, { limitMs: this.#goneWithinMs, everyMs: 10 }, this.#signal);
    const orphans = new Map(alive().map((orphan) => [orphan.pid, orphan]));
    this.count += orphans.size;
    const commands = [...orphans.keys()].map(commandOf);
    for (const orphan of orphans.values()) killProcess(orphan);
    return commands;
  }

  #marked(): ProcessIdentity[] {
    return processesMarked(`CHAOS_RUN=${this.#marker}`).filter(isAlive);
  }
}
