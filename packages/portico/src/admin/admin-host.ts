import type { HostError } from '../core/error.ts';
import type { InvocationOutcome, WebhookAnswer, WebhookRequest } from '../core/extension.ts';
import type { FunctionApp } from '../core/function-app.ts';
import type { HostState } from '../core/host-state.ts';
import type { PublicApp } from '../http/public-app.ts';
import type { WorkInHand } from '../invocation/work-in-hand.ts';
import type { KeyRing } from '../keys/key-ring.ts';

/** What the admin API shows of the host, and may do to it. */
export interface AdminHost {
  readonly app: FunctionApp;
  readonly served: PublicApp;
  readonly state: HostState;
  readonly hostId: string;
  readonly uptimeMs: number;
  /** Of the host itself. */
  readonly processId: number;
  /** Why the state is Error; empty otherwise. */
  readonly errors: readonly string[];
  /** Folder of temporary files, for the test data path that Azure's tools show. */
  readonly temporaryFolder: string;
  /** Undefined: nobody is asked for a key, and everybody is an administrator. */
  readonly keys: KeyRing | undefined;
  /** Only this machine reaches the port. */
  readonly boundToLoopback: boolean;
  /** Reasons may be shown to callers: this is Development. */
  readonly revealsReasons: boolean;
  readonly work: WorkInHand;
  /** The processes of the handler. */
  readonly handlers: readonly HandlerReport[];
  /** A handler takes requests now. */
  readonly serves: boolean;
  /** Some handler has taken requests since the host began. */
  readonly hasServed: boolean;
  /** Why no handler takes requests, as far as that is known. */
  readonly trouble: HostError | undefined;
  /** Waits for a handler as a request does: resolves with undefined when one takes requests, with the reason when none will soon. Rejects when the signal aborts. */
  whenServes(signal: AbortSignal): Promise<HostError | undefined>;
  /** Of the app, after changes on disk; the start is the first. `count`: how many are done. */
  readonly reloads: { readonly underWay: boolean; readonly count: number };
  /** No trigger takes an event; HTTP goes on. */
  readonly draining: boolean;
  drain(): void;
  /** Resolves when the host takes events again. */
  resume(): Promise<void>;
  /** Reads the app anew and replaces the handler. Returns at once. */
  restart(): void;
  /** Absolute path of the page that takes the app offline while it is there. */
  readonly offlineFile: string;
  /** The admin API has changed that file of the app: it is taken over although nobody watches. Returns at once. */
  changed(file: string): void;
  /** 'not now': the host stops, is offline or in error, or has not come so far. 'never': there is no such function, or HTTP calls it. */
  canInvoke(functionName: string): 'now' | 'not now' | 'never';
  /** Runs a function that no request triggers. Rejects with a HostError when it cannot. */
  invoke(functionName: string, input: string | undefined, signal: AbortSignal): Promise<InvocationOutcome>;
  /** Undefined: nobody takes that webhook. */
  answerWebhook(extensionName: string, request: WebhookRequest): Promise<WebhookAnswer | undefined>;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export type HandlerReport = {
  readonly state: string;
  readonly pid: number | undefined;
  readonly port: number | undefined;
  /** It gets no new requests: another one takes its place. */
  readonly retiring: boolean;
  /** Requests that it works on. */
  readonly busyCount: number;
};
