// The last resort against handlers that outlive their host: a shell that waits for the end of this process, however that comes,
// and then kills the process groups it was told of. It is for SIGKILL (by hand, or for want of memory), of which a process learns nothing.
// On Linux a child can ask to be told of its parent's death, but Node cannot ask for it, and its grandchildren would not be told.
//
// What it cannot do:
// - A handler is out of its reach from its birth, inside Node's spawn, to the line that names it. The line is written in the same tick:
//   0.05 ms after spawn returns, 1 to 4 ms for the first handler, whose guard must be started then. Spawn itself takes about 3 ms.
// - A process that left its group (setsid) is not known to it.
// - It knows groups by number. The host takes a number back when it learns that the group is gone: for the number to mean somebody else,
//   the host must be killed within that moment, and all other numbers must have been given away in it.
import { spawn } from 'node:child_process';

export interface OrphanGuard {
  /** False once it has ended, whoever ended it. */
  readonly isAlive: boolean;
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** These groups, and no others, are killed after the end of this process, even if that comes right after the call. */
  watch(leaderPids: Iterable<number>): void;
  /** Ends it at once; no group is killed. */
  stop(): void;
}

const SCRIPT = `# Kills what a killed Portico leaves behind.
trap '' HUP INT TERM
# The other end of this pipe closes with the host. Each line names all groups: none depends on the one before.
while read -r line; do groups=$line; done
# Not "-s KILL -- -1234": dash needs these dashes, and BusyBox takes offence at them.
for group in $groups; do kill -KILL "-$group"; done`;

/** Undefined where that shell cannot be started: Windows has none, nor has an image that holds nothing but the program. */
export function startOrphanGuard(shell = '/bin/sh'): OrphanGuard | undefined {
  if (process.platform === 'win32') return undefined;
  const child = trySpawn(shell);
  if (child?.pid === undefined) return undefined;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // Somebody killed it, and the pipe is broken, which is told by its end.
  child.stdin.on('error', () => {});
  // Nor does its pipe, from which nothing is read, keep a host running that has nothing else to do.
  child.unref();
  return {
    ended,
    get isAlive() {
      return child.exitCode === null && child.signalCode === null;
    },
    watch(leaderPids) {
      // A few bytes into an empty pipe: Node writes them before it returns.
      child.stdin.write(`${[...leaderPids].join(' ')}\n`);
    },
    stop() {
      child.kill('SIGKILL');
    },
  };
}

function trySpawn(shell: string) {
  try {
    // A session of its own, so that what ends the host's group or its terminal passes it by. The name is for whoever lists processes.
    const child = spawn(shell, ['-c', SCRIPT, 'portico-orphan-guard'], {
      cwd: '/',
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    // It comes when there is no such program, which the missing pid has told already.
    child.on('error', () => {});
    return child;
  } catch {
    // The system has no memory for it. The handler may run all the same.
    return undefined;
  }
}
