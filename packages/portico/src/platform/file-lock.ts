// Only one process at a time, and none that is gone: SQLite takes the system's own lock on an empty file, which ends with whoever has it.
import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../core/clock.ts';
import { loadSqlite, sqliteFault } from './sqlite.ts';

const PAUSE_MS = 50;
/** What is done under a lock takes milliseconds. */
export const LONGEST_WAIT_MS = 10_000;

export class FileLock {
  readonly #file: () => string;
  readonly #clock: Clock;
  /** Within this process one waits for the other without asking the system. */
  #last: Promise<unknown> = Promise.resolve();

  /** `file`: is there as long as somebody works. Asked for each time, and may make its folder. */
  constructor(file: () => string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** Undefined: another process has it for too long. Throws what the file system throws. */
  run<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<{ readonly result: Result } | undefined> {
    const mine = this.#last.then(() => this.#work(work, signal));
    this.#last = mine.catch(() => {});
    return mine;
  }

  async #work<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<{ readonly result: Result } | undefined> {
    const database = await this.#acquire(signal);
    if (database === undefined) return undefined;
    try {
      return { result: await work() };
    } finally {
      database.close();
    }
  }

  async #acquire(signal: AbortSignal): Promise<DatabaseSync | undefined> {
    const startedMs = this.#clock.monotonicMs();
    for (;;) {
      const taken = tryLock(this.#file());
      if (taken !== undefined) return taken;
      if (this.#clock.monotonicMs() - startedMs >= LONGEST_WAIT_MS) return undefined;
      await this.#clock.sleep(PAUSE_MS, signal);
    }
  }
}

/** Undefined: somebody has it. */
function tryLock(file: string): DatabaseSync | undefined {
  const inode = inodeOf(file) ?? make(file);
  let database: DatabaseSync | undefined;
  try {
    database = new (loadSqlite().DatabaseSync)(file, { timeout: 0 });
    // Nothing is written: the file stays empty, and what SQLite would note beside it stays in memory. A full disk is no matter of the lock.
    database.exec('PRAGMA journal_mode = MEMORY');
    database.exec('BEGIN IMMEDIATE');
    if (inodeOf(file) === inode) return database;
    // Deleted meanwhile: what is locked is seen by nobody else.
    database.close();
    return undefined;
  } catch (error) {
    database?.close();
    if (sqliteFault(error) === 'locked') return undefined;
    // The system says better why than SQLite does.
    accessSync(file, constants.W_OK);
    throw error;
  }
}

/** One that is there is left alone: to close a second handle would end the lock that this process has with the first. https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_ */
function make(file: string): number | undefined {
  closeSync(openSync(file, 'a', 0o600));
  return inodeOf(file);
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
