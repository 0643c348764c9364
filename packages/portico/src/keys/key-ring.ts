// The keys of one app: who calls with which, and what the keys API makes of them.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Principal } from '../core/authorization.ts';
import type { Clock } from '../core/clock.ts';
import { keysReadOnly } from '../core/errors/keys.ts';
import type { Logger } from '../core/log.ts';
import { waitAtMost } from '../core/wait-at-most.ts';
import { generateKey, type KeyKind } from './generate-key.ts';
import {
  type Credential,
  credential,
  credentialsOfHost,
  keysOf,
  MASTER_KEY_NAME,
  NO_HOST_KEYS,
  newFunctionKeys,
  newHostKeys,
  withKeys,
} from './host-keys.ts';
import { KeyCache, type KeySource, type Mark } from './key-cache.ts';
import type { HostKeys, Key, KeyStore } from './key-store.ts';

/** Which keys: `host` are the function keys that open every function. Names of functions ignore case. */
export type KeyScope =
  | { readonly kind: 'master' }
  | { readonly kind: 'host' }
  | { readonly kind: 'system' }
  | { readonly kind: 'function'; readonly functionName: string };

export type KeyRingOptions = {
  readonly store: KeyStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Names of the system keys that the app needs: they are made when system keys are listed. Default: none. */
  readonly systemKeyNames?: () => readonly string[];
  /** Aborted: nobody waits for the store any longer. Default: never. */
  readonly over?: AbortSignal;
};

/** Nothing that we made is longer, and nobody has to hash a megabyte for a stranger. */
export const MOST_CHARACTERS = 1024;
/** `?code=` of a sign-in is no key, and the page that it leads to does not stand still because keys do. */
export const OPEN_PATIENCE_MS = 3000;
const NEVER = new AbortController().signal;

export class KeyRing {
  readonly #store: KeyStore;
  readonly #options: Pick<KeyRingOptions, 'clock' | 'log'>;
  /** Digests have one length, and whoever sees how long a comparison takes learns nothing of a key. */
  readonly #secret = randomBytes(32);
  readonly #systemKeyNames: () => readonly string[];
  /** Until then whoever waits for keys waits until the store answers: its own limits end that. */
  readonly #over: AbortSignal;
  readonly #host: KeyCache<HostKeys>;
  readonly #functions = new Map<string, KeyCache<readonly Key[]>>();
  #lastChange: Promise<void> = Promise.resolve();

