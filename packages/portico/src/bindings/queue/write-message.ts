import { Buffer } from 'node:buffer';
import { messageNotText, messageTooLarge } from '../../core/errors/queue.ts';
import { encodeMessage, type MessageEncoding } from './message-encoding.ts';

/** Of a message as it is written, in UTF-8. https://learn.microsoft.com/rest/api/storageservices/put-message */
const MOST_BYTES = 65_536;

/** The text that the service keeps. `what`: the message, as the begin of a sentence. Throws HostError when the service could not keep it. */
export function writeMessage(bytes: Uint8Array, encoding: MessageEncoding, what: string): string {
  const text = encodeMessage(bytes, encoding);
  if (text === undefined) throw messageNotText({ what });
  const messageBytes = Buffer.byteLength(text);
  if (messageBytes <= MOST_BYTES) return text;
  throw messageTooLarge({ what, encoding, contentBytes: bytes.length, messageBytes, mostBytes: MOST_BYTES });
}
