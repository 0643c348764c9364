// The API server of the cluster that this pod runs in, as far as keys need it. https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { HostError, messageOf } from '../core/error.ts';
import { kubernetesFailed } from '../core/errors/keys.ts';
import type { JsonObject } from '../core/function-app.ts';
import { readJson } from '../core/json-reader.ts';
import { isJsonObject } from '../core/json-value.ts';

export type KubernetesApiOptions = {
  readonly host: string;
  readonly port: number;
  /** With the files `token`, `ca.crt` and `namespace`. */
  readonly serviceAccountFolder: string;
};

export type KubernetesRequest = {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Of a secret; undefined: the list of them. */
  readonly secret?: string;
  readonly body?: JsonObject;
  /** For the error, as the begin of a sentence. */
  readonly failed: string;
};

export type KubernetesAnswer = { readonly status: number; readonly object: JsonObject };

export type KubernetesApi = (request: KubernetesRequest, signal: AbortSignal) => Promise<KubernetesAnswer>;

const ANSWER_WITHIN_MS = 10_000;
/** Those that a caller may expect. */
const EXPECTED = [200, 201, 404, 409];

export function kubernetesApi(options: KubernetesApiOptions): KubernetesApi {
  return async (asked, signal) => {
    const { failed } = asked;
    const answer = await send(asked, options, signal).catch((cause) => {
      if (cause instanceof HostError || signal.aborted) throw cause;
      throw kubernetesFailed({ failed, reason: messageOf(cause), advice: noAnswer(options), cause });
    });
    const { status, object } = answer;
    if (EXPECTED.includes(status)) return answer;
    // Its own words name the account and the right that it lacks; they hold nothing of a secret.
    const said = typeof object.message === 'string' ? `, ${object.message}` : '';
    throw kubernetesFailed({ failed, reason: `the API server answered ${status}${said}`, advice: adviceFor(status) });
  };
}

async function send({ method, secret, body, failed }: KubernetesRequest, options: KubernetesApiOptions, signal: AbortSignal) {
  const { host, port } = options;
  // Read each time: the token is good for an hour, and Kubernetes puts a new one there.
  const file = (name: string): string => readAccountFile(options.serviceAccountFolder, name, failed);
  const list = `/api/v1/namespaces/${encodeURIComponent(file('namespace').trim())}/secrets`;
  const path = secret === undefined ? list : `${list}/${encodeURIComponent(secret)}`;
  const headers = {
    authorization: `Bearer ${file('token').trim()}`,
    accept: 'application/json',
    'user-agent': 'portico',
    ...(body && { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
  };
  const outgoing = request({ host, port, path, method, headers, ca: file('ca.crt'), agent: false, timeout: ANSWER_WITHIN_MS, signal });
  outgoing.once('timeout', () => outgoing.destroy(new Error(`there was no answer within ${ANSWER_WITHIN_MS} ms`)));
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).on('error', reject);
    outgoing.end(body && JSON.stringify(body));
  });
  const reading = readJson(await text(response));
  return { status: response.statusCode ?? 0, object: 'value' in reading && isJsonObject(reading.value) ? reading.value : {} };
}

function readAccountFile(folder: string, name: string, failed: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (cause) {
    const advice = 'The pod needs its service account: set automountServiceAccountToken to true.';
    throw kubernetesFailed({ failed, reason: messageOf(cause), advice, cause });
  }
}

const noAnswer = ({ host, port }: KubernetesApiOptions): string =>
  `Check that the pod may connect to the API server at ${host}:${port} (network policies, service meshes).`;

function adviceFor(status: number): string {
  if (status === 401) return 'The token of the service account is not accepted: start the pod anew.';
  if (status === 403) return 'Give the service account of the pod a Role with the verbs get, create and patch on the resource secrets.';
  if (status === 422) return 'Names of keys may hold letters, digits, "-", "_" and "." here.';
  return 'Look at the state of the cluster, and at the log of its API server.';
}
