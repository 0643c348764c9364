import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../core/error.ts';
import type { Call } from '../http/call.ts';
import { writeHeadPublicly } from '../http/whole-reply.ts';

/** A body that is not known whole. Of one that breaks off the caller sees that something is missing. Never rejects. */
export async function answerStream(call: Call, type: string, headerLines: string, body: Readable): Promise<void> {
  const { response } = call;
  const lines = call.withExtraHeaders(`Content-Type: ${type}\r\nDate: ${call.httpDate()}\r\n${headerLines}`);
  writeHeadPublicly(response, 200, 'OK', lines.trimEnd().split('\r\n').flatMap(nameAndValue));
  response.on('finish', () => call.end(200, 'succeeded'));
  try {
    await pipeline(body, response);
  } catch (error) {
    // Of a caller that has gone nothing need be said.
    if (!call.ended) call.log('error', `${call.describe()} broke off: ${messageOf(error)}`);
    call.end(200, 'failed');
    response.destroy();
  }
}

function nameAndValue(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
