// What the host remembers from one run to the next, and what several hosts agree on. state/ has the real ones: a local file, or the app's storage account.
// Paths are those of Azure's host below the container azure-webjobs-hosts, such as `timers/HOSTID/Host.Functions.Tick/status`.

export interface StateStore {
  /** Where it is kept, for the line at start: `.portico/state.db`. */
  readonly place: string;
  /** On this machine, and for it alone. */
  readonly isLocal: boolean;
  readonly leases: LeaseStore;
  readonly documents: DocumentStore;
  readonly receipts: ReceiptStore;
  /** Gives back what is still held. May be called twice. */
  close(): Promise<void>;
}

export interface LeaseStore {
  /** Undefined: it is held elsewhere. It is renewed until it is released, lost, or the store is closed. `durationMs`: 15000 to 60000. */
  acquire(path: string, durationMs: number, signal: AbortSignal): Promise<Lease | undefined>;
}

/** Exclusive, for a time, and renewed. */
export interface Lease {
  /** Aborts when somebody else may have it. */
  readonly lost: AbortSignal;
  /** May be called twice. */
  release(): Promise<void>;
}

export interface DocumentStore {
  /** Undefined: there is none. */
  read(path: string, signal: AbortSignal): Promise<string | undefined>;
  write(path: string, text: string, signal: AbortSignal): Promise<void>;
}

export interface ReceiptStore {
  /** To do what the path stands for once. 'done': it was done; 'taken': somebody else does it now. */
  claim(path: string, signal: AbortSignal): Promise<Receipt | 'done' | 'taken'>;
}

/** Held for 30 seconds and not renewed: what is not completed then may be claimed by somebody else. */
export interface Receipt {
  /** From now on it is done, for ever. */
  complete(): Promise<void>;
  /** Not done: the next one may claim it. */
  release(): Promise<void>;
}
