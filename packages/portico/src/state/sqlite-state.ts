// What one machine remembers: a SQLite file that several hosts may have open. A call opens it, or opens it anew after somebody took it away.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { stateBroken, stateClosed, stateDiskFull, stateFailed, stateLocked, stateUnwritable } from '../core/errors/state.ts';
import { type Logger, report } from '../core/log.ts';
import type { Random } from '../core/random.ts';
import type { StateStore } from '../core/state-store.ts';
import { isAlive, thisProcess } from '../platform/process-identity.ts';
import { type Database, openDatabase, type SqliteFault, sqliteFault } from '../platform/sqlite.ts';
import type { StateFolder } from '../platform/state-folder.ts';
import { writeFault } from '../platform/write-fault.ts';
import { LeaseKeeper } from './lease-keeper.ts';

export const STATE_FILE = 'state.db';

export type SqliteStateOptions = { readonly folder: StateFolder; readonly clock: Clock; readonly random: Random; readonly log: Logger };

/** Leases and receipts are both held; what is done is a receipt that is complete. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS document (path TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS hold (
    path TEXT PRIMARY KEY, token TEXT NOT NULL, machine TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,
    expires_at INTEGER NOT NULL, done INTEGER NOT NULL) STRICT, WITHOUT ROWID`;

const TAKE = 'INSERT OR REPLACE INTO hold (path, token, machine, pid, started, expires_at, done) VALUES (?, ?, ?, ?, ?, ?, ?)';
const KEEP = 'INSERT OR IGNORE INTO hold (path, token, machine, pid, started, expires_at, done) VALUES (?, ?, ?, ?, ?, ?, ?)';

/** `isRenewed`: while its holder lives, it is not left to run out. */
type Term = { readonly durationMs: number; readonly isRenewed: boolean };

const RECEIPT: Term = { durationMs: 30_000, isRenewed: false };
const LONGEST_HOLD_MS = 60_000;

/** A call that waits holds up everything else, so it waits shortly, and the next attempt comes a while later. */
const BUSY_MS = 100;
const BUSY_PAUSE_MS = 400;
const MOST_ATTEMPTS = 10;

