// /runtime/health/*: what a balancer or Kubernetes asks. They have no key, so one word is for everybody; what it comes from is not.
// Live: this process answers. Ready: it takes requests and a handler takes them on. Startup: that was so once.

import type { AdminHost } from './admin-host.ts';
import { answerJson } from './answer-json.ts';
import { type AdminRequest, isExpanded, type Policy, parameterOf } from './endpoint.ts';

/** As on Azure: a longer one counts as this. */
const MOST_WAIT_SECONDS = 60;
const POLL_MS = 50;

export const healthPolicy = (request: AdminRequest): Policy => (isExpanded(request) ? 'admin' : 'open');

export const answerLive = (request: AdminRequest): Promise<void> => answerHealth(request, () => true);
export const answerReady = (request: AdminRequest): Promise<void> => answerHealth(request, isReady);
export const answerStartup = (request: AdminRequest): Promise<void> => answerHealth(request, (host) => host.hasServed || isReady(host));

/** An app of which no function runs needs no handler. */
function isReady({ state, app, serves }: AdminHost): boolean {
  return state === 'Running' && (serves || !app.functions.some(({ allowed, disabled }) => allowed && !disabled));
}

async function answerHealth(request: AdminRequest, isHealthy: (host: AdminHost) => boolean): Promise<void> {
  const { call, host, target } = request;
  const wait = parameterOf(target, 'wait');
  if (wait !== undefined && !/^\d{1,9}$/.test(wait)) return answerJson(call, badWait(wait), 400);
  await waitFor(request, () => isHealthy(host), Math.min(Number(wait ?? 0), MOST_WAIT_SECONDS) * 1000);
  const healthy = isHealthy(host);
  const status = healthy ? 'Healthy' : 'Unhealthy';
  answerJson(call, { status, ...(isExpanded(request) && describe(host)) }, healthy ? 200 : 503);
}

/** Resolves when it holds, after that time, when the host stops, or when the caller goes away. */
async function waitFor({ call, host }: AdminRequest, holds: () => boolean, waitMs: number): Promise<void> {
  const gone = new AbortController();
  call.onAbandoned = () => gone.abort();
  const deadlineMs = host.uptimeMs + waitMs;
  while (!holds() && host.uptimeMs < deadlineMs && !gone.signal.aborted && !isOver(host)) {
    await host.sleep(POLL_MS, gone.signal).catch(() => {
      // The caller has gone, which the next look notices.
    });
  }
}

const isOver = ({ state }: AdminHost): boolean => state === 'Stopping' || state === 'Stopped';

function describe({ state, handlers, reloads, draining, errors, trouble }: AdminHost): Record<string, unknown> {
  const { code, message, hint } = trouble ?? {};
  return { state, handlers, reloads, draining, errors, ...(trouble !== undefined && { trouble: { code, message, hint } }) };
}

/** As the newer host says it: Microsoft.Azure.WebJobs.Script.WebHost.Models.ErrorResponse. */
function badWait(wait: string): Record<string, unknown> {
  const message = "'wait' query param must be a positive integer";
  return { code: 'BadArgument', message, target: `wait=${wait}`, details: [], additionalInfo: [] };
}
