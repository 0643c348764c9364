// The one that looks for new blobs, for all functions of the app that watch a container. Among all hosts of the app one does so at a time: the one with the lease.
// What the host has written itself goes past it: it is known already, and a receipt keeps it from being found a second time.
import type { StorageAccount } from '../../azure/storage-account.ts';
import { describeStorageError } from '../../azure/storage-error.ts';
import { messageOf } from '../../core/error.ts';
import type { HostContext } from '../../core/extension.ts';
import { type LoopListener, loopListener } from '../../core/loop-listener.ts';
import { Outage } from '../../core/outage.ts';
import type { Lease } from '../../core/state-store.ts';
import { whenAborted } from '../../core/when-aborted.ts';
import { blobLister } from './blob-lister.ts';
import { type BlobNotifier, blobNotifier, type Watch } from './blob-notifier.ts';
import { blobQueue } from './blob-queue.ts';
import { type BlobLister, ContainerScan } from './container-scan.ts';

import type { FoundBlob } from './found-blob.ts';
import { queueRoom } from './queue-room.ts';
import { readScanInfo, scanInfoPath, writeScanInfo } from './scan-info.ts';
import { type WrittenBlob, writtenBlobs } from './written-blobs.ts';

type ScannerContext = Omit<HostContext, 'hostSection'>;

export type ScannerParts = {
  readonly context: ScannerContext;
  readonly notifier: Pick<BlobNotifier, 'notify'>;
  readonly listerOf: (account: StorageAccount, container: string) => BlobLister;
  /** Resolves when the emulator's queue takes another message. */
  readonly roomInEmulator: (signal: AbortSignal) => Promise<void>;
};

/** Every emulator calls its account so. */
const EMULATOR_ACCOUNT = 'devstoreaccount1';
const PACE_MS = 10_000;
const EMULATOR_PACE_MS = 2000;
/** Lists may take this share of the time: the more blobs there are, the longer the pauses. */
const MOST_SHARE = 0.25;
/** How many blobs of a real account are looked at in one go, all containers together. */
const BUDGET = 10_000;

const LEASE_MS = 60_000;
const DEVELOPMENT_LEASE_MS = 15_000;
/** Until the lease is asked for again, which another host of the app has. */
const LEASE_PAUSE_MS = 10_000;
const DEVELOPMENT_LEASE_PAUSE_MS = 3000;

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;

/** A container that somebody watches. */
type Place = {
  readonly account: StorageAccount;
  readonly container: string;
  readonly scan: ContainerScan;
  readonly watches: Set<Watch>;
  readonly outage: Outage;
  /** After a failure it is left alone for a while. */
  pauseMs: number;
  quietUntilMs: number;
};

/** From the first watch to the end of the last. */
type Run = {
  readonly loop: LoopListener;
  readonly unwatch: () => void;
  readonly abandoning: AbortController;
  /** Of what this host has written, and under way. */
  readonly notices: Set<Promise<void>>;
  lease: Lease | undefined;
  /** Whoever comes before is in the first look. */
  hasLooked: boolean;
};

export class BlobScanner {
  readonly #parts: ScannerParts;
  readonly #places = new Map<string, Place>();
  #run: Run | undefined;
  /** How long the lists of this round took; what was done with the blobs does not count. */
  #listedMs = 0;

  constructor(parts: ScannerParts) {
    this.#parts = parts;
  }

  add(watch: Watch, account: StorageAccount): void {
    const { container } = watch.path;
    const key = `${account.name}/${container}`;
    const place = this.#places.get(key) ?? this.#newPlace(account, watch);
    this.#places.set(key, place);
    place.watches.add(watch);
    if (this.#run === undefined) this.#run = this.#start(watch.functionName);
    else if (this.#run.hasLooked) this.#run.loop.wake();
  }

  /** Resolves when nothing is done for it any more. */
  async remove(watch: Watch, signal: AbortSignal): Promise<void> {
    for (const [key, place] of this.#places) {
      if (!place.watches.delete(watch)) continue;
      place.scan.remove(watch);
      if (place.watches.size === 0) this.#places.delete(key);
    }
    const run = this.#run;
    if (run === undefined || this.#places.size > 0) return;
    this.#run = undefined;
    await stop(run, signal);
  }

  /** That version is there, whoever says so: the same as if a look had found it. Never rejects: what fails is found by the next look. */
  async notice(watch: Watch, blob: FoundBlob, signal: AbortSignal): Promise<void> {
    try {
      await this.#parts.notifier.notify(watch, blob, signal);
    } catch (error) {
      if (signal.aborted) return;
      const fields = { blob: `${watch.path.container}/${blob.name}`, reason: messageOf(error) };
      this.#parts.context.log.warning('A new blob waits for the next look into its container.', {
        functionName: watch.functionName,
        fields,
      });
    }
  }

  #newPlace(account: StorageAccount, { functionName, path: { container } }: Watch): Place {
    const isEmulator = account.name === EMULATOR_ACCOUNT;
    const lister = this.#parts.listerOf(account, container);
    const { clock, log } = this.#parts.context;
    const watches = new Set<Watch>();
    const scan = new ContainerScan({
      lister: {
        list: async (request, signal) => {
          const startedMs = clock.monotonicMs();
          const page = await lister.list(request, signal);
          this.#listedMs += clock.monotonicMs() - startedMs;
          return page;
        },
      },
      notify: async (watch, blob, signal) => {
        if (isEmulator) await this.#parts.roomInEmulator(signal);
        // Its function has gone while the container was looked through.
        if (!watches.has(watch)) return 'taken';
        return this.#parts.notifier.notify(watch, blob, signal);
      },
      remembersAll: isEmulator,
    });
    const outage = new Outage({ log, functionName });
    return { account, container, scan, watches, outage, pauseMs: FIRST_PAUSE_MS, quietUntilMs: 0 };
  }

