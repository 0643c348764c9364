// Which files of the bundle are read by a start: each costs the first answer its share of a millisecond. They are made by scripts/build.mjs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startCommand } from './support/running-command.ts';
import { temporaryApp } from './support/temporary-app.ts';

/** What only some apps or commands need is in none of them. A new name here is a start that takes longer for everybody. */
const CHUNKS = ['app.cjs', 'cli.cjs', 'core.cjs', 'find-app-root.cjs', 'host.cjs', 'program.cjs', 'rolldown-runtime.cjs', 'start.cjs'];

/** Writes down what the program has read when it ends. The handler inherits this, too. */
const listing = (file: string) => `
process.on('exit', () => {
  if (process.argv[2] === 'start') require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(Object.keys(require.cache)));
});`;

/** Those of a start of an app of HTTP functions, which was asked for these paths. */
async function chunksRead(paths: readonly string[], flags: readonly string[] = []): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [preload, list] = [join(folder, 'preload.cjs'), join(folder, 'list.json')];
  writeFileSync(preload, listing(list));
  using app = temporaryApp();
  const portico = startCommand(app.root, ['env', `NODE_OPTIONS=--require=${preload}`], flags);
  const { url } = await portico.ready();
  for (const path of paths) expect((await fetch(`${url}${path}`)).status).toBe(200);
  process.kill(portico.pid, 'SIGTERM');
  expect(await portico.exited).toEqual({ code: 0, signal: null });
  const read = JSON.parse(readFileSync(list, 'utf8')) as string[];
  const chunks = read.filter((path) => basename(dirname(path)) === 'dist').map((path) => basename(path));
  // What comes a moment after the first answers may come before the end, or not.
  return chunks.at(-1) === 'small-heap.cjs' ? chunks.slice(0, -1) : chunks;
}

describe.skipIf(process.platform === 'win32')('of an app of HTTP functions', () => {
  test('a start reads the chunks of every start and no others', async () => {
    expect((await chunksRead(['/api/Hello'])).toSorted()).toEqual(CHUNKS);
  });

  test('what answers below /admin is read when somebody asks', async () => {
    const chunks = await chunksRead(['/admin/host/ping']);
    expect(chunks).toContain('admin-api.cjs');
    // Without --auth nobody is asked for a key.
    expect(chunks.filter((name) => /key/.test(name))).toEqual([]);
  });

  test('what knows keys is read when callers are asked for one', async () => {
    const chunks = await chunksRead(['/api/Hello'], ['--auth']);
    expect(chunks).toContain('key-ring.cjs');
    expect(chunks).not.toContain('admin-api.cjs');
  });
});
