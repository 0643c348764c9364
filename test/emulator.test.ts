// The storage emulator of a host that is a process of its own: nothing of it outlives the host, and it needs nobody but this machine.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AZURITE_BUNDLE } from './support/azurite.ts';
import { freePort } from './support/free-port.ts';
import { leftBehind, processTree, stillRunning } from './support/process-tree.ts';
import { needs } from './support/requirements.ts';

const SOURCE = new URL('../packages/portico/src/', import.meta.url);
const LIBRARY = createRequire(new URL('emulator/x.js', SOURCE));

/** Prints a line when the emulator runs. `ports`: undefined for the usual ones. */
function startHost({ statements, ports, wrapper = [] }: { statements: string; ports?: object; wrapper?: string[] }) {
  const folder = mkdtempSync(join(tmpdir(), 'portico-emulator-host-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = `
    import { createEmulator } from '${new URL('emulator/emulator.ts', SOURCE)}';
    import { systemClock } from '${new URL('platform/system-clock.ts', SOURCE)}';
    const tell = (message, more) => console.log(message, JSON.stringify(more ?? {}));
    const log = { trace() {}, debug() {}, information: tell, warning: tell, error: tell, critical: tell };
    const emulator = createEmulator({ folder: () => ${JSON.stringify(folder)}, log, clock: systemClock,
      bundle: async () => ${JSON.stringify(AZURITE_BUNDLE)}, wellKnownPorts: ${JSON.stringify(ports)} });
    const { connectionString, blob } = await emulator.start();
    ${statements}`;
  const [file, ...args] = [...wrapper, process.execPath, '--input-type=module', '-e', program];
  const child = spawn(file!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const closed = new Promise<string>((resolve) => child.once('close', () => resolve(output)));
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        output += chunk;
        if (output.includes(text)) resolve();
      });
      void closed.then(() => reject(new Error(output)));
    });
  return { child, folder, printed, closed };
}

/** Of /proc/net/snmp: a line with names and one with numbers for each protocol. */
function counter(text: string, protocol: string, name: string): number {
  const [names, numbers] = text.split('\n').filter((line) => line.startsWith(`${protocol}: `));
  return Number(numbers?.split(' ')[names?.split(' ').indexOf(name) ?? -1]);
}

describe.skipIf(needs('azurite') ?? process.platform === 'win32')('the emulator of a host', () => {
  test('ends with it when it is killed', async () => {
    const ports = { blob: await freePort(), queue: await freePort(), table: await freePort() };
    const { child, folder, printed } = startHost({ ports, statements: `console.log('runs'); setInterval(() => {}, 1000);` });
    await printed('runs');
    const tree = processTree(child.pid!);
    // The host, Azurite and their guard.
    expect(tree).toHaveLength(3);
    child.kill('SIGKILL');
    onTestFinished(() => {
      for (const pid of stillRunning(tree)) process.kill(pid, 'SIGKILL');
    });
    expect(await leftBehind(tree)).toEqual([]);
    expect(existsSync(join(folder, 'storage/portico-lock.db'))).toBe(true);
  });

  test.skipIf(needs('networkNamespace'))(
    'is on the well-known ports, works where there is no network at all, and looks for none',
    async () => {
      const { printed, closed } = startHost({
        // Loopback and nothing else: not even an answer that there is no way.
        wrapper: ['unshare', '--map-root-user', '--net', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh'],
        statements: `
        const { BlobServiceClient } = await import('${pathToFileURL(LIBRARY.resolve('@azure/storage-blob'))}');
        const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('container');
        await container.create();
        await container.getBlockBlobClient('a').upload('hello', 5);
        console.log('read', String(await container.getBlobClient('a').downloadToBuffer()), 'at', blob);
        await emulator.stop(10_000);
        const { readFileSync } = await import('node:fs');
        console.log(readFileSync('/proc/net/snmp', 'utf8'), 'stopped');`,
      });
      await printed('stopped');
      const output = await closed;
      expect(output).toContain('read hello at http://127.0.0.1:10000/');
      // The kernel counts what was to go where there is no way; a name would be asked for by UDP, perhaps of a server on loopback.
      expect([counter(output, 'Ip', 'OutNoRoutes'), counter(output, 'Udp', 'OutDatagrams')]).toEqual([0, 0]);
    },
  );

  test('knows nobody whom it could tell anything', () => {
    const code = readFileSync(AZURITE_BUNDLE, 'utf8');
    for (const word of ['InstrumentationKey', 'IngestionEndpoint', 'applicationinsights.azure.com', 'tedious', 'mysql2'])
      expect(code.includes(word), word).toBe(false);
    expect(code.length).toBeLessThan(4_000_000);
  });
});
