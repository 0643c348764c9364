import type { ContainerClient, Metadata } from '@azure/storage-blob';
import { storageAccount } from '../../azure/storage-account.ts';
import { describeStorageError, isStatus, storageCodeOf } from '../../azure/storage-error.ts';
import { optionsOf, templateOf } from '../../core/binding-options.ts';
import { blobTypeWrong } from '../../core/errors/blob.ts';
import type { BindingContext, Output, OutputBinding } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { streamContent } from '../../core/output-value.ts';
import { pathForEvent } from './event-path.ts';
import { BLOB_OPTIONS } from './options.ts';
import { writtenBlobs } from './written-blobs.ts';

export const blobOutput: OutputBinding = { createOutput };

/** Says which invocation wrote a blob. The service gives names of metadata in lower case, so they are compared without it. */
const PARENT_ID = 'AzureWebJobsParentId';

function createOutput(binding: BindingMetadata, context: BindingContext): Output {
  const { path = '', connection } = optionsOf(BLOB_OPTIONS, binding);
  const template = templateOf(binding, 'path', path);
  const account = storageAccount(connection, context);
  const written = writtenBlobs(context);
  return {
    bind(scope) {
      const { container, blob } = pathForEvent(scope.bind(template), binding);
      const { invocationId } = scope;
      return {
        async write(value, signal) {
          const { content, remarks } = streamContent(value);
          try {
            const client = (await account.blobs()).getContainerClient(container);
            const etag = await upload(client, blob, { content, invocationId, signal });
            written.tell({ account: account.name, container, blob: { name: blob, etag, blobType: 'BlockBlob' } });
          } catch (error) {
            throw describeStorageError(error, `The blob "${container}/${blob}" cannot be written`);
          }
          return remarks;
        },
      };
    },
  };
}

type Upload = { readonly content: Uint8Array; readonly invocationId: string; readonly signal: AbortSignal };

/** In one request: whoever reads the blob gets the old content or the new one, where Azure's host shows an empty blob in between. */
async function upload(container: ContainerClient, blob: string, { content, invocationId, signal }: Upload): Promise<string> {
  const client = container.getBlockBlobClient(blob);
  const metadata = withParent(await metadataOf(container, blob, signal), invocationId);
  const put = () => client.upload(content, content.byteLength, { metadata, abortSignal: signal });
  try {
    return (await put()).etag ?? '';
  } catch (error) {
    if (!isStatus(error, 404) || storageCodeOf(error) !== 'ContainerNotFound') throw error;
    await container.createIfNotExists({ abortSignal: signal });
    return (await put()).etag ?? '';
  }
}

/** Of the blob that is there; none when there is none. */
async function metadataOf(container: ContainerClient, blob: string, abortSignal: AbortSignal): Promise<Metadata> {
  try {
    const { metadata = {}, blobType = 'BlockBlob' } = await container.getBlobClient(blob).getProperties({ abortSignal });
    if (blobType !== 'BlockBlob') throw blobTypeWrong({ blob: `${container.containerName}/${blob}`, found: blobType });
    return metadata;
  } catch (error) {
    if (isStatus(error, 404)) return {};
    throw error;
  }
}

export function withParent(metadata: Metadata, invocationId: string): Metadata {
  const others = Object.entries(metadata).filter(([name]) => name.toLowerCase() !== PARENT_ID.toLowerCase());
  return { ...Object.fromEntries(others), [PARENT_ID]: invocationId };
}
