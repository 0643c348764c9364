import { execFileSync, spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';

/** Process ids of a process and of all that it started, directly or not. Zombies, which only await collection, do not count. */
export function processTree(rootPid: number): number[] {
  const processes = livingProcesses();
  const tree = [rootPid];
  // Grows while it is walked.
  for (const parent of tree) tree.push(...processes.filter(({ parentPid }) => parentPid === parent).map(({ pid }) => pid));
  return tree;
}

/** Those of the processes that still run. */
export function stillRunning(pids: readonly number[]): number[] {
  const living = new Set(livingProcesses().map(({ pid }) => pid));
  return pids.filter((pid) => living.has(pid));
}

/** The guard of a host, while it runs. Several would not be a number. */
export function orphanGuard(hostPid: number): number | undefined {
  const { stdout } = spawnSync('pgrep', ['-P', String(hostPid), '-f', 'portico-orphan-guard'], { encoding: 'utf8' });
  return stdout === '' ? undefined : Number(stdout);
}

/** Those that still run a second after their host has ended: what it killed with its last breath may take a moment to be gone. */
export async function leftBehind(pids: readonly number[]): Promise<number[]> {
  for (const untilMs = performance.now() + 1000; stillRunning(pids).length > 0 && performance.now() < untilMs; ) await setTimeout(20);
  return stillRunning(pids);
}

function livingProcesses(): { pid: number; parentPid: number }[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state = '']) => !state.startsWith('Z'))
    .map(([pid, parentPid]) => ({ pid: Number(pid), parentPid: Number(parentPid) }));
}
