// One run of a function by hand, over the admin API of the host that has it. HTTP functions are called as anybody would call them.
import type { HostError } from '../core/error.ts';
import {
  dataNotTaken,
  functionBroken,
  functionDisabled,
  functionNotThere,
  hostAnswerUnknown,
  routeNeedsValues,
} from '../core/errors/other-commands.ts';
import type { AuthLevel, JsonObject, JsonValue } from '../core/function-app.ts';
import { isJsonObject, memberOf } from '../core/json-value.ts';
import { nearestName } from '../core/nearest-name.ts';
import { type AdminClient, type HostAnswer, jsonOf } from './admin-client.ts';
import type { Program } from './program.ts';
import { asText, type Data, textOf } from './read-data.ts';

export type InvokeReport = {
  readonly functionName: string;
  readonly outcome: 'succeeded' | 'failed' | 'abandoned';
  readonly durationMs: number;
  readonly invocationId?: string | undefined;
  /** Why it failed, as far as the host knows. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string | undefined } | undefined;
  /** Of an HTTP function. */
  readonly answer?: HostAnswer;
};

export type FunctionSwitch = { readonly setting: string; readonly place: string };

type Invocation = {
  readonly functionName: string;
  readonly data: Data | undefined;
  /** Where the files of the app say that a function is disabled. Undefined: they do not, or are not here. */
  readonly findSwitch: (functionName: string) => Promise<FunctionSwitch | undefined>;
};

const LEVELS: readonly AuthLevel[] = ['anonymous', 'function', 'system', 'admin', 'user'];
const WITH_BODY = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** Errors: those of the admin client, FUNCTION_NOT_THERE, FUNCTION_BROKEN, FUNCTION_DISABLED, DATA_NOT_TEXT, DATA_NOT_TAKEN, ROUTE_NEEDS_VALUES. */
export async function invokeFunction(
  invocation: Invocation,
  client: AdminClient,
  clock: Program['clock'],
  signal?: AbortSignal,
): Promise<InvokeReport> {
  const { functionName, data, findSwitch } = invocation;
  const described = await describe(functionName, client, signal);
  const { invoke_url_template: url, isDisabled } = described;
  const name = String(described.name);
  const call =
    typeof url === 'string'
      ? { ...httpCall(name, url, described, data), key: await keyFor(name, described, client) }
      : { method: 'POST', target: `/admin/functions/${encodeURIComponent(name)}?wait=true`, body: data && inputBody(data) };
  const startedMs = clock.monotonicMs();
  const answer = typeof url === 'string' ? await client.send(call, signal) : await client.manage(call, signal);
  const durationMs = clock.monotonicMs() - startedMs;
  if (typeof url === 'string') {
    if (isDisabled === true && isEmpty404(answer)) throw functionDisabled(name, await findSwitch(name));
    return { functionName: name, outcome: answer.status < 400 ? 'succeeded' : 'failed', durationMs, answer };
  }
  if (answer.status === 404) throw await faultOf(name, client, signal);
  return { functionName: name, durationMs, ...readOutcome(answer, `${call.method} ${client.url}${call.target}`, client.url) };
}

/** As the host has it. */
async function describe(functionName: string, client: AdminClient, signal: AbortSignal | undefined): Promise<JsonObject> {
  const described = await client.read(`/admin/functions/${encodeURIComponent(functionName)}`, signal);
  if (described === undefined) throw await faultOf(functionName, client, signal);
  if (isJsonObject(described) && typeof described.name === 'string') return described;
  throw hostAnswerUnknown(`GET ${client.url}/admin/functions/${functionName}`, 200);
}

/** Why the host does not run it. */
async function faultOf(functionName: string, client: AdminClient, signal: AbortSignal | undefined): Promise<HostError> {
  const status = await client.read(`/admin/functions/${encodeURIComponent(functionName)}/status`, signal);
  const errors = isJsonObject(status) && Array.isArray(status.errors) ? status.errors : [];
  if (errors.length > 0) return functionBroken(functionName, errors.map(String));
  const listed = await client.read('/admin/functions', signal);
  if (!Array.isArray(listed)) return hostAnswerUnknown(`GET ${client.url}/admin/functions`, 404);
  const known = listed.filter(isJsonObject).map(({ name }) => String(name));
  return functionNotThere(functionName, client.url, nearestName(functionName, known), known);
}

