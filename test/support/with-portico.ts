import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { leftBehind, processTree } from './process-tree.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PORTICO = join(ROOT, 'packages/portico/bin/portico.cjs');

export type RunningPortico = {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** Everything it printed so far. */
  readonly output: () => string;
};

/**
 * Starts an app as its user would, with the built command in a process of its own, and stops it by SIGTERM after the test's part.
 * Fails unless it then ends with code 0 and none of its processes is left. `app`: a path, absolute or from the repository's root.
 */
export async function withPortico(
  app: string,
  use: (portico: RunningPortico) => Promise<void>,
  environment: Record<string, string> = {},
): Promise<void> {
  const portico = await startPortico(app, environment);
  let end: Awaited<ReturnType<typeof portico.stop>>;
  try {
    await use(portico);
  } finally {
    end = await portico.stop();
  }
  expect(end, portico.output()).toEqual({ exitCode: 0, signal: null, left: [] });
}

async function startPortico(app: string, environment: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'portico-test-'));
  const readyFile = join(folder, 'ready.json');
  const watcher = watch(folder);
  const child = spawn(process.execPath, [PORTICO, 'start', app, '--port', '0', '--ready-file', readyFile], {
    cwd: ROOT,
    // The apps' "node" is to be the one that runs the test.
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`, ...environment },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
  const exited = once(child, 'exit');

  async function end() {
    const processes = processTree(child.pid!);
    child.kill('SIGTERM');
    const [exitCode, signal] = await exited;
    const left = await leftBehind(processes);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    return { exitCode, signal, left };
  }
  let ending: ReturnType<typeof end> | undefined;
  const stop = () => {
    ending ??= end();
    return ending;
  };
  // A test that runs out of time never comes to its own stop().
  onTestFinished(async () => void (await stop()));

  const tooEarly = exited.then(() => Promise.reject(new Error(`It ended before it was ready:\n${printed}`)));
  // Only the race below reads it; an end later on is no error.
  tooEarly.catch(() => {});
  try {
    while (!existsSync(readyFile)) await Promise.race([once(watcher, 'change'), tooEarly]);
    const { url } = JSON.parse(readFileSync(readyFile, 'utf8')) as { url: string };
    return { url: url.replace(/\/$/, ''), output: () => printed, stop };
  } finally {
    watcher.close();
    rmSync(folder, { recursive: true });
  }
}
