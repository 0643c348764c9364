// What the kernel has booked: processor time and memory of processes, and of the two cores the bench runs on. Linux only.
import { readFileSync, readlinkSync } from 'node:fs';

/** The candidate has a core of its own; the load, the handler and this program share the other. */
export const proxyCore = 1;
export const loadCore = 0;

export type CpuTime = { readonly userUs: number; readonly systemUs: number };
export type CoreTime = { readonly busyUs: number; readonly stolenUs: number; readonly totalUs: number };

// The kernel counts in ticks of USER_HZ, which is 100 on every Linux that Node runs on.
const tickUs = 10_000;

export function cpuTime(pids: readonly number[]): CpuTime {
  let userUs = 0;
  let systemUs = 0;
  for (const pid of pids) {
    const fields = statFields(pid);
    userUs += Number(fields[11] ?? 0) * tickUs;
    systemUs += Number(fields[12] ?? 0) * tickUs;
  }
  return { userUs, systemUs };
}

/** Time of this program and of all it started, wrk included, whose time is booked on this process once it has ended. */
export function ownCpuUs(): number {
  const [, ...others] = processTree(process.pid);
  const { userUs, systemUs } = cpuTime(others);
  const fields = statFields(process.pid);
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]) * tickUs, userUs + systemUs);
}

/** Both cores of the bench together; what other cores do disturbs it little. */
export function coreTime(): CoreTime {
  let busyUs = 0;
  let stolenUs = 0;
  let totalUs = 0;
  for (const core of [proxyCore, loadCore]) {
    const line = readFileSync('/proc/stat', 'utf8').match(new RegExp(`^cpu${core} (.*)$`, 'm'))?.[1] ?? '';
    const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, hardware = 0, software = 0, stolen = 0] = line.split(' ').map(Number);
    busyUs += (user + nice + system + hardware + software) * tickUs;
    stolenUs += stolen * tickUs;
    totalUs += (user + nice + system + idle + waiting + hardware + software + stolen) * tickUs;
  }
  return { busyUs, stolenUs, totalUs };
}

export function residentMb(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024, 0);
}

/** Without those that end while it is walked. */
export function processTree(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`)?.trim();
  if (children === undefined) return [];
  return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => processTree(Number(child))))];
}

/** Undefined when it has ended. */
export function executableOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined; // A handler that was replaced, for instance.
  }
}

/** Empty when it has ended. */
function statFields(pid: number): string[] {
  // The command name may hold blanks and parentheses, so reading begins after the last one: field 3 of proc(5) is index 0.
  const text = read(`/proc/${pid}/stat`) ?? '';
  return text.slice(text.lastIndexOf(') ') + 2).split(' ');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // Its process has ended.
  }
}
