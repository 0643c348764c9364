// The keys that `portico invoke` calls a host with: the one that was given, or those of the app beside it.
import { HostError } from '../core/error.ts';
import { appRootNotFound } from '../core/errors/host.ts';
import type { AuthLevel } from '../core/function-app.ts';
import { isLoopback, isPortOfOthers } from '../platform/ports.ts';
import type { InvokeFlags } from './flags.ts';
import { checkKeyValue } from './key-owner.ts';
import type { AppKeys } from './open-app-keys.ts';
import { createPalette, wantsColour } from './palette.ts';
import { createPrinter } from './printer.ts';
import type { Program } from './program.ts';

export type ClientKeys = {
  /** Opens the admin API. Undefined: it is called without one. */
  readonly master: string | undefined;
  /** The host has asked for a key. Resolves with whether there is another one to try; errors: those of the app's key store. */
  asked(): Promise<boolean>;
  /** Opens an HTTP function of this level. Undefined: it is called without one. */
  forFunction(functionName: string, level: AuthLevel): Promise<string | undefined>;
};

const VARIABLE = 'PORTICO_KEY';

/** `url`: of the host. Errors: KEY_VALUE_WRONG. */
export function clientKeys(
  flags: InvokeFlags,
  url: string,
  program: Program,
  belongsToOthers: (port: number) => Promise<boolean> = isPortOfOthers,
): ClientKeys {
  const given = flags.key ?? (program.environment[VARIABLE] || undefined);
  if (given !== undefined) {
    checkKeyValue(given, flags.key === undefined ? VARIABLE : '--key');
    return { master: given, asked: async () => false, forFunction: async () => given };
  }
  // A key goes to another machine only if somebody says so.
  const { hostname, port, protocol } = new URL(url);
  if (isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'))) {
    const portNumber = Number(port || (protocol === 'https:' ? 443 : 80));
    return new OwnKeys(flags, program, portNumber, () => belongsToOthers(portNumber));
  }
  return { master: undefined, asked: async () => false, forFunction: async () => undefined };
}

/** Those of the app, once the host has asked for them: one that asks nobody gets none. */
class OwnKeys implements ClientKeys {
  readonly #flags: Pick<InvokeFlags, 'app'>;
  readonly #program: Program;
  readonly #port: number;
  readonly #belongsToOthers: () => Promise<boolean>;
  #keys: AppKeys | undefined;
  #master: string | undefined;

  constructor(flags: Pick<InvokeFlags, 'app'>, program: Program, port: number, belongsToOthers: () => Promise<boolean>) {
    this.#flags = flags;
    this.#program = program;
    this.#port = port;
    this.#belongsToOthers = belongsToOthers;
  }

  get master(): string | undefined {
    return this.#master;
  }

  async asked(): Promise<boolean> {
    const before = this.#master;
    if (this.#keys === undefined) {
      // Anybody on this machine may listen there, and ask.
      if (await this.#belongsToOthers()) {
        await this.#say(`port ${this.#port} belongs to another user of this machine, who gets no key unless --key gives it`);
        return false;
      }
      this.#keys = await this.#open();
      if (this.#keys !== undefined) await this.#say(`with the keys in ${this.#keys.store.place}`);
    }
    const [master] = (await this.#keys?.ring.list({ kind: 'master' })) ?? [];
    this.#master = master?.value;
    // A key that was renewed since is another one.
    return this.#master !== undefined && this.#master !== before;
  }

  async forFunction(functionName: string, level: AuthLevel): Promise<string | undefined> {
    if (this.#keys === undefined || level === 'anonymous') return undefined;
    const { openingKey } = await import('./opening-key.ts');
    return (await openingKey(this.#keys.ring, functionName, level)) ?? this.#master;
  }

  /** Undefined: there is no app here. */
  async #open(): Promise<AppKeys | undefined> {
    const { openAppKeys } = await import('./open-app-keys.ts');
    try {
      return openAppKeys(this.#flags.app, this.#program, { log: () => {} });
    } catch (thrown) {
      if (thrown instanceof HostError && thrown.code === appRootNotFound.code) return undefined;
      throw thrown;
    }
  }

  async #say(text: string): Promise<void> {
    const { stderr, clock, environment } = this.#program;
    await createPrinter(stderr, clock).line(createPalette(wantsColour(stderr.isTty, environment)).dim(text));
  }
}
