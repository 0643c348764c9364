import { shellUnknown } from '../core/errors/command-line.ts';
import { type CommandLine, parseCommandLine } from './command-line.ts';
import type { Descriptor } from './descriptor.ts';
import { EXIT_CODES, exitCodeOf } from './exit-codes.ts';
import { explain } from './explain.ts';
import { SHELLS } from './flags.ts';
import { OutputQueue } from './output-queue.ts';
import type { Program } from './program.ts';
import { VERSION } from './version.ts';

/** Does what the words ask for and resolves with the exit code. Each command loads what it needs and no more. */
export async function runPortico(program: Program): Promise<number> {
  try {
    return await runCommand(parseCommandLine(program.argv), program);
  } catch (thrown) {
    return reportFault(thrown, program);
  }
}

/** Says what went wrong and returns the exit code for it. */
export function reportFault(thrown: unknown, program: Pick<Program, 'stderr' | 'clock'>): number {
  print(explain(thrown), program.stderr, program);
  return exitCodeOf(thrown);
}

async function runCommand(line: CommandLine, program: Program): Promise<number> {
  if (line.command === 'start') {
    const [{ start }, library] = await Promise.all([import('./start.ts'), program.loadHost()]);
    return start(line, program, library);
  }
  if (line.command === 'invoke') return (await import('./invoke.ts')).invoke(line, program);
  if (line.command === 'queue') return (await import('./queue.ts')).queue(line, program);
  if (line.command === 'keys') return (await import('./keys.ts')).keys(line, program);
  if (line.command === 'config') return (await import('./config.ts')).config(line, program);
  print(await textFor(line), program.stdout, program);
  return EXIT_CODES.ok.code;
}

async function textFor(line: Extract<CommandLine, { command: 'version' | 'help' | 'completion' }>): Promise<string> {
  if (line.command === 'version') return VERSION;
  if (line.command === 'help') return (await import('./help.ts')).helpText(line.topic);
  const shell = SHELLS.find((name) => name === line.shell);
  if (!shell) throw shellUnknown(line.shell, SHELLS);
  return (await import('./completion.ts')).completionScript(shell);
}

function print(text: string, descriptor: Descriptor, { clock }: Pick<Program, 'clock'>): void {
  const queue = new OutputQueue({ descriptor, clock, describeLoss: String });
  queue.writeLine(text);
  queue.flushBeforeExit();
}
