// Which changes count, and for what. Asked about every entry that the folder tree meets.
//
// The host reads its own files, whatever names them. The handler is made of all else below the root with --watch; without it, of what
// lies beside the files that it is started from, for a handler that did not start may be mended there.
// With --watch ignore files have their say, but not about the files that the handler is started from: what a compiler makes is rarely in Git.
//
// While Portico builds the handler itself that is the other way round, or each build would be the reason for the next one:
//   1. What ignore files name does not count, the handler's own files included. (.funcignore is not asked: it tends to name the sources.)
//   2. The program that is started does not count, unless it is a script: that may be a source.
//   3. A folder on the way to the handler's files that is called dist, target or the like does not count.
//   4. What is written anew with the content it had does not count, so that a build that leaves its work elsewhere is followed by one more
//      at most (content-memory.ts).
import { basename } from 'node:path';
import type { FunctionApp } from '../../core/function-app.ts';
import { OFFLINE_FILE } from '../app-generation.ts';
import { isIgnoredFileName, isIgnoredFolderName } from './always-ignored.ts';
import { belongsToScript, folderOf, type HandlerFiles, isWithin } from './handler-files.ts';
import type { IgnoreFiles } from './ignore-files.ts';

/** What a change of an entry means. `rules`: something says anew what counts. */
export type Weight = { readonly app: boolean; readonly handler: boolean; readonly rules: boolean };

/** Paths are relative to the root, with slashes; '' is the root, '..' the folder above it. */
export interface WatchScope {
  /** Folders that are looked into and lie in no other. */
  readonly tops: readonly string[];
  /** How much of a folder is looked at: every entry, those of these names, or nothing. */
  view(folder: string): 'all' | ReadonlySet<string> | undefined;
  /** Undefined: it does not count. */
  weigh(path: string, kind: 'file' | 'folder'): Weight | undefined;
}

export type WatchScopeOptions = {
  readonly root: string;
  readonly config: FunctionApp['config'];
  readonly handlerFiles: HandlerFiles;
  /** Undefined: only what the host reads, and what lies beside the handler. */
  readonly ignoreFiles: IgnoreFiles | undefined;
  readonly builds: boolean;
};

const APP: Weight = { app: true, handler: false, rules: false };
const HANDLER: Weight = { app: false, handler: true, rules: false };
const BOTH: Weight = { app: true, handler: true, rules: false };
const RULES: Weight = { app: false, handler: false, rules: true };

const READ_BY_THE_HOST = new Set(['host.json', 'local.settings.json', 'portico.json', '.env', '.env.local', OFFLINE_FILE]);
const NEVER_A_FUNCTION = /^(?:\.|node_modules$)/;
/** Where compilers and bundlers put what they make. */
const OUTPUT_FOLDERS = new Set(['build', 'dist', 'obj', 'out', 'target', 'zig-out']);

export function createWatchScope({ root, config, handlerFiles, ignoreFiles, builds }: WatchScopeOptions): WatchScope {
  const { programs, scripts, places, folders } = handlerFiles;
  const files = builds ? [] : [...programs, ...scripts];
  const outputs = builds ? [...programs, ...scripts].flatMap(outputFolderOf) : [];
  const watchDirectories = new Set(config?.watchDirectories.map((name) => name.replaceAll(/^[\\/]+|[\\/]+$/g, '')));
  const watchFiles = new Set(config?.watchFiles.map((name) => name.toLowerCase()));
  const ways = waysTo([...files, ...places]);
  // Those that ignore files name bring others of their kind along: a compiler may have written only one of them.
  const hiddenScripts = builds ? [] : scripts.filter((path) => ignoreFiles?.ignores(path, 'file'));

  const isListed = (path: string): boolean => watchDirectories.has(path.split('/', 1)[0] ?? '');
  const isNoise = (path: string): boolean => {
    const [first = '', ...others] = path.split('/');
    return (isIgnoredFolderName(first) && !watchDirectories.has(first)) || others.some(isIgnoredFolderName);
  };

  const isOutput = (path: string): boolean => (builds && programs.includes(path)) || outputs.some((folder) => isWithin(folder, path));

  function isWholeFolder(path: string): boolean {
    if (isNoise(path) || isOutput(path)) return false;
    if (isListed(path)) return true;
    if (ignoreFiles === undefined) return watchFiles.size > 0 || folders.includes(path);
    return (
      !ignoreFiles.ignores(path, 'folder') || hiddenScripts.some((script) => folderOf(script) !== '' && isWithin(folderOf(script), path))
    );
  }

  function weighFile(path: string): Weight | undefined {
    const name = basename(path);
    const folder = folderOf(path);
    if (path.startsWith('../')) return name === '.gitignore' ? RULES : undefined;
    if (READ_BY_THE_HOST.has(path) || (name === 'function.json' && isFunctionFolder(folder))) return APP;
    if (isOutput(path)) return undefined;
    if (watchFiles.has(name.toLowerCase())) return BOTH;
    if (files.includes(path)) return HANDLER;
    if (isNoise(path) || isIgnoredFileName(name)) return undefined;
    if (isListed(path) && folder !== '') return BOTH;
    if (ignoreFiles === undefined) return folder === '' || folders.includes(folder) ? HANDLER : undefined;
    if (name === '.gitignore' || path === '.funcignore') return RULES;
    return ignoreFiles.ignores(path, 'file') && !hiddenScripts.some((script) => belongsToScript(script, path)) ? undefined : HANDLER;
  }

  const above = new Set(ignoreFiles?.above);
  return {
    tops: [...new Set(['..', ...above])],
    view(path) {
      if (path === '') return 'all';
      if (path === '..') return new Set([basename(root), ...(above.has(path) ? ['.gitignore'] : [])]);
      if (above.has(path)) return new Set(['.gitignore']);
      if (isWholeFolder(path)) return 'all';
      const names = new Set([...(ways.get(path) ?? []), ...(isFunctionFolder(path) ? ['function.json'] : [])]);
      return names.size === 0 ? undefined : names;
    },
    weigh(path, kind) {
      if (kind === 'folder') return places.includes(path) ? HANDLER : undefined;
      return weighFile(path);
    },
  };
}

/** Of a host that was told not to watch. */
export const NOTHING: WatchScope = { tops: [], view: () => undefined, weigh: () => undefined };

/** Parity: they lie in the root and nowhere else. */
function isFunctionFolder(path: string): boolean {
  return path !== '' && !path.includes('/') && !NEVER_A_FUNCTION.test(path);
}

function outputFolderOf(path: string): string[] {
  const segments = path.split('/');
  const at = segments.slice(0, -1).findIndex((name) => OUTPUT_FOLDERS.has(name));
  return at < 0 ? [] : [segments.slice(0, at + 1).join('/')];
}

/** Folder → the names in it that lead to one of the paths. */
function waysTo(paths: readonly string[]): Map<string, Set<string>> {
  const ways = new Map<string, Set<string>>();
  for (let path of paths) {
    while (path !== '') {
      const folder = folderOf(path);
      ways.set(folder, (ways.get(folder) ?? new Set()).add(basename(path)));
      path = folder;
    }
  }
  return ways;
}
