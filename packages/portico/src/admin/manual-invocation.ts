// POST /admin/functions/NAME: runs a function as if its trigger had. https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
import { HostError } from '../core/error.ts';
import type { InvocationOutcome } from '../core/extension.ts';
import { readJson } from '../core/json-reader.ts';
import { isJsonObject } from '../core/json-value.ts';
import { plainText } from '../core/json-writer.ts';
import { mediaTypeOf } from '../core/media-type.ts';
import type { Call } from '../http/call.ts';
import { bodyKind, collectBody } from '../http/request-body.ts';
import type { AdminHost } from './admin-api.ts';
import { answerJson } from './answer-json.ts';

const MOST_BYTES = 64 * 1024 * 1024;

/** `waits`: the answer comes when the function has run, and says how that went; Azure's host knows no such thing and answers 202 at once. */
export function answerInvocation(call: Call, functionName: string, host: AdminHost, waits: boolean): void {
  const isKnown = host.app.functions.some(({ name, http, trigger, errors }) => {
    return name.toLowerCase() === functionName.toLowerCase() && http === undefined && trigger !== undefined && errors.length === 0;
  });
  if (!isKnown) return call.answer(404, 'refused');
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

/** Names ignore case, as on Azure; what is no text is given as JSON. */
function inputOf(body: Readonly<Record<string, unknown>>): string | undefined {
  const input = Object.entries(body).find(([name]) => name.toLowerCase() === 'input')?.[1] ?? undefined;
  if (input === undefined) return undefined;
  return typeof input === 'object' ? JSON.stringify(input) : plainText(input as string | number | boolean);
}

async function invoke(call: Call, functionName: string, input: string | undefined, host: AdminHost, waits: boolean): Promise<void> {
  const gone = new AbortController();
  if (waits) call.onAbandoned = () => gone.abort();
  try {
    const running = host.invoke(functionName, input, gone.signal);
    if (waits) answerJson(call, describeOutcome(await running));
    else call.answer(202, 'succeeded');
    await running;
  } catch (error) {
    // Nobody waits for it any more, then the log has to say it.
    if (!(error instanceof HostError)) throw error;
    if (call.ended) call.log('error', error.message, { code: error.code, hint: error.hint, functionName });
    else answerJson(call, describeError(error), 400);
  }
}

function describeOutcome(outcome: InvocationOutcome): Record<string, unknown> {
  return outcome.status === 'failed' ? { ...outcome, error: describeError(outcome.error) } : outcome;
}

function describeError({ code, message, hint }: HostError): Record<string, unknown> {
  return { code, message, hint };
}
