import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../../test/support/free-port.ts';
import { type EmulatorPorts, endpointsAt } from './endpoints.ts';
import { API_VERSIONS, isAnybodyThere, lookAtPorts } from './look-at-port.ts';

const { signal } = new AbortController();

async function listening<Some extends Server>(server: Some): Promise<number> {
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as { port: number }).port;
}

const answering = (status: number, headers: Record<string, string>) =>
  listening(createServer((_, response) => response.writeHead(status, headers).end()));

const lookAt = async (port: number) => (await lookAtPorts({ blob: port, queue: port, table: port }, signal)).blob;

describe('lookAtPorts', () => {
  test.each([
    {
      who: 'an Azurite',
      status: 403,
      headers: { server: 'Azurite-Blob/3.37.0', 'x-ms-error-code': 'AuthorizationFailure' },
      is: 'azurite',
    },
    { who: 'one without a word', status: 400, headers: { server: 'Azurite-Table/3.37.0' }, is: 'azurite' },
    {
      who: 'a strict one',
      status: 400,
      headers: { server: 'Azurite-Blob/3.20.0', 'x-ms-error-code': 'InvalidHeaderValue' },
      is: 'refusing',
    },
    { who: 'a web server', status: 200, headers: { server: 'nginx' }, is: 'stranger' },
    { who: 'one without a name', status: 404, headers: {}, is: 'stranger' },
  ])('tells $who', async ({ status, headers, is }) => {
    expect(await lookAt(await answering(status, headers as Record<string, string>))).toBe(is);
  });

  test('tells a stranger that does not speak HTTP, and a free port', async () => {
    const port = await listening(createTcpServer((socket) => socket.end('220 mail\r\n')));
    expect(await lookAt(port)).toBe('stranger');
    expect(await lookAt(await freePort())).toBe('free');
  });

  test('asks as the storage libraries do', async () => {
    const asked: Record<string, string> = {};
    const port = await listening(
      createServer(({ url, headers }, response) => {
        asked[String(url).split('?')[0] as string] = String(headers['x-ms-version']);
        response.writeHead(404).end();
      }),
    );
    const ports: EmulatorPorts = { blob: port, queue: port, table: port };
    const { connectionString } = endpointsAt(ports);
    const requests = [
      BlobServiceClient.fromConnectionString(connectionString).getContainerClient('blob').exists(),
      QueueServiceClient.fromConnectionString(connectionString).getQueueClient('queue').exists(),
      TableServiceClient.fromConnectionString(connectionString, { allowInsecureConnection: true }).createTable('table'),
    ];
    await Promise.allSettled(requests);
    const account = '/devstoreaccount1';
    expect(asked).toEqual({
      [`${account}/blob`]: API_VERSIONS.blob,
      [`${account}/queue`]: API_VERSIONS.queue,
      [`${account}/Tables`]: API_VERSIONS.table,
    });
  });

  test('ends with the signal', async () => {
    const port = await listening(createTcpServer(() => {}));
    const over = new AbortController();
    const looking = lookAtPorts({ blob: port, queue: port, table: port }, over.signal);
    over.abort(new Error('enough'));
    await expect(looking).rejects.toThrow('enough');
  });
});

describe('isAnybodyThere', () => {
  test('is so while one of the ports takes connections, of whom nothing is asked', async () => {
    const [blob, queue, table] = [await freePort(), await freePort(), await freePort()];
    expect(await isAnybodyThere({ blob, queue, table }, signal)).toBe(false);
    let asked = 0;
    const port = await listening(createServer((_, response) => response.end(String(asked++))));
    expect(await isAnybodyThere({ blob, queue: port, table }, signal)).toBe(true);
    expect(asked).toBe(0);
  });

  test('rejects when the signal aborts', async () => {
    const port = await listening(createTcpServer());
    await expect(isAnybodyThere({ blob: port, queue: port, table: port }, AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });
});
