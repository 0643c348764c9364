import type { AppSettings } from './app.ts';
import type { Trial } from './trial.ts';

/** One way to make life hard for the host. A file each in faults/, listed in faults/index.ts. */
export type Fault = {
  /** For --only. */
  readonly name: string;
  /** What is done, for the report: "kills the handler with SIGKILL". */
  readonly does: string;
  readonly app?: AppSettings;
  /** Of portico start. */
  readonly flags?: readonly string[];
  /**
   * Which requests may fail, honestly: `any` while it goes on, `asked`: those that ask the handler to misbehave in this very request,
   * `none`: not one.
   */
  readonly mayFail: 'any' | 'asked' | 'none';
  /** The host's descriptors are counted before and after: nothing may have been left open. */
  readonly countsDescriptors?: true;
  /** Does it once for each of trial.rounds(), with the load running. */
  run(trial: Trial): Promise<void>;
};
