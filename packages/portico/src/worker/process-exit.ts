// What the end of a handler means.
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { HostError } from '../core/error.ts';
import { workerExited } from '../core/errors/handler.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { ChildExit } from '../platform/child-process.ts';
import type { WorkerCommand } from './command.ts';
import { fileNamesIn } from './preflight-files.ts';

export type ExitFacts = {
  readonly command: WorkerCommand;
  readonly exit: ChildExit;
  readonly ranMs: number;
  /** Whether it had answered; the address is where it did or should have. */
  readonly wasReady: boolean;
  readonly address: string;
  readonly lines: readonly string[];
};

/** Parity: the exit code by which a handler asks to be started again. */
export const RESTART_PLEASE = 200;

export function describeExit({ command, exit, ranMs, wasReady, address, lines }: ExitFacts): HostError {
  return workerExited({
    written: command.written,
    directory: command.cwd,
    lines,
    end: exit.signal ? `was ended by ${exit.signal}` : `exited with code ${exit.code}`,
    ranMs,
    when: wasReady ? `while it served ${address}` : `before it answered on ${address}`,
    advice:
      findCause(command, exit, lines) ??
      (lines.length > 0 ? 'Its output should tell why.' : 'It gave no reason: run the command in that directory to see more.'),
    azure: exit.code === 0 ? UNNOTICED_ON_AZURE : COUNTED_ON_AZURE,
  });
}

const UNNOTICED_ON_AZURE = 'On Azure an exit with code 0 goes unnoticed, and every call fails from then on.';
const COUNTED_ON_AZURE =
  'On Azure: "Language Worker Process exited."; the third time within half an hour the whole host ends: "Exceeded http worker restart retry count. Shutting down Functions Host".';

/** What printed words give away. The last lines are searched, not the whole output. */
const TELLING_WORDS: readonly (readonly [RegExp, string])[] = [
  [/EADDRINUSE|address (is )?already in use/i, 'Another process has its port: perhaps an earlier start that was left behind.'],
  [/\/dev\/std(out|err): No such device/i, 'Its output is a socket, which /dev/stdout and /dev/stderr cannot open: write to >&1 and >&2.'],
  [/\$'\\r': command not found/, "The script has Windows line ends: sed -i 's/\\r$//' mends it."],
];

const NATIVE_CRASHES = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGABRT', 'SIGFPE'];
const SHELL_SIGNALS: Readonly<Record<number, string>> = {
  132: 'SIGILL',
  134: 'SIGABRT',
  135: 'SIGBUS',
  136: 'SIGFPE',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};

function findCause(command: WorkerCommand, { code, signal }: ChildExit, lines: readonly string[]): string | undefined {
  const words = TELLING_WORDS.find(([pattern]) => lines.some((line) => pattern.test(line)));
  if (words !== undefined) return words[1];
  const missing = describeMissingScript(command);
  if (missing !== undefined) return missing;
  if (code === 0)
    return 'A handler has to go on running; one that was sent to the background has to stay in front ("exec" in a shell script).';
  if (code === 126 || code === 127) return `A shell says by ${code} that it could not run a command: is it installed, and on PATH?`;
  const killedBy = signal ?? SHELL_SIGNALS[code ?? 0];
  if (killedBy === 'SIGKILL') return 'SIGKILL comes from outside: often from a system without memory (dmesg tells), else from kill -9.';
  return killedBy !== undefined && NATIVE_CRASHES.includes(killedBy)
    ? `${killedBy} is a crash in native code: of the program, or of a library it loads.`
    : undefined;
}

const SCRIPT = /\.(m?[jt]s|cjs|cts|py|r|rb|php|pl|lua|jar|dll|sh)$/i;

/** `node handler.js` without that file. Only said after a failure: the argument may be something else. */
function describeMissingScript({ args, cwd }: WorkerCommand): string | undefined {
  const script = args.find((argument) => !argument.startsWith('-') && SCRIPT.test(argument));
  if (script === undefined || existsSync(resolve(cwd, script))) return undefined;
  const near = nearestName(basename(script), fileNamesIn(resolve(cwd, script, '..')));
  return `There is no "${script}" in ${cwd}${near ? `; did you mean "${near}"?` : '.'}`;
}
