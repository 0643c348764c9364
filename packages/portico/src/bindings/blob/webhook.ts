// /runtime/webhooks/blobs: events of Event Grid about blobs, each of which becomes a message in the queue for blobs. Nothing is run before the answer.
// https://learn.microsoft.com/azure/event-grid/receive-events
import { optionsOf } from '../../core/binding-options.ts';
import { messageOf } from '../../core/error.ts';
import type { Webhook, WebhookAnswer, WebhookContext, WebhookRequest } from '../../core/extension.ts';
import type { JsonValue } from '../../core/function-app.ts';
import { readJson } from '../../core/json-reader.ts';
import { isJsonObject } from '../../core/json-value.ts';
import type { BlobMessage } from './blob-message.ts';
import { blobOfUrl } from './blob-path.ts';
import { blobQueue } from './blob-queue.ts';
import { BLOB_TRIGGER_OPTIONS } from './options.ts';

export const blobWebhook: Webhook = { answer };

const EVENT_GRID = 'eventgrid.azure.net';
/** Event Grid has a host of this name in each of Azure's clouds. */
const EVENT_GRID_HOST = /^eventgrid\.azure\.(net|us|cn)$/i;

async function answer(request: WebhookRequest, context: WebhookContext): Promise<WebhookAnswer> {
  const { method, headers } = request;
  if (method === 'OPTIONS') {
    const origin = headers['webhook-request-origin'] ?? '';
    return { status: 200, headers: { 'Webhook-Allowed-Origin': EVENT_GRID_HOST.test(origin) ? origin : EVENT_GRID } };
  }
  switch (kindOf(request)) {
    case 'subscriptionvalidation':
      return validate(request, context);
    case 'unsubscribe':
      return { status: 202 };
    case 'notification':
      return notify(request, context);
    default:
      return unreadable(400, 'the header aeg-event-type is missing or unknown: this is for Event Grid', context);
  }
}

function kindOf({ method, headers }: WebhookRequest): string {
  if (method === 'GET') return '';
  const isCloudEvent = headers['content-type']?.toLowerCase().startsWith('application/cloudevents') ?? false;
  return headers['aeg-event-type']?.toLowerCase() ?? (isCloudEvent ? 'notification' : '');
}

/** Answered for a function that is not there too: a subscription may be made before the function is. */
function validate({ body }: WebhookRequest, context: WebhookContext): WebhookAnswer {
  const events = eventsIn(body);
  const [first] = events ?? [];
  const data = isJsonObject(first ?? null) ? dataOf((first as Record<string, JsonValue>).data) : undefined;
  const code = data?.validationCode;
  if (typeof code !== 'string') return unreadable(500, 'the event has no data.validationCode', context);
  const text = JSON.stringify({ validationResponse: code });
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text };
}

async function notify({ query, body }: WebhookRequest, context: WebhookContext): Promise<WebhookAnswer> {
  const wanted = query.get('functionName') ?? query.get('functionname') ?? '';
  const name = /^(?:Host\.)?Functions\.(.+)$/i.exec(wanted)?.[1] ?? '';
  const fn = context.functions.find((known) => known.name.toLowerCase() === name.toLowerCase());
  if (fn === undefined) return refuse(`There is no blob function "${wanted}". Its name is written as ?functionName=Host.Functions.NAME.`);
  const { source } = optionsOf(BLOB_TRIGGER_OPTIONS, fn.trigger);
  if (source !== 'EventGrid') return refuse(`The blob trigger of "${fn.name}" has no "source": "EventGrid", so it takes no events.`);
  const messages: BlobMessage[] = [];
  const events = eventsIn(body);
  if (events === undefined) return unreadable(500, 'the body is no JSON', context);
  for (const event of events) {
    const message = messageFor(event, fn.name);
    if (message === undefined) return unreadable(500, 'an event has no data.url of a blob', context);
    messages.push(message);
  }
  const queue = blobQueue(context);
  try {
    for (const message of messages) await queue.send(message);
  } catch (error) {
    context.log.error('Events of blobs could not be queued; Event Grid sends them again.', {
      functionName: fn.name,
      fields: { reason: messageOf(error) },
    });
    return { status: 500 };
  }
  return { status: 202 };
}

/** Parity: eventType is not looked at, and of the URL only container and blob count. */
function messageFor(event: JsonValue, functionName: string): BlobMessage | undefined {
  const data = isJsonObject(event) ? dataOf(event.data) : undefined;
  const place = typeof data?.url === 'string' ? blobOfUrl(data.url) : undefined;
  if (data === undefined || place === undefined) return undefined;
  const etag = typeof data.eTag === 'string' ? data.eTag : '';
  const blobType = typeof data.blobType === 'string' ? data.blobType : 'BlockBlob';
  return { functionName, ...place, blobType, etag: `"${etag.replaceAll('"', '')}"` };
}

/** Some senders give it as JSON in a string. */
function dataOf(data: JsonValue | undefined): Readonly<Record<string, JsonValue>> | undefined {
  if (typeof data !== 'string') return data !== undefined && isJsonObject(data) ? data : undefined;
  const reading = readJson(data);
  return 'value' in reading && isJsonObject(reading.value) ? reading.value : undefined;
}

/** One event may come without a list around it. Undefined: it is no JSON. */
function eventsIn(body: Uint8Array): readonly JsonValue[] | undefined {
  const reading = readJson(new TextDecoder().decode(body));
  if ('fault' in reading) return undefined;
  return Array.isArray(reading.value) ? reading.value : [reading.value];
}

function refuse(reason: string): WebhookAnswer {
  return { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: reason };
}

/** Parity: there is nothing in the answer. The log says why. */
function unreadable(status: 400 | 500, reason: string, { log }: WebhookContext): WebhookAnswer {
  log.warning('A request to the webhook for blobs was refused.', { fields: { reason } });
  return { status };
}
