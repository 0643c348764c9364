// The payload protocol: the host posts {"Data", "Metadata"} to /<function name> and reads {"Outputs", "Logs", "ReturnValue"}.
// https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { mapValues } from './map-values.ts';
import type { Reply } from './reply.ts';
import type { RequestContext } from './routes.ts';

export type PayloadContext = Pick<RequestContext, 'invocationId' | 'traceparent'> & {
  /** Name of the function's folder. */
  readonly functionName: string;
  /** Adds a line to the invocation's log. */
  readonly log: (message: string) => void;
};

/**
 * Values for the output bindings by their exact names; `$return` for the binding of that name.
 *
 * Bytes arrive as bytes. Text that happens to be valid base64, such as `test`, is decoded by the host unless its binding
 * has `"dataType": "binary"`.
 */
export type Outputs = Readonly<Record<string, unknown>>;

/**
 * One function in payload mode.
 *
 * `data` has the inputs by binding name: texts and objects as themselves, an HTTP request as {@link HttpRequestData}, bytes
 * (`"dataType": "binary"`) as base64 text. `metadata` has the facts about the event. A function that throws has failed.
 */
export type PayloadFunction = (
  data: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>>,
  context: PayloadContext,
) => Outputs | undefined | Promise<Outputs | undefined>;

/** What an `httpTrigger` puts into `data`. */
export type HttpRequestData = {
  readonly Url: string;
  readonly Method: string;
  readonly Query: Readonly<Record<string, string>>;
  readonly Headers: Readonly<Record<string, readonly string[]>>;
  readonly Params: Readonly<Record<string, string | null>>;
  readonly Identities: readonly unknown[];
  /** Text; base64 for `application/octet-stream` and `multipart/*`. Absent without a body. */
  readonly Body?: string;
};

/** What an `http` output binding takes. */
export type HttpOutput = {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Azure writes objects as indented JSON and calls them text/plain unless `headers` has a content-type. */
  readonly body?: unknown;
};

/** Runs one function for the payload in the request's body. Rejects when the function does. */
export async function invokeWithPayload(
  run: PayloadFunction,
  request: IncomingMessage,
  context: Omit<PayloadContext, 'log'>,
): Promise<Reply> {
  const { Data = {}, Metadata = {} } = (await json(request)) as { Data?: Record<string, unknown>; Metadata?: Record<string, unknown> };
  const logs: string[] = [];
  try {
    const outputs = await run(mapValues(Data, decodeInput), mapValues(Metadata, decodeFact), {
      ...context,
      log: (message) => void logs.push(message),
    });
    return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(invokeResponse(outputs, logs)) };
  } catch (failure) {
    // The host reads "Logs" from successful replies alone. On standard output they still reach its log.
    for (const line of logs) console.log(line);
    throw failure;
  }
}

function invokeResponse(outputs: Outputs | undefined, logs: readonly string[]): object {
  // Without "Outputs" the host answers an HTTP caller 204; an empty object would come out as a body of "{}".
  if (outputs === undefined) return { Logs: logs };
  const { $return, ...named } = mapValues(outputs, encodeOutput);
  return { Outputs: named, Logs: logs, ReturnValue: $return };
}

/** JSON takes no bytes; base64 is what the host turns back into them. */
function encodeOutput(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

/** Inputs that are no objects come as JSON within a string; but a bare word or number within one is base64 (`"1234"`) or a date. */
function decodeInput(value: unknown): unknown {
  return typeof value === 'string' && /^(["[{]|null$)/.test(value) ? decodeFact(value) : value;
}

/** Metadata hold no bytes, so whatever reads as JSON is JSON. */
function decodeFact(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    // A date, which the host writes as it is.
    return value;
  }
}
