// The storage emulator of an app whose settings say UseDevelopmentStorage=true, or nothing: Azurite as a child of the host, or one that runs already.
// What stands where: azurite-bundle.ts finds the program, azurite-process.ts runs it once, look-at-port.ts tells who listens. Here is the choice between
// them, and the life after it: an emulator that ends is started again where it was, because clients know it by its ports.
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { HostError } from '../core/error.ts';
import {
  emulatorEnded,
  emulatorFailed,
  emulatorFolderInUse,
  emulatorPortTaken,
  emulatorRefusesVersion,
  emulatorStopped,
} from '../core/errors/emulator.ts';
import type { EmulatorEndpoints } from '../core/extension.ts';
import { type Logger, report } from '../core/log.ts';
import { azuriteBundle } from './azurite-bundle.ts';
import { type AzuriteStart, startAzuriteProcess } from './azurite-process.ts';
import { ANY_PORTS, type EmulatorPorts, endpointsAt, WELL_KNOWN_PORTS } from './endpoints.ts';
import { API_VERSIONS, isAnybodyThere, lookAtPorts, type Seen } from './look-at-port.ts';
import { ownerOf } from './port-owners.ts';
import { readStorageFile, writeStorageFile } from './storage-file.ts';

export interface Emulator {
  /** Resolves when it answers: a second call with the same. Rejects with a HostError when there is none; the next call tries again. */
  start(): Promise<EmulatorEndpoints>;
  /** Ends what this has started, and never what it has joined; for good. May be called twice, before a start and during one. Never rejects. */
  stop(graceMs: number): Promise<void>;
}

export type EmulatorOptions = {
  /** Where what Portico keeps of the app is; makes it. Absolute. */
  readonly folder: () => string | Promise<string>;
  readonly log: Logger;
  readonly clock: Clock;
  /** Gives the path of azurite.cjs, and makes it if need be. */
  readonly bundle?: (signal: AbortSignal) => Promise<string>;
  /** Those that are tried first, in tests. */
  readonly wellKnownPorts?: EmulatorPorts;
};

/** Below the folder of the app. */
const DATA = 'storage';

/** How long another one that is being started may take until it answers. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 100;

/** Whoever restarts the emulator that was joined is faster than that. */
const JOINED_PAUSE_MS = 1000;
const LOOKS_UNTIL_GONE = 3;

const FIRST_RESTART_PAUSE_MS = 500;
const LONGEST_RESTART_PAUSE_MS = 30_000;
/** An end after so long is a first one again. */
const HEALTHY_MS = 60_000;

export function createEmulator(options: EmulatorOptions): Emulator {
  return new SupervisedEmulator(options);
}

type Listening = Extract<AzuriteStart, { status: 'listening' }>;
/** `own`: undefined for one that was joined. */
type Found = { readonly ports: EmulatorPorts; readonly own?: Listening };

class SupervisedEmulator implements Emulator {
  readonly #options: EmulatorOptions;
  readonly #over = new AbortController();
  #endpoints: Promise<EmulatorEndpoints> | undefined;
  #own: Listening | undefined;
  #watching: Promise<void> | undefined;
  #failureCount = 0;

  constructor(options: EmulatorOptions) {
    this.#options = options;
  }

