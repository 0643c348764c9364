// The storage account that `portico queue` works on: the one that the app's settings name, or the emulator.
import { resolve } from 'node:path';
import type { QueueServiceClient } from '@azure/storage-queue';
import { storageAccount } from '../azure/storage-account.ts';
import { findAppRoot } from '../config/find-app-root.ts';
import { loadFunctionApp } from '../config/load-function-app.ts';
import { HostError } from '../core/error.ts';
import { appRootNotFound } from '../core/errors/host.ts';
import type { EmulatorEndpoints } from '../core/extension.ts';
import type { AppSettings, JsonObject } from '../core/function-app.ts';
import { createLogger, type HostObserver } from '../core/log.ts';
import { formatProblem, type Problem } from '../core/problem.ts';
import type { QueueFlags } from './flags.ts';
import type { Program } from './program.ts';

export type QueueStorage = {
  readonly queues: QueueServiceClient;
  /** `extensions.queues` of host.json, as written. Throws what is wrong with a host.json that cannot be used: how messages are written is not guessed. */
  hostSection(): JsonObject;
  /** Ends an emulator that was started for this. */
  close(): Promise<void>;
};

type App = { readonly settings: AppSettings; hostSection(): JsonObject; root(): string };

const STOP_MS = 5000;

/** `observer` hears of an emulator. Errors: those of the connection, of an emulator that does not start, APP_ROOT_NOT_FOUND. */
export async function openQueueStorage(
  { connection, app: folder }: QueueFlags,
  { workingDirectory, environment, clock }: Program,
  observer: Pick<HostObserver, 'log'>,
): Promise<QueueStorage> {
  const app = readApp(workingDirectory, folder, environment);
  let stopEmulator = async (): Promise<void> => {};

  async function emulator(): Promise<EmulatorEndpoints> {
    const { appEmulator } = await import('../host/app-emulator.ts');
    const made = appEmulator({ root: app.root(), log: createLogger(observer, 'Host.Startup'), clock });
    stopEmulator = () => made.stop(STOP_MS);
    return made.start();
  }

  const account = storageAccount(connection, { settings: app.settings, shared: (_, make) => make(), emulator });
  try {
    return { queues: await account.queues(), hostSection: () => app.hostSection(), close: () => stopEmulator() };
  } catch (thrown) {
    await stopEmulator();
    throw thrown;
  }
}

/** Without an app around, the environment alone says which account. */
function readApp(workingDirectory: string, folder: string | undefined, environment: Program['environment']): App {
  try {
    const root = findAppRoot(resolve(workingDirectory, folder ?? '.'));
    const { settings, config, problems } = loadFunctionApp({ root, environment });
    return {
      settings,
      hostSection() {
        if (config === undefined) throw errorOf(problems);
        return config.extensions.queues ?? {};
      },
      root: () => root,
    };
  } catch (thrown) {
    if (folder !== undefined || !(thrown instanceof HostError) || thrown.code !== appRootNotFound.code) throw thrown;
    const settings = Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined));
    return {
      settings,
      hostSection: () => ({}),
      root: () => {
        throw thrown;
      },
    };
  }
}

function errorOf(problems: readonly Problem[]): HostError {
  const found = problems.find(({ severity, functionName }) => severity === 'error' && functionName === undefined);
  if (found === undefined) throw new Error('host.json cannot be used, and nothing says why.');
  const { hint, ...problem } = found;
  return new HostError(found.code, 'config', { message: formatProblem(problem), ...(hint !== undefined && { hint }) });
}
