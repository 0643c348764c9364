// What is wrong with one binding, found when the app is loaded.
import { checkStorageConnection } from '../../azure/connection.ts';
import { optionsOf } from '../../core/binding-options.ts';
import type { BindingFault, CheckFacts } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import type { Problem } from '../../core/problem.ts';
import { blobPathMissing, blobPathWrong } from '../../core/problems/blob.ts';
import { type BlobPathFault, containerFault, parseBlobPath } from './blob-path.ts';
import { BLOB_OPTIONS, BLOB_TRIGGER_OPTIONS } from './options.ts';
import { parseWatchedPath } from './watched-path.ts';

export function checkBlobTrigger(binding: BindingMetadata, facts: CheckFacts): readonly BindingFault[] {
  const { path = '', connection } = optionsOf(BLOB_TRIGGER_OPTIONS, binding);
  const watched = path === '' ? undefined : watchedPathOf(path);
  return faults(path, true, watched !== undefined && 'fault' in watched ? watched.fault : undefined, connection, facts);
}

export function checkBlob(binding: BindingMetadata, facts: CheckFacts): readonly BindingFault[] {
  const { path = '', connection } = optionsOf(BLOB_OPTIONS, binding);
  return faults(path, false, faultOf(path), connection, facts);
}

function faults(
  path: string,
  isTrigger: boolean,
  fault: BlobPathFault | undefined,
  connection: string | undefined,
  facts: CheckFacts,
): readonly BindingFault[] {
  const pathProblem = path === '' ? blobPathMissing(isTrigger) : fault && blobPathWrong(path, fault);
  const connectionProblem: Problem | undefined = checkStorageConnection(connection, facts.settings, 'blob');
  return [
    ...(pathProblem === undefined ? [] : [{ problem: pathProblem, property: 'path' }]),
    ...(connectionProblem === undefined ? [] : [{ problem: connectionProblem, property: 'connection' }]),
  ];
}

/** Undefined: the pattern itself cannot be read, which its table has said. */
function watchedPathOf(path: string): ReturnType<typeof parseWatchedPath> | undefined {
  try {
    return parseWatchedPath(path);
  } catch {
    return undefined;
  }
}

/** Of a path with expressions only what stands before the first of them is known. */
function faultOf(path: string): BlobPathFault | undefined {
  if (!path.includes('{')) {
    const parsed = parseBlobPath(path);
    return 'fault' in parsed ? parsed.fault : undefined;
  }
  const container = path.split('/')[0] ?? '';
  return container.includes('{') || /^https?:$/i.test(container) || container === path ? undefined : containerFault(container);
}
