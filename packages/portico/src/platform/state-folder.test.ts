import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger, type LogRecord } from '../core/log.ts';
import { stateFolder } from './state-folder.ts';

describe('the state folder', () => {
  let base: string;
  let root: string;
  let stateHome: string;
  let records: LogRecord[];

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'portico-folder-'));
    root = join(base, 'orders app');
    stateHome = join(base, 'home');
    mkdirSync(root);
    records = [];
  });
  afterEach(() => {
    if (existsSync(root)) chmodSync(root, 0o700);
    rmSync(base, { recursive: true });
  });
  const folder = () =>
    stateFolder({ root, stateHome: () => stateHome, log: createLogger({ log: (record) => void records.push(record) }, 'Host') });

  test('is in the root, made when it is needed, and ignored by Git', () => {
    const { path, label, make } = folder();
    expect([path, label, readdirSync(root)]).toEqual([join(root, '.portico'), '.portico', []]);
    expect(make()).toBe(path);
    expect(readFileSync(join(path, '.gitignore'), 'utf8')).toBe('*\n');
    expect(records).toEqual([]);
  });

  test('leaves a .gitignore as it is', () => {
    const { path, make } = folder();
    mkdirSync(path);
    writeFileSync(join(path, '.gitignore'), '*.db\n');
    make();
    expect(readFileSync(join(path, '.gitignore'), 'utf8')).toBe('*.db\n');
  });

  test('has a .gitignore again that a full disk left empty', () => {
    const { path, make } = folder();
    mkdirSync(path);
    writeFileSync(join(path, '.gitignore'), '');
    make();
    expect(readFileSync(join(path, '.gitignore'), 'utf8')).toBe('*\n');
    expect(readdirSync(path)).toEqual(['.gitignore']);
  });

  test.runIf(existsSync('/dev/full'))('on a full disk is an error that says so, and leaves no half of a .gitignore', () => {
    const { path, make } = folder();
    mkdirSync(path);
    for (const name of ['.gitignore', `.gitignore.${process.pid}`]) symlinkSync('/dev/full', join(path, name));
    expect(make).toThrow(expect.objectContaining({ code: 'STATE_DISK_FULL', message: expect.stringContaining(path) }));
    expect(readdirSync(path)).toEqual(['.gitignore']);
  });

  test('brings back no app that was removed', () => {
    const { make } = folder();
    rmSync(root, { recursive: true });
    expect(make).toThrow(expect.objectContaining({ code: 'STATE_UNWRITABLE', hint: expect.stringContaining('no longer there') }));
    expect(existsSync(root)).toBe(false);
  });

  test('is made again when it was deleted', () => {
    const { path, make } = folder();
    make();
    rmSync(path, { recursive: true });
    expect(existsSync(make())).toBe(true);
  });

  // Root may write anywhere: there, what is no folder at all stands in.
  const isRoot = process.getuid?.() === 0;
  const closeRoot = () => {
    if (!isRoot) return chmodSync(root, 0o500);
    rmSync(root, { recursive: true });
  };

  test('is one of the user’s where the root cannot be written to, which is said once', () => {
    closeRoot();
    const { path, label, make } = folder();
    expect(path).toMatch(/home[\\/]portico[\\/]orders_app-[0-9a-f]{8}$/);
    expect(label).toBe(path);
    expect(existsSync(stateHome)).toBe(false);
    make();
    make();
    expect(existsSync(path)).toBe(true);
    expect(records.map(({ level, fields }) => [level, fields])).toEqual([['information', { folder: path }]]);
  });

  test('has a name of its own for each app', () => {
    closeRoot();
    const names = ['/a/app', '/b/app', '/a/app2'].map(
      (one) => stateFolder({ root: one, stateHome: () => stateHome, log: createLogger({ log() {} }, '') }).path,
    );
    expect(new Set(names).size).toBe(3);
  });

  test('that cannot be made is an error that names it and what else to do', () => {
    closeRoot();
    writeFileSync(stateHome, 'a file');
    expect(() => folder().make()).toThrow(
      expect.objectContaining({
        code: 'STATE_UNWRITABLE',
        message: expect.stringContaining(stateHome),
        hint: expect.stringContaining('move it away'),
      }),
    );
  });
});
