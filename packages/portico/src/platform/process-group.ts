import { spawnSync } from 'node:child_process';
import { hasLivingMember } from './linux.ts';

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

const groups = new Set<number>();

/** Kills the group when this process ends without having stopped it, through `process.exit` or an uncaught exception. */
export function killGroupOnExit(leaderPid: number): void {
  if (groups.size === 0) process.on('exit', killGroups);
  groups.add(leaderPid);
}

export function forgetGroup(leaderPid: number): void {
  groups.delete(leaderPid);
  if (groups.size === 0) process.off('exit', killGroups);
}

function killGroups(): void {
  for (const leaderPid of groups) signalGroup(leaderPid, 'SIGKILL');
}
