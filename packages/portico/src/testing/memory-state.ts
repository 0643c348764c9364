import type { Lease, StateStore } from '../core/state-store.ts';

/** A StateStore that forgets. `others` holds the paths of leases that somebody else has. */
export function memoryState(): StateStore & {
  readonly texts: Map<string, string>;
  readonly others: Set<string>;
  /** Paths of receipts that are complete. */
  readonly done: Set<string>;
  /** As if somebody else had taken it. */
  loseLease(path: string): void;
} {
  const texts = new Map<string, string>();
  const others = new Set<string>();
  const done = new Set<string>();
  const claimed = new Set<string>();
  const held = new Map<string, AbortController>();
  return {
    place: 'memory',
    texts,
    others,
    done,
    loseLease(path) {
      held.get(path)?.abort();
      held.delete(path);
    },
    leases: {
      async acquire(path): Promise<Lease | undefined> {
        if (others.has(path) || held.has(path)) return undefined;
        const lost = new AbortController();
        held.set(path, lost);
        return {
          lost: lost.signal,
          async release() {
            if (held.get(path) === lost) held.delete(path);
          },
        };
      },
    },
    documents: {
      read: async (path) => texts.get(path),
      async write(path, text) {
        texts.set(path, text);
      },
    },
    receipts: {
      async claim(path) {
        if (done.has(path)) return 'done';
        if (claimed.has(path)) return 'taken';
        claimed.add(path);
        return {
          async complete() {
            done.add(path);
          },
          async release() {
            claimed.delete(path);
          },
        };
      },
    },
    async close() {},
  };
}
