// PUT /admin/host/state: takes the app offline, or back, by the file that whoever deploys it would write.
import { rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { replaceFile } from '../platform/replace-file.ts';
import { answerText } from './answer-text.ts';
import type { AdminRequest } from './endpoint.ts';
import { readJsonBody } from './json-body.ts';
import { whyNotWritable } from './why-not-writable.ts';

const OFFLINE_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Offline</title>
<p>This function app is offline. Its administrator took it there, and can take it back.</p>
</html>
`;

export async function answerState({ call, host }: AdminRequest): Promise<void> {
  const body = await readJsonBody(call);
  if (body === undefined) return;
  const wanted = typeof body.json === 'string' ? body.json.toLowerCase() : undefined;
  if (wanted !== 'offline' && wanted !== 'running') return call.answer(400, 'refused');
  // The file counts and not the state, which follows it a moment later.
  const { offlineFile } = host;
  if ((await isFile(offlineFile)) === (wanted === 'offline')) return call.answer(200, 'succeeded');
  try {
    await (wanted === 'offline' ? replaceFile(offlineFile, OFFLINE_PAGE) : rm(offlineFile, { force: true }));
  } catch (error) {
    const reason = whyNotWritable(error);
    if (reason === undefined) throw error;
    return answerText(call, 409, `${reason}\n`);
  }
  host.changed(basename(offlineFile));
  call.answer(202, 'succeeded');
}

/** A folder of that name takes nobody offline. */
async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    // Not there.
    () => false,
  );
}
