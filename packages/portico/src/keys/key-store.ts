// Where keys are kept. The stores beside this file differ in the place alone; the key ring knows what keys mean.
import type { HostError } from '../core/error.ts';

export type Key = { readonly name: string; readonly value: string };

export type HostKeys = {
  /** Undefined: none, which only a store that others write may say. */
  readonly master: string | undefined;
  /** Open every function of level `function`. */
  readonly functionKeys: readonly Key[];
  /** Open webhooks and functions of level `system`. */
  readonly systemKeys: readonly Key[];
  /** Names of system keys that are there as well, encrypted so that only Azure's host can read them. Default: none. */
  readonly lockedSystemKeys?: readonly string[];
};

/** Names of functions are in lower case. Everything here rejects with a HostError that names the place when that cannot be read or written. */
export interface KeyStore {
  /** For people: `.portico/keys.json`. */
  readonly place: string;
  /** Why keys are not changed here, and where they are, as one sentence. Undefined: they are. */
  readonly readOnlyReason: string | undefined;
  /** Why nothing can be read here, ever: a setting that names no store. Undefined: perhaps it can. */
  readonly misconfigured?: HostError;
  /** What was read counts for so long, in milliseconds; somebody else may have changed it since. */
  readonly freshForMs: number;
  /** Undefined: nobody has made them yet. */
  readHost(signal: AbortSignal): Promise<HostKeys | undefined>;
  readFunction(functionName: string, signal: AbortSignal): Promise<readonly Key[] | undefined>;
  /** Gives what is there afterwards. `change` is asked again when somebody else was faster; giving back what it got writes nothing. */
  changeHost(change: (before: HostKeys | undefined) => HostKeys, signal: AbortSignal): Promise<HostKeys>;
  changeFunction(
    functionName: string,
    change: (before: readonly Key[] | undefined) => readonly Key[],
    signal: AbortSignal,
  ): Promise<readonly Key[]>;
}
