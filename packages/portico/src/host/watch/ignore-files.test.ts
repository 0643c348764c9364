import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../../../../test/support/requirements.ts';
import { type IgnoreFiles, readIgnoreFiles, rebase } from './ignore-files.ts';

let repository: string;

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'portico-ignore-'));
});

afterEach(() => rmSync(repository, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
}

const read = (more: { app?: string; patterns?: readonly string[]; obeysFuncignore?: boolean } = {}): Promise<IgnoreFiles> => {
  const { app = '.', patterns = [], obeysFuncignore = true } = more;
  return readIgnoreFiles({ root: join(repository, app), patterns, obeysFuncignore });
};

/** As whoever walks the tree sees it: what is in an ignored folder is never asked about. */
function isIgnored(files: IgnoreFiles, path: string): boolean {
  const segments = path.split('/');
  const folders = segments.slice(0, -1).map((_, index) => segments.slice(0, index + 1).join('/'));
  return folders.some((folder) => files.ignores(folder, 'folder')) || files.ignores(path, 'file');
}

describe('ignore files', () => {
  test('are those of the app, of its folders and of the folders above it up to the repository', async () => {
    write({
      '.git/HEAD': '',
      '.gitignore': '*.bin\n/apps/one/above.txt\n',
      'apps/.gitignore': 'one/between.txt\n',
      'apps/one/.gitignore': '/at-root.txt\n!keep.bin\n',
      'apps/one/src/.gitignore': 'gen/\n!gen/kept.txt\n/here.txt\n',
    });
    const files = await read({ app: 'apps/one' });
    expect(files.above).toEqual(['..', '../..']);
    const ignored = [
      'a.bin',
      'src/a.bin',
      'above.txt',
      'between.txt',
      'at-root.txt',
      'src/gen/any.txt',
      'src/gen/kept.txt',
      'src/here.txt',
    ];
    const watched = ['keep.bin', 'src/keep.bin', 'src/at-root.txt', 'src/above.txt', 'src/deep/here.txt', 'gen/any.txt'];
    expect(ignored.filter((path) => !isIgnored(files, path))).toEqual([]);
    expect(watched.filter((path) => isIgnored(files, path))).toEqual([]);
  });

  test('above the app do not count where there is no repository', async () => {
    write({ '.gitignore': '*.txt', 'app/host.json': '{}' });
    const files = await read({ app: 'app' });
    expect([files.above, files.ignores('a.txt', 'file')]).toEqual([[], false]);
  });

  test('of a repository that ignores the whole app have no say in it', async () => {
    write({ '.git': 'gitdir: elsewhere', '.gitignore': 'scratch/\n*.txt\n', 'scratch/.gitignore': '*.bin\n' });
    const files = await read({ app: 'scratch' });
    expect(files.above).toEqual([]);
    expect(['main.go', 'a.txt', 'a.bin'].map((path) => files.ignores(path, 'file'))).toEqual([false, false, true]);
  });

  test('are followed by .funcignore and then by watch.ignore, which may bring something back', async () => {
    write({ '.gitignore': 'one\ntwo\n', '.funcignore': '!one\nthree\n' });
    const names = ['one', 'two', 'three', 'four'];
    const ignoredBy = async (more: Parameters<typeof read>[0]): Promise<string[]> => {
      const files = await read(more);
      return names.filter((name) => files.ignores(name, 'file'));
    };
    expect(await ignoredBy({})).toEqual(['two', 'three']);
    expect(await ignoredBy({ obeysFuncignore: false })).toEqual(['one', 'two']);
    expect(await ignoredBy({ patterns: ['!two', 'four', '# three', ''] })).toEqual(['three', 'four']);
  });

  test('may begin with a byte order mark and end their lines as on Windows', async () => {
    const text = '\uFEFFone\r\ntwo\r\n';
    write({ '.gitignore': text, 'a/.gitignore': text.replace('one', 'three') });
    const files = await read();
    const names = ['one', 'two', 'a/three', 'three'];
    expect(names.filter((name) => files.ignores(name, 'file'))).toEqual(['one', 'two', 'a/three']);
  });

  test.each([
    ['name', ['/a/**/name']],
    ['name/', ['/a/**/name/']],
    ['/name', ['/a/name']],
    ['b/name', ['/a/b/name']],
    ['!name', ['!/a/**/name']],
    ['!/b/*.txt', ['!/a/b/*.txt']],
    ['**/name', ['/a/**/name']],
    [String.raw`\#name`, ['/a/**/#name']],
    [String.raw`!\!name`, ['!/a/**/!name']],
    ['# a comment', []],
    ['   ', []],
    ['/', []],
  ])('in folder "a" say with "%s" what %j says above it', (line, expected) => {
    expect(rebase(line, 'a')).toEqual(expected);
  });

  test('of a folder with special characters in its name are about that folder', async () => {
    write({ 'a[b]*/.gitignore': '*.txt\n', 'ab/x.txt': '' });
    const files = await read();
    expect(['a[b]*/x.txt', 'ab/x.txt'].map((path) => isIgnored(files, path))).toEqual([true, false]);
  });

  const name = fc.constantFrom('a', 'b', 'c.txt', 'd.o');
  const path = fc
    .tuple(fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }), fc.constantFrom('c.txt', 'd.o'))
    .map(([folders, file]) => [...folders, file].join('/'));
  const line = fc
    .tuple(
      fc.constantFrom('', '', '!'),
      fc.constantFrom('', '', '/'),
      fc.array(fc.oneof(name, fc.constantFrom('*', '**', '*.txt', '[ab]', '?')), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '', '/'),
    )
    .map(([negation, anchor, names, end]) => `${negation}${anchor}${names.join('/')}${end}`);
  const ignoreFile = fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n'));

  test.skipIf(needs('git'))('say what Git makes of them', async () => {
    spawnSync('git', ['init', '-q', repository]);
    const property = fc.asyncProperty(
      ignoreFile,
      ignoreFile,
      ignoreFile,
      fc.array(path, { minLength: 1, maxLength: 12 }),
      async (top, inA, inAB, paths) => {
        for (const folder of ['a', 'b']) rmSync(join(repository, folder), { recursive: true, force: true });
        write({ '.gitignore': top, 'a/.gitignore': inA, 'a/b/.gitignore': inAB });
        const asked = { input: paths.join('\n'), encoding: 'utf8' } as const;
        const { stdout } = spawnSync('git', ['-C', repository, '-c', 'core.excludesFile=', 'check-ignore', '--no-index', '--stdin'], asked);
        const files = await read();
        expect(paths.filter((one) => isIgnored(files, one))).toEqual(paths.filter((one) => stdout.split('\n').includes(one)));
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });
});
