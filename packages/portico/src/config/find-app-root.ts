// Finds the folder of the app: the nearest one upwards with a host.json.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { appRootNotFound } from '../core/errors/host.ts';

const SEARCH_DEPTH = 2;
const MOST_SUGGESTIONS = 5;

/** @throws APP_ROOT_NOT_FOUND, which says where it looked and what lies just below. */
export function findAppRoot(folder: string): string {
  const start = resolve(folder);
  const looked = [start];
  for (let parent = dirname(start); parent !== looked.at(-1); parent = dirname(parent)) looked.push(parent);
  const root = looked.find((candidate) => existsSync(join(candidate, 'host.json')));
  if (root !== undefined) return root;
  const below = appsBelow(start, SEARCH_DEPTH).map((app) => relative(start, app));
  throw appRootNotFound({ folder: start, exists: existsSync(start), below: below.slice(0, MOST_SUGGESTIONS) });
}

function appsBelow(folder: string, depth: number): string[] {
  if (depth === 0) return [];
  return foldersIn(folder).flatMap((child) => (existsSync(join(child, 'host.json')) ? [child] : appsBelow(child, depth - 1)));
}

function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const names = entries.flatMap((entry) => (entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name) ? [entry.name] : []));
    return names.sort().map((name) => join(folder, name));
  } catch {
    // It only serves a suggestion: what cannot be listed holds none.
    return [];
  }
}
