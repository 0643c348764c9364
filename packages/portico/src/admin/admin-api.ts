// /admin and /runtime: what tools and probes ask a Functions host. Part of it; what is not built is 404, as an unknown path is on Azure.

import type { FunctionApp } from '../core/function-app.ts';
import type { HostState } from '../core/host-state.ts';
import type { Call } from '../http/call.ts';
import type { RequestTarget } from '../http/request-target.ts';
import { describeFunction } from './function-description.ts';
import { describeHost } from './host-description.ts';

/** What the admin API shows of the host. */
export interface AdminHost {
  readonly app: FunctionApp;
  readonly state: HostState;
  readonly hostId: string;
  readonly uptimeMs: number;
  /** Why the state is Error; empty otherwise. */
  readonly errors: readonly string[];
  /** Folder of temporary files, for the test data path that Azure's tools show. */
  readonly temporaryFolder: string;
}

export function answerAdmin(call: Call, { path }: RequestTarget, host: AdminHost): void {
  const method = call.request.method ?? '';
  const [area, ...rest] = path.split('/').filter(Boolean).slice(1).map(decodeSegment);
  const where = [area?.toLowerCase(), ...rest];
  if (where[0] === 'host' && where.length === 2) return answerHost(call, method, where[1]?.toLowerCase(), host);
  if (where[0] === 'functions' && method === 'GET' && /^\/+admin\//i.test(path)) return answerFunctions(call, rest, host);
  call.answer(404, 'refused');
}

function answerHost(call: Call, method: string, name: string | undefined, host: AdminHost): void {
  if (name === 'status' && method === 'GET') return answerJson(call, describeHost(host));
  if (name === 'ping' && (method === 'GET' || method === 'POST')) {
    return call.answer(200, 'succeeded', { headers: 'Cache-Control: no-store,no-cache\r\nPragma: no-cache\r\n' });
  }
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

function answerJson(call: Call, value: unknown): void {
  call.answer(200, 'succeeded', { body: JSON.stringify(value), type: 'application/json; charset=utf-8' });
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // No UTF-8: then it is no name of ours either.
    return segment;
  }
}
