// PUT and DELETE of /admin/functions/NAME: the one file of a function that is the host's, and the folder that holds it.
import { lstat, mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../core/function-app.ts';
import { isJsonObject, memberOf } from '../core/json-value.ts';
import { writeJson } from '../core/json-writer.ts';
import { replaceFile } from '../platform/replace-file.ts';
import type { AdminHost } from './admin-host.ts';
import { answerJson } from './answer-json.ts';
import { answerText } from './answer-text.ts';
import { type AdminRequest, baseUrlOf, selfUrlOf } from './endpoint.ts';
import { describeFunction } from './function-description.ts';
import { findListed } from './function-endpoints.ts';
import { readJsonBody } from './json-body.ts';
import { whyNotWritable } from './why-not-writable.ts';

const FUNCTION_FILE = 'function.json';
const NAME = /^[a-z][a-z0-9_-]{0,127}$/i;

export const WRITES_NO_CODE = 'This host does not write code: deploy the app, or change its files on disk.';

/** Body: `{"config": {…}}`. Test data is for Azure's portal, and not kept. */
export async function putFunction(request: AdminRequest): Promise<void> {
  const { call, host, parts } = request;
  const [name = ''] = parts;
  if (!NAME.test(name) || name.toLowerCase() === 'host') return answerText(call, 400, `${name} is not a valid function name`);
  const body = await readJsonBody(call);
  if (body === undefined) return;
  if (!isJsonObject(body.json)) return answerText(call, 400, 'The body is no JSON object.');
  if (hasFiles(memberOf(body.json, 'files'))) return answerText(call, 403, WRITES_NO_CODE);
  const config = memberOf(body.json, 'config');
  if (!isFunctionJson(config))
    return answerText(call, 400, '"config" is no function.json: an object with a list of "bindings" is expected.');
  await changing(request, async () => {
    const found = await findFolder(host.app.root, name);
    if (found?.isFunction === false) return answerText(call, 409, `"${found.name}" is there already, and is no function.`);
    const folder = found ?? { name };
    const directory = join(host.app.root, folder.name);
    await writeFunction(directory, `${writeJson(config, 'indented')}\n`, found === undefined);
    host.changed(`${folder.name}/${FUNCTION_FILE}`);
    const written = { name: folder.name, directory, definition: config, disabled: findListed(host.app, name)?.disabled ?? false };
    const described = describeFunction(
      { ...written, http: httpOf(config, folder.name) },
      host.app,
      baseUrlOf(request),
      host.temporaryFolder,
    );
    answerJson(call, described, 201, `Location: ${selfUrlOf(request)}\r\n`);
  });
}

export async function deleteFunction(request: AdminRequest): Promise<void> {
  const { call, host, parts } = request;
  const [name = ''] = parts;
  await changing(request, async () => {
    const folder = NAME.test(name) ? await findFolder(host.app.root, name) : undefined;
    if (!folder?.isFunction) return call.answer(404, 'refused');
    // A link in it goes; where it leads stays.
    await rm(join(host.app.root, folder.name), { recursive: true });
    host.changed(`${folder.name}/${FUNCTION_FILE}`);
    call.answer(204, 'succeeded');
  });
}

/** The last change of each host. */
const lastChanges = new WeakMap<AdminHost, Promise<void>>();

/** One after another: what one has found the next one may have taken away. Parity: an app that cannot be written is the caller's mistake, 400. */
async function changing({ call, host }: AdminRequest, change: () => Promise<void>): Promise<void> {
  const mine = (lastChanges.get(host) ?? Promise.resolve()).then(change);
  const ended = mine.catch(() => {
    // Its own caller is told.
  });
  lastChanges.set(host, ended);
  try {
    await mine;
  } catch (error) {
    const reason = whyNotWritable(error);
    if (reason === undefined) throw error;
    answerText(call, 400, reason);
  }
}

type Folder = { readonly name: string; readonly isFunction: boolean };

/** What has that name directly below the root, ignoring case. A link is no function: what it leads to may belong to anybody. */
async function findFolder(root: string, name: string): Promise<Folder | undefined> {
  const entries = await readdir(root, { withFileTypes: true });
  const found = entries.find((entry) => entry.name === name) ?? entries.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) return undefined;
  return { name: found.name, isFunction: found.isDirectory() && (await isFile(join(root, found.name, FUNCTION_FILE))) };
}

async function isFile(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isFile(),
    // Not there.
    () => false,
  );
}

async function writeFunction(directory: string, text: string, isNew: boolean): Promise<void> {
  if (isNew) await mkdir(directory);
  try {
    await replaceFile(join(directory, FUNCTION_FILE), text);
  } catch (error) {
    // A folder without a function would be in the way of the next try.
    if (isNew) await rmdir(directory).catch(() => {});
    throw error;
  }
}

const hasFiles = (files: JsonValue | undefined): boolean =>
  files !== undefined && files !== null && !(isJsonObject(files) && Object.keys(files).length === 0);

function isFunctionJson(config: JsonValue | undefined): config is JsonObject {
  if (!isJsonObject(config)) return false;
  const bindings = memberOf(config, 'bindings');
  return Array.isArray(bindings) && bindings.every((binding) => isJsonObject(binding));
}

/** The route that the function will have, once it is read. */
function httpOf(config: JsonObject, name: string): { readonly route: string } | undefined {
  const bindings = memberOf(config, 'bindings') as readonly JsonObject[];
  const trigger = bindings.find((binding) => `${memberOf(binding, 'type')}`.toLowerCase() === 'httptrigger');
  if (trigger === undefined) return undefined;
  const route = memberOf(trigger, 'route');
  return { route: typeof route === 'string' && route !== '' ? route : name };
}
