import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { newInvocationIds } from '../platform/ids.ts';
import { freePort } from '../platform/ports.ts';
import type { Passing } from './forward.ts';
import { NOBODY_THERE, openTunnel, readAhead } from './tunnel.ts';

const silentSocket = (): Duplex => new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
const request = { method: 'GET', rawHeaders: ['Host', 'a'], headers: { upgrade: 'websocket' } } as unknown as IncomingMessage;
const passing = {
  mode: 'proxy',
  ids: newInvocationIds(),
  target: '/x',
  authority: undefined,
  identity: { headers: [], identities: '[]' },
  caller: { trusted: false, protocol: 'http', address: '127.0.0.1' },
} as unknown as Passing;
const fn = { name: 'Work', timeLimit: undefined, idleLimit: undefined };

describe('a tunnel', () => {
  test('finds nobody there when the connection is refused, and leaves the caller as it was', async () => {
    const socket = silentSocket();
    const upgrade = { request, socket, stopReading: readAhead(socket, Buffer.alloc(0)) };
    expect(await openTunnel(upgrade, await freePort('127.0.0.1'), passing, fn, () => 'now')).toBe(NOBODY_THERE);
    expect(socket.destroyed).toBe(false);
  });

  test('does not take a caller that leaves while it connects for a handler that is gone', async () => {
    const server = createServer((connection) => connection.on('error', () => {}));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const socket = silentSocket();
    const upgrade = { request, socket, stopReading: readAhead(socket, Buffer.alloc(0)) };
    const end = openTunnel(upgrade, (server.address() as AddressInfo).port, passing, fn, () => 'now');
    socket.destroy();
    expect(await end).toEqual({ status: undefined });
    server.close();
  });
});
