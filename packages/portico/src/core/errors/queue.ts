// Of queues.
import { defineError } from '../error.ts';

export const queueNameBoundWrong = defineError(
  'QUEUE_NAME_BOUND_WRONG',
  'config',
  ({ binding, written, bound }: { binding: string; written: string; bound: string }) => ({
    message: `"queueName" of the binding "${binding}" is "${written}", which makes "${bound}" of this event; that cannot be the name of a queue.`,
    hint: 'A name is 3 to 63 of a-z, 0-9 and "-", no "-" at either end and no two in a row; capitals become small letters.',
  }),
);

export const messageTooLarge = defineError(
  'MESSAGE_TOO_LARGE',
  'worker',
  (facts: { what: string; contentBytes: number; messageBytes: number; mostBytes: number; encoding: string }) => ({
    message: `${facts.what} is ${facts.contentBytes} bytes, which makes ${facts.messageBytes} in the queue (messageEncoding "${facts.encoding}"); a message may have ${facts.mostBytes}.`,
    hint: 'Nothing was sent. Write the content to a blob, and its name to the queue.',
  }),
);

export const messageNotText = defineError('MESSAGE_NOT_TEXT', 'worker', ({ what }: { what: string }) => ({
  message: `${what} holds bytes or characters that a message of text cannot, and messageEncoding in host.json is "none".`,
  hint: 'Nothing was sent. Set extensions.queues.messageEncoding to "base64", for readers too, or send text.',
}));

export const queueNotFound = defineError(
  'QUEUE_NOT_FOUND',
  'service',
  (facts: { queue: string; nearest: string | undefined; cause: unknown }) => ({
    message: `There is no queue "${facts.queue}" in the storage account.`,
    hint:
      facts.nearest === undefined
        ? '"portico queue list" shows those there are. The first message makes one.'
        : `Did you mean "${facts.nearest}"?`,
    cause: facts.cause,
  }),
);

export const queueToolNameWrong = defineError('QUEUE_TOOL_NAME_WRONG', 'usage', (name: string) => ({
  message: `"${name}" cannot be the name of a queue.`,
  hint: 'A name is 3 to 63 of a-z, 0-9 and "-", no "-" at either end and no two in a row; capitals become small letters.',
}));

export const queueHasNoOrigin = defineError('QUEUE_HAS_NO_ORIGIN', 'usage', (name: string) => ({
  message: `"${name}" is neither a poison queue nor a queue that can have one.`,
  hint: 'Name the queue, such as "orders", or its poison queue, "orders-poison".',
}));
