// The files of the app as a zip that is made while it is sent.
import { createReadStream, type ReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { FunctionApp } from '../core/function-app.ts';
import { thisMachine } from '../platform/machine.ts';
import { type AppFile, listAppFolder } from './app-files.ts';

/** By the path below the root, with slashes; that of a folder ends with one. */
type LeavesOut = (path: string) => boolean;

export async function zipFolder(app: FunctionApp, folder: AppFile, leavesOut: LeavesOut = () => false): Promise<Readable> {
  const { ZipFile } = await import('yazl');
  const zip = new ZipFile();
  let current: ReadStream | undefined;
  for (const { path, segments, stats } of await filesBelow(app, folder, leavesOut)) {
    const name = segments.slice(folder.segments.length).join('/');
    // Nothing may begin like a drive of Windows in a zip.
    if (/^[a-z]:/i.test(name)) continue;
    zip.addReadStreamLazy(name, { mtime: stats.mtime, mode: stats.mode }, (give) => {
      current = createReadStream(path);
      give(null, current);
    });
  }
  zip.end();
  const stream = zip.outputStream as Readable;
  zip.on('error', (error: Error) => stream.destroy(error));
  // A caller that goes away would leave a file open.
  stream.on('close', () => current?.destroy());
  return stream;
}

/** What .funcignore names, by Git's rules. */
export async function readFuncignore(app: FunctionApp): Promise<LeavesOut> {
  const { default: ignore } = await import('ignore');
  const patterns = await readFile(join(app.root, '.funcignore'), 'utf8').catch(() => '');
  const ignoreCase = thisMachine.platform === 'darwin' || thisMachine.platform === 'win32';
  const matcher = ignore({ ignoreCase }).add(patterns.replace(/^\uFEFF/, ''));
  return (path) => matcher.ignores(path);
}

async function filesBelow(app: FunctionApp, folder: AppFile, leavesOut: LeavesOut): Promise<AppFile[]> {
  const files: AppFile[] = [];
  for (const entry of await listAppFolder(app, folder)) {
    const isFolder = entry.stats.isDirectory();
    if (leavesOut(`${entry.segments.join('/')}${isFolder ? '/' : ''}`)) continue;
    if (!isFolder) files.push(entry);
    // A link to a folder is not followed: it may lead to one above it.
    else if (entry.path === join(folder.path, entry.segments.at(-1) ?? '')) files.push(...(await filesBelow(app, entry, leavesOut)));
  }
  return files;
}
