import type { Clock } from '../core/clock.ts';
import type { Host, HostOptions } from '../host/create-host.ts';
import type { Descriptor } from './descriptor.ts';
import type { Input } from './standard-input.ts';

/** The process, as the command line sees it. main.ts makes it of the real one, tests of what they like. */
export type Program = {
  /** The words after `portico`. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly processId: number;
  readonly stdout: Descriptor;
  readonly stderr: Descriptor;
  readonly stdin: Input;
  readonly clock: Clock;
  /** Calls for every SIGINT, SIGTERM and SIGHUP from now on, which then no longer end the process by themselves. */
  onSignal(listener: (signal: StopSignal) => void): void;
  /** Calls when the process ends, however that comes; what it does must be done when it returns. */
  onExit(listener: () => void): void;
  /** Ends the process at once. */
  exit(code: number): void;
  /** Most commands do without the host, and it is the larger part of the program. */
  loadHost(): Promise<HostLibrary>;
};

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export type HostLibrary = {
  readonly createHost: (options: HostOptions) => Host;
  readonly findAppRoot: (from: string) => string;
};
