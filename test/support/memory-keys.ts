// A store of keys that a test looks into, changes behind the host's back, and takes away.
import type { HostKeys, Key, KeyStore } from '../../packages/portico/src/keys/key-store.ts';

export class MemoryKeys implements KeyStore {
  readonly place = 'the memory of a test';
  readonly readOnlyReason: string | undefined;
  readonly freshForMs: number;
  host: HostKeys | undefined;
  readonly functions = new Map<string, readonly Key[]>();
  /** What was asked of it, in order. */
  readonly calls: string[] = [];
  /** Thrown by everything, while it is set. */
  fault: Error | undefined;
  /** What each call waits for. */
  gate: Promise<void> = Promise.resolve();

  constructor({ freshForMs = 10_000, readOnlyReason }: { freshForMs?: number; readOnlyReason?: string } = {}) {
    this.freshForMs = freshForMs;
    this.readOnlyReason = readOnlyReason;
  }

  async readHost(): Promise<HostKeys | undefined> {
    await this.#take('read host');
    return this.host;
  }

  async readFunction(name: string): Promise<readonly Key[] | undefined> {
    await this.#take(`read ${name}`);
    return this.functions.get(name);
  }

  async changeHost(change: (before: HostKeys | undefined) => HostKeys): Promise<HostKeys> {
    await this.#take('change host');
    this.host = change(this.host);
    return this.host;
  }

  async changeFunction(name: string, change: (before: readonly Key[] | undefined) => readonly Key[]): Promise<readonly Key[]> {
    await this.#take(`change ${name}`);
    const after = change(this.functions.get(name));
    this.functions.set(name, after);
    return after;
  }

  async #take(call: string): Promise<void> {
    this.calls.push(call);
    await this.gate;
    if (this.fault) throw this.fault;
  }
}
