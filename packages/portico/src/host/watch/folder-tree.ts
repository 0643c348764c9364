// The folders that are watched and the files in them that count, as they were seen last. An event says only where to look again:
// what has changed is what differs then, so a file that was touched, or was there for a moment, is no change.
import { realpathSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { FOLDER_MARK, listFolder, readEntry } from '../../platform/file-state.ts';
import type { watchFolder } from '../../platform/watch-folder.ts';
import { NOTHING, type WatchScope, type Weight } from './watch-scope.ts';

export type FolderTreeOptions = {
  readonly root: string;
  readonly watch: typeof watchFolder;
  readonly clock: Clock;
  /** Something may have changed; `look` finds out. */
  readonly onEvent: () => void;
  readonly onChange: (path: string, weight: Weight) => void;
  /** The folder is not watched, for this reason; it is looked at only if somebody polls. */
  readonly onFault: (folder: string, error: NodeJS.ErrnoException) => void;
};

type Folder = {
  view: 'all' | ReadonlySet<string>;
  /** Undefined: the system does not report what happens in it. */
  stopWatching: (() => void) | undefined;
  /** Whether its files are known; between the event of its appearance and the next look they are not. */
  isListed: boolean;
  /** Name → mark of what counts. */
  readonly marks: Map<string, string>;
  readonly subfolders: Set<string>;
};

/** `again`: also what is known already, with new watches, for a watch stays with the folder it was set on, whatever has its name by now. */
type Depth = 'new' | 'again';

/** How long it works before others have their turn. */
const SLICE_MS = 5;

export class FolderTree {
  readonly #options: FolderTreeOptions;
  readonly #folders = new Map<string, Folder>();
  /** Path → the folder it lies in and its name there. */
  #touched = new Map<string, readonly [folder: string, name: string]>();
  #scope = NOTHING;
  #isWatching = true;
  #hasEnded = false;
  /** What was not known yet counts as a change if it is younger. */
  #newSinceMs = Number.NEGATIVE_INFINITY;

  constructor(options: FolderTreeOptions) {
    this.#options = options;
  }

  get folderCount(): number {
    return this.#folders.size;
  }

  /**
   * Takes in what the scope says, or says by now. What is seen for the first time is a change only if it was written after that moment.
   * A small app is watched when this returns, before it resolves.
   */
  async take(scope: WatchScope, { isWatching, newSinceMs }: { readonly isWatching: boolean; readonly newSinceMs: number }): Promise<void> {
    this.#scope = scope;
    this.#isWatching = isWatching;
    await this.#run(this.#takeAll(newSinceMs));
    this.#newSinceMs = Number.NEGATIVE_INFINITY;
  }

  /** Tells what has changed where something happened. */
  async look(): Promise<void> {
    await this.#run(this.#examineTouched());
  }

  /** Tells what has changed where the system reports nothing. */
  async poll(): Promise<void> {
    const unwatched = [...this.#folders].filter(([, folder]) => folder.stopWatching === undefined).map(([path]) => path);
    await this.#run(this.#listAll(unwatched));
  }

  stop(): void {
    this.#hasEnded = true;
    for (const { stopWatching } of this.#folders.values()) stopWatching?.();
    this.#folders.clear();
  }

  async #run(steps: Iterable<void>): Promise<void> {
    const { clock } = this.#options;
    if (this.#hasEnded) return;
    let sinceMs = clock.monotonicMs();
    for (const _ of steps) {
      if (clock.monotonicMs() - sinceMs < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#hasEnded) return;
      sinceMs = clock.monotonicMs();
    }
  }

  *#takeAll(newSinceMs: number): Generator<void> {
    // What an event told of is news, whenever it was written.
    yield* this.#examineTouched();
    this.#newSinceMs = newSinceMs;
    for (const path of [...this.#folders.keys()]) if (this.#scope.view(path) === undefined) this.#leave(path);
    for (const path of this.#scope.tops) {
      this.#enter(path, 'again');
      yield* this.#list(path, 'again');
    }
  }

  *#examineTouched(): Generator<void> {
    const touched = this.#touched;
    this.#touched = new Map();
    for (const [folder, name] of touched.values()) yield* this.#examine(folder, name, 'again');
  }

  *#listAll(paths: Iterable<string>): Generator<void> {
    for (const path of paths) yield* this.#list(path, 'new');
  }

  *#list(path: string, depth: Depth): Generator<void> {
    const folder = this.#folders.get(path);
    if (folder === undefined) return;
    folder.isListed = true;
    const entries =
      folder.view === 'all' ? (listFolder(this.#absolute(path)) ?? []) : [...folder.view].map((name) => ({ name, isFile: false }));
    const names = new Set(entries.map(({ name }) => name));
    for (const name of [...folder.marks.keys(), ...folder.subfolders]) if (!names.has(name)) yield* this.#examine(path, name, depth);
    for (const { name, isFile } of entries) {
      yield;
      // Most of what is ignored is not even looked at.
      if (isFile && !folder.marks.has(name) && this.#scope.weigh(this.#pathOf(path, name), 'file') === undefined) continue;
      yield* this.#examine(path, name, depth);
    }
  }

  *#examine(parent: string, name: string, depth: Depth): Generator<void> {
    const folder = this.#folders.get(parent);
    if (folder === undefined) return;
    const path = this.#pathOf(parent, name);
    const state = this.#read(parent, path);
    this.#compare(folder, name, path, state);
    if (state?.kind !== 'folder') {
      if (folder.subfolders.delete(name)) this.#leave(path);
      return;
    }
    const wasListed = this.#folders.get(path)?.isListed === true;
    if (!this.#enter(path, depth)) return void folder.subfolders.delete(name);
    folder.subfolders.add(name);
    if (!wasListed || depth === 'again') yield* this.#list(path, depth);
  }

  #compare(folder: Folder, name: string, path: string, state: ReturnType<typeof readEntry>): void {
    const before = folder.marks.get(name);
    if (before === state?.mark) return;
    const weight = this.#scope.weigh(path, state?.kind ?? (before === FOLDER_MARK ? 'folder' : 'file'));
    if (state === undefined || weight === undefined) folder.marks.delete(name);
    else folder.marks.set(name, state.mark);
    if (weight === undefined) return;
    const isNews = before !== undefined || state === undefined || state.mtimeMs > this.#newSinceMs;
    if (isNews) this.#options.onChange(path, weight);
  }

  /** Whether it is one to look into. */
  #enter(path: string, depth: Depth): boolean {
    const view = this.#scope.view(path);
    if (view === undefined) {
      this.#leave(path);
      return false;
    }
    const known = this.#folders.get(path);
    if (known !== undefined && depth === 'new') return true;
    known?.stopWatching?.();
    const folder = known ?? { view, stopWatching: undefined, isListed: false, marks: new Map(), subfolders: new Set() };
    this.#folders.set(path, folder);
    folder.view = view;
    folder.stopWatching = this.#isWatching ? this.#watch(path) : undefined;
    return true;
  }

  #watch(path: string): (() => void) | undefined {
    const { watch, onFault } = this.#options;
    const absolute = this.#absolute(path);
    return watch(
      absolute,
      (name, event) => this.#happened(path, name, event),
      (error) => {
        const folder = this.#folders.get(path);
        folder?.stopWatching?.();
        if (folder !== undefined) folder.stopWatching = undefined;
        // The folder above tells that it is gone.
        if (error.code !== 'ENOENT') onFault(absolute, error);
      },
    );
  }

  #happened(parent: string, name: string, event: 'rename' | 'change'): void {
    const folder = this.#folders.get(parent);
    if (folder === undefined || (folder.view !== 'all' && !folder.view.has(name))) return;
    const path = this.#pathOf(parent, name);
    // On some systems a folder counts as changed when something in it does, which its own watch tells.
    if (event === 'change' && this.#folders.get(path)?.stopWatching !== undefined) return;
    if (!this.#touched.has(path)) {
      if (!folder.marks.has(name) && !folder.subfolders.has(name) && !this.#mayCount(folder, parent, name, path)) return;
      this.#touched.set(path, [parent, name]);
    }
    this.#options.onEvent();
  }

  /** Of something that was not there before. A folder is watched from here on, so that what is written into it belongs to the same burst. */
  #mayCount(folder: Folder, parent: string, name: string, path: string): boolean {
    if (this.#read(parent, path)?.kind !== 'folder') return this.#scope.weigh(path, 'file') !== undefined;
    if (!this.#enter(path, 'new')) return this.#scope.weigh(path, 'folder') !== undefined;
    folder.subfolders.add(name);
    return true;
  }

  /** What was in it is gone, unless it merely does not count any more. */
  #leave(path: string): void {
    const folder = this.#folders.get(path);
    if (folder === undefined) return;
    folder.stopWatching?.();
    this.#folders.delete(path);
    for (const name of folder.marks.keys()) this.#compare(folder, name, this.#pathOf(path, name), undefined);
    for (const name of folder.subfolders) this.#leave(this.#pathOf(path, name));
  }

  /** Links lead on from the root, where functions may lie behind them, and where a name is asked for. Elsewhere they could go in circles. */
  #read(parent: string, path: string): ReturnType<typeof readEntry> {
    const absolute = this.#absolute(path);
    const isNamed = this.#folders.get(parent)?.view !== 'all';
    return readEntry(absolute, () => isNamed || (parent === '' && !leadsAround(absolute, this.#options.root)));
  }

  #pathOf(folder: string, name: string): string {
    if (folder === '..') return name === basename(this.#options.root) ? '' : `../${name}`;
    return folder === '' ? name : `${folder}/${name}`;
  }

  #absolute(path: string): string {
    return join(this.#options.root, path);
  }
}

/** A link to a folder that the root lies in. */
function leadsAround(link: string, root: string): boolean {
  return !relative(realpathSync(link), realpathSync(root)).startsWith('..');
}
