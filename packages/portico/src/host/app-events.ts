// Everything of a running app that no request starts: its listeners, calls by hand, webhooks of extensions, and what bindings need for it.
// An app of HTTP functions alone loads nothing of what bindings need.

import { resolveStorageConnection } from '../azure/connection.ts';
import { optionsOf } from '../core/binding-options.ts';
import { messageOf } from '../core/error.ts';
import { functionUnknown, hostIdRefused } from '../core/errors/host.ts';
import type {
  EmulatorEndpoints,
  InvocationOutcome,
  TriggerBinding,
  TriggerEvent,
  Webhook,
  WebhookAnswer,
  WebhookRequest,
} from '../core/extension.ts';
import type { BindingMetadata, FunctionApp, FunctionMetadata } from '../core/function-app.ts';
import { isHostId } from '../core/host-id.ts';
import { type HostObserver, type Logger, report } from '../core/log.ts';
import { text } from '../core/option-values.ts';
import type { StateStore } from '../core/state-store.ts';
import { waitAtMost } from '../core/wait-at-most.ts';
import { whenAborted } from '../core/when-aborted.ts';
import type { Emulator } from '../emulator/emulator.ts';
import { runForEvent } from '../invocation/event-run.ts';
import type { FunctionBindings } from '../invocation/function-bindings.ts';
import type { InvocationHost } from '../invocation/invocation-host.ts';
import { systemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';
import type { AppGeneration } from './app-generation.ts';
import { BindingServices } from './binding-services.ts';
import { hostIdentity } from './host-identity.ts';
import { type EventFunction, type ListenedApp, ListenerSet } from './listener-set.ts';
import { type Declared, declaredBinding, functionBindings } from './make-bindings.ts';
import { WEBHOOK_EXTENSIONS, webhookFunctions } from './webhook-functions.ts';

export type AppEventsOptions = {
  readonly root: string;
  readonly observer: HostObserver;
  readonly log: Logger;
  readonly host: InvocationHost;
  readonly isDevelopment: (app: FunctionApp) => boolean;
  /** Resolves when a handler takes events. */
  readonly whenReady: (signal: AbortSignal) => Promise<void>;
};

/** Settling an event takes a service, which may be away; then the event comes again by itself. */
export const SETTLE_MS = 5000;

export class AppEvents {
  readonly #options: AppEventsOptions;
  readonly #listeners: ListenerSet;
  /** By settings: requests that came before a change of them still have theirs. */
  readonly #services = new Map<string, Promise<BindingServices>>();
  /** Aborted: what runs is given up. */
  readonly #abandoning = new AbortController();
  #emulator: Promise<Emulator> | undefined;
  #generation: AppGeneration | undefined;
  #told = '';

  constructor(options: AppEventsOptions) {
    this.#options = options;
    this.#listeners = new ListenerSet({
      clock: systemClock,
      log: options.log,
      whenReady: options.whenReady,
      run: (fn, event, signal) => this.#run(fn, event, signal),
    });
  }

  /** The inputs and outputs of a function of that app, which load with its first event. */
  bindingsOf(metadata: FunctionMetadata, app: FunctionApp): FunctionBindings | undefined {
    return functionBindings(metadata, {
      contextFor: async (extension) => (await this.#servicesFor(app)).context(extension, app, metadata.name),
      keepsText: app.portico.keepOutputText,
    });
  }

  /** From now on the listeners are those of that app. */
  use(generation: AppGeneration): void {
    this.#generation = generation;
    const { app, events } = generation;
    if (wantsEmulator(app))
      this.startEmulator().catch(() => {
        // Whoever needs it asks again, and is told why not.
      });
    const listening = events.filter(({ metadata }) => !metadata.disabled && declaredBinding(metadata.trigger)?.type.trigger !== undefined);
    if (listening.length > 0) void this.#tellState(app);
    const switched = this.#listeners.use(listening.length === 0 ? undefined : this.#listenedApp(app, listening));
    // What was made of other settings is not needed once the listeners of the time have ended.
    const others = [...this.#services.keys()].filter((settings) => settings !== settingsKey(app));
    void switched.then(() => Promise.all(others.map((settings) => this.#close(settings))));
  }

  #listenedApp(app: FunctionApp, functions: ListenedApp['functions']): ListenedApp {
    const settings = settingsKey(app);
    return {
      functions,
      fingerprint: ({ trigger }) => {
        const section = app.config?.extensions[declaredBinding(trigger)?.extension.name.toLowerCase() ?? ''];
        return JSON.stringify([trigger, section, settings]);
      },
      createListener: async ({ name, trigger }, runs) => {
        const { extension, type } = declaredBinding(trigger) as Declared;
        const [binding, services] = await Promise.all([type.trigger?.(), this.#servicesFor(app)]);
        const context = { ...services.context(extension, app, name), ...runs };
        return (binding as TriggerBinding).createListener(trigger as BindingMetadata, context);
      },
    };
  }

  pause(): Promise<void> {
    return this.#listeners.pause();
  }

  resume(): Promise<void> {
    return this.#listeners.resume();
  }

  /**
   * Takes no event any more. `enough`: what runs, by hand too, is not waited for any longer; `hurry`: nothing is.
   * Resolves when every event is settled, as far as that is possible. Never rejects.
   */
  async stop(enough: AbortSignal, hurry: AbortSignal): Promise<void> {
    const stopped = this.#listeners.stop(enough);
    await whenAborted(enough);
    this.#abandoning.abort();
    await waitAtMost(SETTLE_MS, Promise.race([stopped, whenAborted(hurry)]), systemClock);
    const closed = Promise.all([...this.#services.keys()].map((settings) => this.#close(settings)));
    await waitAtMost(SETTLE_MS, Promise.race([closed, whenAborted(hurry)]), systemClock);
  }

  /** Never rejects. */
  async stopEmulator(graceMs: number): Promise<void> {
    await this.#emulator?.then(
      (emulator) => emulator.stop(graceMs),
      // What could not be loaded does not run.
      () => {},
    );
  }

  /** Whether it could be run by hand now. */
  knows(functionName: string): boolean {
    return this.#find(functionName) !== undefined;
  }

  #find(functionName: string): EventFunction | undefined {
    return this.#generation?.events.find(({ metadata }) => metadata.name.toLowerCase() === functionName.toLowerCase());
  }

  /** Runs a function as if its trigger had. Rejects with a HostError when there is no such event. HTTP functions are not among them. */
  async invoke(functionName: string, input: string | undefined, signal: AbortSignal): Promise<InvocationOutcome> {
    const { app, events = [] } = this.#generation ?? {};
    const fn = this.#find(functionName);
    const known = events.map(({ metadata }) => metadata.name);
    if (app === undefined || fn?.metadata.trigger === undefined) throw functionUnknown(functionName, known);
    const { metadata, runnable } = fn;
    const declared = declaredBinding(metadata.trigger);
    const trigger = await declared?.type.trigger?.();
    const services = await this.#servicesFor(app);
    const event: TriggerEvent =
      trigger === undefined || declared === undefined
        ? manualEvent(input, runnable.triggerName)
        : await trigger.eventByHand(input, fn.metadata.trigger, services.context(declared.extension, app, metadata.name));
    return this.#run(runnable, event, AbortSignal.any([signal, this.#abandoning.signal]));
  }

  /** Undefined: no function has a trigger of an extension of that name that takes webhooks. */
  async answerWebhook(name: string, request: WebhookRequest): Promise<WebhookAnswer | undefined> {
    const { app, events = [] } = this.#generation ?? {};
    const extension = WEBHOOK_EXTENSIONS.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (extension === undefined || app === undefined) return undefined;
    const functions = webhookFunctions(
      extension,
      events.map(({ metadata }) => metadata),
    );
    if (functions.length === 0) return undefined;
    const webhook = (await extension.webhook?.()) as Webhook;
    return webhook.answer(request, { ...(await this.#servicesFor(app)).hostContext(extension, app), functions });
  }

  #run(fn: Parameters<typeof runForEvent>[0], event: TriggerEvent, signal: AbortSignal): Promise<InvocationOutcome> {
    const { host, observer } = this.#options;
    return runForEvent(fn, event, { host, observer, clock: systemClock, random: systemRandom }, signal);
  }

  #servicesFor(app: FunctionApp): Promise<BindingServices> {
    const settings = settingsKey(app);
    const known = this.#services.get(settings);
    if (known !== undefined) return known;
    const made = this.#makeServices(app);
    this.#services.set(settings, made);
    // The next one who asks tries again.
    made.catch(() => this.#services.delete(settings));
    return made;
  }

  async #close(settings: string): Promise<void> {
    const made = this.#services.get(settings);
    this.#services.delete(settings);
    await (await made?.catch(() => undefined))?.close(this.#options.log);
  }

  async #makeServices(app: FunctionApp): Promise<BindingServices> {
    const { root, observer, isDevelopment, log } = this.#options;
    const { openState } = await import('../state/open-state.ts');
    const state = openState({ root, settings: app.settings, log });
    const identity = hostIdentity(app.settings, root);
    if (identity.refused !== undefined) report(log, 'warning', hostIdRefused(identity.refused, identity.id));
    return new BindingServices({
      settings: app.settings,
      hostId: state.isLocal && !identity.isChosen ? await rememberedId(state, identity.id, log) : identity.id,
      isDevelopment: isDevelopment(app),
      state,
      emulator: () => this.startEmulator(),
      observer,
    });
  }

  /** Once; it stays until the app stops. */
  async startEmulator(): Promise<EmulatorEndpoints> {
    const { root, log } = this.#options;
    this.#emulator ??= import('./app-emulator.ts').then(({ appEmulator }) => appEmulator({ root, log, clock: systemClock }));
    return (await this.#emulator).start();
  }

  /** Once for each place: where the host remembers what it has to. Never rejects. */
  async #tellState(app: FunctionApp): Promise<void> {
    const { log } = this.#options;
    try {
      const { statePlace: place } = await this.#servicesFor(app);
      if (place === this.#told) return;
      this.#told = place;
      log.information(`State: ${place}`);
    } catch (error) {
      log.error('What the host has to remember has no place.', { fields: { reason: messageOf(error) } });
    }
  }
}

const ID_PATH = 'host-id';

/** What a folder was once called it is called for ever, wherever it is moved and whatever its machine is called by then. */
async function rememberedId({ documents }: StateStore, id: string, log: Logger): Promise<string> {
  const { signal } = new AbortController();
  try {
    const remembered = await documents.read(ID_PATH, signal);
    if (remembered !== undefined && isHostId(remembered)) return remembered;
    await documents.write(ID_PATH, id, signal);
  } catch (error) {
    // Whoever needs what is remembered says more.
    log.debug('The id of the host cannot be remembered.', { fields: { reason: messageOf(error) } });
  }
  return id;
}

/** A manualTrigger has no extension: whatever is posted is its event. */
function manualEvent(input: string | undefined, triggerName: string): TriggerEvent {
  const value = input ?? null;
  return {
    value,
    bindingData: input === undefined ? [] : [[triggerName, input]],
    reason: 'This function was programmatically called via the host APIs.',
  };
}

/** Some function that may run has a binding that leads to the emulator: it takes as long to start as a handler, so it starts beside it. */
function wantsEmulator({ functions, settings }: FunctionApp): boolean {
  return functions.some(
    ({ allowed, errors, bindings }) => allowed && errors.length === 0 && bindings.some((binding) => leadsToEmulator(binding, settings)),
  );
}

function leadsToEmulator(binding: BindingMetadata, settings: FunctionApp['settings']): boolean {
  if (declaredBinding(binding)?.type.connectsTo !== 'storage') return false;
  const { connection } = optionsOf({ connection: text({ doc: '' }) }, binding);
  const resolved = resolveStorageConnection(connection, settings);
  return 'connection' in resolved && resolved.connection.kind === 'emulator';
}

function settingsKey({ settings }: FunctionApp): string {
  return JSON.stringify(Object.entries(settings).sort());
}
