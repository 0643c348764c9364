// The composition root: puts configuration, handler, public port and admin API together. Start reading at FunctionHost.

import type { X509Certificate } from 'node:crypto';
import type { LocalPrincipal } from '../core/authorization.ts';
import type { HostError } from '../core/error.ts';
import type { AuthLevel, FunctionApp } from '../core/function-app.ts';
import type { HostState } from '../core/host-state.ts';
import type { HostObserver } from '../core/log.ts';
import type { Problem } from '../core/problem.ts';
import type { XffStyle } from '../http/caller.ts';
import type { CorsRules } from '../http/cors.ts';
import type { Certificate } from '../http/public-server.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { FunctionHost } from './function-host.ts';

export type HostOptions = {
  /** Absolute path of the folder with host.json. */
  readonly root: string;
  /** 0: any free one. Default: `Host.LocalHttpPort` of local.settings.json, else 7071. */
  readonly port?: number;
  /** Default: `Host.LocalHttpAddress` of local.settings.json, else 127.0.0.1. */
  readonly address?: string;
  /** Ask callers for keys, and tools for the master key. Default: unless the address is a loopback one. */
  readonly auth?: boolean;
  /** Every request is this user's, as if it had signed in with the platform. For testing. Default: nobody's. */
  readonly user?: LocalPrincipal;
  /**
   * What handlers get as `X-ARR-ClientCert`. A certificate: every request counts as having come with it; for testing.
   * `ask`: callers by `https` are asked for theirs; whoever signed it, the handler gets it and has to judge. Default: nobody is asked.
   * https://learn.microsoft.com/azure/app-service/app-service-web-configure-tls-mutual-auth
   */
  readonly clientCertificate?: X509Certificate | 'ask';
  /** Run only these, compared ignoring case. Default: host.json's `functions`, else all. */
  readonly functions?: readonly string[];
  /** Default: `Host.CORS` of local.settings.json, else no cross-origin answers. */
  readonly cors?: CorsRules;
  /** Serve https with this certificate. Default: http. */
  readonly https?: Certificate;
  /** Use the handler that already listens on this port of 127.0.0.1 instead of starting one. */
  readonly attachPort?: number;
  /** Reload the handler when its sources change. Default false: only what the host reads is watched, as on Azure. */
  readonly watch?: boolean;
  /** A command line for the system's shell that makes the handler, run before its start and before every reload. Default: `build` of portico.json if `watch` is on. */
  readonly build?: string;
  /** How long work under way may go on when the host stops or a process is replaced, in milliseconds. Default 30000. */
  readonly graceMs?: number;
  /** Default: portico.json, else `plain`. */
  readonly xffStyle?: XffStyle;
  /** The variables settings are read from and the handler inherits. Default: the environment of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Receives log records and request summaries. Default: nobody. */
  readonly observer?: HostObserver;
};

/** How far a start has come, in milliseconds. */
export type StartPhases = { readonly config: number; readonly listen: number; readonly handler: number };

/** `pid` is undefined for a handler that somebody else started. */
export type RunningHandler = { readonly pid: number | undefined; readonly port: number };

export type ReadyReport = {
  /** Its processes that are ready. Empty without a handler, or when it did not start. */
  readonly handlers: readonly RunningHandler[];
  /** Why the port was not opened, or the first start of the handler failed; then the host stays up and tries again. */
  readonly failed?: HostError;
  readonly phases: StartPhases;
  readonly totalMs: number;
};

/** One function, for people: the banner and `host.functions()`. */
export type FunctionSummary = {
  readonly name: string;
  /** Type of its trigger, as written; empty when it has none. */
  readonly type: string;
  /** Undefined: every method. */
  readonly methods: readonly string[] | undefined;
  /** Which keys open it, where callers are asked for one. Undefined unless HTTP calls it. */
  readonly authLevel: AuthLevel | undefined;
  /** Undefined unless HTTP calls it. */
  readonly url: string | undefined;
  /** What else it waits for, in few words: a schedule, the name of a queue. */
  readonly source: string | undefined;
  readonly disabled: boolean;
  /** Why it cannot run. */
  readonly problem: Problem | undefined;
};

export type InvokeRequest = {
  /** Default GET. */
  readonly method?: string;
  /** What follows the function's route: `?x=1`. Default empty. */
  readonly query?: string;
  /** Values for the parameters of the route. */
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};

/** A function app that runs. */
export interface Host {
  readonly state: HostState;
  /** `http://127.0.0.1:7071`. Meaningful once started. */
  readonly url: string;
  /** The app as it was read last. */
  readonly app: FunctionApp;
  /** Undefined: nobody is asked for a key, or the host has not been started. */
  readonly keys: KeyRing | undefined;
  /** Settles with the handler's first answer, with the failure of the start, or with the stop. Never rejects. */
  readonly ready: Promise<ReadyReport>;
  /** Opens the port and begins to start the handler. Errors: PORT_IN_USE, PORT_NOT_AVAILABLE, HOST_STOPPED. */
  start(): Promise<void>;
  /** Waits for a handler that answers, through failed starts and mended files; rejects when the signal aborts. */
  handlerReady(signal: AbortSignal): Promise<RunningHandler>;
  functions(): readonly FunctionSummary[];
  /** Calls an HTTP function as a caller would, through the public port. Errors: FUNCTION_UNKNOWN, FUNCTION_NOT_HTTP. */
  invoke(functionName: string, request?: InvokeRequest): Promise<Response>;
  /** Takes nothing new, finishes what is under way, and stops the handler with all its descendants. May be called at any time, and twice. */
  stop(options?: StopOptions): Promise<void>;
}

export type StopOptions = {
  /**
   * How long work under way may go on, in milliseconds; the handler then has its own time after SIGTERM. Default: the host's.
   * A second call may shorten an earlier one; with 0 it also kills the handler at once.
   */
  readonly graceMs?: number;
};

/**
 * Reads the app at once; whatever is wrong with it is in `host.app.problems`.
 *
 * @example
 * const host = createHost({ root: '/path/to/app', port: 0 });
 * await host.start();
 * const answer = await host.invoke('httptrigger');
 * await host.stop();
 */
export function createHost(options: HostOptions): Host {
  return new FunctionHost(options);
}
