// One function app that runs: the state it is in, what is served at this moment, and what happens when the app changes on disk.
import type { AdminHost } from '../admin/admin-api.ts';
import { answerAdmin } from '../admin/admin-api.ts';
import type { AppSource } from '../config/load-function-app.ts';
import { functionNotHttp, functionUnknown } from '../core/error-catalogue.ts';
import type { AppSettings, FunctionApp } from '../core/function-app.ts';
import { hostId } from '../core/host-id.ts';
import type { HostState } from '../core/host-state.ts';
import { createLogger, type HostObserver, type Logger } from '../core/log.ts';
import { formatProblem } from '../core/problem.ts';
import type { CallContext } from '../http/call.ts';
import type { PublicHost } from '../http/public-app.ts';
import { listen, type PublicServer } from '../http/public-server.ts';
import { createRequestHandler } from '../http/request-handler.ts';
import { createUpgradeHandler } from '../http/upgrade-handler.ts';
import { replyWriter } from '../http/whole-reply.ts';
import { processEnvironment } from '../platform/environment.ts';
import { createHttpDate } from '../platform/http-date.ts';
import { machineName, temporaryFolder, thisMachine } from '../platform/machine.ts';
import { keepHeapSmall } from '../platform/small-heap.ts';
import { systemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';
import { attachHandler } from '../worker/attached-handler.ts';
import type { HandlerSource } from '../worker/handler-source.ts';
import { createWorkerProcess } from '../worker/process.ts';
import { type AppGeneration, readGeneration } from './app-generation.ts';
import { type AppChange, watchApp } from './app-watcher.ts';
import type { FunctionSummary, Host, HostOptions, InvokeRequest, ReadyReport, RunningHandler } from './create-host.ts';
import { summarise } from './function-summary.ts';
import { HandlerLink } from './handler-link.ts';
import { invokeOverHttp } from './invoke-over-http.ts';
import { createRemarks } from './remarks.ts';

const DEFAULT_PORT = 7071;
const DEFAULT_ADDRESS = '127.0.0.1';
/** How long a stop waits for requests under way, and then for the handler's own end. */
const STOP_GRACE_MS = 5000;
/** The default of customHandler.initializationTimeout. */
const DEFAULT_WAIT_MS = 30_000;
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
  readonly #configMs: number;
  readonly #ready = Promise.withResolvers<ReadyReport>();
  #generation: AppGeneration;
  #state: HostState = 'Starting';
  #server: PublicServer | undefined;
  #link: HandlerLink;
  #stopWatching: (() => void) | undefined;
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
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    const host = this.#publicHost();
    const context = this.#callContext();
    const startedMs = systemClock.monotonicMs();
    // The handler needs longer than the port, so it goes first; requests that come before it wait.
    const handlerStarted = this.#startHandler();
    try {
      this.#server = await listen({
        port: this.#port,
        address: this.#address,
        certificate: this.#options.https,
        onRequest: createRequestHandler(host, context),
        ...createUpgradeHandler(host, context),
        httpDate: context.httpDate,
      });
    } catch (error) {
      await this.#link.stop(0);
      this.#state = 'Stopped';
      throw error;
    }
    const listenMs = systemClock.monotonicMs() - startedMs;
    keepHeapSmall();
    this.#settle();
    void handlerStarted.then((facts) => {
      const totalMs = systemClock.monotonicMs() - this.#createdMs;
      this.#ready.resolve({ ...facts, phases: { config: this.#configMs, listen: listenMs, handler: totalMs - this.#configMs }, totalMs });
    });
    this.#stopWatching = watchApp(
      this.#options.root,
      () => this.app,
      systemClock,
      this.#log,
      (change) => void this.#changed(change),
    );
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
    this.#stopWatching?.();
    await this.#server?.close(AbortSignal.timeout(STOP_GRACE_MS));
    await this.#link.stop(STOP_GRACE_MS);
    this.#state = 'Stopped';
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
    const { app } = this.#generation;
    const waitMs = app.config?.handler?.initializationTimeoutMs ?? DEFAULT_WAIT_MS;
    return new HandlerLink(this.#createSource(), systemClock, waitMs);
  }

  /** Nothing is started for an app that has nothing to call. */
  #createSource(): HandlerSource | undefined {
    const { app, obstacle } = this.#generation;
    const { attachPort, root } = this.#options;
    if (obstacle !== undefined || !app.functions.some(({ allowed }) => allowed)) return undefined;
    if (attachPort !== undefined) return attachHandler(attachPort, systemClock, this.#log);
    const handler = app.config?.handler;
    if (handler === undefined) return undefined;
    return createWorkerProcess({
      handler,
      root,
      environment: { ...app.settings, ...siteName(app.settings, this.#server?.port ?? this.#port) },
      machine: thisMachine,
      clock: systemClock,
      observer: this.#observer,
      random: systemRandom,
    });
  }

  async #startHandler(): Promise<Pick<ReadyReport, 'handler' | 'failed'>> {
    await this.#link.start();
    const { source } = this.#link;
    if (source === undefined) return {};
    if (source.startError !== undefined) return { failed: source.startError };
    return source.port === undefined ? {} : { handler: { pid: source.pid, port: source.port } };
  }

  async #changed({ file, kind }: AppChange): Promise<void> {
    if (this.#stopping !== undefined) return;
    if (kind === 'handler') {
      this.#retryHandler();
      return;
    }
    const before = this.#generation;
    this.#generation = readGeneration(this.#source, this.#options);
    this.#log.information(`${file} changed, so the app was read again.`);
    this.#settle();
    this.#logProblems();
    if (sameHandler(before, this.#generation)) {
      this.#retryHandler();
      return;
    }
    const old = this.#link;
    this.#link = this.#createLink();
    await old.stop(STOP_GRACE_MS);
    await this.#link.start();
  }

  /** Something beside a handler that does not run was changed: perhaps it runs now. */
  #retryHandler(): void {
    const { source } = this.#link;
    if (source?.state === 'failed') source.restart(STOP_GRACE_MS);
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
      whenChannel: (signal) => self.#link.whenChannel(signal),
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

  #callContext(): CallContext {
    return {
      observer: this.#observer,
      writeWhole: replyWriter(),
      nowMs: () => systemClock.now().getTime(),
      monotonicMs: () => systemClock.monotonicMs(),
      httpDate: createHttpDate(systemClock),
    };
  }
}

function sameHandler(one: AppGeneration, other: AppGeneration): boolean {
  const facts = ({ app, obstacle }: AppGeneration): string =>
    JSON.stringify([app.config?.handler, app.settings, obstacle?.kind, app.functions.length > 0]);
  return facts(one) === facts(other);
}

/** What Azure's tools set for a handler that wants to know its own address. */
function siteName(settings: AppSettings, port: number): AppSettings {
  return settings.WEBSITE_HOSTNAME === undefined ? { WEBSITE_HOSTNAME: `localhost:${port}` } : {};
}

function definedOnly(variables: Readonly<Record<string, string | undefined>>): AppSettings {
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
