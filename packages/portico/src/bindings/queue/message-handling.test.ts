// What becomes of a message, without a queue.
import { describe, expect, test } from 'vitest';
import type { BindingValue } from '../../core/binding-value.ts';
import { isDate } from '../../core/binding-value.ts';
import { HostError } from '../../core/error.ts';
import type { InvocationOutcome } from '../../core/extension.ts';
import { testContext } from '../../testing/binding-context.ts';
import { MessageHandling, type MessageHandlingOptions, type TakenMessage } from './message-handling.ts';

const FAILED: InvocationOutcome = { status: 'failed', invocationId: 'run-1', error: new HostError('X', 'worker', { message: 'no' }) };
const OUTCOMES = { succeeded: { status: 'succeeded', invocationId: 'run-1' }, failed: FAILED, abandoned: { status: 'abandoned' } } as const;

const poison = { name: 'orders-poison', send: async () => {} };

type Case = Partial<MessageHandlingOptions> & { text?: string; dequeueCount?: number; outcome?: keyof typeof OUTCOMES };

async function handled({ text = 'aGVsbG8=', dequeueCount = 1, outcome = 'succeeded', ...options }: Case) {
  const { context, events, records } = testContext({ run: () => OUTCOMES[outcome] });
  const handling = new MessageHandling({
    queueName: 'orders',
    isBinary: false,
    maxDequeueCount: 5,
    retryDelayMs: 0,
    encoding: 'base64',
    poison,
    context,
    ...options,
  });
  const message = {
    item: {
      messageId: 'id-1',
      messageText: text,
      popReceipt: 'first',
      dequeueCount,
      insertedOn: new Date('2026-01-01T00:00:00Z'),
      expiresOn: new Date('2026-01-08T00:00:00Z'),
      nextVisibleOn: new Date('2026-01-01T00:10:00Z'),
    },
    receipt: 'first',
    returnsAt: new Date('2026-01-01T00:10:00Z'),
  };
  const fate = await handling.handle(message as TakenMessage, new AbortController().signal);
  return {
    fate,
    events,
    message,
    log: records.map(({ level, message: said }) => `${level}: ${said}`),
    fields: records.map((record) => record.fields),
  };
}

describe('the fate of a message', () => {
  test.each<[string, Case, string, number]>([
    ['done when the function has succeeded', {}, 'done', 1],
    ['given back at once when nobody ran it', { outcome: 'abandoned' }, 'again 0', 1],
    ['another try after a failure', { outcome: 'failed' }, 'again 0', 1],
    ['another try after the time that host.json says', { outcome: 'failed', retryDelayMs: 8000 }, 'again 8000', 1],
    ['poison after the last try', { outcome: 'failed', dequeueCount: 5 }, 'poison orders-poison', 1],
    ['poison without a call when it has been taken too often', { dequeueCount: 6 }, 'poison orders-poison', 0],
    ['poison at once when it is not base64', { text: 'plain words!' }, 'poison orders-poison', 0],
    ['poison at once when it is not UTF-8 and the handler wants text', { text: '/v8A' }, 'poison orders-poison', 0],
    ['done when it is not UTF-8 and the handler wants bytes', { text: '/v8A', isBinary: true }, 'done', 1],
    ['done for plain text when that is the encoding', { text: 'plain words!', encoding: 'none' }, 'done', 1],
    ['to stay invisible when it fails and there is no poison queue', { outcome: 'failed', poison: undefined }, 'hidden', 1],
    ['to stay invisible when it cannot be read and there is no poison queue', { text: '!', poison: undefined }, 'hidden', 0],
    ['a try, however often it was taken, when there is no poison queue', { dequeueCount: 99, poison: undefined }, 'done', 1],
  ])('is %s', async (_, one, expected, calls) => {
    const { fate, events } = await handled(one);
    const more = fate.kind === 'again' ? ` ${fate.afterMs}` : fate.kind === 'poison' ? ` ${fate.queue.name}` : '';
    expect([`${fate.kind}${more}`, events.length]).toEqual([expected, calls]);
  });
});

describe('what is said', () => {
  test.each<[Case, string[]]>([
    [{}, []],
    [{ isBinary: true, text: '/v8A' }, []],
    [{ outcome: 'abandoned' }, []],
    [
      { outcome: 'failed', dequeueCount: 3, retryDelayMs: 8000 },
      ['warning: Attempt 3/5 failed, next in 8 s; after the last, orders-poison.'],
    ],
    [{ outcome: 'failed' }, ['warning: Attempt 1/5 failed, next at once; after the last, orders-poison.']],
    [
      { outcome: 'failed', dequeueCount: 5 },
      ["warning: Message has reached MaxDequeueCount of 5. Moving message to queue 'orders-poison'."],
    ],
    [
      { dequeueCount: 6 },
      [
        "warning: Message was taken 6 times, more than MaxDequeueCount of 5, so the function is not called. Moving message to queue 'orders-poison'.",
      ],
    ],
    [
      { text: '!' },
      [`warning: Message is not base64, which "messageEncoding" of host.json says it is. Moving message to queue 'orders-poison'.`],
    ],
    [
      { text: '/v8A' },
      [`warning: Message is not UTF-8, so it is no text. "dataType": "binary" takes bytes. Moving message to queue 'orders-poison'.`],
    ],
    [
      { outcome: 'failed', poison: undefined, dequeueCount: 7 },
      [
        'warning: Attempt 7 failed. The queue "orders" has no poison queue: the message is invisible until 2026-01-01T00:10:00.000Z, and comes again then.',
      ],
    ],
  ])('of %j is %j', async (one, expected) => {
    expect((await handled(one)).log).toEqual(expected);
  });

  test('has fields for those who count', async () => {
    const { fields } = await handled({ outcome: 'failed', dequeueCount: 3, retryDelayMs: 8000 });
    expect(fields).toEqual([
      {
        messageId: 'id-1',
        dequeueCount: 3,
        maxDequeueCount: 5,
        retryDelayMs: 8000,
        poisonQueue: 'orders-poison',
        invocationId: 'run-1',
      },
    ]);
  });
});

describe('the event', () => {
  const shown = (value: BindingValue) => (isDate(value) ? value.at.toISOString() : value);

  test('names the message, in the order in which the handler sees it', async () => {
    const { events } = await handled({});
    expect([...(events[0]?.bindingData ?? [])].map(([name, value]) => [name, shown(value)])).toEqual([
      ['DequeueCount', 1],
      ['ExpirationTime', '2026-01-08T00:00:00.000Z'],
      ['Id', 'id-1'],
      ['InsertionTime', '2026-01-01T00:00:00.000Z'],
      ['NextVisibleTime', '2026-01-01T00:10:00.000Z'],
      ['PopReceipt', 'first'],
      ['QueueTrigger', 'hello'],
    ]);
    expect(events[0]).toMatchObject({
      value: 'hello',
      reason: "New queue message detected on 'orders'.",
      details: { MessageId: 'id-1', DequeueCount: 1, InsertedOn: '2026-01-01T00:00:00.000+00:00' },
    });
  });

  test('has the receipt of the last renewal', async () => {
    const { events, message } = await handled({});
    message.receipt = 'renewed';
    expect(new Map(events[0]?.bindingData).get('PopReceipt')).toBe('renewed');
  });

  test('has bytes, and no text of what is none', async () => {
    const { events } = await handled({ text: '/v8A', isBinary: true });
    expect(events[0]?.value).toEqual(Buffer.from([0xfe, 0xff, 0]));
    expect(new Map(events[0]?.bindingData).has('QueueTrigger')).toBe(false);
  });
});
