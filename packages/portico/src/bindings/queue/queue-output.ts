// The queue output: one message for each item that the function gave, in order. A queue that is not there is made.
import { sendText } from '../../azure/send-text.ts';
import { type StorageAccount, storageAccount } from '../../azure/storage-account.ts';
import { describeStorageError } from '../../azure/storage-error.ts';
import { hostOptionsOf, optionsOf, templateOf } from '../../core/binding-options.ts';
import { queueNameBoundWrong } from '../../core/errors/queue.ts';
import type { BindingContext, Output, OutputBinding } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { byteItems, type OutputValue } from '../../core/output-value.ts';
import type { Remark } from '../../core/remark.ts';
import type { MessageEncoding } from './message-encoding.ts';
import { QUEUE_OPTIONS, QUEUES_SECTION } from './options.ts';
import { isQueueName, queueNameOf } from './queue-name.ts';
import { type QueueWakers, queueWakers } from './queue-wakers.ts';
import { writeMessage } from './write-message.ts';

export const queueOutput: OutputBinding = { createOutput };

function createOutput(binding: BindingMetadata, context: BindingContext): Output {
  const { queueName: written = '', connection } = optionsOf(QUEUE_OPTIONS, binding);
  const { messageEncoding } = hostOptionsOf(QUEUES_SECTION, context.hostSection);
  const template = templateOf(binding, 'queueName', written);
  const account = storageAccount(connection, context);
  const wakers = queueWakers(context);
  return {
    bind(scope) {
      const bound = scope.bind(template);
      const queueName = queueNameOf(bound);
      if (!isQueueName(queueName)) throw queueNameBoundWrong({ binding: binding.name, written, bound });
      return {
        async write(value, signal) {
          const { texts, remarks } = textsOf(value, messageEncoding);
          await sendAll(texts, { account, queueName, wakers }, signal);
          return remarks;
        },
      };
    },
  };
}

/** All are looked at before the first is sent. Throws HostError. */
function textsOf(
  value: OutputValue,
  encoding: MessageEncoding,
): { readonly texts: readonly string[]; readonly remarks: readonly Remark[] } {
  const made = byteItems(value);
  if ('error' in made) throw made.error;
  const what = `A message of the output "${value.name}"`;
  return { texts: made.items.map((bytes) => writeMessage(bytes, encoding, what)), remarks: made.remarks };
}

type Destination = { readonly account: StorageAccount; readonly queueName: string; readonly wakers: QueueWakers };

/** One after the other, so that they lie in the queue as they were given. */
async function sendAll(texts: readonly string[], { account, queueName, wakers }: Destination, signal: AbortSignal): Promise<void> {
  let sentCount = 0;
  try {
    const queue = (await account.queues()).getQueueClient(queueName);
    for (const text of texts) {
      await sendText(queue, text, signal);
      sentCount += 1;
    }
  } catch (error) {
    const before = sentCount === 0 ? '' : ` after ${sentCount} of ${texts.length} messages`;
    throw describeStorageError(error, `The queue "${queueName}" cannot be written to${before}`);
  } finally {
    if (sentCount > 0) wakers.sent(account.name, queueName);
  }
}
