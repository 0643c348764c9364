// One function app that runs: the state it is in, what is served at this moment, and what happens when the app changes on disk.

import { existsSync } from 'node:fs';
import type { AdminHost } from '../admin/admin-api.ts';
import { answerAdmin } from '../admin/admin-api.ts';
import type { AppSource } from '../config/load-function-app.ts';
import { HostError } from '../core/error.ts';
import { appRootNotFound, functionNotHttp, functionUnknown, hostStopped, portNotAvailable } from '../core/error-catalogue.ts';
import type { AppSettings, FunctionApp } from '../core/function-app.ts';
import { hostId } from '../core/host-id.ts';
import type { HostState } from '../core/host-state.ts';
import { createLogger, type HostObserver, type Logger } from '../core/log.ts';
import { formatProblem } from '../core/problem.ts';
import type { PublicHost } from '../http/public-app.ts';
import { listen, type PublicServer } from '../http/public-server.ts';
import { createRequestHandler } from '../http/request-handler.ts';
import { createUpgradeHandler } from '../http/upgrade-handler.ts';
import { processEnvironment } from '../platform/environment.ts';
import { machineName, temporaryFolder } from '../platform/machine.ts';
import { systemClock } from '../platform/system-clock.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import { type AppGeneration, readGeneration } from './app-generation.ts';
import { type AppChange, watchApp } from './app-watcher.ts';
import { createCallContext } from './call-context.ts';
import type { FunctionSummary, Host, HostOptions, InvokeRequest, ReadyReport, RunningHandler } from './create-host.ts';
import { summarise } from './function-summary.ts';
import { createHandlerLink, sameHandler } from './handler-factory.ts';
import type { HandlerLink } from './handler-link.ts';
import { invokeOverHttp } from './invoke-over-http.ts';
import { createRemarks } from './remarks.ts';

