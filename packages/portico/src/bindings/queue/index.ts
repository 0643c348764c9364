// Storage queues: a trigger that runs a function for each message, and an output that sends messages.
//
//   queue-trigger.ts    what becomes of a message; azure/message-loop.ts takes it, keeps it and settles it
//   queue-output.ts     sends what a function gave
//   queue-tools.ts      what people do with queues by hand
// https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue
import { optionsOf } from '../../core/binding-options.ts';
import type { BindingExtension } from '../../core/extension.ts';
import { checkQueue, checkQueueTrigger } from './check.ts';
import { QUEUE_OPTIONS, QUEUE_TRIGGER_OPTIONS, QUEUES_SECTION } from './options.ts';

export const queueExtension: BindingExtension = {
  name: 'queues',
  hostOptions: QUEUES_SECTION,
  types: {
    queueTrigger: {
      options: QUEUE_TRIGGER_OPTIONS,
      check: checkQueueTrigger,
      describe: (binding) => `queue ${optionsOf(QUEUE_TRIGGER_OPTIONS, binding).queueName?.toLowerCase()}`,
      trigger: async () => (await import('./queue-trigger.ts')).queueTrigger,
    },
    queue: {
      options: QUEUE_OPTIONS,
      check: checkQueue,
      output: async () => (await import('./queue-output.ts')).queueOutput,
    },
  },
};
