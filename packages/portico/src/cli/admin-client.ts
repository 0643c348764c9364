// A running host, as another process sees it: its admin API and its functions' addresses.
// Plain node:http, for a function may take longer than the HTTP client of Node waits.
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { hostAnswerUnknown, hostCertificateUnknown, hostNotFound, hostRefuses } from '../core/errors/other-commands.ts';
import type { AuthLevel, JsonValue } from '../core/function-app.ts';
import type { ClientKeys } from './client-keys.ts';
import { printable } from './console-reporter.ts';

export type HostAnswer = { readonly status: number; readonly type: string; readonly body: Uint8Array };

export type HostCall = {
  readonly method: string;
  /** Below the host's address, or a whole one. */
  readonly target: string;
  readonly body?: { readonly bytes: Uint8Array; readonly type: string } | undefined;
  /** Sent to the host itself and to nobody else. */
  readonly key?: string | undefined;
};

export type AdminClient = {
  /** Of the host, without a slash at its end. */
  readonly url: string;
  /** Sends as it is told and follows nothing. Errors: HOST_NOT_FOUND, HOST_CERTIFICATE_UNKNOWN. */
  send(call: HostCall, signal?: AbortSignal): Promise<HostAnswer>;
  /** The same to the admin API, with the key that it wants if there is one. */
  manage(call: Omit<HostCall, 'key'>, signal?: AbortSignal): Promise<HostAnswer>;
  /** What opens an HTTP function of this level, on a host that asks for keys. */
  keyFor(functionName: string, level: AuthLevel): Promise<string | undefined>;
  /** What GET on a path of the admin API tells; undefined for 404. Errors: those above, HOST_REFUSES, HOST_ANSWER_UNKNOWN. */
  read(path: string, signal?: AbortSignal): Promise<JsonValue | undefined>;
};

const CERTIFICATE_FAULT = /CERT|SIGNATURE|SSL|TLS/;

export function createAdminClient(url: string, keys: ClientKeys): AdminClient {
  async function send({ method, target, body, key }: HostCall, signal?: AbortSignal): Promise<HostAnswer> {
    const address = new URL(target, url);
    const request = address.protocol === 'https:' ? overHttps : overHttp;
    const headers = {
      ...(body && { 'Content-Type': body.type, 'Content-Length': body.bytes.length }),
      // The host says where its functions are, and what says it is one may be something else. Header values are bytes here, and those of a key UTF-8.
      ...(key !== undefined && address.origin === url && { 'x-functions-key': Buffer.from(key).toString('latin1') }),
    };
    try {
      return await new Promise<HostAnswer>((resolve, reject) => {
        const sent = request(address, { method, headers, agent: false, ...(signal && { signal }) }, (response) => {
          const { statusCode: status = 0, headers } = response;
          buffer(response).then((bytes) => resolve({ status, type: headers['content-type'] ?? '', body: bytes }), reject);
        });
        sent.on('error', reject).end(body?.bytes);
      });
    } catch (thrown) {
      if (signal?.aborted) throw thrown;
      throw explain(address.origin, thrown);
    }
  }

  async function manage(call: Omit<HostCall, 'key'>, signal?: AbortSignal): Promise<HostAnswer> {
    const answer = await send({ ...call, key: keys.master }, signal);
    // Who is refused has set nothing in motion.
    return answer.status === 401 && (await keys.asked()) ? send({ ...call, key: keys.master }, signal) : answer;
  }

  async function read(path: string, signal?: AbortSignal): Promise<JsonValue | undefined> {
    const answer = await manage({ method: 'GET', target: path }, signal);
    return answer.status === 404 ? undefined : jsonOf(answer, `GET ${url}${path}`, url);
  }

  return { url, send, manage, read, keyFor: (functionName, level) => keys.forFunction(functionName, level) };
}

/** What a good answer holds. Errors: HOST_REFUSES, HOST_ANSWER_UNKNOWN. */
export function jsonOf({ status, body }: HostAnswer, request: string, url: string): JsonValue {
  if (status === 401 || status === 403) throw hostRefuses(url, status, firstLine(body));
  try {
    if (status === 200) return JSON.parse(Buffer.from(body).toString());
  } catch {
    // No JSON: then it is none of ours.
  }
  throw hostAnswerUnknown(request, status);
}

/** A host says why in one; what else may answer there is not repeated at length. */
const firstLine = (body: Uint8Array): string => printable(Buffer.from(body).toString().split('\n', 1)[0]?.slice(0, 300) ?? '');

function explain(url: string, thrown: unknown): Error {
  // Tried at two addresses, it says so in a list and has no words of its own.
  const [cause = thrown] = thrown instanceof AggregateError ? thrown.errors : [];
  const { code = '' } = cause as NodeJS.ErrnoException;
  return CERTIFICATE_FAULT.test(code) ? hostCertificateUnknown(url, cause) : hostNotFound(url, cause);
}
