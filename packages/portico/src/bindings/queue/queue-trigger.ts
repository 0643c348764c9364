// The queue trigger: what its options come to. azure/message-loop.ts takes the messages, message-handling.ts says what becomes of each.
import { messageLoop } from '../../azure/message-loop.ts';
import { storageAccount } from '../../azure/storage-account.ts';
import { hostOptionsOf, optionsOf } from '../../core/binding-options.ts';
import { dateTimeOffset } from '../../core/binding-value.ts';
import type { BindingContext, Listener, ListenerContext, TriggerBinding, TriggerEvent } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { MessageHandling } from './message-handling.ts';
import { QUEUE_TRIGGER_OPTIONS, QUEUES_SECTION } from './options.ts';
import { poisonQueueOf } from './poison-queue.ts';
import { queueNameOf } from './queue-name.ts';
import { queueWakers } from './queue-wakers.ts';

const LONGEST_PAUSE_MS = 60_000;
/** Parity: as Azure's host does in Development, where somebody waits for the next message. */
const DEVELOPMENT_LONGEST_PAUSE_MS = 2000;
/** What the service takes. */
const LONGEST_VISIBILITY_TIMEOUT_MS = 7 * 86_400_000;
/** .NET's last second: what never comes. */
const NEVER = new Date('9999-12-31T23:59:59Z');

export const queueTrigger: TriggerBinding = { createListener, eventByHand };

function createListener(binding: BindingMetadata, context: ListenerContext): Listener {
  const { queueName: written = '', connection } = optionsOf(QUEUE_TRIGGER_OPTIONS, binding);
  const queueName = queueNameOf(written);
  const account = storageAccount(connection, context);
  const wakers = queueWakers(context);
  const settings = hostOptionsOf(QUEUES_SECTION, context.hostSection);
  const { batchSize, newBatchThreshold = Math.floor(batchSize / 2) * context.processorCount, maxPollingInterval } = settings;
  const handling = new MessageHandling({
    queueName,
    isBinary: binding.dataType === 'binary',
    maxDequeueCount: settings.maxDequeueCount,
    retryDelayMs: Math.min(settings.visibilityTimeout, LONGEST_VISIBILITY_TIMEOUT_MS),
    encoding: settings.messageEncoding,
    poison: poisonQueueOf(queueName, account, wakers),
    context,
  });
  const loop = messageLoop({
    context,
    queue: async () => (await account.queues()).getQueueClient(queueName),
    batchSize,
    newBatchThreshold,
    longestPauseMs: maxPollingInterval ?? (context.isDevelopment ? DEVELOPMENT_LONGEST_PAUSE_MS : LONGEST_PAUSE_MS),
    whenReady: (signal) => context.whenReady(signal),
    handle: (message, abandoning) => handling.handle(message, abandoning),
  });
  let stopWaking: (() => void) | undefined;
  let isStopped = false;
  return {
    start(signal) {
      if (!isStopped) stopWaking ??= wakers.onSent(account.name, queueName, () => loop.wake());
      return loop.start(signal);
    },
    stop(signal) {
      isStopped = true;
      stopWaking?.();
      return loop.stop(signal);
    },
  };
}

/** Parity: what is known of a message that nobody sent (queue-in.admin). */
function eventByHand(input: string | undefined, binding: BindingMetadata, { clock }: Pick<BindingContext, 'clock'>): TriggerEvent {
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