  start(): Promise<EmulatorEndpoints> {
    if (this.#over.signal.aborted) return Promise.reject(emulatorStopped());
    this.#endpoints ??= this.#begin().catch((error: unknown) => {
      this.#endpoints = undefined;
      throw this.#over.signal.aborted ? emulatorStopped() : error;
    });
    return this.#endpoints;
  }

  async stop(graceMs: number): Promise<void> {
    this.#over.abort();
    // A start that is under way ends with the signal, and so does a restart.
    await this.#endpoints?.catch(() => {});
    await this.#own?.process.stop(graceMs);
    await this.#watching;
  }

  async #begin(): Promise<EmulatorEndpoints> {
    const found = await this.#find(await this.#options.folder());
    this.#watching = this.#watch(found);
    return endpointsAt(found.ports);
  }

  async #find(folder: string): Promise<Found> {
    const { log, clock, wellKnownPorts = WELL_KNOWN_PORTS } = this.#options;
    const { signal } = this.#over;
    const patientUntilMs = clock.monotonicMs() + PATIENCE_MS;
    for (;;) {
      const isPatient = clock.monotonicMs() < patientUntilMs;
      const earlier = readStorageFile(folder);
      const seenEarlier = earlier && (await lookAtPorts(earlier, signal));
      // Another host of this app runs one: what the app has stored is there, whoever has the usual ports by now.
      if (earlier && seenEarlier && isEmulator(seenEarlier, earlier)) return this.#join(earlier);
      const seen = await lookAtPorts(wellKnownPorts, signal);
      if (isEmulator(seen, wellKnownPorts)) return this.#join(wellKnownPorts);
      const isFree = holds(seen, ['free']);
      // One that is being started opens its ports one after another.
      if (!isFree && isPatient && holds(seen, ['free', 'azurite'])) {
        await clock.sleep(PAUSE_MS, signal);
        continue;
      }
      const otherPorts = earlier && seenEarlier && holds(seenEarlier, ['free']) ? earlier : ANY_PORTS;
      const started = await this.#run(folder, isFree ? wellKnownPorts : otherPorts);
      if (started.status === 'listening') {
        if (!isFree) await this.#tellStrangers(wellKnownPorts, seen, started.ports, folder);
        return { ports: started.ports, own: started };
      }
      // Somebody else starts one at this moment.
      if (started.status === 'failed' || !isPatient) throw this.#errorOf(started, folder, wellKnownPorts);
      log.debug('Another storage emulator is being started.', { fields: { because: started.status } });
      await clock.sleep(PAUSE_MS, signal);
    }
  }

  async #run(folder: string, ports: EmulatorPorts): Promise<AzuriteStart> {
    const { log, clock, bundle = (signal: AbortSignal) => azuriteBundle({ log, clock }, signal) } = this.#options;
    const file = await bundle(this.#over.signal);
    const startedMs = clock.monotonicMs();
    const data = join(folder, DATA);
    const onLine = (_: string, line: string): void => log.debug('Azurite says something.', { fields: { line } });
    const started = await startAzuriteProcess({ bundle: file, folder: data, ports, clock, onLine }, this.#over.signal);
    if (started.status !== 'listening') return started;
    try {
      await writeStorageFile(folder, started.ports);
    } catch (error) {
      await started.process.stop(0);
      throw error;
    }
    this.#own = started;
    log.information('The storage emulator is ready: Azurite.', {
      fields: { ...started.ports, data, afterMs: Math.round(clock.monotonicMs() - startedMs) },
    });
    return started;
  }

  #join(ports: EmulatorPorts): Found {
    this.#options.log.information('A storage emulator runs already: it is used, with the data it has, and left running.', {
      fields: ports,
    });
    return { ports };
  }

  async #tellStrangers(wanted: EmulatorPorts, seen: Seen, ports: EmulatorPorts, folder: string): Promise<void> {
    const taken = await Promise.all(
      Object.entries(seen).flatMap(([service, one]) => (one === 'free' ? [] : [ownerOf(wanted[service as keyof EmulatorPorts])])),
    );
    this.#options.log.warning('The usual ports of the storage emulator are taken, so it has others, which storage.json names.', {
      fields: { ...ports, taken: taken.join(', '), file: join(folder, 'storage.json') },
    });
  }

  /** Until the end: starts it again where it was. */
  async #watch(found: Found): Promise<void> {
    const { signal } = this.#over;
    try {
      for (let current = found; !signal.aborted; current = await this.#replace(current.ports)) {
        if (current.own === undefined) await this.#untilGone(current.ports);
        else await this.#untilEnded(current.own);
      }
    } catch (error) {
      // Whatever waited for the signal rejects with its reason, and that is no error.
      if (!signal.aborted) report(this.#options.log, 'error', error as HostError);
    }
  }

  async #untilEnded({ process, lastLines }: Listening): Promise<void> {
    const { log, clock } = this.#options;
    const startedMs = clock.monotonicMs();
    const exit = await process.exited;
    this.#own = undefined;
    this.#over.signal.throwIfAborted();
    if (clock.monotonicMs() - startedMs >= HEALTHY_MS) this.#failureCount = 0;
    report(log, 'error', emulatorEnded({ exit, lastLines }));
    await this.#pause();
  }

  async #untilGone(ports: EmulatorPorts): Promise<void> {
    const { log, clock } = this.#options;
    for (let looks = 0; looks < LOOKS_UNTIL_GONE; ) {
      await clock.sleep(JOINED_PAUSE_MS, this.#over.signal);
      looks = (await isAnybodyThere(ports, this.#over.signal)) ? 0 : looks + 1;
    }
    log.warning('The storage emulator that was used has ended, so one is started, with the data that is in the folder of this app.', {
      fields: ports,
    });
  }

  /** Rejects when the signal aborts alone. */
  async #replace(ports: EmulatorPorts): Promise<Found> {
    const { log, folder: makeFolder } = this.#options;
    let told: string | undefined;
    for (;;) {
      this.#over.signal.throwIfAborted();
      try {
        const folder = await makeFolder();
        if (isEmulator(await lookAtPorts(ports, this.#over.signal), ports)) return this.#join(ports);
        const started = await this.#run(folder, ports);
        if (started.status === 'listening') return { ports, own: started };
        throw this.#errorOf(started, folder, ports);
      } catch (error) {
        this.#over.signal.throwIfAborted();
        const { message } = error as HostError;
        if (message !== told) report(log, 'error', error as HostError);
        told = message;
        await this.#pause();
      }
    }
  }

  /** The first restart is immediate: most crashes are single ones. */
  async #pause(): Promise<void> {
    const { clock } = this.#options;
    this.#failureCount += 1;
    const pauseMs = this.#failureCount === 1 ? 0 : FIRST_RESTART_PAUSE_MS * 2 ** (this.#failureCount - 2);
    await clock.sleep(Math.min(pauseMs, LONGEST_RESTART_PAUSE_MS), this.#over.signal);
  }

  #errorOf(started: Exclude<AzuriteStart, Listening>, folder: string, ports: EmulatorPorts): HostError {
    if (started.status === 'failed') return emulatorFailed(started);
    return started.status === 'folderInUse' ? emulatorFolderInUse(join(folder, DATA)) : emulatorPortTaken(Object.values(ports));
  }
}

/** Throws EMULATOR_REFUSES_VERSION. */
function isEmulator(seen: Seen, ports: EmulatorPorts): boolean {
  if (!holds(seen, ['azurite', 'refusing'])) return false;
  const refusing = (Object.keys(seen) as (keyof EmulatorPorts)[]).find((service) => seen[service] === 'refusing');
  if (refusing !== undefined) throw emulatorRefusesVersion(ports[refusing], API_VERSIONS[refusing]);
  return true;
}

function holds(seen: Seen, allowed: readonly Seen[keyof Seen][]): boolean {
  return Object.values(seen).every((one) => allowed.includes(one));
}
