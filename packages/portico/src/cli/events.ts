// The events of `portico start --json`, declared once: their types, docs/reference/ndjson.md and ndjson.schema.json come from this table.
// Readers depend on it: fields are added, never renamed or removed.
import { LOG_LEVELS, type LogLevel } from '../core/log.ts';

type Field = { readonly type: keyof FieldTypes; readonly doc: string; readonly optional?: true; readonly oneOf?: readonly string[] };

type FieldTypes = {
  string: string;
  integer: number;
  number: number;
  boolean: boolean;
  object: Readonly<Record<string, unknown>>;
  'string[]': readonly string[];
  'object[]': readonly Readonly<Record<string, unknown>>[];
  level: LogLevel;
};

type Event = { readonly doc: string; readonly fields: Readonly<Record<string, Field>> };

const functionName = { type: 'string', optional: true, doc: 'The function it concerns.' } as const;
const invocationId = { type: 'string', optional: true, doc: 'The invocation it concerns.' } as const;
const error = {
  code: { type: 'string', doc: 'Code of docs/errors.md.' },
  message: { type: 'string', doc: 'What was wrong, for people.' },
  hint: { type: 'string', optional: true, doc: 'What to do next, for people.' },
} as const;

export const EVENTS = {
  listening: {
    doc: 'The port is open. Requests wait until the handler is ready.',
    fields: {
      version: { type: 'string', doc: 'Version of Portico.' },
      pid: { type: 'integer', doc: 'Process id of the host.' },
      root: { type: 'string', doc: 'Folder of the app.' },
      url: { type: 'string', doc: 'Where the host listens.' },
      openUrls: {
        type: 'string[]',
        optional: true,
        doc: 'Where other machines reach it. Absent when it listens on loopback only.',
      },
      keys: { type: 'string', optional: true, doc: 'Where the keys are kept that callers are asked for. Absent: nobody is asked.' },
      user: { type: 'string', optional: true, doc: 'With --as alone: whom every request is taken to come from.' },
      clientCertificate: {
        type: 'string',
        optional: true,
        doc: 'With --client-cert FILE alone: the subject of the certificate that every request is taken to come with.',
      },
      authorityFile: { type: 'string', optional: true, doc: 'With --https alone: the certificate that callers have to trust.' },
      watching: { type: 'boolean', doc: 'Whether changed sources reload the handler.' },
      functions: {
        type: 'object[]',
        doc: 'name, type, disabled; methods (absent: all), url and authLevel if HTTP calls it, else source (what it waits for) and invoke (the command that runs it by hand); problem (code, message) if it is broken.',
      },
      problems: { type: 'object[]', doc: 'code, severity, message; hint, file, line, column and functionName where known.' },
    },
  },
  ready: {
    doc: 'The handler answered for the first time.',
    fields: {
      totalMs: { type: 'number', doc: 'Milliseconds since the start.' },
      phases: { type: 'object', doc: 'Milliseconds by phase: config, listen, handler.' },
      handler: { type: 'object', optional: true, doc: 'pid (absent with --attach) and port of the first process of the handler.' },
      handlers: { type: 'object[]', doc: 'The same of each of its processes.' },
    },
  },
  notReady: {
    doc: 'The host stays, but answers functions with 503 until something is mended.',
    fields: {
      state: {
        type: 'string',
        doc: 'Error: host.json cannot be used. Offline: app_offline.htm is there. Running: the handler did not start.',
      },
      code: { ...error.code, optional: true },
      message: { ...error.message, optional: true },
      hint: error.hint,
    },
  },
  request: {
    doc: 'A request to the public port ended.',
    fields: {
      method: { type: 'string', doc: 'As the caller sent it.' },
      target: { type: 'string', doc: 'As the caller sent it, keys masked.' },
      status: { type: 'integer', optional: true, doc: 'Absent when the caller left before there was one.' },
      outcome: {
        type: 'string',
        oneOf: ['succeeded', 'failed', 'aborted', 'refused'],
        doc: 'aborted: the caller left. refused: the host said no before a function ran.',
      },
      durationMs: { type: 'number', doc: 'From the first byte of the request to the last of the reply, in milliseconds.' },
      functionName,
      invocationId,
    },
  },
  invocation: {
    doc: 'A function ran for an event that is no request, its retries included.',
    fields: {
      functionName: { type: 'string', doc: 'The function.' },
      invocationId: { type: 'string', doc: 'The invocation.' },
      reason: { type: 'string', doc: "Why it ran: New queue message detected on 'orders'." },
      details: { type: 'object', optional: true, doc: 'Which event it was: strings, numbers and booleans by name.' },
      outcome: {
        type: 'string',
        oneOf: ['succeeded', 'failed', 'abandoned'],
        doc: 'abandoned: the host stopped before it was done, and the event comes again.',
      },
      durationMs: { type: 'number', doc: 'In milliseconds.' },
    },
  },
  log: {
    doc: 'A line of the handler, a function or the host, if --log, --verbose, --quiet and host.json let it pass.',
    fields: {
      level: { type: 'level', oneOf: LOG_LEVELS, doc: 'How much it matters.' },
      category: { type: 'string', doc: 'Host.Function.Console for what the handler prints.' },
      message: { type: 'string', doc: 'For people.' },
      fields: { type: 'object', optional: true, doc: 'What varies in the message: strings, numbers and booleans by name.' },
      functionName,
      invocationId,
      code: { ...error.code, optional: true },
      hint: error.hint,
    },
  },
  lost: {
    doc: 'Lines are missing here, because the reader was too slow.',
    fields: { lineCount: { type: 'integer', doc: 'How many.' } },
  },
  stopping: { doc: 'A signal asked the host to stop.', fields: { signal: { type: 'string', doc: 'Its name.' } } },
  failed: { doc: 'The run ends with this error; the exit code is not 0.', fields: error },
} as const satisfies Record<string, Event>;

export type EventName = keyof typeof EVENTS;

type Fields<Name extends EventName> = (typeof EVENTS)[Name]['fields'];
type OptionalField<Name extends EventName> = {
  [Key in keyof Fields<Name>]: Fields<Name>[Key] extends { optional: true } ? Key : never;
}[keyof Fields<Name>];
type TypeOf<Of> = Of extends { type: infer Type extends keyof FieldTypes } ? FieldTypes[Type] : never;

/** What an event carries besides `event` and `time`. */
export type EventFields<Name extends EventName> = {
  readonly [Key in Exclude<keyof Fields<Name>, OptionalField<Name>>]: TypeOf<Fields<Name>[Key]>;
} & { readonly [Key in OptionalField<Name>]?: TypeOf<Fields<Name>[Key]> | undefined };

/** The JSON Schema of one line. */
export function eventSchema(): object {
  const stamped = { time: { type: 'string', format: 'date-time', description: 'When it happened, UTC.' } };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'One line of portico start --json',
    oneOf: Object.entries<Event>(EVENTS).map(([name, { doc, fields }]) => ({
      title: name,
      description: doc,
      type: 'object',
      properties: {
        event: { const: name },
        ...stamped,
        ...Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, fieldSchema(field)])),
      },
      required: ['event', 'time', ...Object.keys(fields).filter((key) => !fields[key]?.optional)],
    })),
  };
}

function fieldSchema({ type, doc, oneOf }: Field): object {
  const shape = type.endsWith('[]') ? { type: 'array', items: { type: type.slice(0, -2) } } : { type: type === 'level' ? 'string' : type };
  return { ...shape, ...(oneOf && { enum: oneOf }), description: doc };
}
