// An API server of Kubernetes as far as secrets go, with its own certificate: GET, POST and merge patches, versions and conflicts.
// https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { localCertificate } from '../../packages/portico/src/cli/local-certificate.ts';

type Data = Record<string, string | null>;
type Secret = { version: number; data: Map<string, string> };
type Answer = { readonly status: number; readonly object: object };
type Body = { metadata?: { name?: string; resourceVersion?: string }; data?: Data };

const NAMESPACE = 'apps';
const LIST = `/api/v1/namespaces/${NAMESPACE}/secrets`;

export type KubernetesServer = Awaited<ReturnType<typeof startKubernetes>>;

/** `account`: a folder that becomes that of a pod's service account. */
export async function startKubernetes(account: string) {
  const certificate = await localCertificate({
    environment: { XDG_STATE_HOME: join(account, 'state') },
    now: new Date(),
    hosts: ['127.0.0.1'],
  });
  const secrets = new Map<string, Secret>();
  let token = '';
  let refusal: number | undefined;
  let isContested = false;
  let requestCount = 0;
  let version = 0;

  mkdirSync(account, { recursive: true });
  copyFileSync(certificate.authorityFile, join(account, 'ca.crt'));
  writeFileSync(join(account, 'namespace'), NAMESPACE);
  const useToken = (next: string): void => {
    token = next;
    writeFileSync(join(account, 'token'), `${next}\n`);
  };
  useToken('the-first-token');

  const failure = (status: number, reason: string): Answer => ({
    status,
    object: { kind: 'Status', status: 'Failure', reason, message: `because of ${reason}`, code: status },
  });
  const success = (status: number, name: string, secret: Secret): Answer => ({
    status,
    object: {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name, namespace: NAMESPACE, resourceVersion: String(secret.version) },
      // As the server has them: without any there is no such member, and names are sorted.
      ...(secret.data.size > 0 && { data: Object.fromEntries([...secret.data].sort(([one], [other]) => (one < other ? -1 : 1))) }),
    },
  });

  function apply(secret: Secret, data: Data = {}): Answer | undefined {
    for (const [name, value] of Object.entries(data)) {
      if (!/^[-._a-zA-Z0-9]+$/.test(name)) return failure(422, 'Invalid');
      if (value === null) secret.data.delete(name);
      else secret.data.set(name, value);
    }
    version += 1;
    secret.version = version;
    return undefined;
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    requestCount += 1;
    if (refusal !== undefined) return failure(refusal, 'Refusal');
    if (request.headers.authorization !== `Bearer ${token}`) return failure(401, 'Unauthorized');
    const { method, url = '' } = request;
    if (method === 'POST' && url === LIST) {
      if (request.headers['content-type'] !== 'application/json') return failure(415, 'UnsupportedMediaType');
      const { metadata, data } = (await json(request)) as Body;
      const name = metadata?.name ?? '';
      if (secrets.has(name)) return failure(409, 'AlreadyExists');
      const secret = { version: 0, data: new Map<string, string>() };
      const fault = apply(secret, data);
      if (fault) return fault;
      secrets.set(name, secret);
      return success(201, name, secret);
    }
    const name = url.startsWith(`${LIST}/`) ? url.slice(LIST.length + 1) : '';
    const secret = secrets.get(name);
    if (secret === undefined) return failure(404, 'NotFound');
    if (method === 'GET') {
      const found = success(200, name, secret);
      if (isContested) apply(secret);
      return found;
    }
    if (method !== 'PATCH') return failure(405, 'MethodNotAllowed');
    if (request.headers['content-type'] !== 'application/merge-patch+json') return failure(415, 'UnsupportedMediaType');
    const { metadata, data } = (await json(request)) as Body;
    if (metadata?.resourceVersion !== undefined && metadata.resourceVersion !== String(secret.version)) return failure(409, 'Conflict');
    return apply(secret, data) ?? success(200, name, secret);
  }

  const server = createServer({ cert: certificate.cert, key: certificate.key }, async (request, response) => {
    const { status, object } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(object));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requestCount,
    useToken,
    refuse: (status: number): void => {
      refusal = status;
    },
    /** From now on somebody else changes a secret as soon as it was read. */
    contest: (): void => {
      isContested = true;
    },
    put: (name: string, values: Record<string, string>): void => {
      const secret = { version: 0, data: new Map<string, string>() };
      apply(secret, Object.fromEntries(Object.entries(values).map(([entry, value]) => [entry, Buffer.from(value).toString('base64')])));
      secrets.set(name, secret);
    },
    /** Undefined: there is none of that name. */
    secret: (name: string) => {
      const data = secrets.get(name)?.data;
      return data && Object.fromEntries([...data].map(([entry, value]) => [entry, Buffer.from(value, 'base64').toString()]));
    },
    reset: (): void => {
      secrets.clear();
      refusal = undefined;
      isContested = false;
      requestCount = 0;
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
