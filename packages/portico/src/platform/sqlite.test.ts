import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase, sqliteFault } from './sqlite.ts';

const SCHEMA = 'CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, text TEXT) STRICT';

describe('a database', () => {
  let folder: string;
  let file: string;
  let opened: Database[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portico-sqlite-'));
    file = join(folder, 'notes.db');
    opened = [];
  });
  afterEach(() => {
    for (const database of opened) database.close();
    rmSync(folder, { recursive: true });
  });
  const open = (schema = SCHEMA) => {
    const database = openDatabase(file, { schema, busyMs: 0 });
    opened.push(database);
    return database;
  };
  const faultOf = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      return sqliteFault(error);
    }
    return 'none';
  };

  test('takes back what a transaction did that failed', () => {
    const database = open();
    const fail = () =>
      database.transaction(() => {
        database.run('INSERT INTO note VALUES (?, ?)', 'a', 'b');
        throw new Error('on the way');
      });
    expect(fail).toThrow('on the way');
    expect(database.get('SELECT * FROM note')).toBeUndefined();
    expect(database.transaction(() => database.run('INSERT INTO note VALUES (?, ?)', 'a', 'b'))).toBe(1);
    expect(database.get('SELECT text FROM note')).toEqual({ text: 'b' });
  });

  test('knows that its file was taken away', () => {
    const database = open();
    expect(database.isInPlace()).toBe(true);
    rmSync(file);
    expect(database.isInPlace()).toBe(false);
    const next = open();
    expect([database.isInPlace(), next.isInPlace()]).toEqual([false, true]);
  });

  test('tells what went wrong', () => {
    const database = open();
    expect(faultOf(() => database.get('SELECT * FROM nothing'))).toBe('other');
    database.run("INSERT INTO note VALUES ('a', '')");
    expect(faultOf(() => database.transaction(() => open().run("UPDATE note SET text = 'x'")))).toBe('locked');
    expect(faultOf(() => open(`${SCHEMA}; PRAGMA max_page_count = 3`).run('INSERT INTO note VALUES (1, ?)', 'x'.repeat(99_999)))).toBe(
      'full',
    );
    expect(faultOf(() => openDatabase(folder, { schema: SCHEMA, busyMs: 0 }))).toBe('unwritable');
    expect(faultOf(() => open(`${SCHEMA}; PRAGMA query_only = 1`).run("DELETE FROM note WHERE name = 'a'"))).toBe('unwritable');
    writeFileSync(join(folder, 'other.db'), 'no database'.repeat(1000));
    expect(faultOf(() => openDatabase(join(folder, 'other.db'), { schema: SCHEMA, busyMs: 0 }))).toBe('broken');
    const failed = (errcode: number) => sqliteFault(Object.assign(new Error('disk I/O error'), { errcode }));
    expect([failed(4874), failed(10), failed(778)]).toEqual(['full', 'other', 'other']);
    expect(sqliteFault(new Error('of something else'))).toBeUndefined();
  });

  test('prints nothing when it is opened first, and leaves other warnings alone', () => {
    const program = `
      const { openDatabase } = await import(${JSON.stringify(new URL('./sqlite.ts', import.meta.url).href)});
      openDatabase(${JSON.stringify(file)}, { schema: '', busyMs: 0 }).close();
      process.emitWarning('still heard');`;
    const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stderr).toContain('still heard');
    expect(stderr).not.toContain('SQLite');
  });
});
