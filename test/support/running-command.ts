import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, vi } from 'vitest';
import { processTree, stillRunning } from './process-tree.ts';

export const PORTICO = fileURLToPath(new URL('../../packages/portico/bin/portico.cjs', import.meta.url));
const PATIENCE = { timeout: 20_000, interval: 10 };

/**
 * Starts an app with the built command, to be ended as the test likes; what is left of it is killed after the test.
 * `before`: a command that runs the host, such as `unshare`.
 */
export function startCommand(root: string, before: readonly string[] = [], flags: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'portico-test-'));
  const readyFile = join(folder, 'ready.json');
  const words = [...before, process.execPath, PORTICO, 'start', root, '--port', '0', '--ready-file', readyFile, ...flags];
  const child = spawn(words[0]!, words.slice(1), {
    // The apps' "node" is to be the one that runs the test.
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  onTestFinished(() => {
    for (const pid of stillRunning(processTree(child.pid!))) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true });
  });
  return {
    pid: child.pid!,
    exited,
    output: () => printed,
    /** Waits until the handler answers. */
    async ready() {
      await vi.waitFor(() => expect(existsSync(readyFile) || child.exitCode !== null, printed).toBe(true), PATIENCE);
      return JSON.parse(readFileSync(readyFile, 'utf8')) as { url: string; handler: { pid: number; port: number } };
    },
  };
}
