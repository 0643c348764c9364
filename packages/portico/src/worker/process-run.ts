// One run of the handler, from the preflight to its end. What comes after it is decided in process.ts.
import type { Clock } from '../core/clock.ts';
import type { HostError } from '../core/error.ts';
import { workerKilled, workerNotListening, workerNotReadyYet, workerSpawnFailed } from '../core/errors/handler.ts';
import type { AppSettings, HandlerConfig } from '../core/function-app.ts';
import { createLogger, type HostObserver, type Logger, report } from '../core/log.ts';
import { type ChildProcess, type OutputStream, spawnChild } from '../platform/child-process.ts';
import type { Machine } from '../platform/machine.ts';
import { resolveCommand, type WorkerCommand } from './command.ts';
import { readOutputLine } from './log-lines.ts';
import { preflight } from './preflight.ts';
import { HANDLER_HOST } from './probe.ts';
import { describeExit, RESTART_PLEASE } from './process-exit.ts';
import { waitUntilReady } from './readiness.ts';
import { findOut } from './readiness-finding.ts';
import { HANDLER_STOP_MS } from './stop-time.ts';

export type RunOptions = {
  readonly handler: HandlerConfig;
  /** The app root. */
  readonly root: string;
  /** What the handler finds in its environment besides the port and its kin. */
  readonly environment: AppSettings;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly observer: Pick<HostObserver, 'log'>;
};

/** `readyForMs` is undefined when it never was. */
export type RunEnd =
  /** The caller wanted it. */
  | { readonly how: 'stopped' }
  /** It could not be started, and the next attempt would end alike. */
  | { readonly how: 'refused'; readonly error: HostError }
  /** `restart`: by the exit code with which a handler asks for one. */
  | { readonly how: 'failed' | 'restart'; readonly error: HostError; readonly readyForMs: number | undefined };

export interface RunWatcher {
  /** It is the caller who stops the child when it aborts the signal. */
  spawned(child: ChildProcess): void;
  ready(afterMs: number): void;
}

const LAST_LINES = 20;
const LONGEST_SHOWN_LINE = 400;

/** Resolves when the handler has ended. */
export async function runHandler(
  { handler, root, environment, machine, clock, observer }: RunOptions,
  { port, workerId }: { readonly port: number; readonly workerId: string },
  watcher: RunWatcher,
  signal: AbortSignal,
): Promise<RunEnd> {
  if (signal.aborted) return { how: 'stopped' };
  const logger = createLogger(observer, `Worker.HttpWorkerProcess.${workerId}`);
  const command = resolveCommand(handler, { root, environment, port, workerId });
  const { written, cwd: directory } = command;
  for (const name of command.unknownNames) {
    logger.warning('A name between percent signs in the arguments of the handler is not set: it was removed.', { fields: { name } });
  }
  const refusal = preflight(command, machine);
  if (refusal !== undefined) return { how: 'refused', error: refusal };

  const lines: string[] = [];
  function onLine(stream: OutputStream, text: string): void {
    lines.push(text.slice(0, LONGEST_SHOWN_LINE));
    if (lines.length > LAST_LINES) lines.shift();
    observer.log(readOutputLine({ stream, text }, handler.useStdErrorStreamForErrorsOnly, workerId));
  }

  const startedMs = clock.monotonicMs();
  let child: ChildProcess;
  try {
    child = await spawnChild({ ...command, clock, onLine });
  } catch (cause) {
    const error = workerSpawnFailed({ written, directory, cause });
    return isPassing(cause) ? { how: 'failed', error, readyForMs: undefined } : { how: 'refused', error };
  }
  logger.debug('The handler was spawned.', { fields: { pid: child.pid, command: written, directory } });
  if (!child.isGuarded)
    logger.debug('There is no /bin/sh here to guard the handler: should this host be killed, the handler goes on running.');
  watcher.spawned(child);
  const running = { child, command, port, lines, startedMs, timeoutMs: handler.initializationTimeoutMs, clock, logger };
  const end = await watch(running, watcher, signal);
  const { outlastedMs } = child;
  if (outlastedMs !== undefined) report(logger, 'warning', workerKilled({ written, graceMs: outlastedMs }));
  return end;
}

type Running = {
  readonly child: ChildProcess;
  readonly command: WorkerCommand;
  readonly port: number;
  /** The last ones, as they come. */
  readonly lines: readonly string[];
  readonly startedMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
};

async function watch(running: Running, watcher: RunWatcher, signal: AbortSignal): Promise<RunEnd> {
  const { child, command, port, lines, startedMs, timeoutMs, clock } = running;
  const elapsedMs = (): number => Math.round(clock.monotonicMs() - startedMs);
  const ended = new AbortController();
  void child.exited.then(() => ended.abort());
  const over = AbortSignal.any([signal, ended.signal]);

  let readyAtMs: number | undefined;
  try {
    // What a report finds is of no use to anybody but its reader: nobody waits for it.
    const onWaiting = (waitedMs: number, garbage: string | undefined): void => void reportWaiting(running, waitedMs, garbage, over);
    const readiness = await waitUntilReady({ port, timeoutMs, clock, onWaiting }, over);
    if (readiness.how === 'timedOut') return await giveUp(running, readiness.garbage, signal);
    readyAtMs = elapsedMs();
    watcher.ready(readyAtMs);
  } catch (thrown) {
    // The wait was cut short by the end of the handler or by the caller; what happened is told by its exit.
    if (!over.aborted) throw thrown;
  }

  const exit = await child.exited;
  if (signal.aborted) return { how: 'stopped' };
  const ranMs = elapsedMs();
  const readyForMs = readyAtMs === undefined ? undefined : ranMs - readyAtMs;
  const error = describeExit({ command, exit, ranMs, wasReady: readyForMs !== undefined, address: `${HANDLER_HOST}:${port}`, lines });
  return { how: exit.code === RESTART_PLEASE ? 'restart' : 'failed', error, readyForMs };
}

async function reportWaiting({ child, command, port, logger }: Running, waitedMs: number, garbage: string | undefined, over: AbortSignal) {
  const { written, section } = command;
  const found = await findOut({ pid: child.pid, port, section, garbage });
  if (over.aborted) return;
  report(logger, 'warning', workerNotReadyYet({ written, url: `http://${HANDLER_HOST}:${port}`, waitedMs, ...found }));
}

async function giveUp(running: Running, garbage: string | undefined, signal: AbortSignal): Promise<RunEnd> {
  const { child, command, port, lines, timeoutMs } = running;
  const { written, cwd: directory, section } = command;
  const found = await findOut({ pid: child.pid, port, section, garbage });
  await child.stop(HANDLER_STOP_MS);
  if (signal.aborted) return { how: 'stopped' };
  const url = `http://${HANDLER_HOST}:${port}`;
  return {
    how: 'failed',
    error: workerNotListening({ written, directory, lines, url, waitedMs: timeoutMs, ...found }),
    readyForMs: undefined,
  };
}

/** The system lacks something for the moment, or the compiler has not closed the program yet. */
function isPassing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ETXTBSY'].includes(String(cause.code));
}
