// The program `portico`: ties the command line to the real process. Everything else in this folder can be called from a test.
// What this imports is read before anything happens, so the host and the start command are imported when they are needed.
import { systemClock } from '../platform/system-clock.ts';
import { openDescriptor } from './descriptor.ts';
import type { Program } from './program.ts';
import { reportFault, runPortico } from './run-portico.ts';
import { standardInput } from './standard-input.ts';

const program: Program = {
  argv: process.argv.slice(2),
  environment: process.env,
  workingDirectory: process.cwd(),
  processId: process.pid,
  stdout: openDescriptor(1),
  stderr: openDescriptor(2),
  stdin: standardInput,
  clock: systemClock,
  onSignal(listener) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => listener(signal));
  },
  onExit: (listener) => process.on('exit', listener),
  exit: (code) => process.exit(code),
  async loadHost() {
    const [{ createHost }, { findAppRoot }] = await Promise.all([import('../host/create-host.ts'), import('../config/find-app-root.ts')]);
    return { createHost, findAppRoot };
  },
};

// Whatever is still open when this ends the process, platform/ closes: no handler outlives its host.
process.on('uncaughtException', (thrown) => process.exit(reportFault(thrown, program)));
void runPortico(program).then((code) => process.exit(code));
