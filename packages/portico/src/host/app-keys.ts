// The keys of a running app. They are opened when somebody is asked for one, and anew when a setting says that they are kept elsewhere.
import type { EmulatorEndpoints } from '../core/extension.ts';
import type { FunctionApp } from '../core/function-app.ts';
import { createLogger, type HostObserver, report } from '../core/log.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { systemClock } from '../platform/system-clock.ts';
import { hostIdentity } from './host-identity.ts';
import { webhookKeyNames } from './webhook-functions.ts';

export type AppKeysOptions = {
  readonly root: string;
  readonly observer: HostObserver;
  readonly emulator: () => Promise<EmulatorEndpoints>;
};

export class AppKeys {
  readonly #options: AppKeysOptions;
  readonly #over = new AbortController();
  #ring: KeyRing | undefined;
  #app: FunctionApp | undefined;
  /** What it was opened with. */
  #settings: string | undefined;

  constructor(options: AppKeysOptions) {
    this.#options = options;
  }

  /** Undefined: nobody is asked for a key. */
  get ring(): KeyRing | undefined {
    return this.#ring;
  }

  /** Reads and makes nothing: that is for the first request with a key. */
  async use(app: FunctionApp): Promise<void> {
    this.#app = app;
    const { settings } = app;
    const key = JSON.stringify(Object.entries(settings).sort());
    if (key === this.#settings) return;
    this.#settings = key;
    const [{ KeyRing }, { openKeyStore }] = await Promise.all([import('../keys/key-ring.ts'), import('../keys/open-key-store.ts')]);
    // Read anew meanwhile.
    if (key !== this.#settings) return;
    const { root, observer, emulator } = this.#options;
    const log = createLogger(observer, 'Host.Keys');
    const store = openKeyStore({ root, settings, hostId: hostIdentity(settings, root).id, log, emulator });
    if (store.misconfigured !== undefined) report(log, 'error', store.misconfigured);
    this.#ring = new KeyRing({
      store,
      clock: systemClock,
      log,
      systemKeyNames: () => webhookKeyNames(this.#app?.functions ?? []),
      over: this.#over.signal,
    });
  }

  /** Nobody calls any more: what is asked of a store is given up. */
  close(): void {
    this.#over.abort();
  }
}
