// What Azure's host would do to a request or reply that is passed on here as it is. Said once per function, so that nothing works here and surprises there.
import type { IncomingMessage } from 'node:http';
import type { Remark } from '../core/remark.ts';
import {
  azureBodyReadFirst,
  azureBufferedReply,
  azureChunkedBody,
  azureContentHeaders,
  azureEscapedSlash,
  azureRedirect,
  azureRepeatedQueryKeys,
  azureWebSocket,
} from '../core/remarks/request.ts';
import type { PassingMode } from './forward.ts';
import type { BodyKind } from './request-body.ts';

/** `target`: path and query. Cheap for a request that has neither query, escapes nor body. */
export function requestRemark(mode: PassingMode, { headers }: IncomingMessage, target: string, kind: BodyKind): Remark | undefined {
  if (mode === 'proxy') {
    if (kind === 'length' && Number(headers['content-length']) > READ_AT_ONCE_BYTES) return azureBodyReadFirst();
    return target.includes('%') && /^[^?]*%2f/i.test(target) ? azureEscapedSlash() : undefined;
  }
  if (kind === 'chunked') return azureChunkedBody();
  if (kind === 'length' && (headers['content-encoding'] ?? headers['content-language'] ?? headers['content-disposition']) !== undefined)
    return azureContentHeaders();
  return target.includes('&') && hasRepeatedKey(target.slice(target.indexOf('?') + 1)) ? azureRepeatedQueryKeys() : undefined;
}

/** A body of this size arrives at once anyway. */
const READ_AT_ONCE_BYTES = 64 * 1024;

export const webSocketRemark = (mode: PassingMode): Remark | undefined => (mode === 'proxy' ? undefined : azureWebSocket());

export const streamedReplyRemark = (mode: PassingMode): Remark | undefined => (mode === 'proxy' ? undefined : azureBufferedReply());

export const redirectRemark = (mode: PassingMode, status: number): Remark | undefined =>
  mode === 'legacy' && status > 300 && status < 309 && status !== 304 ? azureRedirect() : undefined;

function hasRepeatedKey(query: string): boolean {
  const keys = query.split('&').map((pair) => pair.split('=', 1)[0]?.toLowerCase());
  return new Set(keys).size < keys.length;
}
