import { spawnSync } from 'node:child_process';
import { hasLivingMember } from './linux.ts';
import { type OrphanGuard, startOrphanGuard } from './orphan-guard.ts';

const WINDOWS = process.platform === 'win32';

/** Sends a signal to every process of the group that this process leads. A group that is gone is no error. */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals): void {
  // Windows has neither groups nor signals: the tree is ended.
  if (WINDOWS) return void spawnSync('taskkill', ['/pid', String(leaderPid), '/t', '/f'], { windowsHide: true });
  try {
    process.kill(-leaderPid, signal);
  } catch {
    // ESRCH: nobody is left. EPERM (macOS): only zombies are left. Either way there is nothing to do.
  }
}

export function groupIsAlive(leaderPid: number): boolean {
  if (WINDOWS) return false;
  try {
    process.kill(-leaderPid, 0);
  } catch {
    return false;
  }
  // As process 1 of a container nobody else collects orphans: their zombies stay, and a signal "reaches" them for ever.
  return process.platform !== 'linux' || hasLivingMember(leaderPid);
}

/** A guard that ends sooner is not started anew before the next group: whatever ends it would end the next one as well. */
const LASTING_MS = 1000;

const groups = new Set<number>();
let guard: OrphanGuard | undefined;

/**
 * Has the group killed when this process ends without having stopped it: by itself after `process.exit` or an uncaught exception,
 * by a guard after SIGKILL. Tells whether there is a guard.
 */
export function guardGroup(leaderPid: number): boolean {
  if (groups.size === 0) process.on('exit', killGroups);
  groups.add(leaderPid);
  if (guard?.isAlive) guard.watch(groups);
  else startGuard();
  return guard !== undefined;
}

function startGuard(): void {
  const startedMs = performance.now();
  const started = startOrphanGuard();
  guard = started;
  started?.watch(groups);
  void started?.ended.then(() => {
    // It was stopped, or has a successor already.
    if (guard !== started) return;
    if (performance.now() - startedMs >= LASTING_MS) startGuard();
  });
}

/** To be called once the group is gone: from then on its number may belong to somebody else. */
export function forgetGroup(leaderPid: number): void {
  groups.delete(leaderPid);
  if (groups.size > 0) return guard?.watch(groups);
  process.off('exit', killGroups);
  guard?.stop();
  guard = undefined;
}

function killGroups(): void {
  for (const leaderPid of groups) signalGroup(leaderPid, 'SIGKILL');
}
