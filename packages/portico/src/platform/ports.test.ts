import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { addressesOfPort, freePort, isLoopback, isPortFree, isPortOfOthers, listeningAddresses, portOwner } from './ports.ts';

const servers: Server[] = [];

async function listen(host: string, port = 0): Promise<number> {
  const server = createServer();
  servers.push(server);
  await once(server.listen(port, host), 'listening');
  return (server.address() as { port: number }).port;
}

describe('ports', () => {
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => once(server.close(), 'close')));
  });

  test('finds a port that can be listened on', async () => {
    const port = await freePort('127.0.0.1');
    await expect(listen('127.0.0.1', port)).resolves.toBe(port);
  });

  test('says why there is no port on an address that is not of this machine', async () => {
    await expect(freePort('192.0.2.1')).rejects.toMatchObject({
      code: 'PORT_NOT_AVAILABLE',
      message: expect.stringContaining('EADDRNOTAVAIL'),
    });
    expect(await isPortFree('192.0.2.1', 7071)).toBe(false);
  });

  test('knows whether a port is free', async () => {
    const port = await listen('127.0.0.1');
    expect(await isPortFree('127.0.0.1', port)).toBe(false);
    expect(await isPortFree('127.0.0.1', await freePort('127.0.0.1'))).toBe(true);
  });

  describe.runIf(process.platform === 'linux')('on Linux', () => {
    test('names the process that listens on a port', async () => {
      const port = await listen('127.0.0.1');
      expect(await portOwner(port)).toEqual({ pid: process.pid, command: expect.stringMatching(/node|vitest/) });
      expect(await portOwner(await freePort('127.0.0.1'))).toBeUndefined();
    });

    test('knows whether somebody else listens on a port', async () => {
      const port = await listen('127.0.0.1');
      expect(await isPortOfOthers(port)).toBe(false);
      expect(await isPortOfOthers(port, [(process.getuid?.() ?? 0) + 1])).toBe(true);
      expect(await isPortOfOthers(await freePort('127.0.0.1'), [])).toBe(false);
    });

    test('tells the addresses of a port', async () => {
      expect(await addressesOfPort(await listen('127.0.0.1'))).toEqual(['127.0.0.1']);
      expect(await addressesOfPort(await listen('0.0.0.0'))).toEqual(['0.0.0.0']);
    });

    test('tells what a process listens on', async () => {
      const port = await listen('127.0.0.1');
      expect(await listeningAddresses(process.pid)).toContainEqual({ address: '127.0.0.1', port });
    });
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.0.4', false],
  ['127.example.org', false],
])('isLoopback(%s) is %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
