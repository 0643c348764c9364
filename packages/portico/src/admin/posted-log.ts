// POST /admin/host/log: lines that somebody else wants in the log of the host.
import type { JsonObject, JsonValue } from '../core/function-app.ts';
import { isJsonObject, memberOf, numberText } from '../core/json-value.ts';
import type { LogLevel } from '../core/log.ts';
import { answerText } from './answer-text.ts';
import type { AdminRequest } from './endpoint.ts';
import { readJsonBody } from './json-body.ts';

/** In the order of their numbers, which count as well. https://learn.microsoft.com/dotnet/api/system.diagnostics.tracelevel */
const LEVELS: readonly (readonly [name: string, level: LogLevel])[] = [
  ['off', 'none'],
  ['error', 'error'],
  ['warning', 'warning'],
  ['info', 'information'],
  ['verbose', 'debug'],
];
/** What would steer a terminal, or begin a line that looks like another one of the log. Messages may have several lines. */
const NOT_IN_ONE_LINE = /[\p{Cc}\u2028\u2029]/gu;
const UNPRINTABLE = /[^\P{Cc}\n\t]/gu;
const CATEGORY = 'Host.Controllers.Host';

type PostedLine = { readonly level: LogLevel; readonly message: string; readonly source: string; readonly functionName: string };

export async function answerPostedLog({ call }: AdminRequest): Promise<void> {
  const body = await readJsonBody(call);
  if (body === undefined) return;
  const lines = Array.isArray(body.json) ? body.json.map(readLine) : [undefined];
  if (!lines.every((line) => line !== undefined)) return answerText(call, 400, 'An array of log entry objects is expected.');
  for (const { level, message, source, functionName } of lines) {
    if (level === 'none') continue;
    call.log(level, message, {
      category: CATEGORY,
      ...(functionName !== '' && { functionName }),
      ...(source !== '' && { fields: { source } }),
    });
  }
  call.answer(200, 'succeeded');
}

/** Undefined: no such line. */
function readLine(value: JsonValue): PostedLine | undefined {
  if (!isJsonObject(value)) return undefined;
  const level = readLevel(memberOf(value, 'level'));
  const [message, source, functionName] = ['message', 'source', 'functionname'].map((name) => readText(value, name));
  if (level === undefined || message === undefined || source === undefined || functionName === undefined) return undefined;
  return { level, message, source, functionName };
}

/** Parity: a line without a level is not written. */
function readLevel(value: JsonValue = 'off'): LogLevel | undefined {
  const text = typeof value === 'string' ? value.toLowerCase() : numberText(value);
  return LEVELS.find(([name], number) => name === text || `${number}` === text)?.[1];
}

function readText(line: JsonObject, name: string): string | undefined {
  const value = memberOf(line, name) ?? '';
  return typeof value === 'object' ? undefined : `${value}`.replaceAll(name === 'message' ? UNPRINTABLE : NOT_IN_ONE_LINE, ' ');
}
