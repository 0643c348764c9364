// From a line that the handler printed to a log record.
import type { JsonObject, JsonValue } from '../core/function-app.ts';
import type { LogFields, LogLevel, LogRecord } from '../core/log.ts';

export type OutputLine = { readonly stream: 'stdout' | 'stderr'; readonly text: string };

const USER_CATEGORY = 'Host.Function.Console';
const TOOLING_CATEGORY = 'Host.Function.ToolingConsoleLog';
const SYSTEM_PREFIX = 'languageworkerconsolelog';
const TOOLING_PREFIX = 'azfuncjsonlog:';

// What the usual libraries call these, without regard to case: slog, zap, pino, logrus, winston, structlog, tracing, Serilog, python-json-logger, .NET's own.
const LEVEL_NAMES = ['level', 'severity', 'lvl', 'levelname', 'loglevel', 'log.level', '@l'];
const MESSAGE_NAMES = ['msg', 'message', 'event', '@m', '@mt'];
const INVOCATION_NAMES = ['invocationid', 'invocation_id', 'x-azure-functions-invocationid'];

export function readOutputLine({ stream, text }: OutputLine, errorsOnly: boolean, workerId: string): LogRecord {
  const level = stream === 'stdout' ? 'information' : guessLevel(text, errorsOnly);
  const lower = text.toLowerCase();
  if (lower.startsWith(SYSTEM_PREFIX)) {
    return { level, category: `Worker.HttpWorkerProcess.${workerId}`, message: text.replace(new RegExp(SYSTEM_PREFIX, 'gi'), '') };
  }
  if (lower.startsWith(TOOLING_PREFIX)) return { level, category: TOOLING_CATEGORY, message: text };
  return { category: USER_CATEGORY, ...(readJsonLine(text) ?? { level, message: text }) };
}

// Parity: standard error has no levels, so words in the line decide.
function guessLevel(text: string, errorsOnly: boolean): LogLevel {
  if (/warn/i.test(text)) return 'warning';
  return errorsOnly || /error|fail|severe|unhandled exception/i.test(text) ? 'error' : 'information';
}

type JsonLine = Pick<LogRecord, 'level' | 'message' | 'invocationId' | 'fields'>;

/** Undefined unless the line is an object with a level and a message. */
function readJsonLine(text: string): JsonLine | undefined {
  const members = parseObject(text);
  if (members === undefined) return undefined;
  const level = readLevel(take(members, LEVEL_NAMES));
  // tracing, for Rust, keeps the message one level deeper, among its fields.
  const { fields: nested, ...outer } = Object.fromEntries(members);
  const rest = isObject(nested) ? new Map(Object.entries({ ...outer, ...nested })) : members;
  const message = take(rest, MESSAGE_NAMES);
  if (level === undefined || typeof message !== 'string') return undefined;
  const invocationId = take(rest, INVOCATION_NAMES);
  return { level, message, ...(typeof invocationId === 'string' && { invocationId }), ...(rest.size > 0 && { fields: toFields(rest) }) };
}

function parseObject(text: string): Map<string, JsonValue> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return new Map(Object.entries(JSON.parse(text) as JsonObject));
  } catch {
    // A line that merely begins like JSON is a line like any other.
    return undefined;
  }
}

function take(members: Map<string, JsonValue>, names: readonly string[]): JsonValue | undefined {
  const name = [...members.keys()].find((candidate) => names.includes(candidate.toLowerCase()));
  const value = name === undefined ? undefined : members.get(name);
  if (name !== undefined) members.delete(name);
  return value;
}

const LEVELS: readonly (readonly [LogLevel, RegExp])[] = [
  ['trace', /^(trace|trc|verbose|silly|finest)/],
  ['debug', /^(debug|dbg|fine)/],
  ['information', /^(info|inf$|notice|log$|normal)/],
  ['warning', /^(warn|wrn)/],
  ['critical', /^(fatal|ftl|crit|panic|dpanic|alert|emerg)/],
  ['error', /^(err|eror|severe|fail)/],
];

/** The level in the words of a logging library (`WARN`, slog's `INFO+2`) or in the numbers of pino and bunyan. Undefined: it is none. */
export function readLevel(value: unknown): LogLevel | undefined {
  if (typeof value === 'string') return LEVELS.find(([, words]) => words.test(value.toLowerCase()))?.[0];
  // Below ten begin other scales, such as syslog's, in which small means grave.
  if (typeof value !== 'number' || value < 10) return undefined;
  if (value < 20) return 'trace';
  if (value < 30) return 'debug';
  if (value < 40) return 'information';
  if (value < 50) return 'warning';
  return value < 60 ? 'error' : 'critical';
}

function toFields(members: Map<string, JsonValue>): LogFields {
  const flat = [...members].map(
    ([name, value]) => [name, value !== null && typeof value === 'object' ? JSON.stringify(value) : value] as const,
  );
  return Object.fromEntries(flat.filter((entry): entry is readonly [string, string | number | boolean] => entry[1] !== null));
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
