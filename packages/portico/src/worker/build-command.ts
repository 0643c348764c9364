// Runs the command that makes the handler. When it is run, and what happens after it, is decided by the host.
import type { Clock } from '../core/clock.ts';
import { type HostError, messageOf } from '../core/error.ts';
import { buildFailed } from '../core/errors/handler.ts';
import type { AppSettings } from '../core/function-app.ts';
import { createLogger, type HostObserver } from '../core/log.ts';
import { type ChildExit, spawnChild } from '../platform/child-process.ts';
import { shellCommand } from '../platform/shell.ts';

export type BuildOptions = {
  /** For the system's shell. */
  readonly command: string;
  /** The app root: where it runs. */
  readonly root: string;
  /** That of the handler. */
  readonly environment: AppSettings;
  readonly clock: Clock;
  readonly observer: Pick<HostObserver, 'log'>;
};

export type BuildEnd =
  | { readonly how: 'built'; readonly tookMs: number }
  | { readonly how: 'failed'; readonly error: HostError }
  | { readonly how: 'aborted' };

const MOST_LINES = 200;

/** A compiler may remove what it has half written. */
const ABORT_GRACE_MS = 1000;

/** Its output is logged as it comes, at debug, and stands in the error. Aborting ends it with all that it started. Never rejects. */
export async function runBuild({ command, root, environment, clock, observer }: BuildOptions, signal: AbortSignal): Promise<BuildEnd> {
  const logger = createLogger(observer, 'Host.Build');
  const lines: string[] = [];
  let lineCount = 0;
  const onLine = (_stream: unknown, line: string): void => {
    logger.debug(line);
    lines.push(line);
    lineCount++;
    if (lines.length > MOST_LINES) lines.shift();
  };
  const failed = (end: string, advice: string): BuildEnd => {
    const linesBefore = lineCount - lines.length;
    return { how: 'failed', error: buildFailed({ command, end, directory: root, lines, linesBefore, advice }) };
  };

  if (signal.aborted) return { how: 'aborted' };
  const startedMs = clock.monotonicMs();
  let exit: ChildExit;
  try {
    const child = await spawnChild({ ...shellCommand(command), cwd: root, env: environment, clock, onLine });
    const abort = (): void => void child.stop(ABORT_GRACE_MS);
    signal.addEventListener('abort', abort, { once: true });
    // It may have been aborted while there was no child yet.
    if (signal.aborted) abort();
    exit = await child.exited;
    signal.removeEventListener('abort', abort);
  } catch (cause) {
    if (signal.aborted) return { how: 'aborted' };
    return failed(
      `could not be started: ${messageOf(cause)}`,
      'The directory has to exist, and the system to have room for another process.',
    );
  }
  if (signal.aborted) return { how: 'aborted' };
  const tookMs = Math.round(clock.monotonicMs() - startedMs);
  if (exit.code === 0) return { how: 'built', tookMs };
  return failed(`${describeEnd(exit)} after ${tookMs} ms`, adviceFor(exit));
}

function describeEnd({ code, signal }: ChildExit): string {
  return signal === undefined ? `exited with code ${code}` : `was ended by ${signal}`;
}

function adviceFor({ code, signal }: ChildExit): string {
  // Of a POSIX shell and of cmd.
  if (code === 127 || code === 9009)
    return 'A shell says by that code that it did not find a command: is it installed, and on the PATH of this host?';
  if (code === 126) return 'A shell says by that code that a command may not be executed: chmod +x makes a script executable.';
  if (signal === 'SIGKILL' || code === 137)
    return 'SIGKILL comes from outside: often from a system without memory (dmesg tells), else from kill -9.';
  return 'Mend what its output names.';
}
