// What Linux tells of processes under /proc. One may vanish between two reads: it is left out then.
import { readdirSync, readFileSync } from 'node:fs';

/** A number alone may belong to somebody else by the time it is used. */
export type ProcessIdentity = { readonly pid: number; readonly startedTicks: string };

export type Footprint = {
  readonly rssMb: number;
  /** Memory shared with others counts by its share. */
  readonly pssMb: number;
  readonly descriptorCount: number;
};

type Facts = ProcessIdentity & { readonly parentPid: number; readonly state: string };

/** The process and all that it started, directly or not. */
export function processTree(rootPid: number): ProcessIdentity[] {
  const all = allProcesses();
  const tree = all.filter(({ pid }) => pid === rootPid);
  // Grows while it is walked.
  for (const parent of tree) tree.push(...all.filter(({ parentPid }) => parentPid === parent.pid));
  return tree;
}

/** Those whose environment says `NAME=value`, whoever started them and wherever they have gone. */
export function processesMarked(marker: string): ProcessIdentity[] {
  return allProcesses().filter(({ pid }) => read(`/proc/${pid}/environ`)?.split('\0').includes(marker));
}

/** Zombies are not: they only await collection. */
export function isAlive({ pid, startedTicks }: ProcessIdentity): boolean {
  const now = factsOf(pid);
  return now !== undefined && now.startedTicks === startedTicks && now.state !== 'Z';
}

export function killProcess(process_: ProcessIdentity): void {
  if (isAlive(process_)) sendSignal(process_.pid, 'SIGKILL');
}

/** One that has ended meanwhile is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: what was to be done is done.
  }
}

/** Undefined when it is gone. */
export function footprintOf(pid: number): Footprint | undefined {
  const status = read(`/proc/${pid}/status`);
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  const descriptorCount = descriptorCountOf(pid);
  if (status === undefined || rollup === undefined || descriptorCount === undefined) return undefined;
  return { rssMb: kilobytes(/^VmRSS:\s+(\d+)/m, status) / 1024, pssMb: kilobytes(/^Pss:\s+(\d+)/m, rollup) / 1024, descriptorCount };
}

export function descriptorCountOf(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

export function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() ?? 'gone';
}

function allProcesses(): Facts[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => factsOf(Number(name)))
    .filter((facts) => facts !== undefined);
}

function factsOf(pid: number): Facts | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name may hold blanks and parentheses, so reading begins after the last one: field 3 of proc(5) is index 0.
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  return { pid, state: fields[0] ?? '', parentPid: Number(fields[1]), startedTicks: fields[19] ?? '' };
}

const kilobytes = (pattern: RegExp, text: string): number => Number(pattern.exec(text)?.[1] ?? 0);

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
