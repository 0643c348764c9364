// SQLite in a file, as Node has it. Calls are synchronous, and meant to be short.
// https://nodejs.org/api/sqlite.html
import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export type SqlValue = string | number | null;

export interface Database {
  /** The first row. */
  get(sql: string, ...values: SqlValue[]): Readonly<Record<string, SqlValue>> | undefined;
  /** How many rows it changed. */
  run(sql: string, ...values: SqlValue[]): number;
  /** All of it or nothing, and nobody else writes meanwhile. */
  transaction<Result>(work: () => Result): Result;
  /** Whether the file still has its name: what is written to one that was deleted or replaced is seen by nobody else. */
  isInPlace(): boolean;
  close(): void;
}

export type SqliteFault = 'broken' | 'locked' | 'full' | 'unwritable' | 'other';

/** The low byte of an error code says what kind it is. https://www.sqlite.org/rescode.html */
const FAULTS: Readonly<Record<number, SqliteFault>> = {
  3: 'unwritable',
  5: 'locked',
  6: 'locked',
  8: 'unwritable',
  11: 'broken',
  13: 'full',
  14: 'unwritable',
  26: 'broken',
};

/** SQLITE_IOERR_SHMSIZE: a full disk has no room for the index of the log. Of its kind, it is the only one that says so. */
const NO_ROOM_FOR_LOG_INDEX = 4874;

/** `schema`: run at every opening, so it must bear repetition. `busyMs`: how long a call waits for somebody else's to end. */
export function openDatabase(file: string, { schema, busyMs }: { readonly schema: string; readonly busyMs: number }): Database {
  const database = new (loadSqlite().DatabaseSync)(file, { timeout: busyMs });
  try {
    // For one machine only: what is in its log is shared through memory, which NFS and SMB do not carry to another; several machines need an account.
    // Where a file system cannot do it, the answer is another mode, and that will do.
    database.exec('PRAGMA journal_mode = WAL');
    // A crash of the machine may take the last moments away, never the rest; and no call waits for the disk.
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec(schema);
    return wrap(database, file, inodeOf(file));
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Undefined: it is no error of SQLite's. */
export function sqliteFault(error: unknown): SqliteFault | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  if (error.errcode === NO_ROOM_FOR_LOG_INDEX) return 'full';
  return FAULTS[error.errcode & 0xff] ?? 'other';
}

function wrap(database: DatabaseSync, file: string, inode: number | undefined): Database {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    get: (sql, ...values) => prepare(sql).get(...values) as Readonly<Record<string, SqlValue>> | undefined,
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    transaction(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        // After some faults SQLite has rolled back by itself.
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    isInPlace: () => inodeOf(file) === inode,
    close: () => database.close(),
  };
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

/** Node 24 prints a warning when it is loaded. What Portico needs of it is stable, and its users can do nothing about it. */
export function loadSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}
