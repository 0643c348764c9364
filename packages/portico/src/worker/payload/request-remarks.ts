import { charsetOf } from '../../core/media-type.ts';
import type { Remark } from '../../core/remark.ts';

/** What a request with a body would be on Azure, where that is less than here. */
export function requestRemarks({
  chunked,
  contentType,
}: {
  readonly chunked: boolean;
  readonly contentType: string | undefined;
}): Remark[] {
  const remarks: Remark[] = [];
  if (chunked) {
    remarks.push({
      code: 'BODY_CHUNKED',
      message: 'on Azure: a chunked request reaches the handler without its body; here the body is delivered.',
    });
  }
  const charset = charsetOf(contentType ?? '') ?? 'utf-8';
  if (charset !== 'utf-8') {
    remarks.push({
      code: 'BODY_CHARSET',
      message: `on Azure: charset=${charset} is ignored and the body read as utf-8; here it is honoured.`,
    });
  }
  return remarks;
}
