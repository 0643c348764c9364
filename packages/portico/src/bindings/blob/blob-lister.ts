import type { ContainerListBlobFlatSegmentResponse } from '@azure/storage-blob';
import type { StorageAccount } from '../../azure/storage-account.ts';
import { isStatus, storageCodeOf } from '../../azure/storage-error.ts';
import type { BlobLister } from './container-scan.ts';
import { quotedEtag } from './found-blob.ts';

/** Lists a container page by page. */
export function blobLister(account: StorageAccount, container: string): BlobLister {
  return {
    async list({ prefix, marker, most }, abortSignal) {
      try {
        const client = (await account.blobs()).getContainerClient(container);
        const pages = client
          .listBlobsFlat({ abortSignal, ...(prefix !== '' && { prefix }) })
          .byPage({ maxPageSize: most, ...(marker !== undefined && { continuationToken: marker }) });
        const { done, value } = await pages.next();
        if (done) return { blobs: [], servedAtMs: 0, next: undefined };
        const page: ContainerListBlobFlatSegmentResponse = value;
        const blobs = page.segment.blobItems.map(({ name, properties: { etag, lastModified, blobType = 'BlockBlob' } }) => ({
          name,
          etag: quotedEtag(etag),
          blobType,
          lastModifiedMs: lastModified.getTime(),
        }));
        return { blobs, servedAtMs: (page.date ?? new Date(0)).getTime(), next: page.continuationToken || undefined };
      } catch (error) {
        // One that is about to be made anew is not there either.
        const code = storageCodeOf(error);
        if (isStatus(error, 404) || code === 'ContainerBeingDeleted') return undefined;
        throw error;
      }
    },
  };
}
