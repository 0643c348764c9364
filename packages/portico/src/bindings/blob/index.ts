// Blobs: a trigger that runs a function for each new version of a blob, an input and an output.
//
//   trigger.ts          one function: which blobs are for it, and what it is told of one
//   blob-scanner.ts     finds new blobs (container-scan.ts), notes each once (blob-notifier.ts) and puts a message into a queue
//   blob-consumer.ts    takes the messages of that queue, on every instance of the app
//   webhook.ts          the other way to find them: events of Event Grid
//
// Names of queues, receipts and messages are those of Azure's host, so the two may take turns. https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob
import { optionsOf } from '../../core/binding-options.ts';
import type { BindingExtension } from '../../core/extension.ts';
import { checkBlob, checkBlobTrigger } from './check.ts';
import { BLOB_OPTIONS, BLOB_TRIGGER_OPTIONS, BLOBS_SECTION } from './options.ts';

export const blobExtension: BindingExtension = {
  name: 'blobs',
  hostOptions: BLOBS_SECTION,
  types: {
    blobTrigger: {
      connectsTo: 'storage',
      options: BLOB_TRIGGER_OPTIONS,
      check: checkBlobTrigger,
      describe: (binding) => `blobs ${optionsOf(BLOB_TRIGGER_OPTIONS, binding).path}`,
      trigger: async () => (await import('./trigger.ts')).blobTrigger,
    },
    blob: {
      connectsTo: 'storage',
      options: BLOB_OPTIONS,
      check: checkBlob,
      input: async () => (await import('./input.ts')).blobInput,
      output: async () => (await import('./output.ts')).blobOutput,
    },
  },
  webhook: async () => (await import('./webhook.ts')).blobWebhook,
};
