// Ports of this machine: free ones, and who holds the others. What is behind a port is known on Linux only; elsewhere the answer is undefined.
import { once } from 'node:events';
import * as net from 'node:net';
import { portNotAvailable } from '../core/errors/host.ts';
import { commandLineOf, type ListeningSocket, listListeningSockets, listProcesses, listSocketInodes } from './linux.ts';

export type Address = { readonly address: string; readonly port: number };

export type PortOwner = { readonly pid: number; readonly command: string };

/**
 * Since Node 24.19: https://nodejs.org/api/net.html#class-netboundsocket
 * Where there is one, nobody need ask Node what an address is, which costs a start six milliseconds when it is asked for the first time.
 */
const BoundSocket = net.BoundSocket as typeof net.BoundSocket | undefined;
const BACKLOG = 1024;

/** Resolves when the server listens there; rejects with the system's error. */
export async function listenOn(server: net.Server, { address, port }: Address): Promise<void> {
  const where = bind(address, port) ?? { host: address, port, exclusive: true };
  await once(server.listen(where, BACKLOG), 'listening');
}

/** At once; undefined where that cannot be. */
function bind(host: string, port: number): net.BoundSocket | undefined {
  return BoundSocket !== undefined && net.isIPv4(host) ? new BoundSocket({ host, port }) : undefined;
}

const LINUX = process.platform === 'linux';

/** A port on which nobody listens at this moment. Errors: PORT_NOT_AVAILABLE. */
export async function freePort(host: string): Promise<number> {
  try {
    return await tryOpen(host, 0);
  } catch (cause) {
    throw portNotAvailable({ port: 0, address: host, cause });
  }
}

export async function isPortFree(host: string, port: number): Promise<boolean> {
  // Taken, or forbidden: in both cases nobody else could open it either.
  return tryOpen(host, port).then(
    () => true,
    () => false,
  );
}

/** Whether what listens there can be reached from this machine only. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || (net.isIPv4(address) && address.startsWith('127.'));
}

/** Who listens on that port of any address; undefined also when it belongs to another user. */
export async function portOwner(port: number): Promise<PortOwner | undefined> {
  if (!LINUX) return undefined;
  const inodes = new Set((await socketsOn(port)).map(({ inode }) => inode));
  if (inodes.size === 0) return undefined;
  const owner = listProcesses().find(({ pid }) => listSocketInodes(pid).some((inode) => inodes.has(inode)));
  return owner && { pid: owner.pid, command: commandLineOf(owner.pid) ?? '' };
}

const ROOT_USER_ID = 0;

/** Whether a user listens there who is none of those: neither this one nor root. False also where that is not known. */
export async function isPortOfOthers(
  port: number,
  userIds: readonly (number | undefined)[] = [ROOT_USER_ID, process.getuid?.()],
): Promise<boolean> {
  return LINUX && (await socketsOn(port)).some(({ userId }) => !userIds.includes(userId));
}

/** Where somebody listens on that port, wildcard addresses as 0.0.0.0 and ::. */
export async function addressesOfPort(port: number): Promise<string[] | undefined> {
  return LINUX ? (await socketsOn(port)).map(({ address }) => address) : undefined;
}

/** What a process, its descendants and its process group listen on. */
export async function listeningAddresses(pid: number): Promise<Address[] | undefined> {
  if (!LINUX) return undefined;
  const sockets = await listListeningSockets();
  const inodes = new Set(processTree(pid).flatMap(listSocketInodes));
  return sockets.filter(({ inode }) => inodes.has(inode)).map(({ address, port }) => ({ address, port }));
}

function processTree(rootPid: number): number[] {
  const processes = listProcesses();
  const tree = processes.filter(({ pid, groupId }) => pid === rootPid || groupId === rootPid).map(({ pid }) => pid);
  // The list grows while it is walked.
  for (const parent of tree) {
    for (const { pid, parentPid } of processes) if (parentPid === parent && !tree.includes(pid)) tree.push(pid);
  }
  return tree;
}

async function socketsOn(port: number): Promise<ListeningSocket[]> {
  return (await listListeningSockets()).filter((socket) => socket.port === port);
}

/** The port that it was. Nothing but microtasks where a socket can be bound at once. */
async function tryOpen(host: string, port: number): Promise<number> {
  const bound = bind(host, port);
  if (bound !== undefined) {
    const { port: found } = bound.address();
    bound.close();
    return found;
  }
  const server = net.createServer();
  await listenOn(server, { address: host, port });
  const { port: found } = server.address() as net.AddressInfo;
  await once(server.close(), 'close');
  return found;
}
