// Looks through one container again and again, and finds each version of each blob that somebody watches for.
//
// It is not enough to look for what is newer than the newest blob of last time: Last-Modified has whole seconds, and the emulator sets it when an upload begins,
// not when it ends. So versions are told apart by ETag. Against the emulator all of them are remembered; against a real account, which may hold millions,
// those of the last minutes are, and what was written before the begin of the last complete look, by the clock of the service, counts as seen.

import type { Watch } from './blob-notifier.ts';
import type { FoundBlob } from './found-blob.ts';
import { parallel } from './parallel.ts';

export type ListedBlob = FoundBlob & { readonly lastModifiedMs: number };

/** `servedAtMs`: by the clock of the service. `next`: where the next page begins. */
export type BlobPage = { readonly blobs: readonly ListedBlob[]; readonly servedAtMs: number; readonly next: string | undefined };

export interface BlobLister {
  /** Undefined: there is no such container. */
  list(
    from: { readonly prefix: string; readonly marker: string | undefined; readonly most: number },
    signal: AbortSignal,
  ): Promise<BlobPage | undefined>;
}

export type ContainerScanOptions = {
  readonly lister: BlobLister;
  readonly notify: (watch: Watch, blob: FoundBlob, signal: AbortSignal) => Promise<'done' | 'taken'>;
  /** The emulator: its containers are small, and its Last-Modified says nothing. */
  readonly remembersAll: boolean;
};

const MOST_PER_PAGE = 5000;
/** Clocks within the service may differ a little, and so may the order in which writes begin and are seen. */
const OVERLAP_MS = 5 * 60_000;
const NOTIFIED_AT_ONCE = 16;

type Seen = Map<string, { readonly etag: string; readonly lastModifiedMs: number }>;

/** How far one watch got. */
type Cursor = {
  /** What was written before is done. */
  sinceMs: number;
  seen: Seen;
  /** Of the look that goes on. */
  seenNow: Seen;
  oldestUnfinishedMs: number;
};

export class ContainerScan {
  readonly #options: ContainerScanOptions;
  readonly #cursors = new Map<Watch, Cursor>();
  /** The look that goes on. */
  #look:
    | { readonly marker: string | undefined; readonly beganAtMs: number; readonly watches: readonly Watch[]; readonly prefix: string }
    | undefined;

  constructor(options: ContainerScanOptions) {
    this.#options = options;
  }

  /** `sinceMs`: how far it got in an earlier run. Undefined: what is there already is new. */
  add(watch: Watch, sinceMs: number | undefined): void {
    this.#cursors.set(watch, { sinceMs: sinceMs ?? 0, seen: new Map(), seenNow: new Map(), oldestUnfinishedMs: Number.POSITIVE_INFINITY });
  }

  has(watch: Watch): boolean {
    return this.#cursors.has(watch);
  }

  remove(watch: Watch): void {
    this.#cursors.delete(watch);
  }

  /** How far each got; undefined before its first complete look. */
  get progress(): ReadonlyMap<Watch, number> {
    return new Map([...this.#cursors].filter(([, { sinceMs }]) => sinceMs > 0).map(([watch, { sinceMs }]) => [watch, sinceMs]));
  }

  /**
   * Looks at `budget` blobs at most and goes on there the next time. Returns how many versions were new, and whether it came to the end.
   * Throws when storage fails; nothing is lost then, the next look begins anew.
   */
  async sweep(budget: number, signal: AbortSignal): Promise<{ readonly newCount: number; readonly isComplete: boolean }> {
    let newCount = 0;
    let left = budget;
    try {
      while (left > 0) {
        const watches = this.#look?.watches ?? [...this.#cursors.keys()];
        const prefix = this.#look?.prefix ?? commonPrefix(watches.map(({ path }) => path.prefix));
        const marker = this.#look?.marker;
        const page = await this.#options.lister.list({ prefix, marker, most: Math.min(left, MOST_PER_PAGE) }, signal);
        if (page === undefined) return { newCount, isComplete: this.#end(undefined) };
        const beganAtMs = this.#look?.beganAtMs ?? page.servedAtMs;
        newCount += await this.#take(page, watches, signal);
        left -= Math.max(page.blobs.length, 1);
        if (page.next === undefined) return { newCount, isComplete: this.#end({ beganAtMs, watches }) };
        this.#look = { marker: page.next, beganAtMs, watches, prefix };
      }
      return { newCount, isComplete: false };
    } catch (error) {
      this.#look = undefined;
      throw error;
    }
  }

  async #take({ blobs }: BlobPage, watches: readonly Watch[], signal: AbortSignal): Promise<number> {
    const found: { readonly watch: Watch; readonly cursor: Cursor; readonly blob: ListedBlob }[] = [];
    for (const watch of watches) {
      const cursor = this.#cursors.get(watch);
      if (cursor === undefined) continue;
      for (const blob of blobs) {
        const { name, etag, lastModifiedMs } = blob;
        if (lastModifiedMs < cursor.sinceMs) continue;
        const known = cursor.seen.get(name);
        if (known?.etag === etag) cursor.seenNow.set(name, known);
        else if (watch.path.match(name) !== undefined) found.push({ watch, cursor, blob });
      }
    }
    let newCount = 0;
    await parallel(found, NOTIFIED_AT_ONCE, async ({ watch, cursor, blob }) => {
      const fate = await this.#options.notify(watch, blob, signal);
      if (fate === 'taken') {
        cursor.oldestUnfinishedMs = Math.min(cursor.oldestUnfinishedMs, blob.lastModifiedMs);
        return;
      }
      newCount += 1;
      cursor.seen.set(blob.name, blob);
      cursor.seenNow.set(blob.name, blob);
    });
    return newCount;
  }

  /** Of a look at the whole container; undefined: it does not exist, so nothing of it has been seen. */
  #end(look: { readonly beganAtMs: number; readonly watches: readonly Watch[] } | undefined): true {
    this.#look = undefined;
    if (look === undefined) return true;
    for (const watch of look.watches) {
      const cursor = this.#cursors.get(watch);
      if (cursor === undefined) continue;
      if (!this.#options.remembersAll) {
        cursor.sinceMs = Math.max(cursor.sinceMs, Math.min(look.beganAtMs - OVERLAP_MS, cursor.oldestUnfinishedMs - 1));
        for (const [name, { lastModifiedMs }] of cursor.seenNow) if (lastModifiedMs < cursor.sinceMs) cursor.seenNow.delete(name);
      }
      cursor.seen = cursor.seenNow;
      cursor.seenNow = new Map();
      cursor.oldestUnfinishedMs = Number.POSITIVE_INFINITY;
    }
    return true;
  }
}

export function commonPrefix(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let length = first.length;
  for (const other of others) {
    length = Math.min(length, other.length);
    while (!other.startsWith(first.slice(0, length))) length -= 1;
  }
  // Half of a surrogate pair cannot be sent.
  return first.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
