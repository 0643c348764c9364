// Reads what the handler answers in payload mode: {"Outputs":{…},"Logs":[…],"ReturnValue":…}, each part optional.
// What becomes of outputs is not decided here: http/output/ renders the HTTP one.
import { STATUS_CODES } from 'node:http';
import type { HostError } from '../../core/error.ts';
import { handlerReplyFailed, handlerReplyUnreadable } from '../../core/errors/invocation.ts';
import type { JsonObject, JsonValue } from '../../core/function-app.ts';
import { readJson } from '../../core/json-reader.ts';
import { isJsonObject, kindOfJson } from '../../core/json-value.ts';
import { mediaTypeOf } from '../../core/media-type.ts';
import type { Remark } from '../../core/remark.ts';
import { replyEmpty } from '../../core/remarks/invocation.ts';
import { type LogLine, readReplyLogs } from './reply-logs.ts';
import { decodeText } from './text-encoding.ts';

export type HandlerReply = { readonly status: number; readonly contentType: string | undefined; readonly body: Buffer };

export type PayloadReply = {
  /** By binding name, case kept. Undefined when the reply has none, which is not the same as an empty object. */
  readonly outputs: ReadonlyMap<string, JsonValue> | undefined;
  /** Undefined when absent or null. */
  readonly returnValue: JsonValue | undefined;
  readonly logs: readonly LogLine[];
  readonly remarks: readonly Remark[];
};

/** The invocation failed. What the handler logged is not lost with it. */
export type PayloadReplyFault = { readonly error: HostError; readonly status: number; readonly logs: readonly LogLine[] };

const EXCERPT_BYTES = 1024;
const JSON_TYPES = new Set(['application/json', 'text/json']);
/** What a missing Content-Type means. https://www.rfc-editor.org/rfc/rfc9110#section-8.3-5 */
const UNDECLARED = 'application/octet-stream';

const NOTHING: PayloadReply = {
  outputs: undefined,
  returnValue: undefined,
  logs: [],
  remarks: [replyEmpty()],
};

export function readReply({ status, contentType = UNDECLARED, body }: HandlerReply): PayloadReply | PayloadReplyFault {
  const unreadable = (field: string, got: string, expected: string, logs: readonly LogLine[] = []): PayloadReplyFault => ({
    error: handlerReplyUnreadable({ field, got, expected }),
    status,
    logs,
  });
  const isJson = JSON_TYPES.has(mediaTypeOf(contentType));
  if (status < 200 || status > 299) {
    const excerpt = decodeText(body.subarray(0, EXCERPT_BYTES), contentType);
    const logs = isJson ? logsOf(readJson(decodeText(body, contentType))) : [];
    return { error: handlerReplyFailed({ status, reason: STATUS_CODES[status] ?? '', excerpt }), status, logs };
  }
  // Also 204, which has no body.
  if (body.length === 0) return NOTHING;
  if (!isJson) return unreadable('Content-Type', JSON.stringify(contentType), 'application/json or text/json');

  const reading = readJson(decodeText(body, contentType));
  if ('fault' in reading) return unreadable('the body', `no JSON (${reading.fault})`, 'a JSON object');
  if (reading.value === null) return NOTHING;
  if (!isJsonObject(reading.value)) return unreadable('the body', kindOfJson(reading.value), 'a JSON object');

  const { outputs = null, logs = null, returnValue = null } = membersOf(reading.value);
  const read = readReplyLogs(logs);
  if (read === undefined) return unreadable('"Logs"', kindOfJson(logs), 'an array of strings');
  if (outputs !== null && !isJsonObject(outputs)) return unreadable('"Outputs"', kindOfJson(outputs), 'an object', read.lines);
  return {
    outputs: outputs === null ? undefined : new Map(Object.entries(outputs)),
    returnValue: returnValue ?? undefined,
    logs: read.lines,
    remarks: read.remarks,
  };
}

type Members = { outputs?: JsonValue; logs?: JsonValue; returnValue?: JsonValue };
const MEMBERS = new Map<string, keyof Members>([
  ['outputs', 'outputs'],
  ['logs', 'logs'],
  ['returnvalue', 'returnValue'],
]);

/** Names ignore case; of a name twice the last counts; others are nobody's business. */
function membersOf(reply: JsonObject): Members {
  const members: Members = {};
  for (const name in reply) {
    const member = MEMBERS.get(name.toLowerCase());
    if (member !== undefined) members[member] = reply[name] as JsonValue;
  }
  return members;
}

/** The logs of a reply that failed anyway: whatever can be read of them. */
function logsOf(reading: ReturnType<typeof readJson>): readonly LogLine[] {
  if ('fault' in reading || !isJsonObject(reading.value)) return [];
  return readReplyLogs(membersOf(reading.value).logs ?? null)?.lines ?? [];
}
