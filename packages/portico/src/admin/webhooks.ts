// /runtime/webhooks/NAME: what services call, answered by the extension of that name. https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-grid-trigger
import type { WebhookAnswer, WebhookRequest } from '../core/extension.ts';
import type { Call } from '../http/call.ts';
import { bodyKind, collectBody } from '../http/request-body.ts';
import type { AdminHost } from './admin-api.ts';

/** Event Grid sends a megabyte at most; what is longer is nobody's webhook. */
const MOST_BYTES = 4 * 1024 * 1024;

/** `rest`: what follows /runtime/webhooks/NAME. */
export function answerWebhook(call: Call, name: string, rest: string, query: string, host: AdminHost): void {
  const answer = (body: Uint8Array): void => {
    const headers = Object.fromEntries(Object.entries(call.request.headers).map(([header, value]) => [header, String(value)]));
    const request = { method: call.request.method ?? '', path: rest, query: new URLSearchParams(query), headers, body };
    void relay(call, name, request, host);
  };
  if (bodyKind(call.request) === 'none') return answer(new Uint8Array());
  collectBody(call.request, MOST_BYTES, (body) => {
    if (body === 'too-large') call.refuse(413);
    else if (!call.ended) answer(body);
  });
}

async function relay(call: Call, name: string, request: WebhookRequest, host: AdminHost): Promise<void> {
  let answer: WebhookAnswer | undefined;
  try {
    answer = await host.answerWebhook(name, request);
  } catch (error) {
    call.log('error', `The webhook "${name}" failed: ${error instanceof Error ? error.message : error}`);
    return call.answer(500, 'failed');
  }
  if (answer === undefined) return call.answer(404, 'refused');
  const { 'content-type': type, ...others } = answer.headers ?? {};
  const headers = Object.entries(others).map(([header, value]) => `${header}: ${value}\r\n`);
  call.answer(answer.status, answer.status < 400 ? 'succeeded' : 'refused', {
    headers: headers.join(''),
    ...(type !== undefined && { type }),
    ...(answer.body !== undefined && { body: answer.body }),
  });
}
