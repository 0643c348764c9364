// What function.json and host.json may say of blobs.
import { boundText, choice, integer } from '../../core/option-values.ts';
import { section } from '../../core/options.ts';

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob';
const CONNECTION = 'Name of the app setting, or of the group of settings, that says which storage account. Absent: AzureWebJobsStorage.';

export const BLOB_TRIGGER_OPTIONS = {
  path: boundText('captures', {
    doc: 'The container to watch, and perhaps a pattern for the names of blobs: each {name} takes a part of it and gives that to other bindings.',
    source: `${DOCS}-trigger#blob-name-patterns`,
  }),
  connection: boundText('settings', { doc: CONNECTION, source: `${DOCS}-trigger#connections` }),
  source: choice(['LogsAndContainerScan', 'EventGrid'], {
    default: 'LogsAndContainerScan',
    doc: 'How new blobs are noticed: by looking into the container again and again, or by events that an Event Grid subscription sends to /runtime/webhooks/blobs.',
    source: `${DOCS}-trigger#configuration`,
  }),
};

export const BLOB_OPTIONS = {
  path: boundText('expressions', {
    doc: 'The blob as "container/name", or its URL.',
    source: `${DOCS}-output#configuration`,
  }),
  connection: boundText('settings', { doc: CONNECTION, source: `${DOCS}-output#connections` }),
};

const HOST_DOCS = `${DOCS}#hostjson-settings`;

export const BLOBS_SECTION = section(
  {
    maxDegreeOfParallelism: integer({
      min: 1,
      doc: 'How many blobs all blob functions of the app may work on at a time. Absent: 8 for each processor.',
      source: HOST_DOCS,
    }),
    poisonBlobThreshold: integer({
      min: 1,
      default: 5,
      doc: 'How often a blob is tried before its message goes to the queue webjobs-blobtrigger-poison.',
      source: HOST_DOCS,
    }),
  },
  { doc: 'Blob triggers.', source: HOST_DOCS },
);
