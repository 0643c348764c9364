// What this host has written itself, told to whoever watches for blobs: a chain of functions need not wait for the next look into the container.
import type { HostContext } from '../../core/extension.ts';
import type { FoundBlob } from './found-blob.ts';

export type WrittenBlob = { readonly account: string; readonly container: string; readonly blob: FoundBlob };

type Watcher = (written: WrittenBlob) => void;

/** Nothing is kept: what nobody watches for now is found by the scan. */
export class WrittenBlobs {
  readonly #watchers = new Set<Watcher>();

  tell(written: WrittenBlob): void {
    for (const watcher of this.#watchers) watcher(written);
  }

  /** Until what it returns is called. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

export function writtenBlobs({ shared }: Pick<HostContext, 'shared'>): WrittenBlobs {
  return shared('blobs written', () => new WrittenBlobs());
}
