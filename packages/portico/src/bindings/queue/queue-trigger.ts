// The queue trigger: one message is one event. Its fate is decided here, and nowhere else.
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { type MessageFate, messageLoop, VISIBILITY_MS } from '../../azure/message-loop.ts';
import { storageAccount } from '../../azure/storage-account.ts';
import { hostOptionsOf, optionsOf } from '../../core/binding-options.ts';
import { type BindingValue, dateTimeOffset } from '../../core/binding-value.ts';
import type { Listener, ListenerContext, TriggerBinding, TriggerEvent } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { decodeMessage, textOf } from './message-encoding.ts';
import { QUEUE_TRIGGER_OPTIONS, QUEUES_SECTION } from './options.ts';
import { poisonQueueOf, queueNameOf } from './queue-name.ts';
import { queueWakers } from './queue-wakers.ts';

const LONGEST_PAUSE_MS = 60_000;
/** Parity: as Azure's host does in Development, where somebody waits for the next message. */
const DEVELOPMENT_LONGEST_PAUSE_MS = 2000;
/** .NET's last second: what never comes. */
const NEVER = new Date('9999-12-31T23:59:59Z');

export const queueTrigger: TriggerBinding = { createListener, eventByHand };

function createListener(binding: BindingMetadata, context: ListenerContext): Listener {
  const { queueName: written = '', connection } = optionsOf(QUEUE_TRIGGER_OPTIONS, binding);
  const queueName = queueNameOf(written);
  const account = storageAccount(connection, context);
  const settings = hostOptionsOf(QUEUES_SECTION, context.hostSection);
  const { batchSize, newBatchThreshold = Math.floor(batchSize / 2) * context.processorCount, maxPollingInterval } = settings;
  const wakers = queueWakers(context);
  const client = async (name: string): Promise<QueueClient> => (await account.queues()).getQueueClient(name);
  const messages = new QueueMessages({
    queueName,
    keepsBytes: binding.dataType === 'binary',
    settings,
    context,
    poison: async (name) => {
      // Its copy is there a moment later: whoever listens looks more than once.
      wakers.sent(account.name, name);
      return client(name);
    },
  });
  const loop = messageLoop({
    context,
    queue: () => client(queueName),
    batchSize,
    newBatchThreshold,
    longestPauseMs: maxPollingInterval ?? (context.isDevelopment ? DEVELOPMENT_LONGEST_PAUSE_MS : LONGEST_PAUSE_MS),
    whenReady: (signal) => context.whenReady(signal),
    handle: (message, abandoning) => messages.handle(message, abandoning),
  });
  let endWaking: (() => void) | undefined;
  return {
    start(signal) {
      endWaking ??= wakers.onSent(account.name, queueName, () => loop.wake());
      return loop.start(signal);
    },
    stop(signal) {
      endWaking?.();
      return loop.stop(signal);
    },
  };
}

/** Parity: what is known of a message that nobody sent (queue-in.admin). */
function eventByHand(input: string | undefined, binding: BindingMetadata, { clock }: Pick<ListenerContext, 'clock'>): TriggerEvent {
  const text = input ?? '';
  const value = binding.dataType === 'binary' ? new TextEncoder().encode(text) : text;
  return {
    value,
    bindingData: [
      ['DequeueCount', 0],
      ['ExpirationTime', dateTimeOffset(NEVER)],
      ['InsertionTime', dateTimeOffset(clock.now())],
      ['NextVisibleTime', dateTimeOffset(NEVER)],
      [binding.name, value],
      ['QueueTrigger', text],
    ],
    reason: 'This function was programmatically called via the host APIs.',
  };
}

type MessagesOptions = {
  readonly queueName: string;
  readonly keepsBytes: boolean;
  readonly settings: { readonly maxDequeueCount: number; readonly visibilityTimeout: number; readonly messageEncoding: 'base64' | 'none' };
  readonly context: Pick<ListenerContext, 'functionName' | 'log' | 'clock' | 'invoke'>;
  readonly poison: (queueName: string) => Promise<QueueClient>;
};

class QueueMessages {
  readonly #options: MessagesOptions;
  readonly #poisonQueue: string | undefined;

