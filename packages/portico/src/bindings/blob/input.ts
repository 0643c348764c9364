import { storageAccount } from '../../azure/storage-account.ts';
import { describeStorageError } from '../../azure/storage-error.ts';
import { optionsOf, templateOf } from '../../core/binding-options.ts';
import type { BindingContext, Input, InputBinding } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { readContent, textOf } from './blob-content.ts';
import { pathForEvent } from './event-path.ts';
import { BLOB_OPTIONS } from './options.ts';

export const blobInput: InputBinding = { createInput };

function createInput(binding: BindingMetadata, context: BindingContext): Input {
  const { path = '', connection } = optionsOf(BLOB_OPTIONS, binding);
  const template = templateOf(binding, 'path', path);
  const account = storageAccount(connection, context);
  const kind = binding.dataType === 'binary' ? 'bytes' : 'text';
  return {
    async read(scope, signal) {
      const { container, blob } = pathForEvent(scope.bind(template), binding);
      const name = `${container}/${blob}`;
      try {
        const client = (await account.blobs()).getContainerClient(container).getBlobClient(blob);
        const content = await readContent(client, { name, kind, signal });
        if (content === undefined) return null;
        return kind === 'bytes' ? content : textOf(content, name);
      } catch (error) {
        throw describeStorageError(error, `The blob "${name}" cannot be read`);
      }
    },
  };
}
