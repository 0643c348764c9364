// /admin and /runtime: what tools and probes ask a Functions host. Part of it; what is not built is 404, as an unknown path is on Azure.

import type { InvocationOutcome, WebhookAnswer, WebhookRequest } from '../core/extension.ts';
import type { FunctionApp } from '../core/function-app.ts';
import type { HostState } from '../core/host-state.ts';
import type { Call } from '../http/call.ts';
import type { PublicApp } from '../http/public-app.ts';
import type { RequestTarget } from '../http/request-target.ts';
import type { WorkInHand } from '../invocation/work-in-hand.ts';
import { answerJson } from './answer-json.ts';
import { describeFunction } from './function-description.ts';
import { answerHealth } from './health.ts';
import { answerHost } from './host-endpoints.ts';
import { answerInvocation } from './manual-invocation.ts';
import { answerWebhook } from './webhooks.ts';

/** What the admin API shows of the host, and may do to it. */
export interface AdminHost {
  readonly app: FunctionApp;
  readonly served: PublicApp;
  readonly state: HostState;
  readonly hostId: string;
  readonly uptimeMs: number;
  /** Why the state is Error; empty otherwise. */
  readonly errors: readonly string[];
  /** Folder of temporary files, for the test data path that Azure's tools show. */
  readonly temporaryFolder: string;
  readonly work: WorkInHand;
  /** The processes of the handler. */
  readonly handlers: readonly HandlerReport[];
  /** A handler takes requests now. */
  readonly serves: boolean;
  /** Of the app, after changes on disk; the start is the first. `count`: how many are done. */
  readonly reloads: { readonly underWay: boolean; readonly count: number };
  /** No trigger takes an event; HTTP goes on. */
  readonly draining: boolean;
  drain(): void;
  /** Resolves when the host takes events again. */
  resume(): Promise<void>;
  /** 'not now': the host stops, is offline or in error, or has not come so far. 'never': there is no such function, or HTTP calls it. */
  canInvoke(functionName: string): 'now' | 'not now' | 'never';
  /** Runs a function that no request triggers. Rejects with a HostError when it cannot. */
  invoke(functionName: string, input: string | undefined, signal: AbortSignal): Promise<InvocationOutcome>;
  /** Undefined: nobody takes that webhook. */
  answerWebhook(extensionName: string, request: WebhookRequest): Promise<WebhookAnswer | undefined>;
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

export function answerAdmin(call: Call, { path, query }: RequestTarget, host: AdminHost): void {
  const method = call.request.method ?? '';
  const [root, area, ...rest] = path.split('/').filter(Boolean).map(decodeSegment);
  const isAdmin = root?.toLowerCase() === 'admin';
  const name = area?.toLowerCase();
  const expanded = /[?&]expand=true(?:&|$)/i.test(query);
  if (isAdmin && name === 'host') return answerHost(call, method, rest.join('/').toLowerCase(), host, expanded);
  if (isAdmin && name === 'functions' && method === 'GET') return answerFunctions(call, rest, host);
  if (isAdmin && name === 'functions' && method === 'POST' && rest.length === 1) {
    return answerInvocation(call, rest[0] ?? '', host, /[?&]wait=true(?:&|$)/i.test(query));
  }
  if (!isAdmin && name === 'webhooks' && rest[0] !== undefined) {
    const [extension, ...more] = rest;
    return answerWebhook(call, extension, more.map((part) => `/${part}`).join(''), query, host);
  }
  if (!isAdmin && name === 'health') return answerHealth(call, method, rest.join('/').toLowerCase(), host);
  call.answer(404, 'refused');
}
function answerFunctions(call: Call, [name, part, ...more]: readonly string[], host: AdminHost): void {
  const { app } = host;
  if (more.length > 0 || (part !== undefined && part.toLowerCase() !== 'status')) return call.answer(404, 'refused');
  const [scheme, authority] = ['encrypted' in call.request.socket ? 'https' : 'http', call.request.headers.host ?? ''];
  const listed = app.functions.filter(({ directory }) => directory !== undefined);
  if (name === undefined) {
    const siteName = app.settings.WEBSITE_HOSTNAME;
    const baseUrl = siteName === undefined ? `${scheme}://${authority}` : `https://${siteName}`;
    return answerJson(
      call,
      listed.map((fn) => describeFunction(fn, app, baseUrl, host.temporaryFolder)),
    );
  }
  const same = (other: string | undefined): boolean => other?.toLowerCase() === name.toLowerCase();
  const fn = listed.find((candidate) => same(candidate.name));
  const errors = app.problems.filter(({ functionName, severity }) => severity === 'error' && same(functionName));
  if (part !== undefined) {
    // A function that host.json leaves out is not loaded, so there is nothing to say of it.
    if ((fn === undefined && errors.length === 0) || fn?.allowed === false) return call.answer(404, 'refused');
    const messages = host.state === 'Error' && fn !== undefined ? [] : errors.map(({ azureMessage, message }) => azureMessage ?? message);
    return answerJson(call, messages.length === 0 ? {} : { errors: messages });
  }
  if (fn === undefined) return call.answer(404, 'refused');
  answerJson(call, describeFunction(fn, app, `${scheme}://${authority}`, host.temporaryFolder));
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // No UTF-8: then it is no name of ours either.
    return segment;
  }
}
