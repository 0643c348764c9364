// Who a process is, so that others can tell whether it still runs: a number alone may belong to somebody else by now.
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { startOfProcess } from './linux.ts';

export type ProcessIdentity = {
  /** Where the number means that process: a machine since it was started, and a container on it. */
  readonly machine: string;
  readonly pid: number;
  /** In the system's own measure; empty where it does not tell. */
  readonly started: string;
};

let known: ProcessIdentity | undefined;

export function thisProcess(): ProcessIdentity {
  known ??= { machine: readMachine(), pid: process.pid, started: startOf(process.pid) ?? '' };
  return known;
}

/** Undefined: it runs elsewhere, so nobody here can know. */
export function isAlive({ machine, pid, started }: ProcessIdentity): boolean | undefined {
  if (machine !== thisProcess().machine) return undefined;
  return startOf(pid) === started;
}

/** Undefined: there is no such process. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return startOfProcess(pid);
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It is there, but somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? '' : undefined;
  }
  return '';
}

function readMachine(): string {
  if (process.platform !== 'linux') return hostname();
  try {
    // Containers have numbers of their own, and may share a folder.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // A sandbox without these files: a name that nobody else has, so that nobody guesses.
    return `${hostname()} ${process.pid} ${performance.timeOrigin}`;
  }
}
