import { describe, expect, test } from 'vitest';
import type { HostConfig } from '../../core/function-app.ts';
import type { IgnoreFiles } from './ignore-files.ts';
import { createWatchScope, type WatchScope, type WatchScopeOptions } from './watch-scope.ts';

/** Names what an ignore file would: everything called so, and what lies below. */
function ignoring(...names: readonly string[]): IgnoreFiles {
  return { above: ['..', '../..'], ignores: (path) => path.split('/').some((name) => names.includes(name)) };
}

function scopeOf({ config = {}, ...more }: Partial<Omit<WatchScopeOptions, 'config'>> & { config?: Partial<HostConfig> } = {}): WatchScope {
  return createWatchScope({
    root: '/apps/one',
    config: { watchDirectories: [], watchFiles: [], ...config } as unknown as HostConfig,
    handlerFiles: { programs: [], scripts: [], places: [], folders: [] },
    ignoreFiles: undefined,
    builds: false,
    ...more,
  });
}

/** "app", "handler", "app handler", "rules", or nothing. */
function weightOf(scope: WatchScope, path: string, kind: 'file' | 'folder' = 'file'): string {
  const weight = scope.weigh(path, kind) ?? {};
  return Object.entries(weight)
    .flatMap(([name, is]) => (is ? [name] : []))
    .join(' ');
}

const weightsOf = (scope: WatchScope, paths: readonly string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, weightOf(scope, path)]));

/** "all", the names, or nothing. */
function viewOf(scope: WatchScope, folder: string): string {
  const view = scope.view(folder) ?? [];
  return view === 'all' ? 'all' : [...view].join(' ');
}

const viewsOf = (scope: WatchScope, folders: readonly string[]): Record<string, string> =>
  Object.fromEntries(folders.map((folder) => [folder, viewOf(scope, folder)]));

const HANDLER_IN_TARGET = { programs: ['target/release/handler'], scripts: [], places: [], folders: ['target/release'] };
const HANDLER_IN_DIST = { programs: [], scripts: ['dist/server.js'], places: [], folders: ['dist'] };

describe('what the host reads', () => {
  test.each([
    ['without --watch', undefined],
    ['with --watch, whatever ignore files say', ignoring('.env', 'Hello', 'host.json')],
  ])('counts for the app and not for the handler, %s', (_, ignoreFiles) => {
    const paths = ['host.json', 'local.settings.json', 'portico.json', '.env', '.env.local', 'app_offline.htm', 'Hello/function.json'];
    expect(weightsOf(scopeOf({ ignoreFiles }), paths)).toEqual(Object.fromEntries(paths.map((path) => [path, 'app'])));
  });

  test('does so in its place only', () => {
    const paths = ['Hello/host.json', 'function.json', 'a/b/function.json', '.hidden/function.json', 'node_modules/function.json'];
    const weights = weightsOf(scopeOf(), paths);
    expect(Object.values(weights).filter((weight) => weight.includes('app'))).toEqual([]);
  });

  test('is looked for in every folder of the root', () => {
    expect(viewsOf(scopeOf(), ['', 'Hello', 'Hello/deep', '.git', 'node_modules'])).toEqual({
      '': 'all',
      Hello: 'function.json',
      'Hello/deep': '',
      '.git': '',
      node_modules: '',
    });
  });
});

