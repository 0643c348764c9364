import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Copies a Go app to a temporary folder that goes with the test, runs its own tests if it has any, and builds `handler`. Gives the folder. */
export async function buildGo(app: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-go-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(ROOT, app), folder, { recursive: true });
  // The cache is kept between runs, outside of the user's own; the proxy is off because the apps need the standard library alone.
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOCACHE: join(tmpdir(), 'portico-go-cache') };
  for (const command of [
    ['vet', './...'],
    ['test', './...'],
    ['build', '-o', 'handler', '.'],
  ]) {
    await promisify(execFile)('go', command, { cwd: folder, env }).catch(({ stdout, stderr }) => {
      throw new Error(`go ${command.join(' ')} failed:\n${stdout}${stderr}`);
    });
  }
  return folder;
}
