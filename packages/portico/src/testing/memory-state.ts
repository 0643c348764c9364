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
  const claimed = new Map<string, object>();
  const held = new Map<string, AbortController>();
  return {
    place: 'memory',
    isLocal: true,
    texts,
    others,
    done,
    loseLease(path) {
      held.get(path)?.abort();
      held.delete(path);
    },
    leases: {
      async acquire(path, _durationMs, signal): Promise<Lease | undefined> {
        signal.throwIfAborted();
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
      async read(path, signal) {
        signal.throwIfAborted();
        return texts.get(path);
      },
      async write(path, text, signal) {
        signal.throwIfAborted();
        texts.set(path, text);
      },
    },
    receipts: {
      async claim(path, signal) {
        signal.throwIfAborted();
        if (done.has(path)) return 'done';
        if (claimed.has(path)) return 'taken';
        const claim = {};
        claimed.set(path, claim);
        return {
          async complete() {
            done.add(path);
          },
          async release() {
            if (claimed.get(path) === claim) claimed.delete(path);
          },
        };
      },
    },
    async close() {
      for (const lost of held.values()) lost.abort();
      held.clear();
    },
  };
}