describe('without --watch', () => {
  test('what lies beside the handler may mend it, and nothing else', () => {
    const scope = scopeOf({ handlerFiles: HANDLER_IN_TARGET });
    expect(
      weightsOf(scope, [
        'beside-host.json',
        'target/release/handler',
        'target/release/other',
        'target/debug/handler',
        'src/main.rs',
        'a.log',
      ]),
    ).toEqual({
      'beside-host.json': 'handler',
      'target/release/handler': 'handler',
      'target/release/other': 'handler',
      'target/debug/handler': '',
      'src/main.rs': '',
      'a.log': '',
    });
    expect(viewsOf(scope, ['target', 'target/release', 'target/release/deps', 'src'])).toEqual({
      target: 'release function.json',
      'target/release': 'all',
      'target/release/deps': '',
      src: 'function.json',
    });
  });

  test('watchDirectories and watchFiles of host.json restart everything', () => {
    const scope = scopeOf({ config: { watchDirectories: ['lib', '/node_modules/'], watchFiles: ['Schema.json'] } });
    const paths = ['lib/a', 'lib/b/c', 'lib', 'lib/node_modules/x', 'lib/a.log', 'node_modules/x/y', 'other/b/schema.JSON', 'other/b/c'];
    expect(weightsOf(scope, paths)).toEqual({
      'lib/a': 'app handler',
      'lib/b/c': 'app handler',
      // A file, not the folder.
      lib: 'handler',
      'lib/node_modules/x': '',
      'lib/a.log': '',
      'node_modules/x/y': 'app handler',
      'other/b/schema.JSON': 'app handler',
      'other/b/c': '',
    });
    expect(viewsOf(scope, ['lib/b', 'other/b', '.git', 'lib/node_modules'])).toEqual({
      'lib/b': 'all',
      'other/b': 'all',
      '.git': '',
      'lib/node_modules': '',
    });
    expect(viewsOf(scopeOf({ config: { watchDirectories: ['lib'] } }), ['lib', 'lib/b', 'other/b'])).toEqual({
      lib: 'all',
      'lib/b': 'all',
      'other/b': '',
    });
  });
});

describe('with --watch', () => {
  test('every file counts that no ignore file names', () => {
    const scope = scopeOf({ ignoreFiles: ignoring('gen', 'secret.txt') });
    const paths = [
      'main.go',
      'a/b/main.go',
      'Hello/sample.dat',
      'a/function.json/x',
      'gen/x.go',
      'a/secret.txt',
      '.git/HEAD',
      'a/node_modules/x/y',
      'a/x.tmp',
    ];
    expect(weightsOf(scope, paths)).toEqual({
      'main.go': 'handler',
      'a/b/main.go': 'handler',
      'Hello/sample.dat': 'handler',
      'a/function.json/x': 'handler',
      'gen/x.go': '',
      'a/secret.txt': '',
      '.git/HEAD': '',
      'a/node_modules/x/y': '',
      'a/x.tmp': '',
    });
    expect(viewsOf(scope, ['a', 'a/b', 'a/gen', 'gen', 'a/node_modules'])).toEqual({
      a: 'all',
      'a/b': 'all',
      'a/gen': '',
      // It may be a function.
      gen: 'function.json',
      'a/node_modules': '',
    });
  });

  test('ignore files are rules: those of the app, of its folders and of the folders above', () => {
    const scope = scopeOf({ ignoreFiles: ignoring() });
    expect(weightsOf(scope, ['.gitignore', 'a/.gitignore', '.funcignore', '../.gitignore', '../../.gitignore', '../other.txt'])).toEqual({
      '.gitignore': 'rules',
      'a/.gitignore': 'rules',
      '.funcignore': 'rules',
      '../.gitignore': 'rules',
      '../../.gitignore': 'rules',
      '../other.txt': '',
    });
    expect(scope.tops).toEqual(['..', '../..']);
    expect(viewsOf(scope, ['..', '../..'])).toEqual({ '..': 'one .gitignore', '../..': '.gitignore' });
  });

  test('the program counts although it is ignored, and its folder is not searched for more', () => {
    const scope = scopeOf({ ignoreFiles: ignoring('target'), handlerFiles: HANDLER_IN_TARGET });
    expect(weightsOf(scope, ['target/release/handler', 'target/release/deps.d'])).toEqual({
      'target/release/handler': 'handler',
      'target/release/deps.d': '',
    });
    expect(viewsOf(scope, ['target', 'target/release', 'target/release/deps'])).toEqual({
      target: 'release function.json',
      'target/release': 'handler',
      'target/release/deps': '',
    });
  });

  test('a script that is ignored brings its own kind along', () => {
    const scope = scopeOf({ ignoreFiles: ignoring('dist'), handlerFiles: HANDLER_IN_DIST });
    expect(weightsOf(scope, ['dist/server.js', 'dist/lib/db.js', 'dist/lib/db.js.map', 'dist/node_modules/x.js'])).toEqual({
      'dist/server.js': 'handler',
      'dist/lib/db.js': 'handler',
      'dist/lib/db.js.map': '',
      'dist/node_modules/x.js': '',
    });
    expect(viewsOf(scope, ['dist', 'dist/lib'])).toEqual({ dist: 'all', 'dist/lib': 'all' });
  });

  test('a script in the root that is ignored opens no other folder', () => {
    const handlerFiles = { programs: [], scripts: ['server.js'], places: [], folders: [''] };
    const scope = scopeOf({ ignoreFiles: ignoring('server.js', 'db.js', 'coverage'), handlerFiles });
    expect(weightsOf(scope, ['server.js', 'lib/db.js', 'lib/db.css'])).toEqual({
      'server.js': 'handler',
      'lib/db.js': 'handler',
      'lib/db.css': 'handler',
    });
    expect(viewsOf(scope, ['coverage/deep', 'lib'])).toEqual({ 'coverage/deep': '', lib: 'all' });
  });

  test('a folder that the handler needs counts when it comes and goes', () => {
    const scope = scopeOf({
      ignoreFiles: ignoring('work'),
      handlerFiles: { programs: [], scripts: [], places: ['work/here'], folders: [] },
    });
    expect([weightOf(scope, 'work/here', 'folder'), weightOf(scope, 'work', 'folder'), viewOf(scope, 'work')]).toEqual([
      'handler',
      '',
      'here function.json',
    ]);
  });
});

