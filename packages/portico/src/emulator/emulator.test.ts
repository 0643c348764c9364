import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueueClient } from '@azure/storage-queue';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { AZURITE_BUNDLE, startAzurite } from '../../../../test/support/azurite.ts';
import { freePort } from '../../../../test/support/free-port.ts';
import { processTree, stillRunning } from '../../../../test/support/process-tree.ts';
import { needs } from '../../../../test/support/requirements.ts';
import { until } from '../../../../test/support/until.ts';
import type { EmulatorEndpoints } from '../core/extension.ts';
import { createLogger, type LogRecord } from '../core/log.ts';
import { portOwner } from '../platform/ports.ts';
import { systemClock } from '../platform/system-clock.ts';
import { createEmulator } from './emulator.ts';
import { type EmulatorPorts, endpointsAt } from './endpoints.ts';

const STOP_MS = 10_000;

let folder: string;
let ports: EmulatorPorts;
let records: LogRecord[];

beforeEach(async () => {
  folder = newFolder();
  ports = { blob: await freePort(), queue: await freePort(), table: await freePort() };
  records = [];
});

function newFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'portico-emulator-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function emulator({ home = folder, bundle = async () => AZURITE_BUNDLE }: { home?: string; bundle?: () => Promise<string> } = {}) {
  const log = createLogger({ log: (record) => void records.push(record) }, 'Test');
  const made = createEmulator({ folder: () => home, log, clock: systemClock, bundle, wellKnownPorts: ports });
  onTestFinished(() => made.stop(0));
  return made;
}

const queueOf = ({ connectionString }: EmulatorEndpoints) => new QueueClient(connectionString, 'orders');
const said = (part: string): LogRecord[] => records.filter(({ message }) => message.includes(part));
const azurites = (): number[] => processTree(process.pid).filter((pid) => commandOf(pid).includes('azurite.cjs'));
const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

async function listenAsStranger(port: number) {
  const server = createServer((socket) => socket.end('hello\n'));
  onTestFinished(() => void server.close());
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}

async function theAzurite(): Promise<number> {
  return (await portOwner(ports.blob))!.pid;
}