function inputBody(data: Data): { bytes: Uint8Array; type: string } {
  return { bytes: Buffer.from(JSON.stringify({ input: textOf(data) })), type: 'application/json' };
}

function readOutcome(answer: HostAnswer, request: string, url: string): Pick<InvokeReport, 'outcome' | 'invocationId' | 'error'> {
  // 400: there is no event for such an input. 503: nobody runs it now.
  const isFault = answer.status === 400 || answer.status === 503;
  const told = jsonOf(isFault ? { ...answer, status: 200 } : answer, request, url);
  if (!isJsonObject(told)) throw hostAnswerUnknown(request, answer.status);
  if (isFault) return { outcome: 'failed', error: readError(told) };
  const { status, invocationId, error } = told;
  if (status !== 'succeeded' && status !== 'failed' && status !== 'abandoned') throw hostAnswerUnknown(request, answer.status);
  return { outcome: status, invocationId: text(invocationId), error: error === undefined ? undefined : readError(error) };
}

function readError(told: JsonValue): InvokeReport['error'] {
  const { code, message, hint } = isJsonObject(told) ? told : {};
  return { code: text(code) ?? '', message: text(message) ?? 'The host does not say why.', hint: text(hint) };
}

const text = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** Parity: for the master key a disabled function runs, whatever its level (keys.disabled). */
function keyFor(name: string, { config, isDisabled }: JsonObject, client: AdminClient): Promise<string | undefined> {
  return client.keyFor(name, isDisabled === true ? 'admin' : levelIn(config));
}

/** What a host says of a function that is disabled. */
const isEmpty404 = ({ status, body }: HostAnswer): boolean => status === 404 && body.length === 0;

function httpCall(name: string, template: string, { config }: JsonObject, data: Data | undefined) {
  // What is optional stays out.
  const target = template.replaceAll(/\/?\{(?:\*[^{}]*|[^{}]*\?|[^{}]*=[^{}]*)\}/g, '');
  if (/[{}]/.test(target)) throw routeNeedsValues(name, template);
  return {
    method: methodFor(name, methodsIn(config), data !== undefined),
    target,
    body: data && { bytes: data.bytes, type: typeOf(data) },
  };
}

/** Undefined: all. */
function methodsIn(config: JsonValue | undefined): string[] | undefined {
  const methods = triggerProperty(config, 'methods');
  return Array.isArray(methods) && methods.length > 0 ? methods.map((method) => String(method).toUpperCase()) : undefined;
}

function levelIn(config: JsonValue | undefined): AuthLevel {
  const written = text(triggerProperty(config, 'authlevel'))?.toLowerCase();
  return LEVELS.find((level) => level === written) ?? 'function';
}

function triggerProperty(config: JsonValue | undefined, name: string): JsonValue | undefined {
  const bindings = isJsonObject(config) && Array.isArray(config.bindings) ? config.bindings.filter(isJsonObject) : [];
  const trigger = bindings.find(({ type }) => text(type)?.toLowerCase() === 'httptrigger') ?? {};
  return memberOf(trigger, name);
}

function methodFor(name: string, methods: readonly string[] | undefined, hasData: boolean): string {
  const wanted = hasData ? WITH_BODY : ['GET', ...WITH_BODY];
  const method = methods === undefined ? wanted[0] : wanted.find((each) => methods.includes(each));
  if (method === undefined && hasData) throw dataNotTaken(name, methods ?? []);
  return method ?? methods?.[0] ?? 'GET';
}

function typeOf({ bytes }: Data): string {
  const content = asText(bytes);
  if (content === undefined) return 'application/octet-stream';
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value === 'object') return 'application/json';
  } catch {
    // It is plain text then.
  }
  return 'text/plain; charset=utf-8';
}
