// Storage queues: a trigger that runs a function for each message, and an output that sends messages.
//
//   in    queue-trigger.ts has messages taken by azure/message-loop.ts, and message-handling.ts says what becomes of each
//   out   queue-output.ts sends what a function gave
//
// message-encoding.ts is how bytes are written in a queue; queue-tools.ts is what people do with queues by hand.
// https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue
import type { BindingExtension } from '../../core/extension.ts';
import { checkQueue, checkQueueTrigger, describeQueueTrigger } from './check.ts';
import { QUEUE_OPTIONS, QUEUE_TRIGGER_OPTIONS, QUEUES_SECTION } from './options.ts';

export const queueExtension: BindingExtension = {
  name: 'queues',
  hostOptions: QUEUES_SECTION,
  types: {
    queueTrigger: {
      connectsTo: 'storage',
      options: QUEUE_TRIGGER_OPTIONS,
      check: checkQueueTrigger,
      describe: describeQueueTrigger,
      trigger: async () => (await import('./queue-trigger.ts')).queueTrigger,
    },
    queue: {
      connectsTo: 'storage',
      options: QUEUE_OPTIONS,
      check: checkQueue,
      output: async () => (await import('./queue-output.ts')).queueOutput,
    },
  },
};
