// How long the host waits for what, where no file says otherwise. docs/lifecycle.md lists them with the others.

/** What is under way may go on so long when the host stops or a process is replaced. `--grace` says otherwise. */
export const DEFAULT_GRACE_MS = 30_000;