describe.skipIf(needs('azurite') ?? process.platform !== 'linux')('an emulator', () => {
  test('is an Azurite on the well-known ports, one for all who ask, and nothing of it is left', async () => {
    const one = emulator();
    const [first, second] = await Promise.all([one.start(), one.start()]);
    expect(second).toBe(first);
    expect(first).toEqual(endpointsAt(ports));
    await queueOf(first).create();
    expect(azurites()).toHaveLength(1);
    expect(said('is ready')).toMatchObject([{ level: 'information', fields: { ...ports, data: join(folder, 'storage') } }]);

    const pid = await theAzurite();
    await Promise.all([one.stop(STOP_MS), one.stop(STOP_MS)]);
    expect(stillRunning([pid])).toEqual([]);
    expect(said('ended')).toEqual([]);
    await expect(one.start()).rejects.toMatchObject({ code: 'EMULATOR_STOPPED' });
    // Saved, not only written to a journal.
    expect(readFileSync(join(folder, 'storage/__azurite_db_queue__.json'), 'utf8')).toContain('"orders"');
  });

  test('is the one that runs already, which is left running', async () => {
    const other = await startAzurite({ ports });
    onTestFinished(async () => void (await other.kill()));
    const one = emulator();
    expect(await one.start()).toEqual(endpointsAt(ports));
    await one.stop(STOP_MS);
    expect(said('runs already')).toHaveLength(1);
    expect(stillRunning([other.pid])).toEqual([other.pid]);
    expect(existsSync(join(folder, 'storage'))).toBe(false);
  });

  test('is not one that refuses the version of the storage library: the error says how to start it', async () => {
    const listen = Object.entries(ports).flatMap(([service, port]) => [`--${service}Port`, String(port)]);
    const strict = spawn(process.execPath, [AZURITE_BUNDLE, '--inMemoryPersistence', '--silent', ...listen], { cwd: '/' });
    onTestFinished(() => void strict.kill('SIGKILL'));
    for await (const chunk of strict.stdout) if (String(chunk).includes('Table service is successfully listening')) break;
    await expect(emulator().start()).rejects.toMatchObject({
      code: 'EMULATOR_REFUSES_VERSION',
      message: expect.stringContaining('The API version 2026-10-06 is not supported by Azurite'),
      hint: expect.stringContaining('azurite --skipApiVersionCheck'),
    });
    expect(strict.exitCode).toBe(null);
  });

  test('has other ports where strangers have the usual ones, the same ones each time, and storage.json says which', async () => {
    await listenAsStranger(ports.queue);
    const one = emulator();
    const first = await one.start();
    expect(first).not.toEqual(endpointsAt(ports));
    expect(said('ports of the storage emulator are taken')).toMatchObject([
      { level: 'warning', fields: { taken: expect.stringMatching(`^${ports.queue} \\(.*process ${process.pid}\\)$`) } },
    ]);
    const { connectionString } = JSON.parse(readFileSync(join(folder, 'storage.json'), 'utf8')) as { connectionString: string };
    expect(connectionString).toBe(first.connectionString);
    await queueOf(first).create();

    // Another host of the app.
    expect(await emulator().start()).toEqual(first);
    expect(azurites()).toHaveLength(1);
    await one.stop(STOP_MS);
    expect(await emulator().start()).toEqual(first);
  });

  test('is that of the other host of the app, also where another Azurite has come to the usual ports', async () => {
    const stranger = await listenAsStranger(ports.queue);
    const first = await emulator().start();
    stranger.close();
    const other = await startAzurite({ ports });
    onTestFinished(async () => void (await other.kill()));
    expect(await emulator().start()).toEqual(first);
  });

  test.each([
    { whom: 'of one app', homes: () => [folder, folder] },
    { whom: 'of two apps', homes: () => [folder, newFolder()] },
  ])('is one for two hosts $whom that start at once', async ({ homes }) => {
    const [first, second] = await Promise.all(homes().map((home) => emulator({ home }).start()));
    expect(first).toEqual(endpointsAt(ports));
    expect(second).toEqual(first);
    expect(azurites()).toHaveLength(1);
    expect(said('runs already')).toHaveLength(1);
  });

  test('is taken over from a host that stops, with its data', async () => {
    const owner = emulator();
    const endpoints = await owner.start();
    await queueOf(endpoints).create();
    const guest = emulator();
    await guest.start();
    await owner.stop(STOP_MS);
    await until(() => said('is ready').length === 2);
    expect(said('has ended')).toMatchObject([{ level: 'warning' }]);
    expect(await queueOf(endpoints).exists()).toBe(true);
  });

  test('is started again where it was when it is killed, with all that it had acknowledged', async () => {
    const endpoints = await emulator().start();
    await queueOf(endpoints).create();
    await queueOf(endpoints).sendMessage('hello');
    for (const times of [1, 2]) {
      const pid = await theAzurite();
      process.kill(pid, 'SIGKILL');
      await until(() => said('is ready').length === 1 + times);
      expect(said('ended with SIGKILL')).toHaveLength(times);
    }
    const { peekedMessageItems } = await queueOf(endpoints).peekMessages();
    expect(peekedMessageItems).toMatchObject([{ messageText: 'hello' }]);
  });

  test('leaves nothing when it is stopped before it runs, or while it starts', async () => {
    const never = emulator();
    await never.stop(STOP_MS);
    await expect(never.start()).rejects.toMatchObject({ code: 'EMULATOR_STOPPED' });

    const one = emulator();
    const starting = expect(one.start()).rejects.toMatchObject({ code: 'EMULATOR_STOPPED' });
    await until(() => azurites().length > 0);
    await one.stop(STOP_MS);
    await starting;
    expect(azurites()).toEqual([]);
  });

  test('that does not start says why, and the next call tries again', async () => {
    const bundle = vi.fn(async () => join(folder, 'nowhere.cjs'));
    const one = emulator({ bundle });
    await expect(one.start()).rejects.toMatchObject({ code: 'EMULATOR_FAILED', message: expect.stringContaining('Cannot find module') });
    bundle.mockResolvedValue(AZURITE_BUNDLE);
    expect(await one.start()).toEqual(endpointsAt(ports));
  });
});
