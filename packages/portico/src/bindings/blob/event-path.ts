import { blobPathUnusable } from '../../core/errors/blob.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { type BlobPath, parseBlobPath } from './blob-path.ts';

/** Of an input or output, once its expressions are filled in. Throws HostError. */
export function pathForEvent(path: string, { name: binding }: Pick<BindingMetadata, 'name'>): BlobPath {
  const parsed = parseBlobPath(path);
  if ('fault' in parsed) throw blobPathUnusable({ binding, path, ...parsed.fault });
  return parsed;
}
