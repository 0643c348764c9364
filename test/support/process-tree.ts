import { execFileSync } from 'node:child_process';

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

function livingProcesses(): { pid: number; parentPid: number }[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state = '']) => !state.startsWith('Z'))
    .map(([pid, parentPid]) => ({ pid: Number(pid), parentPid: Number(parentPid) }));
}
