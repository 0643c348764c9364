// Files of the app as somebody elsewhere may read them: inside its root and nowhere else, and never what holds secrets.
import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { settingLookup } from '../core/expressions/setting-names.ts';
import type { FunctionApp } from '../core/function-app.ts';

export type AppFile = {
  /** Below the root; empty for the root itself. */
  readonly segments: readonly string[];
  /** Absolute, and free of links. */
  readonly path: string;
  readonly stats: Stats;
};

/** What is kept out of sight, whoever asks, beside the folder of the keys. */
const SECRET_NAMES: ReadonlySet<string> = new Set(['.portico', '.git']);
/** Settings, and the copies of them that people and editors leave. */
const SECRET_BEGINNINGS = /^(?:\.env|\.?local\.settings\.)/;
/** Private keys of certificates, and they with them. */
const SECRET_ENDINGS = /\.(?:key|pem|pfx|p12)$/;

/**
 * `parts`: a path below the root, or the absolute one, which the hrefs of functions name. Undefined: there is nothing of the sort,
 * it is neither file nor folder, it is secret, or a link leads out of the root.
 */
export async function findAppFile(app: FunctionApp, parts: readonly string[]): Promise<AppFile | undefined> {
  const above = segmentsOf(app.root);
  const isAbsolute = above.every((segment, index) => parts[index] === segment);
  // An app in /app may have a folder "app" too.
  return (isAbsolute ? await findBelow(app, parts.slice(above.length)) : undefined) ?? findBelow(app, parts);
}

async function findBelow(app: FunctionApp, segments: readonly string[]): Promise<AppFile | undefined> {
  if (!segments.every(isPlainName) || segments.some(isSecret)) return undefined;
  try {
    const root = await realpath(app.root);
    // What it leads to counts, whatever it is called.
    const path = await realpath(join(root, ...segments));
    const real = segmentsBetween(root, path);
    if (real === undefined || real.some(isSecret) || (await isInKeyFolder(app, path))) return undefined;
    const stats = await stat(path);
    return stats.isFile() || stats.isDirectory() ? { segments, path, stats } : undefined;
  } catch {
    // Not there, closed to us, or links in a circle: for the caller it is all the same.
    return undefined;
  }
}

/** What a folder holds, by name. */
export async function listAppFolder(app: FunctionApp, folder: AppFile): Promise<AppFile[]> {
  const names = (await readdir(folder.path)).sort();
  const found = await Promise.all(names.map((name) => findBelow(app, [...folder.segments, name])));
  return found.filter((file) => file !== undefined);
}

const segmentsOf = (path: string): string[] => path.split(sep).filter(Boolean);

/** No separator, no way up, nothing that Windows reads as a stream of a file. */
function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name) && !(sep === '\\' && name.includes(':'));
}

function isSecret(name: string): boolean {
  // Windows drops dots and blanks at the end.
  const plain = name.toLowerCase().replace(/[. ]+$/, '');
  return SECRET_NAMES.has(plain) || SECRET_BEGINNINGS.test(plain) || SECRET_ENDINGS.test(plain);
}

/** Undefined: the path is outside. */
function segmentsBetween(root: string, path: string): string[] | undefined {
  if (path === root) return [];
  return path.startsWith(root.endsWith(sep) ? root : root + sep) ? relative(root, path).split(sep) : undefined;
}

async function isInKeyFolder({ root, settings }: FunctionApp, path: string): Promise<boolean> {
  const folder = settingLookup(settings).get('FUNCTIONS_SECRETS_PATH')?.trim() ?? '';
  if (folder === '') return false;
  const real = await realpath(resolve(root, folder)).catch(() => undefined);
  return real !== undefined && segmentsBetween(real, path) !== undefined;
}
