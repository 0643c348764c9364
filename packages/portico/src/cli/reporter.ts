import type { HostError } from '../core/error.ts';
import type { HostState } from '../core/host-state.ts';
import type { HostObserver } from '../core/log.ts';
import type { Problem } from '../core/problem.ts';
import type { FunctionSummary, ReadyReport } from '../host/create-host.ts';

/** Tells the world about one run of a host: for people (console-reporter.ts) or for programs (json-reporter.ts). */
export interface Reporter extends HostObserver {
  /** The public port is open; requests wait until the handler is ready. */
  listening(run: Listening): void;
  ready(report: ReadyReport): void;
  /** Functions answer 503 for now. */
  notReady(reason: NotReady): void;
  stopping(signal: string): void;
  /** The run ends because of this. Standard error has it in any case. */
  failed(error: HostError): void;
  /** The line that stands where a slow reader lost some. */
  describeLoss(lineCount: number): string;
}

export type Listening = {
  readonly version: string;
  readonly processId: number;
  readonly root: string;
  readonly url: string;
  /** Where other machines reach it; undefined on loopback. */
  readonly openUrls?: readonly string[] | undefined;
  /** Undefined: nobody is asked for a key. */
  readonly keys?: ListeningKeys | undefined;
  /** Whom every request is taken to come from, by --as. */
  readonly user?: string | undefined;
  /** Whose certificate every request is taken to come with, by --client-cert. */
  readonly clientCertificate?: string | undefined;
  /** The certificate that callers have to trust, when the server's was made here. */
  readonly authorityFile?: string | undefined;
  /** Changed sources reload the handler. */
  readonly watching: boolean;
  readonly functions: readonly FunctionSummary[];
  readonly problems: readonly Problem[];
};

export type ListeningKeys = {
  /** Where they are kept. */
  readonly place: string;
  /** What opens each function, by its name. Only for a person at a terminal; everybody else gets none. */
  readonly codes?: ReadonlyMap<string, string>;
  /** Why there are no codes for that person. */
  readonly trouble?: string;
};

export type NotReady = {
  /** Error: host.json cannot be used. Offline: app_offline.htm is there. Running: the handler did not start. */
  readonly state: HostState;
  readonly error: HostError | undefined;
};
