// What was read of one document of keys. It is read again when it is older than the store says; while the store is away, what is known goes on.
import type { Principal } from '../core/authorization.ts';
import type { Clock } from '../core/clock.ts';
import { HostError } from '../core/error.ts';
import { type LogFields, type Logger, report } from '../core/log.ts';

/** A key as it is compared. */
export type Mark = { readonly digest: Buffer; readonly principal: Principal };

export type KeySource<T> = {
  read(): Promise<T | undefined>;
  /** Makes keys where there are none, and gives what is there then. */
  make(): Promise<T>;
  readonly canMake: boolean;
  /** Somebody has said already that it cannot be read. */
  readonly isTold: boolean;
  /** What stands for keys that are not there and cannot be made. */
  readonly nothing: T;
  marks(keys: T): readonly Mark[];
  readonly place: string;
  readonly freshForMs: number;
  readonly clock: Clock;
  readonly log: Logger;
};

/** With keys that are known nobody waits longer for newer ones. */
export const PATIENCE_MS = 1000;

type Known<T> = { readonly keys: T; readonly marks: readonly Mark[]; readonly readAtMs: number };

export class KeyCache<T> {
  readonly #source: KeySource<T>;
  #known: Known<T> | undefined;
  #reading: Promise<Known<T>> | undefined;
  /** Somebody has waited in vain for the reading that is under way. */
  #isLate = false;
  #isStoreAway: boolean;

  constructor(source: KeySource<T>) {
    this.#source = source;
    this.#isStoreAway = source.isTold;
  }

  /** For whoever calls. That it fails is told here: once, for nobody else can say whether it is news. */
  async marks(): Promise<readonly Mark[]> {
    try {
      return (this.#freshest ?? (await this.#readSoon())).marks;
    } catch (error) {
      if (error instanceof HostError) this.#tellAway('error', error);
      throw error;
    }
  }

  /** As they are now, for whoever manages them. */
  async keys(): Promise<T> {
    return (await this.#read()).keys;
  }

  /** They were changed here. */
  put(keys: T): void {
    this.#known = this.#know(keys);
  }

  get #freshest(): Known<T> | undefined {
    const { clock, freshForMs } = this.#source;
    return this.#known !== undefined && clock.monotonicMs() - this.#known.readAtMs < freshForMs ? this.#known : undefined;
  }

  /** A store that takes long does not hold up who calls with a key that is known: the first ones wait in vain, and nobody after them. What it says counts as soon as it does. */
  async #readSoon(): Promise<Known<T>> {
    if (this.#known === undefined) return this.#read();
    if (this.#isLate) return this.#known;
    const answered = new AbortController();
    const patience = this.#source.clock.sleep(PATIENCE_MS, answered.signal).then(() => {
      this.#isLate = this.#reading !== undefined;
      return this.#known as Known<T>;
    });
    try {
      return await Promise.race([this.#read(), patience]);
    } finally {
      answered.abort();
    }
  }

  #read(): Promise<Known<T>> {
    this.#reading ??= this.#readAnew().finally(() => {
      this.#reading = undefined;
      this.#isLate = false;
    });
    return this.#reading;
  }

  async #readAnew(): Promise<Known<T>> {
    const { read, make, canMake, nothing, place, log } = this.#source;
    const before = this.#known;
    try {
      const keys = (await read()) ?? (canMake ? await make() : nothing);
      if (this.#isStoreAway) log.information('Keys can be read again.', { fields: { place } });
      this.#isStoreAway = false;
      // What was put meanwhile is newer.
      if (this.#known === before) this.#known = this.#know(keys);
    } catch (error) {
      // What was put meanwhile counts, not what was known when the reading began: that may hold a key that was revoked since.
      const known = this.#known;
      if (known === undefined || !(error instanceof HostError)) throw error;
      this.#tellAway('warning', error, { until: 'it can be read again, the keys that were known go on' });
      // Asked again no sooner than if it had been read.
      this.#known = { ...known, readAtMs: this.#source.clock.monotonicMs() };
    }
    return this.#known as Known<T>;
  }

  #tellAway(level: 'warning' | 'error', error: HostError, fields: LogFields = {}): void {
    if (!this.#isStoreAway) report(this.#source.log, level, error, fields);
    this.#isStoreAway = true;
  }

  #know(keys: T): Known<T> {
    return { keys, marks: this.#source.marks(keys), readAtMs: this.#source.clock.monotonicMs() };
  }
}
