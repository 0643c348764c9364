// Problems of the path of a blob trigger or of a blob. An error takes that function down and no other.
import { defineProblem } from '../problem.ts';

export const blobPathMissing = defineProblem('BLOB_PATH_MISSING', 'error', (isTrigger: boolean) => ({
  message: 'The binding has no "path".',
  hint: isTrigger
    ? 'Write the container, and perhaps a pattern for names: "uploads" or "uploads/{name}.txt".'
    : 'Write the container and the name of the blob, which may hold expressions: "results/{rand-guid}.json".',
  azureMessage: isTrigger
    ? 'Blob paths must not be null.'
    : "Invalid blob path specified : ''. Blob identifiers must be in the format 'container/blob'.",
}));

export const blobPathWrong = defineProblem(
  'BLOB_PATH_WRONG',
  'error',
  (path: string, { reason, azure }: { readonly reason: string; readonly azure: string }) => ({
    message: `The blob path ${JSON.stringify(path)} ${reason}.`,
    hint: 'The first part is the container, such as "uploads"; what follows the slash is the name of the blob, slashes of its own included.',
    azureMessage: azure,
  }),
);
