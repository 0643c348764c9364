/** Time, as the host sees it. platform/ has the real one; testing/ one that is moved by hand. */
export interface Clock {
  now(): Date;
  /** Milliseconds since an arbitrary moment; never goes back. May have a fraction. */
  monotonicMs(): number;
  /** Resolves after that long; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