  constructor({ store, clock, log, systemKeyNames = () => [], over = NEVER }: KeyRingOptions) {
    this.#store = store;
    this.#systemKeyNames = systemKeyNames;
    this.#over = over;
    this.#options = { clock, log };
    this.#host = this.#cache({
      read: () => store.readHost(over),
      make: () => store.changeHost((before) => before ?? newHostKeys(), over),
      nothing: NO_HOST_KEYS,
      credentials: credentialsOfHost,
    });
  }

  /** For people. */
  get place(): string {
    return this.#store.place;
  }

  /**
   * Whose key that is; undefined: nobody's. `functionName`: whose own keys count beside those of the host; undefined: nobody's.
   * Keys that are not there yet are made by that. Rejects with a HostError when the store cannot say.
   */
  async authenticate(value: string, functionName: string | undefined): Promise<Principal | undefined> {
    // A key of nothing opens nothing.
    if (value === '' || value.length > MOST_CHARACTERS) return undefined;
    const digest = this.#digest(value);
    const ofHost = find(digest, await this.#host.marks());
    // Parity: its own keys are neither read nor made for a key of the host (keys-blob.legacy).
    return ofHost ?? (functionName === undefined ? undefined : find(digest, await this.#cacheOf(functionName).marks()));
  }

  /** As above, for what is open to all: nobody waits long for it, and undefined is also what nobody can say. Never rejects. */
  async recognise(value: string, functionName: string): Promise<Principal | undefined> {
    let found: Principal | undefined;
    const looked = this.authenticate(value, functionName).then((principal) => {
      found = principal;
    });
    await waitAtMost(OPEN_PATIENCE_MS, looked, this.#options.clock);
    return found;
  }

  /** All keys of a scope. Those that are not there yet are made by that. */
  async list(scope: KeyScope): Promise<readonly Key[]> {
    if (scope.kind === 'function') return this.#cacheOf(scope.functionName).keys();
    if (scope.kind === 'system') await this.#makeSystemKeys();
    return keysOf(await this.#host.keys(), scope.kind);
  }

  async #makeSystemKeys(): Promise<void> {
    const { systemKeys, lockedSystemKeys = [] } = await this.#host.keys();
    // One that Azure's host has locked is not to be replaced by chance.
    const wanted = this.#systemKeyNames().filter((name) => !lockedSystemKeys.some((locked) => sameName(locked, name)));
    const missingIn = (keys: readonly Key[]) => wanted.filter((name) => !keys.some((one) => sameName(one.name, name)));
    if (this.#store.readOnlyReason !== undefined || missingIn(systemKeys).length === 0) return;
    await this.#change({ kind: 'system' }, (before) => {
      const made = missingIn(before).map((name) => ({ name, value: generateKey('system') }));
      // Another host may have been faster.
      return made.length === 0 ? before : [...before, ...made];
    });
  }

  /** `value` undefined: a new one is made. Names ignore case, and one that is there keeps its spelling. Errors: KEYS_READ_ONLY and those of the store. */
  async set(scope: KeyScope, name: string, value?: string): Promise<{ readonly key: Key; readonly isNew: boolean }> {
    // There is one master key, however it is called.
    const wanted: Key = { name: scope.kind === 'master' ? MASTER_KEY_NAME : name, value: value ?? generateKey(kindOf(scope)) };
    let key = wanted;
    let isNew = true;
    await this.#change(scope, (before) => {
      const known = before.find((one) => sameName(one.name, wanted.name));
      isNew = known === undefined;
      key = { ...wanted, name: known?.name ?? wanted.name };
      return known === undefined ? [...before, key] : before.map((one) => (one === known ? key : one));
    });
    return { key, isNew };
  }

  /** False: there was none of that name. The master key cannot go; it is set anew instead. */
  async remove(scope: Exclude<KeyScope, { readonly kind: 'master' }>, name: string): Promise<boolean> {
    let isFound = false;
    await this.#change(scope, (before) => {
      const kept = before.filter((one) => !sameName(one.name, name));
      isFound = kept.length < before.length;
      return isFound ? kept : before;
    });
    return isFound;
  }

  /** One after another: what a store answers late would else be taken for what is there now, and bring a key back that was revoked meanwhile. */
  #change(scope: KeyScope, change: (before: readonly Key[]) => readonly Key[]): Promise<void> {
    const mine = this.#lastChange.then(() => this.#changeNow(scope, change));
    this.#lastChange = mine.catch(() => {
      // Whoever asked for it is told.
    });
    return mine;
  }

  async #changeNow(scope: KeyScope, change: (before: readonly Key[]) => readonly Key[]): Promise<void> {
    const { place, readOnlyReason } = this.#store;
    if (readOnlyReason !== undefined) throw keysReadOnly(place, readOnlyReason);
    if (scope.kind === 'function') {
      const name = scope.functionName.toLowerCase();
      this.#cacheOf(name).put(await this.#store.changeFunction(name, (before) => change(before ?? newFunctionKeys()), this.#over));
    } else {
      const { kind } = scope;
      const changeHost = (before = newHostKeys()): HostKeys => {
        const keys = keysOf(before, kind);
        const after = change(keys);
        return after === keys ? before : withKeys(before, kind, after);
      };
      this.#host.put(await this.#store.changeHost(changeHost, this.#over));
    }
  }

  #cacheOf(functionName: string): KeyCache<readonly Key[]> {
    const name = functionName.toLowerCase();
    const store = this.#store;
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const made = this.#cache<readonly Key[]>({
      read: () => store.readFunction(name, this.#over),
      make: () => store.changeFunction(name, (before) => before ?? newFunctionKeys(), this.#over),
      nothing: [],
      credentials: (keys) => keys.map((key) => credential(key, 'function')),
    });
    this.#functions.set(name, made);
    return made;
  }

  #cache<T>(source: Pick<KeySource<T>, 'read' | 'make' | 'nothing'> & { credentials(keys: T): readonly Credential[] }): KeyCache<T> {
    const { freshForMs, readOnlyReason, misconfigured, place } = this.#store;
    return new KeyCache<T>({
      ...source,
      place,
      freshForMs,
      canMake: readOnlyReason === undefined,
      isTold: misconfigured !== undefined,
      marks: (keys) => source.credentials(keys).map(({ value, principal }) => ({ digest: this.#digest(value), principal })),
      ...this.#options,
    });
  }

  #digest(value: string): Buffer {
    return createHmac('sha256', this.#secret).update(value).digest();
  }
}

/** All of them are compared, and the first one counts. */
function find(digest: Buffer, marks: readonly Mark[]): Principal | undefined {
  let found: Principal | undefined;
  for (const mark of marks) if (timingSafeEqual(mark.digest, digest)) found ??= mark.principal;
  return found;
}

function kindOf({ kind }: KeyScope): KeyKind {
  return kind === 'host' ? 'function' : kind;
}

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
