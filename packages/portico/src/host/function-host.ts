// One function app that runs: the state it is in, what is served at this moment, and how it ends.

import { existsSync } from 'node:fs';
import type { AppSource } from '../config/load-function-app.ts';
import { HostError } from '../core/error.ts';
import { appRootNotFound, functionNotHttp, functionUnknown, hostStopped, portNotAvailable } from '../core/errors/host.ts';
import type { AppSettings, FunctionApp } from '../core/function-app.ts';
import { type HostEvent, type HostState, nextHostState } from '../core/host-state.ts';
import { createLogger, type HostObserver, type Logger } from '../core/log.ts';
import { formatProblem } from '../core/problem.ts';
import { waitAtMost } from '../core/wait-at-most.ts';
import { listen, type PublicServer } from '../http/public-server.ts';
import { createRequestHandler } from '../http/request-handler.ts';
import { createUpgradeHandler } from '../http/upgrade-handler.ts';
import type { InvocationHost } from '../invocation/invocation-host.ts';
import { WorkInHand } from '../invocation/work-in-hand.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { processEnvironment } from '../platform/environment.ts';
import { isLoopback } from '../platform/ports.ts';
import { systemClock } from '../platform/system-clock.ts';
import { HANDLER_STOP_MS } from '../worker/stop-time.ts';
import { AppEvents } from './app-events.ts';
import { type AppGeneration, readGeneration } from './app-generation.ts';
import { AppKeys } from './app-keys.ts';
import { type AppWatcher, findChangedFolder, watchApp } from './app-watcher.ts';
import { createCallContext } from './call-context.ts';
import type { FunctionSummary, Host, HostOptions, InvokeRequest, ReadyReport, RunningHandler, StopOptions } from './create-host.ts';
import { finishWork } from './finish-work.ts';
import { summarise } from './function-summary.ts';
import { HandlerSupply } from './handler-supply.ts';
import { invokeOverHttp } from './invoke-over-http.ts';
import { DEFAULT_GRACE_MS } from './limits.ts';
import { DEFAULT_ADDRESS, DEFAULT_PORT } from './local-defaults.ts';
import { createReloadSteps } from './reload-steps.ts';
import { Reloader } from './reloader.ts';
import type { Counted, ServingMeans } from './serve-app.ts';
import { type HostParts, invocationView, publicView } from './views.ts';

/** Somebody mends the handler; a person does not notice this. */
const READY_POLL_MS = 100;
/** One that is built first, or belongs to somebody else, is not waited for. */
const HANDLER_FIRST_MS = 50;
const SPAWN_POLL_MS = 2;
/** A tree that takes longer is not waited for: the app may be read once more in vain then. */
const WATCHER_FIRST_MS = 250;
const SILENT: HostObserver = { log: () => {}, request: () => {}, invocation: () => {} };

