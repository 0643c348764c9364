// POST /admin/functions/NAME: runs a function as if its trigger had. https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
import { HostError, messageOf } from '../core/error.ts';
import { bindingsFailed } from '../core/errors/invocation.ts';
import type { InvocationOutcome } from '../core/extension.ts';
import type { JsonObject } from '../core/function-app.ts';
import { isJsonObject, memberOf } from '../core/json-value.ts';
import { writeJson } from '../core/json-writer.ts';
import { RETRY_AFTER } from '../http/admission.ts';
import type { Call } from '../http/call.ts';
import type { AdminHost } from './admin-host.ts';
import { answerJson } from './answer-json.ts';
import { type AdminRequest, parameterOf } from './endpoint.ts';
import { readJsonBody } from './json-body.ts';

const MOST_BYTES = 64 * 1024 * 1024;

/** `?wait=true`: the answer comes when the function has run, and says how that went; Azure's host knows no such thing and answers 202 at once. */
export async function answerInvocation({ call, host, target, parts: [functionName = ''] }: AdminRequest): Promise<void> {
  const isPossible = host.canInvoke(functionName);
  if (isPossible === 'never') return call.answer(404, 'refused');
  if (isPossible === 'not now') {
    return answerJson(call, { message: `No function is run now: the state of the host is ${host.state}.` }, 503, RETRY_AFTER);
  }
  const waits = parameterOf(target, 'wait')?.toLowerCase() === 'true';
  const body = await readJsonBody(call, MOST_BYTES);
  if (body === undefined) return;
  // An empty body is no input, where Azure's host answers 400.
  if (body.isEmpty) return invoke(call, functionName, undefined, host, waits);
  if (!isJsonObject(body.json)) return call.answer(400, 'refused');
  await invoke(call, functionName, inputOf(body.json), host, waits);
}

/** What is no text is given as the JSON it is. */
function inputOf(body: JsonObject): string | undefined {
  const input = memberOf(body, 'input') ?? undefined;
  return input === undefined || typeof input === 'string' ? input : writeJson(input);
}

/** Never rejects. */
async function invoke(call: Call, functionName: string, input: string | undefined, host: AdminHost, waits: boolean): Promise<void> {
  const gone = new AbortController();
  if (waits) call.onAbandoned = () => gone.abort();
  try {
    // Who waits for the outcome is told that there will be none soon; a run that nobody waits for can wait itself.
    const trouble = waits ? await host.whenServes(gone.signal) : undefined;
    if (trouble !== undefined) return answerJson(call, describeError(trouble), 503, RETRY_AFTER);
    const running = host.invoke(functionName, input, gone.signal);
    if (!waits) call.answer(202, 'succeeded');
    const outcome = await running;
    if (waits) answerJson(call, describeOutcome(outcome));
    else if (outcome.status === 'abandoned') call.log('warning', 'A run by hand was given up: the host stops.', { functionName });
  } catch (error) {
    if (gone.signal.aborted) return;
    const fault = error instanceof HostError ? error : bindingsFailed({ functionName, reason: messageOf(error), cause: error });
    const { code, message, hint } = fault;
    // Nobody waits for it any more, then the log has to say it.
    if (call.ended) call.log('error', message, { code, hint, functionName });
    else answerJson(call, describeError(fault), error instanceof HostError ? 400 : 500);
  }
}

function describeOutcome(outcome: InvocationOutcome): Record<string, unknown> {
  return outcome.status === 'failed' ? { ...outcome, error: describeError(outcome.error) } : outcome;
}

function describeError({ code, message, hint }: HostError): Record<string, unknown> {
  return { code, message, hint };
}
