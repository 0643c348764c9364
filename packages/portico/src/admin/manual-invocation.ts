// POST /admin/functions/NAME: runs a function as if its trigger had. https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
import { HostError, messageOf } from '../core/error.ts';
import { bindingsFailed } from '../core/error-catalogue.ts';
import type { InvocationOutcome } from '../core/extension.ts';
import type { JsonObject } from '../core/function-app.ts';
import { readJson } from '../core/json-reader.ts';
import { isJsonObject } from '../core/json-value.ts';
import { writeJson } from '../core/json-writer.ts';
import { mediaTypeOf } from '../core/media-type.ts';
import { RETRY_AFTER } from '../http/admission.ts';
import type { Call } from '../http/call.ts';
import { bodyKind, collectBody } from '../http/request-body.ts';
import type { AdminHost } from './admin-api.ts';
import { answerJson } from './answer-json.ts';

const MOST_BYTES = 64 * 1024 * 1024;

/** `waits`: the answer comes when the function has run, and says how that went; Azure's host knows no such thing and answers 202 at once. */
export function answerInvocation(call: Call, functionName: string, host: AdminHost, waits: boolean): void {
  const isPossible = host.canInvoke(functionName);
  if (isPossible === 'never') return call.answer(404, 'refused');
  if (isPossible === 'not now') return call.refuse(503, { headers: RETRY_AFTER });
  const run = (input: string | undefined): void => void invoke(call, functionName, input, host, waits);
  // An empty body is no input, where Azure's host answers 400.
  if (bodyKind(call.request) === 'none') return run(undefined);
  collectBody(call.request, MOST_BYTES, (body) => {
    if (body === 'too-large') return call.refuse(413);
    if (call.ended) return;
    if (body.length === 0) return run(undefined);
    if (!/^(?:application|text)\/(?:[\w.-]+\+)?json$/.test(mediaTypeOf(call.request.headers['content-type'] ?? '')))
      return call.answer(415, 'refused');
    const reading = readJson(body.toString());
    if ('fault' in reading || !isJsonObject(reading.value)) return call.answer(400, 'refused');
    run(inputOf(reading.value));
  });
}

/** Names ignore case, as on Azure; what is no text is given as the JSON it is. */
function inputOf(body: JsonObject): string | undefined {
  const input = Object.entries(body).find(([name]) => name.toLowerCase() === 'input')?.[1] ?? undefined;
  return input === undefined || typeof input === 'string' ? input : writeJson(input);
}

/** Never rejects. */
async function invoke(call: Call, functionName: string, input: string | undefined, host: AdminHost, waits: boolean): Promise<void> {
  const gone = new AbortController();
  if (waits) call.onAbandoned = () => gone.abort();
  try {
    const running = host.invoke(functionName, input, gone.signal);
    if (!waits) call.answer(202, 'succeeded');
    const outcome = await running;
    if (waits) answerJson(call, describeOutcome(outcome));
    else if (outcome.status === 'abandoned') call.log('warning', 'A run by hand was given up: the host stops.', { functionName });
  } catch (error) {
    const { code, message, hint } =
      error instanceof HostError ? error : bindingsFailed({ functionName, reason: messageOf(error), cause: error });
    // Nobody waits for it any more, then the log has to say it.
    if (call.ended) call.log('error', message, { code, hint, functionName });
    else answerJson(call, { code, message, hint }, error instanceof HostError ? 400 : 500);
  }
}

function describeOutcome(outcome: InvocationOutcome): Record<string, unknown> {
  return outcome.status === 'failed' ? { ...outcome, error: describeError(outcome.error) } : outcome;
}

function describeError({ code, message, hint }: HostError): Record<string, unknown> {
  return { code, message, hint };
}
