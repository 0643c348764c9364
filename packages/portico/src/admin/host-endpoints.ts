// /admin/host/*: status, ping, drain and resume.
import type { Call } from '../http/call.ts';
import type { AdminHost } from './admin-api.ts';
import { answerJson } from './answer-json.ts';
import { describeHost, describeLoad } from './host-description.ts';

/** `name`: what follows /admin/host/, in lower case. */
export function answerHost(call: Call, method: string, name: string, host: AdminHost, expanded: boolean): void {
  switch (`${method} ${name}`) {
    case 'GET status':
      return answerJson(call, { ...describeHost(host), ...(expanded && describeLoad(host)) });
    case 'GET ping':
    case 'POST ping':
      return call.answer(200, 'succeeded', { headers: 'Cache-Control: no-store,no-cache\r\nPragma: no-cache\r\n' });
    case 'POST drain':
      if (host.state !== 'Running') return call.answer(503, 'refused');
      host.drain();
      return call.answer(202, 'succeeded');
    case 'GET drain/status':
      return answerJson(call, describeDrain(host));
    case 'POST resume':
      if (host.state !== 'Running') return call.answer(409, 'refused');
      // Rejects never: what goes wrong with the handler is in the log, and the next request finds out.
      return void host.resume().then(() => answerResumed(call, host));
    default:
      return call.answer(404, 'refused');
  }
}

/** A resume takes as long as a handler needs to start, and the host may have been stopped meanwhile. */
function answerResumed(call: Call, { state }: AdminHost): void {
  if (state === 'Running') answerJson(call, { state });
  else call.answer(409, 'refused');
}

function describeDrain({ draining, work }: AdminHost): Record<string, unknown> {
  const outstandingRetries = work.retryCount;
  const outstandingInvocations = work.count - outstandingRetries;
  const state = !draining ? 'Disabled' : work.count > 0 ? 'InProgress' : 'Completed';
  return { state, outstandingInvocations, outstandingRetries };
}
