import { HostError } from '../core/error.ts';

/** Exit codes and when they occur. Nothing that failed ends with 0. */
export const EXIT_CODES = {
  ok: {
    code: 0,
    doc: 'Stopped as asked: Ctrl+C, SIGTERM or SIGHUP, and everything was stopped in order. Of other commands: what they were asked to do is done.',
  },
  failed: {
    code: 1,
    doc: 'Could not start, because a port is taken, for example; or the function that was invoked failed, an HTTP function with a status from 400 up; or no host or no storage answered; or "config show" found a host.json that cannot be used. The message names the reason.',
  },
  usage: {
    code: 2,
    doc: 'The command line is wrong, names a folder without an app, a file that cannot be used, or a function or a key that is not there.',
  },
  fault: { code: 70, doc: 'A fault in Portico itself. Please report it with the message.' },
  interrupted: {
    code: 130,
    doc: 'Stopped at once by a second Ctrl+C; requests that ran were cut off. A command that ends by itself: by the first one.',
  },
  terminated: {
    code: 143,
    doc: 'The same after a second SIGTERM (129 after SIGHUP): 128 plus the number of the signal, as shells have it.',
  },
} as const;

export function exitCodeOf(thrown: unknown): number {
  if (!(thrown instanceof HostError) || thrown.kind === 'internal') return EXIT_CODES.fault.code;
  return thrown.kind === 'usage' ? EXIT_CODES.usage.code : EXIT_CODES.failed.code;
}