  constructor(options: MessagesOptions) {
    this.#options = options;
    this.#poisonQueue = poisonQueueOf(options.queueName);
  }

  async handle(message: DequeuedMessageItem, abandoning: AbortSignal): Promise<MessageFate> {
    const { context, settings, keepsBytes } = this.#options;
    const { maxDequeueCount, messageEncoding } = settings;
    if (message.dequeueCount > maxDequeueCount)
      return this.#giveUp(message, `it was taken ${message.dequeueCount} times, and ${maxDequeueCount} are allowed`);
    const bytes = decodeMessage(message.messageText, messageEncoding);
    // Azure's host tries what cannot be read as often as everything else, or says that it did.
    if (bytes === undefined) return this.#giveUp(message, 'its text is not base64, as messageEncoding in host.json has it');
    const text = textOf(bytes);
    if (text === undefined && !keepsBytes)
      return this.#giveUp(message, 'its bytes are no UTF-8; a binding with "dataType": "binary" would take them');
    const outcome = await context.invoke(this.#event(message, keepsBytes ? bytes : (text ?? ''), text), abandoning);
    if (outcome.status === 'succeeded') return { kind: 'done' };
    return outcome.status === 'abandoned' ? { kind: 'again', afterMs: 0 } : this.#afterFailure(message);
  }

  #event(message: DequeuedMessageItem, value: BindingValue, text: string | undefined): TriggerEvent {
    const { messageId, dequeueCount, expiresOn, insertedOn, nextVisibleOn, popReceipt } = message;
    return {
      value,
      bindingData: [
        ['DequeueCount', dequeueCount],
        ['ExpirationTime', dateTimeOffset(expiresOn)],
        ['Id', messageId],
        ['InsertionTime', dateTimeOffset(insertedOn)],
        ['NextVisibleTime', dateTimeOffset(nextVisibleOn)],
        ['PopReceipt', popReceipt],
        ['QueueTrigger', text ?? ''],
      ],
      reason: `New queue message detected on '${this.#options.queueName}'.`,
      details: { MessageId: messageId, DequeueCount: dequeueCount, InsertedOn: insertedOn.toISOString().replace('Z', '+00:00') },
    };
  }

  #afterFailure(message: DequeuedMessageItem): MessageFate {
    const { context, settings } = this.#options;
    const { maxDequeueCount, visibilityTimeout } = settings;
    const { messageId, dequeueCount } = message;
    if (this.#poisonQueue === undefined) return this.#hide(message, 'The message failed');
    if (dequeueCount >= maxDequeueCount) return this.#giveUp(message, `Message has reached MaxDequeueCount of ${maxDequeueCount}`);
    const next = visibilityTimeout > 0 ? `next in ${Math.round(visibilityTimeout / 1000)} s` : 'next at once';
    context.log.warning(`Attempt ${dequeueCount}/${maxDequeueCount} failed, ${next}, then ${this.#poisonQueue}.`, {
      functionName: context.functionName,
      fields: { messageId },
    });
    return { kind: 'again', afterMs: visibilityTimeout };
  }

  #giveUp(message: DequeuedMessageItem, reason: string): MessageFate {
    const { context, poison } = this.#options;
    const poisonQueue = this.#poisonQueue;
    if (poisonQueue === undefined) return this.#hide(message, `The message cannot be handled: ${reason}`);
    const { messageId, dequeueCount } = message;
    context.log.warning(`${reason[0]?.toUpperCase()}${reason.slice(1)}. Moving message to queue '${poisonQueue}'.`, {
      functionName: context.functionName,
      fields: { messageId, dequeueCount },
    });
    return { kind: 'poison', queue: () => poison(poisonQueue) };
  }

  /** Azure's host says nothing of it. */
  #hide({ messageId, dequeueCount }: DequeuedMessageItem, what: string): MessageFate {
    const { context, queueName } = this.#options;
    const returnsAt = new Date(context.clock.now().getTime() + VISIBILITY_MS).toISOString();
    context.log.warning(`${what}, and the queue "${queueName}" has no poison queue: it stays invisible and comes again.`, {
      functionName: context.functionName,
      fields: { messageId, dequeueCount, returnsAt },
    });
    return { kind: 'hidden' };
  }
}
