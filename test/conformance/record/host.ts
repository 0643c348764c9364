// One host process for one app folder: start it, know when it answers, stop it.
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppFolder } from './app-folder.ts';
import type { Azurite } from './azurite.ts';
import {
  askToStop,
  canConnect,
  type Exit,
  freePort,
  kill,
  livingHandlers,
  type Program,
  startProgram,
  stopProgram,
  waitUntil,
} from './processes.ts';
import { exchange, requestParts } from './raw-http.ts';
import type { App, Group, HeaderPair } from './types.ts';

const NOT_INHERITED =
  /^(FUNCTIONS_|AzureWebJobs|AzureFunctions|WEBSITE_|AZURE_FUNCTIONS_|ORACLE_|ASPNETCORE_|PORTICO_|CONTAINER_NAME$|NODE_|npm_|https?_proxy$|all_proxy$)/i;

/** How a host is started: see README.md for the words in braces. */
export type HostOptions = {
  command: string;
  authArguments: string;
  openKey: string | undefined;
  env: Record<string, string>;
  readyTimeoutMs: number;
};

type HostStatus = { state?: string; version?: string; versionDetails?: string; id?: string; errors?: string[]; settled: boolean };

export type Host = {
  readonly port: number;
  readonly program: Program;
  readonly folder: AppFolder;
  readonly openKey: string | undefined;
  status: HostStatus | undefined;
  readyAfterMs: number;
};

export type Ending = { exit: Exit | undefined; exitedAlone: boolean; orphans: number; askedAt: number };

export async function startHost(
  options: HostOptions,
  { app, own }: Pick<Group, 'app' | 'own'>,
  folder: AppFolder,
  storage: Azurite | undefined,
): Promise<Host> {
  const port = await freePort();
  const fill = (text: string) => text.replaceAll('{app}', folder.root).replaceAll('{port}', String(port)).replaceAll('{work}', folder.work);
  const line = fill(options.command).replaceAll('{auth}', app.auth ? options.authArguments : '');
  const given = Object.entries({ ...options.env, ...app.env }).map(([name, value]) => [name, fill(value)]);
  const env = {
    ...baseEnvironment(folder),
    ...(storage && { AzureWebJobsStorage: storage.connectionString }),
    ...Object.fromEntries(given),
  };
  // Not through a shell: one would drop variables with a dot in their name, such as AzureWebJobs.NAME.Disabled.
  const [file = '', ...args] = words(line);
  const startedAt = Date.now();
  const program = startProgram({ file, args, cwd: folder.root, env: withoutEmpty(env), logFile: folder.logFile });
  const host: Host = { port, program, folder, openKey: app.auth ? undefined : options.openKey, status: undefined, readyAfterMs: 0 };
  await becomeReady(host, app, own, app.ready?.timeoutMs ?? options.readyTimeoutMs);
  host.readyAfterMs = Date.now() - startedAt;
  return host;
}

function baseEnvironment(folder: AppFolder): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  return {
    ...Object.fromEntries(inherited),
    // The handlers are started as plain "node": let it be the one that runs the recorder.
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    TMPDIR: `${folder.work}/temp`,
    AzureWebJobsScriptRoot: folder.root,
    FUNCTIONS_WORKER_RUNTIME: 'custom',
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    ASPNETCORE_SUPPRESSSTATUSMESSAGES: 'true',
    AzureWebJobsSecretStorageType: 'files',
    FUNCTIONS_SECRETS_PATH: `${folder.work}/secrets`,
    FUNCTIONS_LOG_PATH: `${folder.work}/logs`,
    RECORD_FILE: folder.recordFile,
    RULES_FILE: folder.rulesFile,
  };
}

/** A variable set to nothing in a scenario means: not there at all. */
const withoutEmpty = (env: NodeJS.ProcessEnv) => Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));

/** Splits a command line at spaces outside quotes. */
const words = (line: string) => (line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) => word.replace(/["']/g, ''));

/** Ready kinds: "handler" (default: running and the handler was probed), "status" (running or in error), "tcp", "exit". */
async function becomeReady(host: Host, app: App, own: boolean, timeoutMs: number): Promise<void> {
  const kind = app.ready?.kind ?? 'handler';
  const gone = () => host.program.exit !== undefined;
  if (kind === 'exit') return void (await waitUntil(gone, timeoutMs));
  if (!(await waitUntil(async () => gone() || (await canConnect(host.port)), timeoutMs))) return;
  if (gone() || kind === 'tcp') return;
  await waitUntil(
    async () => {
      host.status = await readStatus(host, app);
      return gone() || host.status?.settled;
    },
    timeoutMs,
    150,
  );
  // The start of a handler that several scenarios share belongs to none of them.
  const withHandler = kind === 'handler' || !own;
  if (gone() || !withHandler || host.status?.state === 'Error') return;
  const seen = (wanted: string) => host.folder.records().some((record) => record.kind === wanted);
  const listening = await waitUntil(() => gone() || seen('listening'), Math.min(timeoutMs, 15_000));
  if (listening) await waitUntil(() => gone() || seen('probe'), 3000);
  // The host notes the answer to its probe a moment after the handler has written it down.
  await sleep(200);
}

async function readStatus(host: Host, app: App): Promise<HostStatus | undefined> {
  const key = app.masterKey ?? host.openKey;
  const headers: HeaderPair[] = key ? [['x-functions-key', key]] : [];
  const parts = requestParts({ target: '/admin/host/status', headers, host: `localhost:${host.port}` });
  const answer = await exchange({ port: host.port, parts, methods: ['GET'], timeoutMs: 5000 });
  if (answer.status === undefined) return undefined;
  if (answer.status === 503) return { settled: false };
  try {
    const status = JSON.parse(answer.body ?? '') as Omit<HostStatus, 'settled'>;
    return { ...status, settled: ['Running', 'Error', 'Offline'].includes(status.state ?? '') };
  } catch {
    // 401, 404 or something that is not JSON: it answers, and it will not tell more than that.
    return { settled: true };
  }
}

export async function stopHost({ program, folder }: Host): Promise<Ending> {
  const exitedAlone = program.exit !== undefined;
  const askedAt = Date.now();
  await askToStop(program, 8000);
  const started = folder.records().flatMap(({ kind, pid }) => (kind === 'start' && pid !== undefined ? [pid] : []));
  const alive = () => livingHandlers(started, folder.recordFile);
  // A handler that was told to end may need a moment to be gone.
  await waitUntil(() => alive().length === 0, 300, 25);
  const orphans = alive().length;
  await stopProgram(program, 0);
  kill(alive());
  return { exit: program.exit, exitedAlone, orphans, askedAt };
}
