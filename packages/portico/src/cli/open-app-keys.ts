// The keys of an app for commands that work without its host, or beside it.
import { resolve } from 'node:path';
import { findAppRoot } from '../config/find-app-root.ts';
import { loadFunctionApp } from '../config/load-function-app.ts';
import type { EmulatorEndpoints } from '../core/extension.ts';
import type { FunctionApp } from '../core/function-app.ts';
import { createLogger, type HostObserver } from '../core/log.ts';
import { hostIdentity } from '../host/host-identity.ts';
import { webhookKeyNames } from '../host/webhook-functions.ts';
import { KeyRing } from '../keys/key-ring.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { openKeyStore } from '../keys/open-key-store.ts';
import type { Program } from './program.ts';

export type AppKeys = {
  readonly app: FunctionApp;
  readonly store: KeyStore;
  readonly ring: KeyRing;
  /** Ends an emulator that was started for this. */
  close(): Promise<void>;
};

const STOP_MS = 5000;

/** Reads nothing of the store yet. `folder`: of the app, or one below it. Errors: APP_ROOT_NOT_FOUND, and those of the settings that say where keys are kept. */
export function openAppKeys(
  folder: string | undefined,
  { workingDirectory, environment, clock }: Pick<Program, 'workingDirectory' | 'environment' | 'clock'>,
  observer: Pick<HostObserver, 'log'>,
): AppKeys {
  const root = findAppRoot(resolve(workingDirectory, folder ?? '.'));
  const app = loadFunctionApp({ root, environment });
  const { settings } = app;
  const log = createLogger(observer, 'Host.Keys');
  let stopEmulator = async (): Promise<void> => {};

  async function emulator(): Promise<EmulatorEndpoints> {
    const { appEmulator } = await import('../host/app-emulator.ts');
    const made = appEmulator({ root, log, clock });
    stopEmulator = () => made.stop(STOP_MS);
    return made.start();
  }

  const store = openKeyStore({ root, settings, hostId: hostIdentity(settings, root).id, log, emulator });
  return {
    app,
    store,
    ring: new KeyRing({ store, clock, log, systemKeyNames: () => webhookKeyNames(app.functions) }),
    close: () => stopEmulator(),
  };
}
