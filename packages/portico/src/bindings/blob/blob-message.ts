// The message that says: this version of this blob is for that function. The layout is Azure's, so either host may process what the other one found.
import { readJson } from '../../core/json-reader.ts';
import { isJsonObject } from '../../core/json-value.ts';
import { writeJson } from '../../core/json-writer.ts';

export type BlobMessage = {
  readonly functionName: string;
  readonly blobType: string;
  readonly container: string;
  readonly blob: string;
  /** With its quotation marks. */
  readonly etag: string;
};

const FULL_NAME = 'Host.Functions.';

export const fullNameOf = (functionName: string): string => `${FULL_NAME}${functionName}`;

/** The queue in the host's account through which the found blobs of all functions go. */
export const blobQueueName = (hostId: string): string => `azure-webjobs-blobtrigger-${hostId}`;

/** In the account of the blob. */
export const POISON_QUEUE = 'webjobs-blobtrigger-poison';

export function writeBlobMessage({ functionName, blobType, container, blob, etag }: BlobMessage): string {
  const message = {
    Type: 'BlobTrigger',
    FunctionId: fullNameOf(functionName),
    BlobType: blobType,
    ContainerName: container,
    BlobName: blob,
    ETag: etag,
  };
  return writeJson(message, 'indented');
}

/** `unreadable`: completes "The message …". */
export function readBlobMessage(text: string): BlobMessage | { readonly unreadable: string } {
  const reading = readJson(text);
  if ('fault' in reading) return { unreadable: `is no JSON: ${reading.fault}` };
  if (!isJsonObject(reading.value)) return { unreadable: 'is no JSON object' };
  const members = new Map(Object.entries(reading.value).map(([name, value]) => [name.toLowerCase(), value]));
  const textOf = (name: string): string => {
    const value = members.get(name.toLowerCase());
    return typeof value === 'string' ? value : '';
  };
  const id = textOf('FunctionId');
  const [container, blob] = [textOf('ContainerName'), textOf('BlobName')];
  const missing = [id === '' && 'FunctionId', container === '' && 'ContainerName', blob === '' && 'BlobName'].filter(
    (name) => name !== false,
  );
  if (missing.length > 0) return { unreadable: `has no ${missing.join(' and no ')}` };
  const functionName = id.startsWith(FULL_NAME) ? id.slice(FULL_NAME.length) : id;
  return { functionName, blobType: textOf('BlobType'), container, blob, etag: textOf('ETag') };
}
