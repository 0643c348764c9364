// /runtime/health/*: what a balancer or Kubernetes asks. Live: this process answers. Ready: it takes requests and a handler takes them on.
import type { Call } from '../http/call.ts';
import type { AdminHost } from './admin-api.ts';
import { answerJson } from './answer-json.ts';

/** `name`: what follows /runtime/health/, in lower case. */
export function answerHealth(call: Call, method: string, name: string, host: AdminHost): void {
  if (method !== 'GET' && method !== 'HEAD') return call.answer(404, 'refused');
  if (name === 'live') return answerJson(call, { status: 'Healthy' });
  if (name !== '' && name !== 'ready') return call.answer(404, 'refused');
  const ready = isReady(host);
  answerJson(call, { status: ready ? 'Healthy' : 'Unhealthy' }, ready ? 200 : 503);
}

/** An app of which no function runs needs no handler. */
function isReady({ state, app, serves }: AdminHost): boolean {
  return state === 'Running' && (serves || !app.functions.some(({ allowed, disabled }) => allowed && !disabled));
}