export function openSqliteState({ folder, clock, random, log }: SqliteStateOptions): Omit<StateStore, 'place' | 'isLocal'> {
  const file = join(folder.path, STATE_FILE);
  const leases = new LeaseKeeper(clock, log);
  let database: Database | undefined;
  let isClosed = false;

  function opened(): Database {
    // Whoever comes late would open a file that nobody closes.
    if (isClosed) throw stateClosed();
    if (database?.isInPlace() === false) closeDatabase();
    if (database === undefined) {
      folder.make();
      database = openDatabase(file, { schema: SCHEMA, busyMs: BUSY_MS });
    }
    return database;
  }

  function closeDatabase(): void {
    database?.close();
    database = undefined;
  }

  async function use<Result>(work: (database: Database) => Result, signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted();
    let brokenCount = 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return work(opened());
      } catch (error) {
        const fault = sqliteFault(error);
        if (fault === undefined) throw error;
        if (fault === 'broken' && brokenCount < 2) {
          brokenCount += 1;
          // Another host may have put it aside by now: what has its name then is looked at first.
          if (brokenCount === 1) closeDatabase();
          else setAside(error);
        } else if (fault === 'locked' && attempt < MOST_ATTEMPTS) {
          await clock.sleep(BUSY_PAUSE_MS, signal ?? never);
        } else {
          throw describe(fault, error);
        }
      }
    }
  }

  function setAside(cause: unknown): void {
    closeDatabase();
    const kept = `${file}.broken-${clock.now().toISOString().replaceAll(':', '')}`;
    for (const suffix of ['', '-wal', '-shm']) {
      try {
        renameSync(`${file}${suffix}`, `${kept}${suffix}`);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw writeFault(file, error);
      }
    }
    report(log, 'warning', stateBroken(file, kept, cause));
  }

  function describe(fault: SqliteFault, cause: unknown) {
    if (fault === 'full') return stateDiskFull(file, cause);
    if (fault === 'unwritable') return stateUnwritable(file, cause);
    if (fault === 'locked') return stateLocked(file, MOST_ATTEMPTS * (BUSY_MS + BUSY_PAUSE_MS), cause);
    return stateFailed(file, cause);
  }

  const values = (path: string, token: string, durationMs: number, done: 0 | 1 = 0) => {
    const { machine, pid, started } = thisProcess();
    return [path, token, machine, pid, started, clock.now().getTime() + durationMs, done] as const;
  };

  /** A name for the hold, or why there is none. */
  function take(path: string, term: Term, signal: AbortSignal): Promise<string | { readonly heldBy: 'done' | 'other' }> {
    return use((db) => {
      const token = random.uuid();
      return db.transaction(() => {
        const row = db.get('SELECT machine, pid, started, expires_at, done FROM hold WHERE path = ?', path) as HoldRow | undefined;
        if (row?.done) return { heldBy: 'done' } as const;
        if (row && isHeld(row, term, clock.now().getTime())) return { heldBy: 'other' } as const;
        db.run(TAKE, ...values(path, token, term.durationMs));
        return token;
      });
    }, signal);
  }

  async function release(path: string, token: string): Promise<void> {
    await use((db) => db.run('DELETE FROM hold WHERE path = ? AND token = ? AND done = 0', path, token));
  }

  return {
    leases: {
      async acquire(path, durationMs, signal) {
        const askedAtMs = clock.monotonicMs();
        const token = await take(path, { durationMs, isRenewed: true }, signal);
        if (typeof token !== 'string') return undefined;
        return leases.keep({
          path,
          durationMs,
          askedAtMs,
          renew: (ended) =>
            use((db) => {
              const expiresAt = clock.now().getTime() + durationMs;
              if (db.run('UPDATE hold SET expires_at = ? WHERE path = ? AND token = ?', expiresAt, path, token) === 1) return true;
              // The file may have been deleted, and nobody has it then.
              return db.run(KEEP, ...values(path, token, durationMs)) === 1;
            }, ended),
          release: () => release(path, token),
        });
      },
    },
    documents: {
      read: (path, signal) => use((db) => db.get('SELECT text FROM document WHERE path = ?', path)?.text as string | undefined, signal),
      async write(path, text, signal) {
        await use((db) => db.run('INSERT OR REPLACE INTO document (path, text) VALUES (?, ?)', path, text), signal);
      },
    },
    receipts: {
      async claim(path, signal) {
        const token = await take(path, RECEIPT, signal);
        if (typeof token !== 'string') return token.heldBy === 'done' ? 'done' : 'taken';
        return {
          // Also after the time ran out: it was done, whoever has it now.
          complete: async () => void (await use((db) => db.run(TAKE, ...values(path, token, 0, 1)))),
          release: () => release(path, token),
        };
      },
    },
    async close() {
      await leases.close();
      isClosed = true;
      closeDatabase();
    },
  };
}

type HoldRow = {
  readonly machine: string;
  readonly pid: number;
  readonly started: string;
  readonly expires_at: number;
  readonly done: number;
};

function isHeld({ expires_at: expiresAt, ...holder }: HoldRow, { isRenewed }: Term, nowMs: number): boolean {
  if (expiresAt <= nowMs) return false;
  // Further away than any hold lasts: the clock of the machine was set back. A holder that lives renews it soon, by the clock as it is now.
  if (expiresAt > nowMs + LONGEST_HOLD_MS) return isRenewed && isAlive(holder) === true;
  // Of a holder elsewhere nobody here knows, so its time is waited for; one that was killed holds nothing.
  return isAlive(holder) ?? true;
}

const never = new AbortController().signal;
