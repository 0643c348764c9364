// The function app of a run with events: a queue, a queue that feeds another one, a container and a timer.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyHandler } from '../app.ts';

export const QUEUES = { Work: 'work-in', Relay: 'relay-in', next: 'relay-out' } as const;
export const CONTAINER = 'files';

/** Where blobs wait that were found, with the host's id, and where those go that cannot be handled: the names of Azure's host. */
export const BLOB_QUEUE_PREFIX = 'azure-webjobs-blobtrigger-';
export const BLOB_POISON_QUEUE = 'webjobs-blobtrigger-poison';

export const FUNCTION_TIMEOUT_MS = 3000;

const FUNCTIONS = {
  Work: [{ type: 'queueTrigger', direction: 'in', name: 'event', queueName: QUEUES.Work }],
  Relay: [
    { type: 'queueTrigger', direction: 'in', name: 'event', queueName: QUEUES.Relay },
    { type: 'queue', direction: 'out', name: 'next', queueName: QUEUES.next },
  ],
  Files: [{ type: 'blobTrigger', direction: 'in', name: 'event', dataType: 'string', path: `${CONTAINER}/{name}` }],
  Tick: [{ type: 'timerTrigger', direction: 'in', name: 'event', schedule: '* * * * * *' }],
};

export function makeEventApp(root: string): void {
  mkdirSync(root);
  writeJson(join(root, 'host.json'), {
    version: '2.0',
    functionTimeout: `00:00:0${FUNCTION_TIMEOUT_MS / 1000}`,
    customHandler: { description: { defaultExecutablePath: process.execPath, arguments: ['handler.cjs'] } },
    // So few at a time that each host has some, and some are left when one is killed.
    extensions: { queues: { batchSize: 4, newBatchThreshold: 2, maxDequeueCount: 3, maxPollingInterval: '00:00:00.5' } },
  });
  for (const [name, bindings] of Object.entries(FUNCTIONS)) {
    mkdirSync(join(root, name));
    writeJson(join(root, name, 'function.json'), { bindings });
  }
  copyHandler(root);
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, undefined, 2));
}
