// What a failed request about a message means for that message.
import { isStatus, storageCodeOf } from '../../azure/storage-error.ts';
import { HostError } from '../../core/error.ts';

export type StorageTrouble =
  /** There is no such message any more, or no such queue. */
  | 'gone'
  /** Somebody has taken it since. */
  | 'taken'
  /** The service is away, or overloaded. */
  | 'away'
  /** It will say the same to the next request. */
  | 'refused';

export function storageTroubleOf(error: unknown): StorageTrouble {
  if (isStatus(error, 404) || storageCodeOf(error) === 'QueueBeingDeleted') return 'gone';
  if (storageCodeOf(error) === 'PopReceiptMismatch') return 'taken';
  const status = statusOf(error);
  return status === undefined || status >= 500 || status === 408 || status === 429 ? 'away' : 'refused';
}

/** Undefined: there was no answer. */
function statusOf(error: unknown): number | undefined {
  const thrown = error instanceof HostError ? error.cause : error;
  const status = typeof thrown === 'object' && thrown !== null && 'statusCode' in thrown ? thrown.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}
