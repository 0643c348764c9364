// Payload mode: the request becomes one JSON envelope, and the handler's JSON reply the answer.
// https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers#http-only-function
import type { HandlerChannel } from '../worker/handler-channel.ts';
import { requestRemarks } from '../worker/payload/request-remarks.ts';
import { withHandler } from './handler-wait.ts';
import { PayloadRun } from './payload-run.ts';
import { bodyKind, collectBody } from './request-body.ts';
import type { Run } from './run.ts';

/** One attempt after another, as the function's retry policy says; the caller waits and gets the last one's answer. */
export function invokeWithPayload(run: Run, channel: HandlerChannel): void {
  const { call, host } = run;
  const kind = bodyKind(call.request);
  if (kind === 'none') return new PayloadRun(run, undefined).start(channel);
  for (const remark of requestRemarks({ chunked: kind === 'chunked', contentType: call.request.headers['content-type'] })) {
    host.remark(call, remark);
  }
  collectBody(call.request, host.app.mostBodyBytes, (body) => {
    if (body === 'too-large') call.refuse(413);
    // Another process may have taken the handler's place while the body came.
    else if (!call.ended) withHandler(call, host, (current) => new PayloadRun(run, body).start(current));
  });
}
