// A program as a child: its own process group, its output as lines, and an end that takes the whole group along.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Clock } from '../core/clock.ts';
import { waitAtMost } from '../core/wait-at-most.ts';
import { createLineSplitter } from './line-splitter.ts';
import { forgetGroup, groupIsAlive, guardGroup, signalGroup } from './process-group.ts';

export type OutputStream = 'stdout' | 'stderr';

/** Exactly one of the two is there. */
export type ChildExit = { readonly code: number | undefined; readonly signal: NodeJS.Signals | undefined };

export interface ChildProcess {
  readonly pid: number;
  /** Whether it ends with this process even if that is killed with SIGKILL. */
  readonly isGuarded: boolean;
  /** Resolves when the program has ended, the rest of its group is gone and the last line was handed over. Never rejects. */
  readonly exited: Promise<ChildExit>;
  /** The grace of a stop, if something of the group was still there when it was over, so that it took SIGKILL. */
  readonly outlastedMs: number | undefined;
  /** SIGTERM to the group, then SIGKILL to what is left of it. Zero: SIGKILL at once, also while an earlier call still waits. */
  stop(graceMs: number): Promise<ChildExit>;
}

export type SpawnOptions = {
  /** A path, or a name to look up on the PATH of `env`. No shell is involved. */
  readonly file: string;
  readonly args: readonly string[];
  /** On Windows: the arguments are quoted already, where that is needed. */
  readonly quotesNothing?: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly onLine: (stream: OutputStream, line: string) => void;
};

const GROUP_POLL_MS = 50;

/** How long the output of a group that is gone may stay open: a process that left the group can hold it. */
const OUTPUT_DRAIN_MS = 200;

/** Rejects with the system's error when the program cannot be started. */
export async function spawnChild({ file, args, quotesNothing = false, cwd, env, clock, onLine }: SpawnOptions): Promise<ChildProcess> {
  // Standard input stays open and silent: a program that reads it waits, and notices when this process is gone.
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: 'pipe',
    detached: process.platform !== 'win32',
    windowsHide: true,
    windowsVerbatimArguments: quotesNothing,
  });
  // First of all: until then it would outlive a host that is killed. Without a pid there is no such program, as is told below.
  const isGuarded = child.pid !== undefined && guardGroup(child.pid);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const ended = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  const splitters = (['stdout', 'stderr'] as const).map((stream) => {
    const splitter = createLineSplitter((line) => onLine(stream, line));
    child[stream].on('data', splitter.push);
    return splitter;
  });
  // Rejects with the event 'error', which comes instead when there is no such program.
  await once(child, 'spawn');
  const pid = child.pid as number;

  let stopping: Promise<void> | undefined;
  let gone = false;
  let outlastedMs: number | undefined;
  const hurry = new AbortController();
  async function terminate(graceMs: number): Promise<void> {
    const deadlineMs = clock.monotonicMs() + graceMs;
    signalGroup(pid, 'SIGTERM');
    await waitAtMost(graceMs, ended, clock);
    // A shell or npm may be gone while the server it started still finishes its work.
    while (groupIsAlive(pid) && clock.monotonicMs() < deadlineMs && !hurry.signal.aborted) {
      // Rejects when it is hurried: the loop ends then.
      await clock.sleep(GROUP_POLL_MS, hurry.signal).catch(() => {});
    }
    if (!hurry.signal.aborted && groupIsAlive(pid)) outlastedMs = graceMs;
    signalGroup(pid, 'SIGKILL');
  }

  async function cleanUp(): Promise<ChildExit> {
    const exit = await ended;
    await stopping;
    signalGroup(pid, 'SIGKILL');
    // From here on the number may belong to somebody else.
    gone = true;
    forgetGroup(pid);
    await waitAtMost(OUTPUT_DRAIN_MS, closed, clock);
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
    for (const splitter of splitters) splitter.end();
    return exit;
  }

  const exited = cleanUp();
  return {
    pid,
    isGuarded,
    exited,
    get outlastedMs() {
      return outlastedMs;
    },
    stop(graceMs) {
      if (gone) return exited;
      if (graceMs > 0) {
        stopping ??= terminate(graceMs);
      } else {
        signalGroup(pid, 'SIGKILL');
        hurry.abort();
      }
      return exited;
    },
  };
}
