import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { httpFunction } from '../../../../test/support/app-folder.ts';
import { loadFunctionApp } from '../config/load-function-app.ts';
import type { FunctionApp } from '../core/function-app.ts';
import { createLogger, type LogRecord } from '../core/log.ts';
import { watchFolder } from '../platform/watch-folder.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { type AppChange, type AppWatcher, type AppWatcherOptions, findChangedFolder, watchApp } from './app-watcher.ts';

let home: string;
/** A folder in a folder of its own: what happens beside it is part of the tests. */
let root: string;
let clock: FakeClock;
let records: LogRecord[];
let changes: AppChange[];
let app: FunctionApp;
let watcher: AppWatcher | undefined;
/** How many folders the system watches for us. */
let openCount: number;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'portico-watch-'));
  root = join(home, 'app');
  mkdirSync(root);
  clock = new FakeClock();
  // As files are dated.
  clock.now = () => new Date();
  records = [];
  changes = [];
  openCount = 0;
});

afterEach(() => {
  watcher?.stop();
  rmSync(home, { recursive: true, force: true });
});

const counting: typeof watchFolder = (...all) => {
  const stop = watchFolder(...all);
  if (stop === undefined) return undefined;
  openCount++;
  return () => {
    openCount--;
    stop();
  };
};

