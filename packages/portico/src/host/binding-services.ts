// What the bindings of one app have in common while its settings are what they are: state, clients, the emulator. A change of settings makes new ones.
import { messageOf } from '../core/error.ts';
import type { BindingContext, BindingExtension, EmulatorEndpoints, HostContext } from '../core/extension.ts';
import type { AppSettings, FunctionApp } from '../core/function-app.ts';
import { createLogger, type HostObserver, type Logger } from '../core/log.ts';
import type { StateStore } from '../core/state-store.ts';
import { processorCount, systemTimeZone } from '../platform/machine.ts';
import { systemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';

export type BindingServicesOptions = {
  readonly settings: AppSettings;
  readonly hostId: string;
  readonly isDevelopment: boolean;
  readonly state: StateStore;
  readonly emulator: () => Promise<EmulatorEndpoints>;
  readonly observer: HostObserver;
};

export class BindingServices {
  readonly #options: BindingServicesOptions;
  readonly #shared = new Map<string, object>();

  constructor(options: BindingServicesOptions) {
    this.#options = options;
  }

  /** Where the host remembers what it has to, and in an account, under which name: others of that name share it. */
  get statePlace(): string {
    const { state, hostId } = this.#options;
    return state.isLocal
      ? state.place
      : `${state.place}, host id ${hostId} (AzureFunctionsWebHost__hostid sets it; hosts of one id share the work)`;
  }

  /** For what has no function: a webhook. */
  hostContext({ name }: Pick<BindingExtension, 'name'>, app: FunctionApp): HostContext {
    const { settings, hostId, isDevelopment, state, emulator, observer } = this.#options;
    return {
      settings,
      hostId,
      isDevelopment,
      state,
      emulator,
      hostSection: app.config?.extensions[name.toLowerCase()] ?? {},
      clock: systemClock,
      random: systemRandom,
      log: createLogger(observer, `Host.Triggers.${name}`),
      processorCount: processorCount(),
      systemTimeZone,
      shared: (key, make) => this.#share(key, make),
    };
  }

  context(extension: Pick<BindingExtension, 'name'>, app: FunctionApp, functionName: string): BindingContext {
    return { ...this.hostContext(extension, app), functionName };
  }

  #share<T extends object>(key: string, make: () => T): T {
    const made = (this.#shared.get(key) as T | undefined) ?? make();
    this.#shared.set(key, made);
    return made;
  }

  /** Never rejects. */
  async close(log: Logger): Promise<void> {
    try {
      await this.#options.state.close();
    } catch (error) {
      // What it held ends by itself.
      log.warning('What the host remembers could not be closed in order.', { fields: { reason: messageOf(error) } });
    }
  }
}
