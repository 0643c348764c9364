// Of blobs.
import { onAzure } from '../azure.ts';
import { defineError } from '../error.ts';

export const blobPathUnusable = defineError(
  'BLOB_PATH_UNUSABLE',
  'config',
  (facts: { binding: string; path: string; reason: string; azure: string }) => ({
    message: `The path of the binding "${facts.binding}" is ${JSON.stringify(facts.path)} for this event, which ${facts.reason}.`,
    hint: `What its expressions stand for comes from the event: check that. ${onAzure(facts.azure)}`,
  }),
);

export const blobTooLarge = defineError(
  'BLOB_TOO_LARGE',
  'service',
  (facts: { blob: string; bytes: number; limitBytes: number; kind: 'bytes' | 'text' }) => ({
    message: `The blob "${facts.blob}" has ${facts.bytes} bytes, and as ${facts.kind} a handler can be given ${facts.limitBytes} at most.`,
    hint: 'A payload is one JSON text, and such a text has an end. Let the handler read the blob itself: "Uri" in Metadata says where it is, and {blobTrigger} its path. Azure has no such limit, but holds the blob in memory several times.',
  }),
);

export const blobTypeWrong = defineError('BLOB_TYPE_WRONG', 'service', (facts: { blob: string; found: string }) => ({
  message: `The blob "${facts.blob}" is of type ${facts.found}, and an output writes block blobs.`,
  hint: 'Write to another name, or remove that blob first.',
}));

export const blobNotGiven = defineError('BLOB_NOT_GIVEN', 'config', (functionName: string) => ({
  message: `${functionName} needs a blob to run for, and none was named.`,
  hint: 'Give its path as the input: {"input":"container/name"}.',
}));

export const blobNotFound = defineError('BLOB_NOT_FOUND', 'service', (blob: string, account: string) => ({
  message: `There is no blob "${blob}" in the storage account ${account}.`,
  hint: 'The input is "container/name", and the names of blobs count case.',
}));
