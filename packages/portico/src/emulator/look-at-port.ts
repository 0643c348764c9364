// Who listens where an emulator is expected: asked as a storage library would ask, without a key.
import { get } from 'node:http';
import { connect } from 'node:net';
import { isPortFree } from '../platform/ports.ts';
import { EMULATOR_HOST, type EmulatorPorts } from './endpoints.ts';

/** refusing: an Azurite that checks the version of the protocol, and knows none as new as that of the storage libraries. */
type Holder = 'free' | 'azurite' | 'refusing' | 'stranger';
export type Seen = Readonly<Record<keyof EmulatorPorts, Holder>>;

/** What the storage libraries of Portico send as x-ms-version. */
export const API_VERSIONS = { blob: '2026-10-06', queue: '2026-04-06', table: '2019-02-02' } as const;

const PATHS = { blob: '/devstoreaccount1?comp=list', queue: '/devstoreaccount1?comp=list', table: '/devstoreaccount1/Tables' };

/** A busy Azurite takes a while to answer. */
const ANSWER_MS = 5000;

/** Rejects with the reason of the signal alone. */
export async function lookAtPorts(ports: EmulatorPorts, signal: AbortSignal): Promise<Seen> {
  const [blob, queue, table] = await Promise.all(
    (['blob', 'queue', 'table'] as const).map((service) => look(service, ports[service], signal)),
  );
  return { blob, queue, table } as Seen;
}

/** Whether anybody takes connections there. Unlike a question, it leaves no line in the log of an Azurite. Rejects with the reason of the signal alone. */
export async function isAnybodyThere(ports: EmulatorPorts, signal: AbortSignal): Promise<boolean> {
  const taken = await Promise.all(Object.values(ports).map((port) => takesConnections(port, signal)));
  signal.throwIfAborted();
  return taken.includes(true);
}

async function look(service: keyof EmulatorPorts, port: number, signal: AbortSignal): Promise<Holder> {
  const answer = await ask(service, port, signal);
  signal.throwIfAborted();
  if (answer === 'refused') return (await isPortFree(EMULATOR_HOST, port)) ? 'free' : 'stranger';
  if (answer === undefined || !answer.server.startsWith('Azurite-')) return 'stranger';
  return answer.isVersionRefused ? 'refusing' : 'azurite';
}

type Answer = { readonly server: string; readonly isVersionRefused: boolean };

/** Undefined: what listens there does not speak HTTP, or does not speak. */
function ask(service: keyof EmulatorPorts, port: number, signal: AbortSignal): Promise<Answer | 'refused' | undefined> {
  return new Promise((resolve) => {
    const request = get({
      host: EMULATOR_HOST,
      port,
      path: PATHS[service],
      headers: { 'x-ms-version': API_VERSIONS[service] },
      agent: false,
      timeout: ANSWER_MS,
      signal,
    });
    request.on('response', (response) => {
      const { server, 'x-ms-error-code': code } = response.headers;
      resolve({ server: String(server), isVersionRefused: response.statusCode === 400 && code === 'InvalidHeaderValue' });
      response.destroy();
    });
    request.on('timeout', () => request.destroy());
    request.on('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : undefined));
    request.on('close', () => resolve(undefined));
  });
}

function takesConnections(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: EMULATOR_HOST, port, signal });
    socket.on('connect', () => {
      // A connection within the range of free ports can meet itself.
      resolve(socket.localPort !== port);
      socket.resetAndDestroy();
    });
    socket.on('error', () => resolve(false));
  });
}
