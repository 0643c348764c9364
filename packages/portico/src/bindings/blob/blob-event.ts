// What a function is told of a blob.
import type { BlobGetPropertiesResponse } from '@azure/storage-blob';
import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { BindingValue } from '../../core/binding-value.ts';
import type { TriggerEvent } from '../../core/extension.ts';
import { blobUrl } from './blob-path.ts';
import { blobProperties } from './blob-properties.ts';
import type { WatchedPath } from './watched-path.ts';

export type BlobEventFacts = {
  readonly source: 'LogsAndContainerScan' | 'EventGrid';
  readonly path: WatchedPath;
  readonly containerUrl: string;
  readonly container: string;
  readonly blob: string;
  readonly properties: BlobGetPropertiesResponse;
  readonly content: Uint8Array;
  /** Undefined: called by hand. */
  readonly queued?: DequeuedMessageItem;
};

export function blobEvent({ source, path, containerUrl, container, blob, properties, content, queued }: BlobEventFacts): TriggerEvent {
  const name = `${container}/${blob}`;
  const captures = container === path.container ? (path.match(blob) ?? new Map<string, string>()) : new Map<string, string>();
  const { createdOn, lastModified } = properties;
  return {
    value: content,
    bindingData: [
      ['Uri', blobUrl(containerUrl, blob)],
      ['Properties', blobProperties(properties)],
      ['Metadata', properties.metadata ?? {}],
      ...captures,
      ['BlobTrigger', name] as [string, BindingValue],
    ],
    reason: queued === undefined ? 'This function was programmatically called via the host APIs.' : `New blob detected(${source}): ${name}`,
    ...(queued !== undefined && {
      details: {
        MessageId: queued.messageId,
        DequeueCount: queued.dequeueCount,
        InsertedOn: instant(queued.insertedOn),
        BlobCreated: instant(createdOn),
        BlobLastModified: instant(lastModified),
      },
    }),
  };
}

/** As Azure's host logs it. */
function instant(at: Date | undefined): string | undefined {
  return at?.toISOString().replace('Z', '+00:00');
}
