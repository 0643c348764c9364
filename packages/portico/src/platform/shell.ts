import type { SpawnOptions } from './child-process.ts';

/** What to start for a command line that is written for the system's shell. */
export function shellCommand(line: string): Pick<SpawnOptions, 'file' | 'args' | 'quotesNothing'> {
  // cmd takes off the outermost quotes and reads the rest as it was typed.
  return process.platform === 'win32'
    ? { file: 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], quotesNothing: true }
    : { file: '/bin/sh', args: ['-c', line] };
}
