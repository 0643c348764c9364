// Which files of the bundle are read by a start: each costs the first answer its share of a millisecond. They are made by scripts/build.mjs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startCommand } from './support/running-command.ts';
import { temporaryApp } from './support/temporary-app.ts';

/** What only some apps or commands need is in none of them. A new name here is a start that takes longer for everybody. */
const CHUNKS = ['app.cjs', 'cli.cjs', 'core.cjs', 'find-app-root.cjs', 'host.cjs', 'program.cjs', 'rolldown-runtime.cjs', 'start.cjs'];

/** Writes down what the program has read when it ends. The handler inherits this, too. */
const listing = (file: string) => `
process.on('exit', () => {
  if (process.argv[2] === 'start') require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(Object.keys(require.cache)));
});`;

test.skipIf(process.platform === 'win32')('a start of an app of HTTP functions reads the chunks of every start and no others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [preload, list] = [join(folder, 'preload.cjs'), join(folder, 'list.json')];
  writeFileSync(preload, listing(list));
  using app = temporaryApp();
  const portico = startCommand(app.root, ['env', `NODE_OPTIONS=--require=${preload}`]);
  const { url } = await portico.ready();
  expect((await fetch(`${url}/api/Hello`)).status).toBe(200);
  process.kill(portico.pid, 'SIGTERM');
  expect(await portico.exited).toEqual({ code: 0, signal: null });

  const read = JSON.parse(readFileSync(list, 'utf8')) as string[];
  const chunks = read.filter((path) => basename(dirname(path)) === 'dist').map((path) => basename(path));
  expect(chunks.toSorted()).toEqual(CHUNKS);
});
