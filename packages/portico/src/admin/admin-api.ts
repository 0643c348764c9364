// /admin and /runtime: what tools and probes ask a Functions host. Start reading at endpoints.ts, which is the list of what there is.
import { HostError, messageOf } from '../core/error.ts';
import type { Call } from '../http/call.ts';
import type { RequestTarget } from '../http/request-target.ts';
import { admits } from './access.ts';
import type { AdminHost } from './admin-host.ts';
import { answerUnavailable } from './answer-text.ts';
import { type AdminRequest, type Endpoint, findEndpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';

export function answerAdmin(call: Call, target: RequestTarget, host: AdminHost): void {
  const found = findEndpoint(ENDPOINTS, call.request.method ?? '', target);
  if (found === undefined) return call.answer(404, 'refused');
  void answer(found.endpoint, { call, target, host, parts: found.parts });
}

/** Never rejects. */
async function answer({ policy, answer }: Endpoint, request: AdminRequest): Promise<void> {
  try {
    if (await admits(typeof policy === 'function' ? policy(request) : policy, request)) await answer(request);
  } catch (error) {
    answerFault(request, error);
  }
}

function answerFault({ call, host }: AdminRequest, error: unknown): void {
  if (!(error instanceof HostError)) {
    call.log('error', `${call.describe()} failed: ${messageOf(error)}`);
    return call.answer(500, 'failed');
  }
  const { code, message, hint } = error;
  call.log('error', message, { code, hint });
  answerUnavailable(call, host, error);
}
