// Who may use an endpoint of the admin API.
import { type Principal, webhookKeyName } from '../core/authorization.ts';
import { HostError } from '../core/error.ts';
import { authenticate } from '../http/authorize.ts';
import { answerText, answerUnavailable } from './answer-text.ts';
import type { AdminRequest, Policy } from './endpoint.ts';
import { findStranger } from './meant-for-us.ts';

/** False: the call is answered. */
export async function admits(policy: Policy, { call, host, target, parts }: AdminRequest): Promise<boolean> {
  if (policy === 'open') return true;
  if (host.keys === undefined) {
    const reason = findStranger(call.request, target, host.boundToLoopback);
    if (reason !== undefined) answerText(call, 403, `${reason}\n`);
    return reason === undefined;
  }
  let principal: Principal | undefined;
  try {
    principal = await authenticate(call, target, host.keys, undefined);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    // The log has it from the keys themselves.
    answerUnavailable(call, host, error);
    return false;
  }
  // Parity: who has no key learns that there is something; who has one of too low a level learns that it is no use (admin-auth.refused).
  if (principal === undefined) call.answer(401, 'refused', { headers: 'WWW-Authenticate: Bearer\r\n' });
  else if (!opens(policy, principal, parts)) call.answer(403, 'refused');
  else return !call.ended;
  return false;
}

function opens(policy: Exclude<Policy, 'open'>, { level, keyName }: Principal, [extension = '']: readonly string[]): boolean {
  if (level === 'admin') return true;
  return policy === 'webhook' && level === 'system' && keyName.toLowerCase() === webhookKeyName(extension);
}
