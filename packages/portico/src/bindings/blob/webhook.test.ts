import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAzurite } from '../../../../../test/support/azurite.ts';
import { needs } from '../../../../../test/support/requirements.ts';
import { until } from '../../../../../test/support/until.ts';
import type { WebhookRequest } from '../../core/extension.ts';
import type { BindingMetadata, JsonObject, JsonValue } from '../../core/function-app.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { testContext } from '../../testing/binding-context.ts';
import { blobTrigger } from './trigger.ts';
import { blobWebhook } from './webhook.ts';

const never = new AbortController().signal;
const lacking = needs('azurite');
let azurite: Awaited<ReturnType<typeof startAzurite>>;

beforeAll(async () => {
  if (lacking !== undefined) return;
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

const triggerOf = (properties: JsonObject): BindingMetadata => ({
  name: 'file',
  type: 'blobTrigger',
  direction: 'in',
  dataType: undefined,
  cardinality: undefined,
  properties,
});
const TRIGGER = triggerOf({ path: 'events/{name}.txt', source: 'EventGrid' });
const local = (path: string) => `http://127.0.0.1:10000/devstoreaccount1/${path}`;
const created = (url: string): JsonObject => ({
  id: '1',
  eventType: 'Microsoft.Storage.BlobCreated',
  subject: '/blobServices/default',
  data: { api: 'PutBlob', blobType: 'BlockBlob', contentLength: 5, eTag: '0x8D4BCC2E4835CD0', url },
});
const validation = [{ id: '1', eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: '512d38b6' } }];

type Sent = { body?: JsonValue | string; type?: string; fn?: string; method?: string; headers?: Record<string, string> };

function requestOf({ body, type = 'Notification', fn = 'Host.Functions.OnEvent', method = 'POST', headers = {} }: Sent): WebhookRequest {
  return {
    method,
    path: '',
    query: new URLSearchParams(fn === '' ? '' : { functionName: fn }),
    headers: { ...(type !== '' && { 'aeg-event-type': type }), ...headers },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? [])),
  };
}

function hostOf(hostId: string, clock = systemClock) {
  const { context, events, records } = testContext({ clock, settings: { AzureWebJobsStorage: azurite.connectionString } });
  const webhookContext = {
    ...context,
    hostId,
    functions: [
      { name: 'OnEvent', trigger: TRIGGER },
      { name: 'Scanned', trigger: triggerOf({ path: 'events' }) },
    ],
  };
  return {
    context: { ...context, hostId, functionName: 'OnEvent' },
    events,
    records,
    answer: (sent: Sent) => blobWebhook.answer(requestOf(sent), webhookContext),
  };
}

const queued = async (hostId: string): Promise<string[]> => {
  const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient(`azure-webjobs-blobtrigger-${hostId}`);
  if (!(await queue.exists())) return [];
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString());
};