export class FunctionHost implements Host {
  readonly #options: HostOptions;
  readonly #source: AppSource;
  readonly #observer: HostObserver;
  readonly #log: Logger;
  readonly #createdMs = systemClock.monotonicMs();
  /** On the wall, as files are dated; rounded up, so that a file written just before is not taken for a new one. */
  readonly #readAtMs = systemClock.now().getTime() + 1;
  readonly #configMs: number;
  readonly #ready = Promise.withResolvers<ReadyReport>();
  readonly #work = new WorkInHand();
  /** Aborted: nothing new is taken. */
  readonly #stop = new AbortController();
  /** Aborted: what is under way is not waited for any longer. */
  readonly #enough = new AbortController();
  /** Aborted: nor is the handler's own end. */
  readonly #hurry = new AbortController();
  /** Aborted: nothing is waited for. */
  readonly #finished = new AbortController();
  readonly #handlers: HandlerSupply;
  readonly #invocations: InvocationHost;
  readonly #events: AppEvents;
  readonly #keys: AppKeys;
  readonly #reloader: Reloader;
  /** As it was read last. */
  #generation: AppGeneration;
  /** Where it listens is settled when it is made: what a file says later counts for the next host. */
  readonly #address: string;
  /** As requests find it. It lags behind while the handler that it is for is built and started. */
  #served: AppGeneration;
  #state: HostState = 'Starting';
  #listenMs = 0;
  #server: PublicServer | undefined;
  #watcher: AppWatcher | undefined;
  #starting: Promise<void> | undefined;
  /** Settles with the first start of the handler, its build included. */
  #begun: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#observer = options.observer ?? SILENT;
    this.#log = createLogger(this.#observer, 'Host.Startup');
    this.#source = {
      root: options.root,
      environment: definedOnly(options.environment ?? processEnvironment()),
      ...(options.functions !== undefined && { functions: options.functions }),
    };
    this.#invocations = invocationView(() => this.#handlers, this.#work, this.#stop.signal);
    this.#events = new AppEvents({
      root: options.root,
      observer: this.#observer,
      log: this.#log,
      host: this.#invocations,
      isDevelopment: (app) => this.#isDevelopment(app),
      whenReady: (signal) => this.#handlers.whenReady(signal),
    });
    this.#keys = new AppKeys({ root: options.root, observer: this.#observer, emulator: () => this.#events.startEmulator() });
    this.#generation = this.#read();
    this.#served = this.#generation;
    this.#address = options.address ?? this.app.local.address ?? DEFAULT_ADDRESS;
    const handlerOptions = {
      ...options,
      observer: this.#observer,
      graceMs: this.#graceMs,
      port: () => this.#server?.port ?? this.#port,
    };
    this.#handlers = new HandlerSupply(this.#generation, handlerOptions, this.#log);
    this.#reloader = new Reloader({
      reloadsSources: this.#reloadsSources,
      steps: createReloadSteps({
        root: options.root,
        handlers: this.#handlers,
        read: () => this.#readAgain(),
        latest: () => this.#generation,
        serve: (generation) => {
          this.#served = generation;
          this.#events.use(generation);
          if (this.#asksForKeys) void this.#keys.use(generation.app);
        },
        buildCommand: () => this.#buildCommand,
        observer: this.#observer,
        log: this.#log,
      }),
      clock: systemClock,
      log: this.#log,
    });
    this.#configMs = systemClock.monotonicMs() - this.#createdMs;
  }

  get state(): HostState {
    return this.#state;
  }

  get url(): string {
    return this.#server?.url ?? `http://${this.#address}:${this.#port}`;
  }

  get app(): FunctionApp {
    return this.#generation.app;
  }

  get keys(): KeyRing | undefined {
    return this.#keys.ring;
  }

  get ready(): Promise<ReadyReport> {
    return this.#ready.promise;
  }

  start(): Promise<void> {
    this.#starting ??= this.#stopping === undefined ? this.#start() : Promise.reject(hostStopped());
    return this.#starting;
  }

  async #start(): Promise<void> {
    const host = publicView(this.#parts());
    const context = createCallContext(this.#observer, this.#work);
    const startedMs = systemClock.monotonicMs();
    try {
      if (!existsSync(this.#options.root)) throw appRootNotFound({ folder: this.#options.root, exists: false, below: [] });
      if (this.#asksForKeys) await this.#keys.use(this.app);
      this.#server = await listen({
        port: this.#port,
        address: this.#address,
        certificate: this.#options.https,
        asksForCertificate: this.#options.clientCertificate === 'ask',
        onRequest: createRequestHandler(host, context),
        ...createUpgradeHandler(host, context),
        httpDate: context.httpDate,
      });
    } catch (error) {
      this.#apply('end');
      const failed = error instanceof HostError ? error : portNotAvailable({ port: this.#port, address: this.#address, cause: error });
      this.#report({ failed });
      throw error;
    }
    this.#listenMs = systemClock.monotonicMs() - startedMs;
    this.#settle();
    const changedFolder = findChangedFolder(this.app, this.#readAtMs);
    this.#begun = this.#reloader.start().then(() => this.#reportStart());
    // In this turn of the event loop the handler is spawned: it comes up while we look at folders.
    await new Promise((resolve) => setImmediate(resolve));
    this.#watcher = watchApp({
      root: this.#options.root,
      app: () => this.app,
      readAtMs: this.#readAtMs,
      changedFolder,
      watchesSources: this.#reloadsSources,
      builds: this.#buildCommand !== undefined,
      clock: systemClock,
      log: this.#log,
      onChange: (change) => this.#reloader.change(change),
    });
    void this.#beginEvents(this.#watcher);
  }

  /** SDKs take a while to load, and nothing else happens meanwhile: the handler, which takes longer, comes first. So does the watcher, or it would see what we write. */
  async #beginEvents({ begun }: AppWatcher): Promise<void> {
    const deadlineMs = systemClock.monotonicMs() + HANDLER_FIRST_MS;
    const isSpawned = (): boolean => this.#handlers.members.some(({ pid }) => pid !== undefined);
    try {
      if (this.#served.events.length > 0) await waitAtMost(WATCHER_FIRST_MS, begun, systemClock);
      while (this.#served.events.length > 0 && !isSpawned() && systemClock.monotonicMs() < deadlineMs) {
        await systemClock.sleep(SPAWN_POLL_MS, this.#stop.signal);
      }
      if (!this.#stop.signal.aborted) this.#events.use(this.#served);
    } catch (error) {
      // The host stops before anything has begun.
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  async handlerReady(signal: AbortSignal): Promise<RunningHandler> {
    for (;;) {
      const [first] = this.#handlers.running;
      if (first !== undefined) return first;
      await systemClock.sleep(READY_POLL_MS, signal);
    }
  }

  functions(): readonly FunctionSummary[] {
    return summarise(this.app, this.url);
  }

  async invoke(functionName: string, request: InvokeRequest = {}): Promise<Response> {
    const fn = this.app.functions.find(({ name }) => name.toLowerCase() === functionName.toLowerCase());
    if (fn === undefined)
      throw functionUnknown(
        functionName,
        this.app.functions.map(({ name }) => name),
      );
    if (fn.http === undefined) throw functionNotHttp(fn.name);
    return invokeOverHttp(this.url, this.app.config?.http.routePrefix ?? 'api', fn.http, request);
  }

  stop({ graceMs = this.#graceMs }: StopOptions = {}): Promise<void> {
    if (this.#stopping === undefined) this.#stopping = this.#end(graceMs);
    else if (graceMs <= 0) this.#hurry.abort();
    // Rejects when everything was finished before that.
    else
      void systemClock.sleep(graceMs, this.#finished.signal).then(
        () => this.#enough.abort(),
        () => {},
      );
    return this.#stopping;
  }

  async #end(graceMs: number): Promise<void> {
    // What is being started is stopped once it is there; a start that failed has cleaned up itself.
    await Promise.allSettled([this.#starting]);
    if (this.#state === 'Stopped') return;
    this.#apply('stop');
    this.#stop.abort();
    this.#handlers.turnAway();
    this.#watcher?.stop();
    this.#server?.drain();
    await Promise.all([this.#reloader.stop(), this.#begun]);
    const enough = AbortSignal.any([this.#enough.signal, this.#hurry.signal]);
    const eventsStopped = this.#events.stop(AbortSignal.any([enough, this.#finished.signal]), this.#hurry.signal);
    await finishWork({ work: this.#work, graceMs, clock: systemClock, log: this.#log }, enough);
    this.#finished.abort();
    await eventsStopped;
    const stopped = this.#handlers.stop(this.#hurry.signal.aborted ? 0 : HANDLER_STOP_MS);
    const hurry = (): void => void Promise.all([this.#handlers.stop(0), this.#events.stopEmulator(0)]);
    this.#hurry.signal.addEventListener('abort', hurry, { once: true });
    await Promise.all([stopped, this.#events.stopEmulator(HANDLER_STOP_MS)]);
    await this.#server?.close();
    this.#keys.close();
    this.#apply('end');
    // For a host that was stopped before it was ready.
    this.#report({});
  }

  get #asksForKeys(): boolean {
    return this.#options.auth ?? !isLoopback(this.#address);
  }

  get #port(): number {
    return this.#options.port ?? this.app.local.port ?? DEFAULT_PORT;
  }

  get #graceMs(): number {
    return this.#options.graceMs ?? DEFAULT_GRACE_MS;
  }

  /** In portico.json it is for whoever changes the sources; a flag is an order. */
  get #buildCommand(): string | undefined {
    if (this.#options.attachPort !== undefined) return undefined;
    return this.#options.build ?? (this.#options.watch ? this.app.portico.build : undefined);
  }

  /** Somebody else's handler is not ours to reload. */
  get #reloadsSources(): boolean {
    return this.#options.watch === true && this.#options.attachPort === undefined;
  }

  #readAgain(): AppGeneration {
    this.#generation = this.#read(this.#served.served);
    this.#settle();
    this.#logProblems();
    return this.#generation;
  }

  #read(before?: Counted): AppGeneration {
    return readGeneration(this.#source, this.#options, this.#means, before);
  }

  get #means(): ServingMeans {
    return { clock: systemClock, over: this.#stop.signal, bindingsOf: (metadata, app) => this.#events.bindingsOf(metadata, app) };
  }

  /** Core Tools say so of every app that they run; a host that other machines reach is no developer's. */
  #isDevelopment({ settings }: FunctionApp): boolean {
    const said = settings.AZURE_FUNCTIONS_ENVIRONMENT;
    return said === undefined ? isLoopback(this.#address) : said.toLowerCase() === 'development';
  }

  #apply(event: HostEvent): void {
    this.#state = nextHostState(this.#state, event);
  }

  /** The state is what the app on disk makes of it. */
  #settle(): void {
    const { obstacle } = this.#generation;
    this.#apply(obstacle === undefined ? 'serve' : obstacle.kind === 'offline' ? 'takeOffline' : 'break');
  }

  #logProblems(): void {
    for (const problem of this.app.problems) {
      const { severity, functionName, code } = problem;
      this.#log[severity](formatProblem(problem), { code, functionName });
    }
  }

  #reportStart(): void {
    const { running, trouble } = this.#handlers;
    this.#report(running.length > 0 || trouble === undefined ? { handlers: running } : { failed: trouble });
  }

  #report(facts: Partial<Pick<ReadyReport, 'handlers' | 'failed'>>): void {
    const totalMs = systemClock.monotonicMs() - this.#createdMs;
    const phases = { config: this.#configMs, listen: this.#listenMs, handler: totalMs - this.#configMs };
    this.#ready.resolve({ handlers: [], ...facts, phases, totalMs });
  }

  #parts(): HostParts {
    return {
      root: this.#options.root,
      handlers: this.#handlers,
      events: this.#events,
      invocations: this.#invocations,
      reloader: this.#reloader,
      work: this.#work,
      keys: () => this.#keys.ring,
      boundToLoopback: () => isLoopback(this.#address),
      user: this.#options.user,
      isDevelopment: (app) => this.#isDevelopment(app),
      generation: () => this.#generation,
      served: () => this.#served,
      state: () => this.#state,
      uptimeMs: () => systemClock.monotonicMs() - this.#createdMs,
    };
  }
}

function definedOnly(variables: Readonly<Record<string, string | undefined>>): AppSettings {
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
