// Where the program is. A published package holds it; a clone makes it when it is first needed, which takes npm and some seconds.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { emulatorMissing, emulatorNotInstalled } from '../core/errors/emulator.ts';
import type { Logger } from '../core/log.ts';
import { whenAborted } from '../core/when-aborted.ts';
import { spawnChild } from '../platform/child-process.ts';
import { processEnvironment, thisNode } from '../platform/environment.ts';
import { packageFolder } from '../platform/package-folder.ts';

export type BundleOptions = {
  readonly log: Logger;
  readonly clock: Clock;
  /** Of portico. */
  readonly home?: string;
};

/** Absolute. Rejects with EMULATOR_MISSING, EMULATOR_NOT_INSTALLED, and with the reason of the signal. */
export async function azuriteBundle({ log, clock, home = packageFolder() }: BundleOptions, signal: AbortSignal): Promise<string> {
  const bundle = join(home, 'dist/azurite.cjs');
  const script = join(home, '../../scripts/bundle-azurite.mjs');
  const isThere = existsSync(bundle);
  // Beside node_modules there may be a file of that name as well, which is none of ours.
  if (basename(dirname(home)) === 'node_modules' || !existsSync(script)) {
    if (isThere) return bundle;
    throw emulatorMissing(bundle);
  }
  const startedMs = clock.monotonicMs();
  if (!isThere) log.information('The storage emulator is being installed, which takes some seconds, once.');
  const lines = await runScript(script, clock, signal);
  if (lines !== undefined && !isThere) throw emulatorNotInstalled(lines);
  if (lines !== undefined) log.warning('The storage emulator could not be brought up to date, so it is the one of the last time.');
  else if (!isThere)
    log.information('The storage emulator is installed.', { fields: { afterMs: Math.round(clock.monotonicMs() - startedMs) } });
  return bundle;
}

/** What it said, if it failed. It does nothing, in no time, where the bundle is up to date. */
async function runScript(script: string, clock: Clock, signal: AbortSignal): Promise<string[] | undefined> {
  signal.throwIfAborted();
  const lines: string[] = [];
  const env = Object.entries(processEnvironment()).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const child = await spawnChild({
    file: thisNode(),
    args: [script],
    cwd: '/',
    env: Object.fromEntries(env),
    clock,
    onLine: (_, line) => void lines.push(line),
  });
  await Promise.race([child.exited, whenAborted(signal)]);
  const { code } = await (signal.aborted ? child.stop(0) : child.exited);
  signal.throwIfAborted();
  return code === 0 ? undefined : lines;
}
