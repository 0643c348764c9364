// What function.json and host.json may say of queues.
import { boundText, choice, integer, timeSpan } from '../../core/option-values.ts';
import { section } from '../../core/options.ts';

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue';
const CONNECTION = 'Name of the app setting, or of the group of settings, that says which storage account. Absent: AzureWebJobsStorage.';

export const QUEUE_TRIGGER_OPTIONS = {
  queueName: boundText('settings', { doc: 'The queue that messages are taken from.', source: `${DOCS}-trigger#configuration` }),
  connection: boundText('settings', { doc: CONNECTION, source: `${DOCS}-trigger#connections` }),
};

export const QUEUE_OPTIONS = {
  queueName: boundText('expressions', {
    doc: 'The queue that messages are sent to. It is made if there is none.',
    source: `${DOCS}-output#configuration`,
  }),
  connection: boundText('settings', { doc: CONNECTION, source: `${DOCS}-output#connections` }),
};

const HOST_DOCS = `${DOCS}#hostjson-settings`;

export const QUEUES_SECTION = section(
  {
    batchSize: integer({
      default: 16,
      min: 1,
      max: 32,
      doc: 'How many messages a function takes at a time, and works on side by side.',
      source: HOST_DOCS,
    }),
    newBatchThreshold: integer({
      min: 0,
      doc: 'The next messages are taken when no more than so many are under way. Absent: half of batchSize for each processor.',
      source: HOST_DOCS,
    }),
    maxPollingInterval: timeSpan({
      min: '00:00:00.1',
      doc: 'The longest pause between two looks into an empty queue. Absent: a minute; two seconds while a person works at this machine.',
      source: HOST_DOCS,
    }),
    maxDequeueCount: integer({
      default: 5,
      min: 1,
      doc: 'How often a message is tried before it goes to the poison queue.',
      source: HOST_DOCS,
    }),
    visibilityTimeout: timeSpan({ default: '00:00:00', doc: 'How long a message that failed waits for its next try.', source: HOST_DOCS }),
    messageEncoding: choice(['base64', 'none'], {
      default: 'base64',
      doc: 'How messages are written in the queue, those that are read and those that are sent.',
      source: HOST_DOCS,
    }),
  },
  { doc: 'Storage queues.', source: HOST_DOCS },
);
