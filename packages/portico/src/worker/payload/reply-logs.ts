// The `Logs` of a reply. Azure knows strings at information level; here an object may bring its level and fields along.
import type { JsonObject, JsonValue } from '../../core/function-app.ts';
import { isJsonObject } from '../../core/json-value.ts';
import { plainText, writeJson } from '../../core/json-writer.ts';
import type { LogFields, LogLevel } from '../../core/log.ts';
import type { Remark } from '../../core/remark.ts';
import { logsStructured } from '../../core/remarks/invocation.ts';
import { readLevel } from '../log-lines.ts';

export type LogLine = { readonly level: LogLevel; readonly message: string; readonly fields?: LogFields };
export type ReplyLogs = { readonly lines: readonly LogLine[]; readonly remarks: readonly Remark[] };

const NONE: ReplyLogs = { lines: [], remarks: [] };

/** Undefined when `logs` is neither an array nor null. */
export function readReplyLogs(logs: JsonValue): ReplyLogs | undefined {
  if (logs === null) return NONE;
  if (!Array.isArray(logs)) return undefined;
  const entries = (logs as readonly JsonValue[]).filter((entry) => entry !== null);
  return { lines: entries.map(readEntry), remarks: entries.some(isStructured) ? [logsStructured()] : [] };
}

function isStructured(entry: JsonValue): boolean {
  return Array.isArray(entry) || isJsonObject(entry);
}

function readEntry(entry: JsonValue): LogLine {
  return isJsonObject(entry) ? readLogObject(entry) : { level: 'information', message: flatText(entry) };
}

function readLogObject(entry: JsonObject): LogLine {
  const { level, message, ...rest } = entry;
  const known = readLevel(level);
  if (typeof message !== 'string') return { level: known ?? 'information', message: writeJson(entry) };
  const fields = Object.entries(rest).map(([name, value]) => [
    name,
    typeof value === 'number' || typeof value === 'boolean' ? value : flatText(value),
  ]);
  return { level: known ?? 'information', message, ...(fields.length > 0 && { fields: Object.fromEntries(fields) as LogFields }) };
}

function flatText(value: JsonValue): string {
  return isStructured(value) ? writeJson(value) : plainText(value);
}
