import { charsetOf } from '../../core/media-type.ts';
import type { Remark } from '../../core/remark.ts';
import { bodyCharset, bodyChunked } from '../../core/remarks/request.ts';

/** What a request with a body would be on Azure, where that is less than here. */
export function requestRemarks({
  chunked,
  contentType,
}: {
  readonly chunked: boolean;
  readonly contentType: string | undefined;
}): Remark[] {
  const charset = charsetOf(contentType ?? '') ?? 'utf-8';
  return [...(chunked ? [bodyChunked()] : []), ...(charset === 'utf-8' ? [] : [bodyCharset(charset)])];
}
