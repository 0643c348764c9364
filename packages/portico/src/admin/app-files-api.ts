// /admin/vfs, /admin/zip and /admin/functions/download: the app's files, to be read. https://github.com/projectkudu/kudu/wiki/REST-API#vfs
import { open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FunctionApp } from '../core/function-app.ts';
import { answerJson } from './answer-json.ts';
import { answerStream } from './answer-stream.ts';
import { answerText } from './answer-text.ts';
import { type AppFile, findAppFile, listAppFolder } from './app-files.ts';
import { readFuncignore, zipFolder } from './app-zip.ts';
import { type AdminRequest, baseUrlOf, fileUrl } from './endpoint.ts';
import { WRITES_NO_CODE } from './function-changes.ts';

const FOLDER_TYPE = 'inode/directory';
const ZIP_TYPE = 'application/zip';
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.py': 'text/x-python',
  '.txt': 'text/plain',
  '.xml': 'text/xml',
};
const OTHER_TYPE = 'application/octet-stream';

/** A file of the app that a browser shows must not act in the name of this host. */
const UNTRUSTED = 'Content-Security-Policy: sandbox\r\nX-Content-Type-Options: nosniff\r\n';

export async function answerFiles(request: AdminRequest): Promise<void> {
  const { call, host, parts } = request;
  const found = await findAppFile(host.app, parts);
  if (call.ended) return;
  if (found === undefined) call.answer(404, 'refused');
  else if (found.stats.isDirectory()) await answerFolder(request, found);
  else await answerFile(request, found);
}

export async function answerZip({ call, host, parts }: AdminRequest): Promise<void> {
  const folder = await findAppFile(host.app, parts);
  if (!folder?.stats.isDirectory()) return call.answer(404, 'refused');
  if (call.request.method === 'HEAD') return call.answer(200, 'succeeded', { type: ZIP_TYPE });
  await answerStream(call, ZIP_TYPE, attachment(folder.segments.at(-1) ?? 'app'), await zipFolder(host.app, folder));
}

export async function answerDownload({ call, host }: AdminRequest): Promise<void> {
  const root = await findAppFile(host.app, []);
  if (root === undefined) return call.answer(404, 'refused');
  await answerStream(call, ZIP_TYPE, attachment('app'), await zipFolder(host.app, root, await readFuncignore(host.app)));
}

export function refuseToWrite({ call }: AdminRequest): void {
  answerText(call, 403, `${WRITES_NO_CODE}\n`);
}

async function answerFolder(request: AdminRequest, folder: AppFile): Promise<void> {
  const entries = await listAppFolder(request.host.app, folder);
  answerJson(
    request.call,
    entries.map((entry) => describeEntry(entry, request.host.app, baseUrlOf(request))),
  );
}

async function answerFile({ call }: AdminRequest, { path, stats }: AppFile): Promise<void> {
  const tag = `ETag: "${Math.round(stats.mtimeMs).toString(16)}-${stats.size.toString(16)}"\r\n`;
  const headers = `${tag}Last-Modified: ${stats.mtime.toUTCString()}\r\n${UNTRUSTED}`;
  const type = typeOf(path);
  if (call.request.method === 'HEAD') {
    return call.answer(200, 'succeeded', { type, headers: `Content-Length: ${stats.size}\r\n${headers}` });
  }
  const file = await open(path).catch(() => undefined);
  // Gone meanwhile.
  if (file === undefined) return call.answer(404, 'refused');
  // Without a length: it may grow or shrink while it is read.
  await answerStream(call, type, headers, file.createReadStream());
}

/** As Kudu's VFS API says it. */
function describeEntry({ segments, stats }: AppFile, { root }: FunctionApp, baseUrl: string): Record<string, unknown> {
  const isFolder = stats.isDirectory();
  const path = join(root, ...segments);
  return {
    name: segments.at(-1),
    size: isFolder ? 0 : stats.size,
    mtime: stats.mtime.toISOString(),
    crtime: stats.birthtime.toISOString(),
    mime: isFolder ? FOLDER_TYPE : typeOf(path),
    href: `${fileUrl(baseUrl, path)}${isFolder ? '/' : ''}`,
    path,
  };
}

const typeOf = (path: string): string => TYPES[extname(path).toLowerCase()] ?? OTHER_TYPE;

/** A name that any header takes. */
const attachment = (name: string): string => `Content-Disposition: attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}.zip"\r\n`;
