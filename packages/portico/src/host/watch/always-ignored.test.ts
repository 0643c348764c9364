import { describe, expect, test } from 'vitest';
import { isIgnoredFileName, isIgnoredFolderName } from './always-ignored.ts';

describe('what is always ignored', () => {
  test.each([
    ['vi', '.main.go.swp', '.main.go.swo', 'main.go~', '4913'],
    ['Emacs', '.#main.go', '#main.go#', 'main.go~'],
    ['JetBrains', 'main.go___jb_tmp___', 'main.go___jb_old___'],
    ['GNOME', '.goutputstream-X2YZ30'],
    ['any program', 'upload.tmp', 'UPLOAD.TMP'],
    ['NFS and FUSE', '.nfs0000000001c04b6500000001', '.fuse_hidden0000042a00000001'],
    ['Python', 'main.cpython-313.pyc'],
    ['the Finder', '.DS_Store'],
    [
      'a local database',
      'app.db',
      'app.db-wal',
      'app.db-shm',
      'app.db-journal',
      'app.sqlite',
      'app.sqlite-wal',
      'app.sqlite3',
      'app.SQLITE3-journal',
    ],
    ['a log', 'handler.log', 'handler.log.1', 'handler.log.2.gz', 'npm-debug.log'],
    [
      'a crash',
      'core',
      'core.4711',
      'hs_err_pid4711.log',
      'handler.dmp',
      'Heap.20260101.heapsnapshot',
      'report.20260101.120000.4711.0.001.json',
    ],
  ])('is what %s leaves behind', (_, ...names) => {
    expect(names.filter((name) => !isIgnoredFileName(name))).toEqual([]);
  });

  test('is no source file', () => {
    const names = [
      'main.go',
      'core.ts',
      'core.go',
      'log.ts',
      'catalog',
      'tmp.go',
      '.env',
      '.gitignore',
      'report.json',
      'Makefile',
      'app.log.go',
      'db.go',
      'app.db.ts',
      'sqlite',
    ];
    expect(names.filter(isIgnoredFileName)).toEqual([]);
  });

  test('is the work of package managers, interpreters and version control', () => {
    const names = ['.git', '.hg', '.svn', 'node_modules', '.portico', '__pycache__', '.venv'];
    expect(names.filter((name) => !isIgnoredFolderName(name))).toEqual([]);
    expect(['src', 'core', '.github', 'git', 'bin'].filter(isIgnoredFolderName)).toEqual([]);
  });
});
