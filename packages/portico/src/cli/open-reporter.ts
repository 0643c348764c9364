import { createConsoleReporter } from './console-reporter.ts';
import type { StartFlags } from './flags.ts';
import { createJsonReporter } from './json-reporter.ts';
import { createLogFilter, type Levels } from './log-filter.ts';
import { OutputQueue } from './output-queue.ts';
import { createPalette, wantsColour } from './palette.ts';
import type { Program } from './program.ts';
import type { Reporter } from './reporter.ts';
import { readLevels, readVerbosity } from './start-options.ts';

type OpenReporter = {
  readonly reporter: Reporter;
  /** Writes out what was collected. */
  flush(): void;
};

/** The reporter the flags ask for, on standard output. */
export function openReporter(flags: StartFlags, { stdout, clock, environment }: Program, levelsOfApp: () => Levels): OpenReporter {
  const verbosity = readVerbosity(flags);
  const common = {
    writeLine: (line: string): void => queue.writeLine(line),
    nowMs: (): number => clock.now().getTime(),
    shows: createLogFilter({ chosen: readLevels(flags), ofApp: levelsOfApp, verbosity }),
  };
  const palette = createPalette(wantsColour(stdout.isTty, environment));
  const reporter = flags.json ? createJsonReporter(common) : createConsoleReporter({ ...common, palette, quiet: verbosity === 'quiet' });
  const queue = new OutputQueue({ descriptor: stdout, clock, describeLoss: reporter.describeLoss });
  return { reporter, flush: () => queue.flushBeforeExit() };
}
