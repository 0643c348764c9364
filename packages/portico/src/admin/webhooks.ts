// /runtime/webhooks/NAME: what services call, answered by the extension of that name. https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-grid-trigger
import type { WebhookAnswer, WebhookRequest } from '../core/extension.ts';
import type { Call } from '../http/call.ts';
import type { AdminHost } from './admin-host.ts';
import type { AdminRequest } from './endpoint.ts';
import { wholeBody } from './whole-body.ts';

/** Event Grid sends a megabyte at most; what is longer is nobody's webhook. */
const MOST_BYTES = 4 * 1024 * 1024;

export async function answerWebhook({ call, host, target: { query }, parts: [name = '', ...rest] }: AdminRequest): Promise<void> {
  const body = await wholeBody(call, MOST_BYTES);
  if (body === undefined) return;
  const headers = Object.fromEntries(Object.entries(call.request.headers).map(([header, value]) => [header, String(value)]));
  const path = rest.map((part) => `/${part}`).join('');
  await relay(call, name, { method: call.request.method ?? '', path, query: new URLSearchParams(query), headers, body }, host);
}

/** Never rejects. */
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