function write(path: string, text = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** As if it had been there for long. */
function makeOld(...paths: readonly string[]): void {
  const then = new Date('2026-01-01');
  for (const path of paths) utimesSync(join(root, path), then, then);
}

const hostJson = (description: object = { defaultExecutablePath: '/usr/bin/handler' }, more: object = {}): string =>
  JSON.stringify({ version: '2.0', customHandler: { description }, ...more });

const readApp = (): void => {
  app = loadFunctionApp({ root, environment: {} });
};

/** Watches an app as it is by now. */
async function watch(more: Partial<AppWatcherOptions> = {}): Promise<void> {
  begin(more);
  await untilWatched(0);
}

function begin({ readAtMs = Number.POSITIVE_INFINITY, ...more }: Partial<AppWatcherOptions>): void {
  readApp();
  watcher = watchApp({
    root,
    app: () => app,
    readAtMs,
    changedFolder: findChangedFolder((more.app ?? (() => app))(), readAtMs),
    watchesSources: false,
    clock,
    log: createLogger({ log: (record) => void records.push(record) }, 'Test'),
    onChange: (change) => void changes.push(change),
    ...more,
  });
}

/** Until that is so for the first time, or anew while time passes. */
async function untilWatched(stepMs = 100): Promise<void> {
  await waitFor(async () => {
    await clock.advance(stepMs);
    expect(records).toContainEqual(expect.objectContaining({ message: 'The app is watched.' }));
  });
  records = records.filter(({ level }) => level !== 'debug');
}

const watchSources = (more: Partial<AppWatcherOptions> = {}): Promise<void> => watch({ watchesSources: true, ...more });

const waitFor = (condition: () => void | Promise<void>): Promise<void> => vi.waitFor(condition, { timeout: 20_000, interval: 10 });

/** Waits, while time passes, until changes were told of, and gives them with their files alone. */
async function nextChanges(count = 1): Promise<AppChange[]> {
  await waitFor(async () => {
    await clock.advance(100);
    expect(changes.length).toBeGreaterThanOrEqual(count);
  });
  return changes.splice(0);
}

/** What does not count is followed by something that does: told alone, it shows that nothing came before. */
async function expectUnnoticed(act: () => void): Promise<void> {
  act();
  write('host.json', `${readFileSync(join(root, 'host.json'), 'utf8')} `);
  expect(await nextChanges()).toEqual([{ file: 'host.json', app: true, handler: false }]);
}

const SOURCE = { app: false, handler: true };

describe('the watcher of an app', () => {
  beforeEach(() => {
    write('host.json', hostJson());
    write('Hello/function.json', JSON.stringify(httpFunction()));
  });

  test.each([
    'host.json',
    'local.settings.json',
    'portico.json',
    '.env',
    '.env.local',
    'app_offline.htm',
    'Hello/function.json',
    'New/function.json',
  ])('tells that %s is read by the host', async (file) => {
    await watch();
    write(file, '{ }');
    expect(await nextChanges()).toEqual([{ file, app: true, handler: false }]);
  });

  test('tells what lies beside the handler from what does not', async () => {
    write('bin/other');
    write('host.json', hostJson({ defaultExecutablePath: './bin/handler', arguments: ['./config/a.yml'] }));
    await watch();
    await expectUnnoticed(() => {
      write('bin/deep/handler');
      write('src/main.go');
      write('Hello/sample.dat');
    });
    for (const file of ['bin/handler', 'config/a.yml', 'beside.txt']) {
      write(file, 'new');
      expect(await nextChanges()).toEqual([{ file, ...SOURCE }]);
    }
  });

  test('tells of a handler whose folder is not there yet, and of one that may be executed by now', async () => {
    write('host.json', hostJson({ defaultExecutablePath: './.venv/bin/handler' }));
    await watch();
    write('.venv/bin/handler');
    expect(await nextChanges()).toEqual([{ file: '.venv/bin/handler', ...SOURCE }]);
    chmodSync(join(root, '.venv/bin/handler'), 0o755);
    expect(await nextChanges()).toEqual([{ file: '.venv/bin/handler', ...SOURCE }]);
  });

  test('makes one change of all that happens in a burst', async () => {
    await watch();
    write('beside.txt');
    write('.env');
    write('Hello/function.json', '{ }');
    expect(await nextChanges()).toEqual([{ file: 'beside.txt', app: true, handler: true }]);
  });

  test('does not wait for whoever is told', async () => {
    await watch();
    for (const file of ['.env', '.env.local']) {
      write(file);
      expect(await nextChanges()).toMatchObject([{ file }]);
    }
  });

  test('goes on when whoever is told fails, and says so', async () => {
    let count = 0;
    const onChange = () => {
      count++;
      throw new Error('no luck');
    };
    await watch({ onChange });
    for (const expected of [1, 2]) {
      write('.env', `${expected}`);
      await waitFor(async () => {
        await clock.advance(100);
        expect(count).toBe(expected);
      });
    }
    expect(records).toContainEqual(expect.objectContaining({ level: 'error', fields: { reason: 'no luck' } }));
  });

  test('tells what changed after the app was read and before it was watched, what is gone included', async () => {
    const readAtMs = Date.now() - 10_000;
    const old = new Date(readAtMs - 10_000);
    for (const path of ['host.json', 'Hello/function.json', 'Hello', '.']) utimesSync(join(root, path), old, old);
    await watch({ readAtMs });
    await clock.advance(1000);
    watcher?.stop();
    expect(changes).toEqual([]);

    const before = app;
    rmSync(join(root, 'Hello/function.json'));
    records = [];
    await watch({ readAtMs, app: () => before });
    expect(await nextChanges()).toMatchObject([{ app: true }]);
  });

  test('tells nothing of what a handler writes that was started between the two', async () => {
    const readAtMs = Date.now() - 10_000;
    makeOld('host.json', 'Hello/function.json', 'Hello', '.');
    readApp();
    const changedFolder = findChangedFolder(app, readAtMs);
    write('handler.log');
    await watch({ readAtMs, changedFolder });
    await expectUnnoticed(() => {});
  });

  test('tells nothing of .portico, which was made between the two, but of what came after it', async () => {
    const readAtMs = Date.now() - 10_000;
    makeOld('host.json', 'Hello/function.json', 'Hello', '.');
    write('.portico/state.db');
    await watch({ readAtMs });
    await clock.advance(1000);
    watcher?.stop();
    expect(changes).toEqual([]);

    const later = new Date(statSync(root).mtimeMs + 1000);
    utimesSync(root, later, later);
    records = [];
    await watch({ readAtMs });
    expect(await nextChanges()).toMatchObject([{ file: 'app', app: true }]);
  });

  test.each([
    { watchesSources: false, poll: {} },
    { watchesSources: true, poll: {} },
    { watchesSources: false, poll: { pollMs: 500 } },
    { watchesSources: true, poll: { pollMs: 500 } },
  ])('tells nothing of .portico when it comes, changes, goes and is a file: $watchesSources, $poll', async ({ watchesSources, poll }) => {
    write('portico.json', JSON.stringify({ watch: poll }));
    await watch({ watchesSources });
    await expectUnnoticed(() => {
      write('.portico/.gitignore', '*');
      write('.portico/keys.json', '{}');
      write('.portico/azurite/index.json', '{}');
    });
    await expectUnnoticed(() => write('.portico/keys.json', '{ "keys": [] }'));
    await expectUnnoticed(() => rmSync(join(root, '.portico'), { recursive: true }));
    await expectUnnoticed(() => write('.portico', 'Somebody made a file of that name.'));
    await expectUnnoticed(() => rmSync(join(root, '.portico')));
  });

  test('tells nothing once it was stopped, twice', async () => {
    await watch();
    write('.env');
    await vi.waitFor(async () => expect(statSync(join(root, '.env')).isFile()).toBe(true));
    watcher?.stop();
    watcher?.stop();
    await clock.advance(5000);
    expect(changes).toEqual([]);
  });

  test('watches a function behind a link, and a folder in the place of another', async () => {
    const elsewhere = join(home, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(root, 'Linked'));
    await watch();
    writeFileSync(join(elsewhere, 'function.json'), '{}');
    expect(await nextChanges()).toMatchObject([{ file: 'Linked/function.json', app: true }]);
    rmSync(join(root, 'Hello'), { recursive: true });
    write('Hello/function.json', '{  }');
    await nextChanges();
    write('Hello/function.json', '{   }');
    expect(await nextChanges()).toMatchObject([{ file: 'Hello/function.json', app: true }]);
  });

  test('watches a root that was away, and one that took its place', async () => {
    await watch();
    renameSync(root, `${root}-away`);
    expect(await nextChanges()).toMatchObject([{ app: true }]);
    mkdirSync(root);
    write('host.json', hostJson());
    expect(await nextChanges()).toMatchObject([{ app: true }]);
    write('.env');
    expect(await nextChanges()).toMatchObject([{ file: '.env', app: true }]);
  });

  test('restarts everything for watchDirectories and watchFiles of host.json', async () => {
    write('host.json', hostJson(undefined, { watchDirectories: ['lib'], watchFiles: ['schema.json'] }));
    await watch();
    for (const file of ['lib/a/b.txt', 'other/deep/Schema.json']) {
      write(file);
      expect(await nextChanges()).toEqual([{ file, app: true, handler: true }]);
    }
  });

  test('watches nothing when host.json says so, unless sources are watched', async () => {
    write('host.json', hostJson(undefined, { fileWatchingEnabled: false }));
    const watched = vi.fn(watchFolder);
    await watch({ watch: watched });
    expect(watched).not.toHaveBeenCalled();
    watcher?.stop();
    records = [];
    await watchSources();
    write('main.go');
    expect(await nextChanges()).toMatchObject([{ file: 'main.go' }]);
  });

  test('stops watching when host.json comes to say so', async () => {
    await watch({ watch: counting });
    expect(openCount).toBeGreaterThan(2);
    write('host.json', hostJson(undefined, { fileWatchingEnabled: false }));
    await nextChanges();
    // The app is read again some time after the change was told.
    await clock.advance(5000);
    readApp();
    await untilWatched();
    expect(openCount).toBe(0);
  });

  test('looks where the handler lies by now, whenever the app is read again', async () => {
    await watch();
    write('host.json', hostJson({ defaultExecutablePath: './elsewhere/handler' }));
    expect(await nextChanges()).toMatchObject([{ file: 'host.json' }]);
    await clock.advance(30_000);
    readApp();
    write('elsewhere/handler');
    expect(await nextChanges()).toEqual([{ file: 'elsewhere/handler', ...SOURCE }]);
  });

  test('looks there also when nobody was told of a change that this came of', async () => {
    await watch();
    write('host.json', hostJson({ defaultExecutablePath: './elsewhere/handler' }));
    await nextChanges();
    // Nobody waits so long for an app to be read again.
    for (let minutes = 0; minutes < 11; minutes++) await clock.advance(60_000);
    readApp();
    write('beside.txt');
    await nextChanges();
    await untilWatched(0);
    write('elsewhere/handler');
    expect(await nextChanges()).toEqual([{ file: 'elsewhere/handler', ...SOURCE }]);
  });

  test('says once that a folder cannot be watched', async () => {
    const refusing: typeof watchFolder = (folder, onEntry, onFault) => {
      if (!folder.endsWith('Hello')) return watchFolder(folder, onEntry, onFault);
      onFault(Object.assign(new Error('not yours'), { code: 'EACCES' }));
      return undefined;
    };
    await watch({ watch: refusing });
    write('.env');
    await nextChanges();
    readApp();
    write('.env', 'A=1');
    await nextChanges();
    expect(records.filter(({ level }) => level === 'warning')).toMatchObject([
      { fields: { folder: join(root, 'Hello'), reason: 'not yours' } },
    ]);
  });
});

describe('with --watch', () => {
  beforeEach(() => {
    write('host.json', hostJson());
    write('Hello/function.json', JSON.stringify(httpFunction()));
    write('src/main.go', '1');
  });

  test('every source file counts: new, changed, moved and gone', async () => {
    await watchSources();
    for (const act of [
      () => write('src/main.go', '22'),
      () => write('src/deep/er/other.go'),
      () => renameSync(join(root, 'src/deep'), join(root, 'src/moved')),
      () => write('src/moved/er/other.go', '333'),
      () => rmSync(join(root, 'src/moved'), { recursive: true }),
    ]) {
      act();
      expect(await nextChanges()).toEqual([{ file: expect.stringMatching(/^src\//), ...SOURCE }]);
    }
  });

  test('a file that is touched without being changed, or is there for a moment, does not count', async () => {
    makeOld('src/main.go');
    await watchSources();
    await expectUnnoticed(() => {
      write('src/main.go', '2');
      makeOld('src/main.go');
      write('src/passing.go');
      rmSync(join(root, 'src/passing.go'));
    });
  });

  test('what the ignore files name does not count, and their own change does not reload but reads the rules again', async () => {
    write('.gitignore', 'gen/\n');
    write('src/.gitignore', '*.out\n');
    write('gen/old.go');
    write('src/old.out');
    makeOld('gen/old.go', 'src/old.out');
    await watchSources();
    await expectUnnoticed(() => {
      write('gen/x.go');
      write('src/x.out');
      write('node_modules/x/y.js');
      write('src/main.go~');
    });

    makeOld('gen/x.go', 'src/x.out');
    write('src/.gitignore', '*.out\n*.tmpl\n');
    write('.gitignore', 'nothing\n');
    await untilWatched();
    await clock.advance(1000);
    expect(changes).toEqual([]);
    await expectUnnoticed(() => write('src/a.tmpl'));
    write('gen/deep/x.go');
    expect(await nextChanges()).toEqual([{ file: 'gen/deep/x.go', ...SOURCE }]);
  });

  test('an ignored folder is left alone, however much is in it', async () => {
    write('.gitignore', 'data/\n');
    for (let number = 0; number < 20; number++) write(`data/${number}/file`);
    const watched = vi.fn(watchFolder);
    await watchSources({ watch: watched });
    const folders = watched.mock.calls.map(([folder]) => folder).sort();
    // Of the ignored one only whether it becomes a function is of interest.
    expect(folders).toEqual([home, root, join(root, 'Hello'), join(root, 'data'), join(root, 'src')].sort());
    write('data/function.json', '{}');
    expect(await nextChanges()).toEqual([{ file: 'data/function.json', app: true, handler: false }]);
  });

  test('ignore files above the app count as far as its repository reaches', async () => {
    mkdirSync(join(home, '.git'));
    writeFileSync(join(home, '.gitignore'), '*.gen\n');
    await watchSources();
    await expectUnnoticed(() => write('src/a.gen'));
    writeFileSync(join(home, '.gitignore'), '');
    await untilWatched();
    write('src/a.gen', 'changed');
    expect(await nextChanges()).toMatchObject([{ file: 'src/a.gen' }]);
  });

  test('watch.ignore of portico.json counts like them, and its change as well', async () => {
    write('portico.json', JSON.stringify({ watch: { ignore: ['*.sqlite'] } }));
    await watchSources();
    await expectUnnoticed(() => write('state.sqlite'));
    write('portico.json', JSON.stringify({ watch: { ignore: ['*.sqlite', '*.json5'] } }));
    await nextChanges();
    readApp();
    await untilWatched();
    await expectUnnoticed(() => write('state.json5'));
  });

  test('.funcignore counts for a script, and for nothing else: it tends to name the sources of a program', async () => {
    write('.funcignore', '*.ts\n');
    write('host.json', hostJson({ defaultExecutablePath: '/usr/bin/node', arguments: ['dist/server.js'] }));
    await watchSources();
    await expectUnnoticed(() => write('src/server.ts'));
    makeOld('src/server.ts');
    write('host.json', hostJson({ defaultExecutablePath: './handler' }));
    await nextChanges();
    readApp();
    await untilWatched();
    write('src/other.ts');
    expect(await nextChanges()).toMatchObject([{ file: 'src/other.ts' }]);
  });

  test('the handler counts although it is ignored', async () => {
    write('.gitignore', 'target/\n');
    write('host.json', hostJson({ defaultExecutablePath: './target/release/handler' }));
    await watchSources();
    write('target/release/handler');
    expect(await nextChanges()).toEqual([{ file: 'target/release/handler', ...SOURCE }]);
    await expectUnnoticed(() => write('target/release/handler.d'));
  });

  test('what our own build makes does not count', async () => {
    write('portico.json', JSON.stringify({ build: 'tsc' }));
    write('host.json', hostJson({ defaultExecutablePath: '/usr/bin/node', arguments: ['dist/server.js'] }));
    await watchSources();
    await expectUnnoticed(() => write('dist/server.js'));
    write('src/server.ts');
    expect(await nextChanges()).toMatchObject([{ file: 'src/server.ts' }]);
  });

  test('what our own build writes anew where sources lie counts once at most', async () => {
    await watchSources({ builds: true });
    write('src/made.js', 'same');
    expect(await nextChanges()).toMatchObject([{ file: 'src/made.js' }]);
    await expectUnnoticed(() => {
      rmSync(join(root, 'src/made.js'));
      write('src/made.js', 'same');
    });
    write('src/made.js', 'other');
    expect(await nextChanges()).toMatchObject([{ file: 'src/made.js' }]);
  });

  test('a file that is written anew with the same content counts where nobody builds', async () => {
    await watchSources();
    for (const _ of [1, 2]) {
      write('src/main.go', 'same');
      expect(await nextChanges()).toMatchObject([{ file: 'src/main.go' }]);
    }
  });

  test('links are followed from the root, but not in circles and not to what is around the app', async () => {
    const elsewhere = join(home, 'elsewhere');
    mkdirSync(join(elsewhere, 'deep'), { recursive: true });
    symlinkSync(elsewhere, join(root, 'linked'));
    symlinkSync(home, join(root, 'around'));
    symlinkSync(root, join(root, 'src/circle'));
    const watched = vi.fn(watchFolder);
    await watchSources({ watch: watched });
    expect(watched.mock.calls.map(([folder]) => folder).filter((folder) => /around|circle/.test(folder))).toEqual([]);
    writeFileSync(join(elsewhere, 'deep/lib.go'), '');
    expect(await nextChanges()).toEqual([{ file: 'linked/deep/lib.go', ...SOURCE }]);
  });

  test('a stream of changes is told of all the same', async () => {
    await watchSources();
    let count = 0;
    await waitFor(async () => {
      write('src/main.go', `${++count}`);
      await clock.advance(50);
      expect(changes.length).toBeGreaterThan(2);
    });
    expect(clock.monotonicMs()).toBeLessThan(10_000);
  });

  test('folders are taken in without keeping others from their turn', async () => {
    for (let number = 0; number < 300; number++) write(`many/${number}/file`, 'x');
    // Every look at this clock is a millisecond.
    let lookCount = 0;
    const slow = Object.assign(Object.create(clock), {
      monotonicMs: () => lookCount++,
      sleep: clock.sleep.bind(clock),
      now: () => clock.now(),
    });
    let turnCount = 0;
    const watching = watchSources({ clock: slow });
    const turns = setInterval(() => turnCount++, 0);
    await watching;
    clearInterval(turns);
    expect(turnCount).toBeGreaterThan(10);
  });

  test('folders that come, move and go are not watched twice nor for ever', async () => {
    await watchSources({ watch: counting });
    const before = openCount;
    write('src/a/b/c/x.go');
    await nextChanges();
    expect(openCount).toBe(before + 3);
    renameSync(join(root, 'src/a'), join(root, 'src/moved'));
    await nextChanges();
    expect(openCount).toBe(before + 3);
    rmSync(join(root, 'src/moved'), { recursive: true });
    write('src/moved/x.go');
    await nextChanges();
    expect(openCount).toBe(before + 1);
    write('.gitignore', 'moved/');
    await untilWatched();
    expect(openCount).toBe(before);
    watcher?.stop();
    expect(openCount).toBe(0);
  });

  test('a folder is not taken in anew because something in it has changed', async () => {
    const watched = vi.fn(watchFolder);
    await watchSources({ watch: watched });
    const { length } = watched.mock.calls;
    const [, onEntry] = watched.mock.calls.find(([folder]) => folder === root)!;
    onEntry('src', 'change');
    await expectUnnoticed(() => {});
    expect(watched.mock.calls).toHaveLength(length);
    onEntry('src', 'rename');
    await expectUnnoticed(() => {});
    expect(watched.mock.calls).toHaveLength(length + 1);
  });

  test.each([0, 50])('may be stopped when %i folders have been taken in', async (count) => {
    for (let number = 0; number < 300; number++) write(`many/${number}/file`, 'x');
    // Every look at the clock is a millisecond, so that others have their turn again and again.
    let lookCount = 0;
    clock.monotonicMs = () => lookCount++;
    const stopped = Promise.withResolvers<void>();
    const stop = (): void => {
      watcher?.stop();
      expect(openCount).toBe(0);
      stopped.resolve();
    };
    const stopping: typeof watchFolder = (...all) => {
      if (count > 0 && openCount === count) setImmediate(stop);
      return counting(...all);
    };
    begin({ watchesSources: true, readAtMs: 0, watch: stopping });
    if (count === 0) stop();
    await stopped.promise;
    // What would go on all the same has had its turn.
    await import('./watch/ignore-files.ts');
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect([openCount, changes]).toEqual([0, []]);
  });
});

describe('where the system reports no changes', () => {
  beforeEach(() => {
    write('host.json', hostJson());
    write('Hello/function.json', JSON.stringify(httpFunction()));
    write('src/main.go', '1');
  });

  test('they are looked for at the pace of watch.pollMs', async () => {
    write('portico.json', JSON.stringify({ watch: { pollMs: 500 } }));
    write('.gitignore', 'gen/\n');
    const watched = vi.fn(watchFolder);
    await watchSources({ watch: watched });
    write('src/main.go', '22');
    write('gen/x.go');
    await clock.advance(499);
    expect(changes).toEqual([]);
    expect(await nextChanges()).toEqual([{ file: 'src/main.go', ...SOURCE }]);
    for (const act of [
      () => write('src/new/deep.go'),
      () => write('src/new/deep.go', '1'),
      () => rmSync(join(root, 'src/new'), { recursive: true }),
    ]) {
      act();
      expect(await nextChanges()).toEqual([{ file: 'src/new/deep.go', ...SOURCE }]);
    }
    renameSync(root, `${root}-away`);
    expect(await nextChanges()).toMatchObject([{ app: true }]);
    expect(watched).not.toHaveBeenCalled();
  });

  test('because there are too many folders, the rest is looked at every second, and the way out is said once', async () => {
    const code = 'ENOSPC';
    const full: typeof watchFolder = (folder, onEntry, onFault) => {
      if (!folder.includes('src')) return watchFolder(folder, onEntry, onFault);
      onFault(Object.assign(new Error(`${code}: System limit for number of file watchers reached`), { code }));
      return undefined;
    };
    write('src/deep/a.go');
    await watchSources({ watch: full });
    write('src/deep/a.go', '1');
    expect(await nextChanges()).toEqual([{ file: 'src/deep/a.go', ...SOURCE }]);
    write('src/new/b.go');
    expect(await nextChanges()).toEqual([{ file: 'src/new/b.go', ...SOURCE }]);
    write('.env');
    expect(await nextChanges()).toMatchObject([{ file: '.env' }]);
    expect(records.filter(({ level }) => level === 'warning')).toEqual([
      expect.objectContaining({
        fields: expect.objectContaining({ reason: expect.stringContaining('ENOSPC') }),
        hint: expect.stringContaining('fs.inotify.max_user_watches'),
      }),
    ]);
  });
});
