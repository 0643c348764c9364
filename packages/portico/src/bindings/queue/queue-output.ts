// The queue output: one message for each item that the function gave, in order. A queue that is not there is made.

import { sendText } from '../../azure/send-text.ts';
import { type StorageAccount, storageAccount } from '../../azure/storage-account.ts';
import { describeStorageError } from '../../azure/storage-error.ts';
import { hostOptionsOf, optionsOf, templateOf } from '../../core/binding-options.ts';
import { messageNotText, messageTooLarge, queueNameBoundWrong } from '../../core/error-catalogue.ts';
import type { BindingContext, Output, OutputBinding } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { byteItems, type OutputValue } from '../../core/output-value.ts';
import type { Remark } from '../../core/remark.ts';
import { encodeMessage, type MessageEncoding } from './message-encoding.ts';
import { QUEUE_OPTIONS, QUEUES_SECTION } from './options.ts';
import { isQueueName, queueNameOf } from './queue-name.ts';
import { queueWakers } from './queue-wakers.ts';

/** https://learn.microsoft.com/rest/api/storageservices/put-message */
const MOST_BYTES = 65_536;

export const queueOutput: OutputBinding = { createOutput };

function createOutput(binding: BindingMetadata, context: BindingContext): Output {
  const { queueName = '', connection } = optionsOf(QUEUE_OPTIONS, binding);
  const { messageEncoding } = hostOptionsOf(QUEUES_SECTION, context.hostSection);
  const template = templateOf(binding, 'queueName', queueName);
  const account = storageAccount(connection, context);
  const wakers = queueWakers(context);
  return {
    bind(scope) {
      const bound = queueNameOf(scope.bind(template));
      if (!isQueueName(bound)) throw queueNameBoundWrong({ binding: binding.name, written: queueName, bound });
      return {
        async write(value, signal) {
          const { texts, remarks } = textsOf(value, messageEncoding);
          await sendAll(account, bound, texts, signal);
          if (texts.length > 0) wakers.sent(account.name, bound);
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
  const texts = made.items.map((bytes) => {
    const text = encodeMessage(bytes, encoding);
    if (text === undefined) throw messageNotText({ output: value.name });
    const size = Buffer.byteLength(text);
    if (size > MOST_BYTES)
      throw messageTooLarge({ output: value.name, contentBytes: bytes.length, messageBytes: size, mostBytes: MOST_BYTES, encoding });
    return text;
  });
  return { texts, remarks: made.remarks };
}

async function sendAll(account: StorageAccount, queueName: string, texts: readonly string[], signal: AbortSignal): Promise<void> {
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
  }
}