describe.skipIf(lacking)('the webhook for blobs', () => {
  test.each<[string, Sent, number]>([
    ['a validation event', { body: validation, type: 'SubscriptionValidation' }, 200],
    ['one for a function that is not there', { body: validation, type: 'SubscriptionValidation', fn: 'Host.Functions.Nosuch' }, 200],
    ['one that is marked as a notification', { body: validation }, 500],
    ['a validation without an event', { body: [], type: 'SubscriptionValidation' }, 500],
    ['the end of a subscription', { type: 'Unsubscribe' }, 202],
    ['GET', { method: 'GET' }, 400],
    ['an unknown kind', { body: [created(local('events/x.txt'))], type: 'Nosuch' }, 400],
    ['no kind', { body: [created(local('events/x.txt'))], type: '' }, 400],
    ['broken JSON', { body: '{' }, 500],
    ['no body', { body: '' }, 500],
    ['no event', { body: [] }, 202],
    ['an event without a URL', { body: [created('no url')] }, 500],
    ['hardly an event', { body: [{ id: '1' }] }, 500],
    ['an event beside one that is none', { body: [created(local('events/x.txt')), { id: '1' }] }, 500],
    ['no function', { body: [created(local('events/x.txt'))], fn: '' }, 400],
    ['an unknown function', { body: [created(local('events/x.txt'))], fn: 'Host.Functions.Nosuch' }, 400],
    ['a name without "Functions."', { body: [created(local('events/x.txt'))], fn: 'OnEvent' }, 400],
    ['a function that looks for blobs itself', { body: [created(local('events/x.txt'))], fn: 'Host.Functions.Scanned' }, 400],
  ])('answers %s', async (_, sent, status) => {
    const { answer } = hostOf('answers');
    expect(await answer(sent)).toMatchObject({ status });
    expect(await queued('answers')).toEqual([]);
  });

  test('gives the validation code back, also from data that is text', async () => {
    const { answer } = hostOf('answers');
    const wanted = { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '{"validationResponse":"512d38b6"}' };
    expect(await answer({ body: validation, type: 'SubscriptionValidation' })).toEqual(wanted);
    expect(await answer({ body: { data: '{"validationCode":"512d38b6"}' }, type: 'SubscriptionValidation' })).toEqual(wanted);
  });

  test.each([
    ['eventgrid.azure.net', 'eventgrid.azure.net'],
    ['eventgrid.azure.us', 'eventgrid.azure.us'],
    ['evil.example', 'eventgrid.azure.net'],
  ])('lets %s be told that %s may call', async (origin, allowed) => {
    const { answer } = hostOf('answers');
    expect(await answer({ method: 'OPTIONS', headers: { 'webhook-request-origin': origin } })).toEqual({
      status: 200,
      headers: { 'Webhook-Allowed-Origin': allowed },
    });
  });

  test.each<[string, Sent]>([
    ['Host.Functions.', {}],
    ['Functions.', { fn: 'Functions.OnEvent' }],
    ['another case', { fn: 'host.functions.onevent' }],
    ['a cloud event', { type: '', headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' } }],
  ])('makes a message of each event: %s', async (name, sent) => {
    const hostId = `messages-${name.replaceAll(/\W/g, '').toLowerCase()}`;
    const { answer } = hostOf(hostId);
    const events = [created(local('events/a%20b.txt')), created('https://acme.blob.core.windows.net/elsewhere/dir/c.bin')];
    expect(await answer({ body: events, ...sent })).toEqual({ status: 202 });
    const etag = String.raw`"ETag": "\"0x8D4BCC2E4835CD0\""`;
    const head = '{\n  "Type": "BlobTrigger",\n  "FunctionId": "Host.Functions.OnEvent",\n  "BlobType": "BlockBlob",';
    expect(await queued(hostId)).toEqual([
      `${head}\n  "ContainerName": "events",\n  "BlobName": "a b.txt",\n  ${etag}\n}`,
      `${head}\n  "ContainerName": "elsewhere",\n  "BlobName": "dir/c.bin",\n  ${etag}\n}`,
    ]);
  });

  test('takes an event without a list around it, whatever happened to the blob', async () => {
    const { answer } = hostOf('single');
    expect(await answer({ body: { ...created(local('events/a.txt')), eventType: 'Microsoft.Storage.BlobDeleted' } })).toEqual({
      status: 202,
    });
    expect(await queued('single')).toHaveLength(1);
  });
});

test.skipIf(lacking)('a function with events runs for each blob that is there, and neither looks nor remembers', async () => {
  const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
  for (const [container, name] of [
    ['events', 'b.txt'],
    ['events', 'unseen.txt'],
    ['elsewhere', 'c.txt'],
  ] as const) {
    await service.getContainerClient(container).createIfNotExists();
    await service.getContainerClient(container).getBlockBlobClient(name).upload('hello', 5);
  }
  const { answer, context, events } = hostOf('event-host');
  const listener = blobTrigger.createListener(TRIGGER, context);
  await listener.start(never);
  await answer({ body: ['events/b.txt', 'elsewhere/c.txt', 'events/gone.txt', 'events/b.txt'].map((path) => created(local(path))) });
  await until(async () => events.length === 3 && (await queued('event-host')).length === 0);
  await listener.stop(never);
  const seen = events.map(({ reason, bindingData }) => [reason, Object.fromEntries(bindingData).name]);
  expect(seen.sort()).toEqual([
    ['New blob detected(EventGrid): elsewhere/c.txt', undefined],
    ['New blob detected(EventGrid): events/b.txt', 'b'],
    ['New blob detected(EventGrid): events/b.txt', 'b'],
  ]);
  expect(await service.getContainerClient('azure-webjobs-hosts').exists()).toBe(false);
});
