import type { StorageAccount } from '../../azure/storage-account.ts';
import { isStatus, storageCodeOf } from '../../azure/storage-error.ts';
import { type BlobList, openBlobList } from './blob-list.ts';
import type { BlobLister } from './container-scan.ts';

/** Of one container, which need not be there. */
export function blobLister(account: StorageAccount, container: string): BlobLister {
  let opened: BlobList | undefined;
  return {
    async list(request, signal) {
      try {
        opened ??= await openBlobList((await account.blobs()).getContainerClient(container));
        return await opened.page(request, signal);
      } catch (error) {
        // One that is about to be made anew is not there either.
        if (isStatus(error, 404) || storageCodeOf(error) === 'ContainerBeingDeleted') return undefined;
        throw error;
      }
    },
  };
}