  #start(functionName: string): Run {
    const { context } = this.#parts;
    const { clock, log } = context;
    const run: Run = {
      loop: loopListener((stopping) => this.#round(run, stopping), { clock, log, functionName }),
      unwatch: writtenBlobs(context).watch((written) => this.#noticeWritten(run, written)),
      abandoning: new AbortController(),
      notices: new Set(),
      lease: undefined,
      hasLooked: false,
    };
    void run.loop.start(run.abandoning.signal);
    return run;
  }

  #noticeWritten({ notices, abandoning }: Run, { account, container, blob }: WrittenBlob): void {
    for (const watch of this.#places.get(`${account}/${container}`)?.watches ?? []) {
      if (watch.path.match(blob.name) === undefined) continue;
      const notice = this.notice(watch, blob, abandoning.signal).finally(() => notices.delete(notice));
      notices.add(notice);
    }
  }

  /** Returns how long to pause then. */
  async #round(run: Run, stopping: AbortSignal): Promise<number> {
    const { clock, isDevelopment } = this.#parts.context;
    const lease = await this.#leaseOf(run, stopping);
    if (lease === undefined) return isDevelopment ? DEVELOPMENT_LEASE_PAUSE_MS : LEASE_PAUSE_MS;
    const startedMs = clock.monotonicMs();
    const signal = AbortSignal.any([stopping, lease.lost]);
    this.#listedMs = 0;
    run.hasLooked = true;
    const places = [...this.#places.values()];
    for (const place of places) if (place.quietUntilMs <= startedMs) await this.#look(place, places.length, signal);
    const paceMs = places.every(({ account }) => account.name === EMULATOR_ACCOUNT) ? EMULATOR_PACE_MS : PACE_MS;
    return Math.max(paceMs, this.#listedMs * (1 / MOST_SHARE - 1));
  }

  async #leaseOf(run: Run, signal: AbortSignal): Promise<Lease | undefined> {
    if (run.lease !== undefined && !run.lease.lost.aborted) return run.lease;
    const { state, hostId, isDevelopment, log } = this.#parts.context;
    const path = `locks/${hostId}/WebJobs.Internal.Blobs.Listener`;
    const had = run.lease !== undefined;
    run.lease = await state.leases.acquire(path, isDevelopment ? DEVELOPMENT_LEASE_MS : LEASE_MS, signal);
    if (had && run.lease === undefined) log.information('Another host of this app looks for new blobs now.', { fields: { lease: path } });
    return run.lease;
  }

  /** Never rejects: one container must not keep another from being looked into. */
  async #look(place: Place, placeCount: number, signal: AbortSignal): Promise<void> {
    const { account, container, scan } = place;
    const { clock } = this.#parts.context;
    const isEmulator = account.name === EMULATOR_ACCOUNT;
    try {
      await this.#beginWatches(place, signal);
      const budget = isEmulator ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(BUDGET / placeCount));
      const { newCount, isComplete } = await scan.sweep(budget, signal);
      place.pauseMs = FIRST_PAUSE_MS;
      place.outage.worked(place);
      if (isComplete && newCount > 0 && !isEmulator) await this.#remember(place, signal);
    } catch (error) {
      if (signal.aborted) return;
      const described = describeStorageError(error, `The container "${container}" cannot be searched for new blobs`);
      place.outage.failed(place, described, { account: account.name, container, pauseMs: place.pauseMs });
      place.quietUntilMs = clock.monotonicMs() + place.pauseMs;
      place.pauseMs = Math.min(place.pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Those that have come since the last look. */
  async #beginWatches({ account, container, scan, watches }: Place, signal: AbortSignal): Promise<void> {
    const coming = [...watches].filter((watch) => !scan.has(watch));
    if (coming.length === 0) return;
    const { state, hostId } = this.#parts.context;
    const isKept = account.name !== EMULATOR_ACCOUNT;
    const path = scanInfoPath({ hostId, account: account.name, container });
    const info = readScanInfo(isKept ? await state.documents.read(path, signal) : undefined);
    for (const watch of coming) if (watches.has(watch)) scan.add(watch, info.sinceMsOf(watch));
  }

  /** As good as it goes: without it the receipts of more blobs have to be looked up at the next start. */
  async #remember({ account, container, scan }: Place, signal: AbortSignal): Promise<void> {
    const { progress } = scan;
    if (progress.size === 0) return;
    const { state, hostId, log } = this.#parts.context;
    try {
      await state.documents.write(scanInfoPath({ hostId, account: account.name, container }), writeScanInfo(progress), signal);
    } catch (error) {
      log.debug('How far a container was searched could not be stored.', { fields: { container, reason: messageOf(error) } });
    }
  }
}

async function stop(run: Run, signal: AbortSignal): Promise<void> {
  const { loop, unwatch, abandoning, notices } = run;
  unwatch();
  await loop.stop(signal);
  await Promise.race([Promise.all(notices), whenAborted(signal)]);
  abandoning.abort();
  await Promise.all(notices);
  await run.lease?.release();
}

export function blobScanner(context: ScannerContext): BlobScanner {
  return context.shared('blob scanner', () => {
    const roomInEmulator = queueRoom((signal) => blobQueue(context).length(signal), context.clock);
    return new BlobScanner({ context, notifier: blobNotifier(context), listerOf: blobLister, roomInEmulator });
  });
}
