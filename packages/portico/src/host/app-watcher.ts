// Tells what changes below the root of an app, burst by burst. Which entries count, and for what, is in watch/watch-scope.ts;
// how changes are noticed in watch/folder-tree.ts.
import { statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/error.ts';
import type { FunctionApp } from '../core/function-app.ts';
import type { Logger } from '../core/log.ts';
import { readEntry, withSlashes } from '../platform/file-state.ts';
import { watchFolder } from '../platform/watch-folder.ts';
import { OWN_FOLDER } from './watch/always-ignored.ts';
import { createBurst } from './watch/burst.ts';
import { FolderTree } from './watch/folder-tree.ts';
import { findHandlerFiles, type HandlerFiles } from './watch/handler-files.ts';
import type { IgnoreFiles } from './watch/ignore-files.ts';
import { createUnwatchedFolders, FALLBACK_POLL_MS } from './watch/unwatched-folders.ts';
import { createWatchScope, NOTHING, type WatchScope, type Weight } from './watch/watch-scope.ts';

export type AppChange = {
  /** What to name as the cause: the first of the burst. Relative to the root, with slashes. */
  readonly file: string;
  /** Something that the host reads has changed. */
  readonly app: boolean;
  /** Something that the handler is made of has changed, or may have. */
  readonly handler: boolean;
};

export type AppWatcherOptions = {
  readonly root: string;
  /** As it was read last: says where the handler's files lie. */
  readonly app: () => FunctionApp;
  /** What changed after it was read and before it was watched counts as well. */
  readonly readAtMs: number;
  /** What `findChangedFolder` found before anything was started that writes into the app. */
  readonly changedFolder?: string | undefined;
  /** True: every source file below the root counts. False: only what the host reads, and what lies beside the handler: one that did not start may be mended there. */
  readonly watchesSources: boolean;
  /** True: the handler is built by a command that portico.json does not know of. */
  readonly builds?: boolean | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called once per burst of changes, after it has settled. Never waited for. */
  readonly onChange: (change: AppChange) => void;
  /** Another one in tests. */
  readonly watch?: typeof watchFolder;
};

export interface AppWatcher {
  /** Resolves when it watches: what is made in the root before that counts as a change. */
  readonly begun: Promise<void>;
  stop(): void;
}

const QUIET_MS = 100;
const LONGEST_BURST_MS = 1000;
/** The clock by which systems date files may be so far behind. */
const FILE_CLOCK_MS = 20;
/** Whoever is told of a change reads the app again, but not at once: another change may be in hand, or a build. */
const LONGEST_FOLLOW_MS = 10 * 60_000;
const LONGEST_FOLLOW_PAUSE_MS = 1000;

/**
 * A folder of the app to which something was added after the app was read, or from which something was taken away, which nothing else tells.
 * Relative to the root, with slashes.
 */
export function findChangedFolder({ root, functions }: FunctionApp, readAtMs: number): string | undefined {
  const folders = [root, ...functions.flatMap(({ directory }) => directory ?? [])];
  const changed = folders.find((folder) => {
    const { mtimeMs = 0 } = readEntry(folder, () => true) ?? {};
    return mtimeMs > readAtMs && !(folder === root && madeOwnFolderAt(root, mtimeMs));
  });
  return changed && withSlashes(relative(root, changed));
}

/** A small app is watched when this returns; one whose sources are watched, soon after. */
export function watchApp(options: AppWatcherOptions): AppWatcher {
  const watched = new WatchedApp(options);
  watched.start();
  return watched;
}

class WatchedApp implements AppWatcher {
  readonly #options: AppWatcherOptions;
  readonly #ended = new AbortController();
  readonly #tree: FolderTree;
  readonly #happened: () => void;
  /** Whether a file that changed holds what it held before. Asked only while Portico builds the handler. */
  #hasOldContent: ((file: string) => boolean) | undefined;
  #app: FunctionApp;
  /** When that was known to be the app as it was read last. What was written later where nobody watched yet is news. */
  #knownAtMs = 0;
  /** A host.json that cannot be used says nothing of where the handler lies: it will hardly have moved. */
  #config: FunctionApp['config'];
  #pending: AppChange | undefined;
  #haveRulesChanged = false;
  /** The system refuses to watch more folders. */
  #isLimited = false;
  #isPolling = false;
  #isFollowing = false;
  /** The tree is looked at by one at a time. */
  #work: Promise<void> = Promise.resolve();
  #begun: Promise<void> = this.#work;

  constructor(options: AppWatcherOptions) {
    const { root, clock, log, app, watch = watchFolder } = options;
    this.#options = options;
    this.#app = app();
    this.#happened = createBurst(
      { clock, quietMs: QUIET_MS, mostMs: LONGEST_BURST_MS, onSettled: () => this.#settled() },
      this.#ended.signal,
    );
    const isBeyondLimit = createUnwatchedFolders(log);
    this.#tree = new FolderTree({
      root,
      watch,
      clock,
      onEvent: this.#happened,
      onChange: (path, weight) => this.#changed(path, weight),
      onFault: (folder, error) => {
        if (isBeyondLimit(folder, error)) this.#isLimited = true;
      },
    });
  }

  get begun(): Promise<void> {
    return this.#begun;
  }

  start(): void {
    this.#work = this.#attempt(async () => {
      const { readAtMs, changedFolder } = this.#options;
      await this.#takeScope(readAtMs);
      if (changedFolder !== undefined && this.#tree.folderCount > 0) this.#note(changedFolder, { app: true, handler: false });
    });
    this.#begun = this.#work;
  }

  stop(): void {
    this.#ended.abort();
    this.#tree.stop();
  }

  async #settled(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#tree.look();
      this.#deliver();
      if (this.#isReadAgain()) await this.#takeScope(this.#knownAtMs);
      else if (this.#haveRulesChanged) await this.#takeScope(this.#nowMs - LONGEST_BURST_MS);
    });
  }

  #deliver(): void {
    const change = this.#pending;
    this.#pending = undefined;
    if (change === undefined || this.#ended.signal.aborted) return;
    this.#options.onChange(change);
    // Rejects only when it is stopped: what the app says is of no interest then.
    if (change.app) void this.#follow().catch(() => {});
  }

  /** Until the app was read again, for it may say anew what is watched. */
  async #follow(): Promise<void> {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    const { clock } = this.#options;
    const endMs = clock.monotonicMs() + LONGEST_FOLLOW_MS;
    let pauseMs = QUIET_MS;
    while (!this.#isReadAgain() && clock.monotonicMs() < endMs) {
      await clock.sleep(pauseMs, this.#ended.signal);
      pauseMs = Math.min(2 * pauseMs, LONGEST_FOLLOW_PAUSE_MS);
    }
    this.#isFollowing = false;
    await this.#inTurn(async () => {
      if (this.#isReadAgain()) await this.#takeScope(this.#knownAtMs);
    });
  }

  #isReadAgain(): boolean {
    if (this.#options.app() !== this.#app) return true;
    this.#knownAtMs = this.#nowMs - FILE_CLOCK_MS;
    return false;
  }

  /** As files are dated. */
  get #nowMs(): number {
    return this.#options.clock.now().getTime();
  }

  async #takeScope(newSinceMs: number): Promise<void> {
    const { watchesSources } = this.#options;
    this.#app = this.#options.app();
    this.#knownAtMs = this.#nowMs - FILE_CLOCK_MS;
    this.#config = this.#app.config ?? this.#config;
    this.#haveRulesChanged = false;
    this.#isLimited = false;
    // Not awaited for nothing: what is written right after the start of a host is to be seen.
    const scope = watchesSources ? await this.#scopeWithSources() : this.#scope(undefined);
    await this.#tree.take(scope, { isWatching: this.#app.portico.watch.pollMs === undefined, newSinceMs });
    this.#options.log.debug('The app is watched.', { fields: { folders: this.#tree.folderCount } });
  }

  async #scopeWithSources(): Promise<WatchScope> {
    const { root } = this.#options;
    // Most apps are not watched, and do not pay for it.
    if (this.#builds) this.#hasOldContent ??= (await import('./watch/content-memory.ts')).createContentMemory();
    const { readIgnoreFiles } = await import('./watch/ignore-files.ts');
    const obeysFuncignore = !this.#builds && this.#handlerFiles.scripts.length > 0;
    return this.#scope(await readIgnoreFiles({ root, patterns: this.#app.portico.watch.ignore, obeysFuncignore }));
  }

  #scope(ignoreFiles: IgnoreFiles | undefined): WatchScope {
    const { root } = this.#options;
    if (ignoreFiles === undefined && this.#config?.fileWatchingEnabled === false) return NOTHING;
    const [config, handlerFiles, builds] = [this.#config, this.#handlerFiles, this.#builds];
    return createWatchScope({ root, config, handlerFiles, ignoreFiles, builds });
  }

  get #handlerFiles(): HandlerFiles {
    return findHandlerFiles(this.#options.root, this.#config?.handler, this.#app.settings);
  }

  get #builds(): boolean {
    const { watchesSources, builds = false } = this.#options;
    return watchesSources && (builds || this.#app.portico.build !== undefined);
  }

  #changed(path: string, { rules, ...change }: Weight): void {
    if (rules) this.#haveRulesChanged = true;
    if (change.handler && this.#builds && this.#hasOldContent?.(join(this.#options.root, path))) return;
    this.#note(path, change);
  }

  #note(path: string, { app, handler }: Omit<AppChange, 'file'>): void {
    if (!app && !handler) return;
    const before = this.#pending;
    const file = before?.file ?? (path || basename(this.#options.root));
    this.#pending = { file, app: app || before?.app === true, handler: handler || before?.handler === true };
  }

  get #pollMs(): number | undefined {
    return this.#app.portico.watch.pollMs ?? (this.#isLimited ? FALLBACK_POLL_MS : undefined);
  }

  #keepPolling(): void {
    if (this.#isPolling || this.#pollMs === undefined) return;
    this.#isPolling = true;
    // Rejects only when it is stopped.
    void this.#poll().catch(() => {});
  }

  async #poll(): Promise<void> {
    for (let pollMs = this.#pollMs; pollMs !== undefined; pollMs = this.#pollMs) {
      await this.#options.clock.sleep(pollMs, this.#ended.signal);
      await this.#inTurn(() => this.#tree.poll());
    }
    this.#isPolling = false;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(() => this.#attempt(work));
    return this.#work;
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    if (this.#ended.signal.aborted) return;
    try {
      await work();
    } catch (error) {
      const reason = messageOf(error);
      this.#options.log.error('Changes on disk could not be looked for; the next event tries again.', { fields: { reason } });
    }
    // What nobody waited for is told like everything else.
    if (this.#pending !== undefined || this.#haveRulesChanged) this.#happened();
    // A new folder may have been one too many.
    this.#keepPolling();
  }
}

/** Nothing was added or taken away since: the app itself is as it was read. */
function madeOwnFolderAt(root: string, ms: number): boolean {
  const bornMs = statSync(join(root, OWN_FOLDER), { throwIfNoEntry: false })?.birthtimeMs;
  return bornMs !== undefined && Math.abs(ms - bornMs) <= FILE_CLOCK_MS;
}
