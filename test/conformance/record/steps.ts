// Performs the steps of a scenario in order and keeps what each one brought back.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppFolder } from './app-folder.ts';
import { toBytes } from './bodies.ts';
import type { Host } from './host.ts';
import { waitUntil } from './processes.ts';
import { exchange, requestParts } from './raw-http.ts';
import { runStorageStep, type StorageClients } from './storage.ts';
import type { Answer, HeaderPair, HttpRequest, Part, RawRequest, Step, StepResults, WaitForHandler } from './types.ts';

export type StepContext = {
  readonly host: Host;
  readonly folder: AppFolder;
  readonly clients: StorageClients | undefined;
  readonly scenarioId: string;
  readonly signal: AbortSignal;
};

export const noResults = (): StepResults => ({ callerGot: [], queues: [], blobs: [], tables: [], files: [], notes: [] });

/** Fills the storage account before the host starts: storage steps only. */
export async function runPreparation(steps: readonly Step[], clients: StorageClients | undefined): Promise<void> {
  for (const step of steps) await runStorageStep(step, clients, noResults());
}

export async function runSteps(steps: readonly Step[], context: StepContext): Promise<StepResults> {
  const results = noResults();
  for (const step of steps) if (!context.signal.aborted) await runStep(step, context, results);
  return results;
}

async function runStep(step: Step, context: StepContext, results: StepResults): Promise<void> {
  const inApp = (path: string) => join(context.folder.root, path);
  if (step.http !== undefined) results.callerGot.push(await sendRequest(step.http, context));
  else if (step.raw !== undefined) results.callerGot.push(await sendRaw({ ...step, raw: step.raw }, context));
  else if (step.parallel !== undefined) await runTogether(step.parallel, context, results);
  else if (step.sleepMs !== undefined) await sleep(step.sleepMs);
  else if (step.waitForHandler !== undefined) await waitForHandler(step.waitForHandler, context, results);
  else if (step.waitForExit !== undefined) await waitForExit(step.waitForExit, context, results);
  else if (step.makeFolder !== undefined) mkdirSync(inApp(step.makeFolder), { recursive: true });
  else if (step.writeFile !== undefined) writeFileSync(inApp(step.writeFile.path), step.writeFile.text);
  else if (step.removeFile !== undefined) rmSync(inApp(step.removeFile.path), { force: true });
  else if (step.readFile !== undefined) results.files.push(readAppFile(step.readFile.path, inApp));
  else await runStorageStep(step, context.clients, results);
}

/** Answers keep the order in which the requests are written down, whichever came back first. */
async function runTogether(steps: Step[], context: StepContext, results: StepResults): Promise<void> {
  const all = await Promise.all(steps.map((step) => runSteps([step], context)));
  for (const one of all) for (const [list, items] of Object.entries(one)) results[list as keyof StepResults].push(...items);
}

const fillIn = (text: string, { host, folder }: StepContext) =>
  text.replaceAll('{port}', String(host.port)).replaceAll('{app}', folder.root);

function sendRequest(request: HttpRequest, context: StepContext): Promise<Answer> {
  const { port, openKey } = context.host;
  const target = fillIn(request.target, context);
  const headers = (request.headers ?? []).map(([name, value]): HeaderPair => [name, fillIn(value, context)]);
  // A host that always asks for keys answers the admin requests of an app without keys only to its master key.
  const isGuarded = /^\/+(admin|runtime)(\/|$)/i.test(target) && !headers.some(([name]) => /^x-functions-key$/i.test(name));
  if (openKey !== undefined && isGuarded) headers.push(['x-functions-key', openKey]);
  const { method = 'GET', timeoutMs, abortAfterMs } = request;
  const parts = requestParts({ ...request, target, host: `localhost:${port}`, headers });
  return exchange({ port, parts, methods: [method], timeoutMs, abortAfterMs });
}

function sendRaw({ raw, methods = ['GET'], answers, timeoutMs, lingerMs }: RawRequest, context: StepContext): Promise<Answer> {
  const parts = [raw].flat().map((part): Part => {
    if (typeof part === 'string') return Buffer.from(fillIn(part, context));
    return 'pauseMs' in part || 'waitForText' in part ? part : toBytes(part);
  });
  return exchange({ port: context.host.port, parts, methods, answers, timeoutMs, lingerMs });
}

async function waitForHandler(
  { count = 1, path, timeoutMs = 20_000 }: WaitForHandler,
  { folder, scenarioId }: StepContext,
  results: StepResults,
): Promise<void> {
  const arrived = () =>
    folder
      .records()
      .filter((record) => record.scenario === scenarioId && record.kind === 'request' && (path === undefined || record.url === path));
  const enough = await waitUntil(() => arrived().length >= count, timeoutMs, 100);
  if (!enough) results.notes.push(`the handler did not get ${count} × ${path ?? 'request'} within ${timeoutMs} ms`);
}

async function waitForExit({ timeoutMs = 30_000 }: { timeoutMs?: number }, { host }: StepContext, results: StepResults): Promise<void> {
  const gone = await waitUntil(() => host.program.exit !== undefined, timeoutMs, 100);
  results.notes.push(gone ? 'the host exited by itself' : `the host was still running after ${timeoutMs} ms`);
}

function readAppFile(path: string, inApp: (path: string) => string): { path: string; text?: string; error?: string | undefined } {
  try {
    return { path, text: readFileSync(inApp(path), 'utf8') };
  } catch (error) {
    return { path, error: (error as NodeJS.ErrnoException).code };
  }
}