const DEFAULT_PORT = 7071;
const DEFAULT_ADDRESS = '127.0.0.1';
/** How long a stop waits for requests under way, and then for the handler's own end. */
const STOP_GRACE_MS = 5000;
/** Somebody mends the handler; a person does not notice this. */
const READY_POLL_MS = 100;
const SILENT: HostObserver = { log: () => {}, request: () => {} };
const LOOPBACK = /^(?:127\.|localhost$|::1$)/;

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
  #generation: AppGeneration;
  #state: HostState = 'Starting';
  #listenMs = 0;
  #server: PublicServer | undefined;
  #link: HandlerLink;
  #stopWatching: (() => Promise<void>) | undefined;
  #starting: Promise<void> | undefined;
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
    this.#generation = readGeneration(this.#source, this.#options);
    this.#link = this.#createLink();
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

  get ready(): Promise<ReadyReport> {
    return this.#ready.promise;
  }

  start(): Promise<void> {
    this.#starting ??= this.#stopping === undefined ? this.#start() : Promise.reject(hostStopped());
    return this.#starting;
  }

  async #start(): Promise<void> {
    const host = this.#publicHost();
    const context = createCallContext(this.#observer);
    const startedMs = systemClock.monotonicMs();
    try {
      if (!existsSync(this.#options.root)) throw appRootNotFound({ folder: this.#options.root, exists: false, below: [] });
      this.#server = await listen({
        port: this.#port,
        address: this.#address,
        certificate: this.#options.https,
        onRequest: createRequestHandler(host, context),
        ...createUpgradeHandler(host, context),
        httpDate: context.httpDate,
      });
    } catch (error) {
      this.#state = 'Stopped';
      const failed = error instanceof HostError ? error : portNotAvailable({ port: this.#port, address: this.#address, cause: error });
      this.#report({ failed });
      throw error;
    }
    this.#listenMs = systemClock.monotonicMs() - startedMs;
    this.#settle();
    void this.#startHandler().then((facts) => this.#report(facts));
    this.#stopWatching = watchApp({
      root: this.#options.root,
      app: () => this.app,
      readAtMs: this.#readAtMs,
      clock: systemClock,
      log: this.#log,
      onChange: (change) => this.#changed(change),
    });
  }

  async handlerReady(signal: AbortSignal): Promise<RunningHandler> {
    for (;;) {
      const { source } = this.#link;
      if (source?.state === 'ready' && source.port !== undefined) return { pid: source.pid, port: source.port };
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

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    // What is being started is stopped once it is there; a start that failed has cleaned up itself.
    await Promise.allSettled([this.#starting]);
    this.#state = 'Stopping';
    this.#link.turnAway();
    await Promise.all([this.#closeServer(), this.#stopWatching?.()]);
    await this.#link.stop(STOP_GRACE_MS);
    this.#state = 'Stopped';
    // For a host that was stopped before it was ready.
    this.#report({});
  }

  async #closeServer(): Promise<void> {
    const closed = new AbortController();
    const cutOff = new AbortController();
    systemClock.sleep(STOP_GRACE_MS, closed.signal).then(
      () => cutOff.abort(),
      () => {
        // It closed in time.
      },
    );
    await this.#server?.close(cutOff.signal);
    closed.abort();
  }

  get #address(): string {
    return this.#options.address ?? this.app.local.address ?? DEFAULT_ADDRESS;
  }

  get #port(): number {
    return this.#options.port ?? this.app.local.port ?? DEFAULT_PORT;
  }

  /** The state is what the app on disk makes of it. */
  #settle(): void {
    const { obstacle } = this.#generation;
    this.#state = obstacle === undefined ? 'Running' : obstacle.kind === 'offline' ? 'Offline' : 'Error';
  }

  #logProblems(): void {
    for (const problem of this.app.problems) {
      const { severity, functionName, code } = problem;
      this.#log[severity](formatProblem(problem), { code, functionName });
    }
  }

  #createLink(): HandlerLink {
    return createHandlerLink(this.#generation, {
      ...this.#options,
      observer: this.#observer,
      port: () => this.#server?.port ?? this.#port,
    });
  }

  async #startHandler(): Promise<Pick<ReadyReport, 'handler' | 'failed'>> {
    await this.#link.start();
    const { source } = this.#link;
    if (source?.state === 'ready' && source.port !== undefined) return { handler: { pid: source.pid, port: source.port } };
    return source?.startError === undefined ? {} : { failed: source.startError };
  }

  #report(facts: Pick<ReadyReport, 'handler' | 'failed'>): void {
    const totalMs = systemClock.monotonicMs() - this.#createdMs;
    const phases = { config: this.#configMs, listen: this.#listenMs, handler: totalMs - this.#configMs };
    this.#ready.resolve({ ...facts, phases, totalMs });
  }

  async #changed({ file, kind }: AppChange): Promise<void> {
    if (this.#stopping !== undefined) return;
    if (kind === 'app') {
      const before = this.#generation;
      this.#generation = readGeneration(this.#source, this.#options);
      this.#log.information(`${file} changed, so the app was read again.`);
      this.#settle();
      this.#logProblems();
      if (!sameHandler(before, this.#generation)) return this.#replaceHandler();
    }
    // Perhaps a handler that does not run was mended.
    this.#link.source?.retry();
  }

  /** One after the other: two handlers of one app might want the same file or port. Requests wait meanwhile. */
  async #replaceHandler(): Promise<void> {
    const old = this.#link;
    this.#link = this.#createLink();
    await old.retire(STOP_GRACE_MS);
    // It is ready when it is ready; the next change need not wait for that. Nothing starts once the host is being stopped.
    if (this.#stopping === undefined) void this.#link.start();
  }

  async #whenChannel(signal: AbortSignal): Promise<HandlerChannel | HostError> {
    const link = this.#link;
    const found = await link.whenChannel(signal);
    // Replaced meanwhile: what it said is about a handler that is gone.
    return link === this.#link ? found : this.#whenChannel(signal);
  }

  #publicHost(): PublicHost {
    const self = this;
    const admin = this.#adminHost();
    return {
      get app() {
        return self.#generation.served;
      },
      get obstacle() {
        return self.#generation.obstacle;
      },
      get channel() {
        return self.#link.channel;
      },
      whenChannel: (signal) => self.#whenChannel(signal),
      admin: (call, target) => answerAdmin(call, target, admin),
      remark: createRemarks(),
      revealsReasons: LOOPBACK.test(this.#address),
    };
  }

  #adminHost(): AdminHost {
    const self = this;
    return {
      hostId: this.app.settings.AzureFunctionsWebHost__hostid ?? hostId(machineName, this.#options.root),
      temporaryFolder: this.app.settings.TMPDIR ?? temporaryFolder,
      get app() {
        return self.app;
      },
      get state() {
        return self.#state;
      },
      get errors() {
        return self.#generation.errors;
      },
      get uptimeMs() {
        return systemClock.monotonicMs() - self.#createdMs;
      },
    };
  }
}

function definedOnly(variables: Readonly<Record<string, string | undefined>>): AppSettings {
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