describe('while Portico builds the handler', () => {
  const building = { builds: true, ignoreFiles: ignoring() };

  test('its program does not count, ignored or not', () => {
    const handlerFiles = { ...HANDLER_IN_TARGET, programs: ['handler'] };
    expect(weightsOf(scopeOf({ ...building, handlerFiles }), ['handler', 'main.go'])).toEqual({ handler: '', 'main.go': 'handler' });
  });

  test('neither do the folders on the way to it that are made by compilers', () => {
    const inTarget = scopeOf({ ...building, handlerFiles: HANDLER_IN_TARGET });
    expect(weightsOf(inTarget, ['target/release/x.d', 'src/target/mod.rs', 'src/main.rs'])).toEqual({
      'target/release/x.d': '',
      'src/target/mod.rs': 'handler',
      'src/main.rs': 'handler',
    });
    expect(viewsOf(inTarget, ['target', 'target/release', 'src'])).toEqual({ target: 'function.json', 'target/release': '', src: 'all' });
    const inDist = scopeOf({ ...building, handlerFiles: HANDLER_IN_DIST });
    expect(weightsOf(inDist, ['dist/server.js', 'dist/lib/db.js', 'src/server.ts'])).toEqual({
      'dist/server.js': '',
      'dist/lib/db.js': '',
      'src/server.ts': 'handler',
    });
  });

  test('a script that lies among the sources counts like them, for it may be one', () => {
    const handlerFiles = { programs: [], scripts: ['server.js', 'bin/run.sh'], places: [], folders: [''] };
    expect(weightsOf(scopeOf({ ...building, handlerFiles }), ['server.js', 'bin/run.sh'])).toEqual({
      'server.js': 'handler',
      'bin/run.sh': 'handler',
    });
  });

  test('what is ignored stays ignored, the script of the handler included', () => {
    const scope = scopeOf({
      ...building,
      ignoreFiles: ignoring('made'),
      handlerFiles: { ...HANDLER_IN_DIST, scripts: ['made/server.js'] },
    });
    expect(weightsOf(scope, ['made/server.js', 'made/lib.js'])).toEqual({ 'made/server.js': '', 'made/lib.js': '' });
    expect(viewOf(scope, 'made')).toBe('function.json');
  });

  test('watchDirectories and watchFiles do not bring back what the build makes', () => {
    const scope = scopeOf({
      ...building,
      handlerFiles: HANDLER_IN_TARGET,
      config: { watchDirectories: ['target'], watchFiles: ['handler'] },
    });
    expect(weightsOf(scope, ['target/release/handler', 'target/x'])).toEqual({ 'target/release/handler': '', 'target/x': '' });
  });
});
