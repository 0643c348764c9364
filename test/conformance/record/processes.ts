// Starting and stopping what a recording needs. Only processes started here, or by them, are ever signalled.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Exit = { code: number | null; signal: NodeJS.Signals | null } | { error: string };
export type Program = { pid: number | undefined; exit: Exit | undefined; exited: Promise<void>; child: ChildProcess };

const given = new Set<number>();

/** A port nobody uses now, given out once. Always five digits, so that lengths do not change from run to run. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (given.has(port)) continue;
    given.add(port);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

export const canConnect = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });

/** What the condition gave once it was truthy, or undefined when the time was over. */
export async function waitUntil<T>(condition: () => T | Promise<T>, timeoutMs: number, everyMs = 50): Promise<T | undefined> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() >= until) return undefined;
    await sleep(everyMs);
  }
}

type Start = { file: string; args: string[]; cwd: string; env: NodeJS.ProcessEnv; logFile: string };

/** Starts a program as leader of its own process group, with an open stdin, and keeps its output in a file. */
export function startProgram({ file, args, cwd, env, logFile }: Start): Program {
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const keep = (bytes: Buffer) => appendFileSync(logFile, bytes);
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  // The program may be gone before its stdin is: that is seen by its exit.
  child.stdin.on('error', () => {});
  const program: Program = { pid: child.pid, exit: undefined, child, exited: Promise.resolve() };
  program.exited = new Promise((resolve) => {
    const end = (exit: Exit) => {
      program.exit = exit;
      running.delete(program);
      resolve();
    };
    child.once('error', ({ message }) => end({ error: message }));
    child.once('exit', (code, signal) => end({ code, signal }));
  });
  running.add(program);
  return program;
}

const running = new Set<Program>();

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone, which is what was wanted.
  }
}

/** SIGTERM to the program alone, so that it can end its children in its own way. */
export async function askToStop(program: Program, graceMs: number): Promise<void> {
  if (program.pid === undefined || program.exit !== undefined) return;
  signalQuietly(program.pid, 'SIGTERM');
  await endOf(program, graceMs);
}

/** As above, then SIGKILL to what is left of its group. */
export async function stopProgram(program: Program, graceMs: number): Promise<void> {
  if (graceMs > 0) await askToStop(program, graceMs);
  if (program.pid === undefined) return;
  signalQuietly(-program.pid, 'SIGKILL');
  await endOf(program, 2000);
  program.child.stdout?.destroy();
  program.child.stderr?.destroy();
}

async function endOf(program: Program, limitMs: number): Promise<void> {
  const timer = new AbortController();
  await Promise.race([program.exited, sleep(limitMs, undefined, { signal: timer.signal }).catch(() => {})]);
  timer.abort();
}

/** Handlers that are still alive. A process id may have been given to somebody else, so its environment must name our record file. */
export function livingHandlers(pids: number[], recordFile: string): number[] {
  return [...new Set(pids)].filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`RECORD_FILE=${recordFile}`);
    } catch {
      return false;
    }
  });
}

export function kill(pids: number[]): void {
  for (const pid of pids) signalQuietly(pid, 'SIGKILL');
}

process.once('exit', () => {
  for (const { pid } of running) if (pid !== undefined) signalQuietly(-pid, 'SIGKILL');
});
