import type { Call } from '../http/call.ts';
import { bodyKind, collectBody } from '../http/request-body.ts';

/** The body of a request that is wanted; empty if there is none. Undefined: the call is answered, as too large, or its caller has gone. */
export async function wholeBody(call: Call, mostBytes: number): Promise<Buffer | undefined> {
  const body = await collect(call, mostBytes);
  if (call.ended) return undefined;
  if (body !== 'too-large') return body;
  call.refuse(413);
  return undefined;
}

function collect(call: Call, mostBytes: number): Promise<Buffer | 'too-large'> {
  const { request, response } = call;
  const { promise, resolve } = Promise.withResolvers<Buffer | 'too-large'>();
  if (bodyKind(request) === 'none') resolve(Buffer.alloc(0));
  else if (Number(request.headers['content-length'] ?? 0) > mostBytes) resolve('too-large');
  else {
    if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
    collectBody(request, mostBytes, resolve);
  }
  call.whenEnded(() => resolve(Buffer.alloc(0)));
  return promise;
}
