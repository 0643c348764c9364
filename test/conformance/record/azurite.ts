// A storage service on loopback, in memory, for one group of scenarios.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AppFolder } from './app-folder.ts';
import { lookForModule } from './modules.ts';
import { canConnect, freePort, startProgram, stopProgram, waitUntil } from './processes.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

// Azurite's published development account; it opens nothing but an emulator.
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export type Azurite = { readonly ports: number[]; readonly connectionString: string; stop(): Promise<void> };

/** The one that was installed beside the SDKs, or that of this repository. */
function findAzurite(moduleFolders: readonly string[]): string {
  const manifest = lookForModule('azurite/package.json', moduleFolders);
  if (manifest === undefined) {
    execFileSync(process.execPath, [join(REPOSITORY, 'scripts/bundle-azurite.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
    return join(REPOSITORY, 'packages/portico/dist/azurite.cjs');
  }
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { azurite: string } };
  return join(dirname(manifest), bin.azurite);
}

export async function startAzurite(folder: AppFolder, moduleFolders: readonly string[]): Promise<Azurite> {
  const script = findAzurite(moduleFolders);
  const services = await Promise.all(['blob', 'queue', 'table'].map(async (name) => ({ name, port: await freePort() })));
  const listen = services.flatMap(({ name, port }) => [`--${name}Host`, '127.0.0.1', `--${name}Port`, String(port)]);
  const args = [script, '--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent', ...listen];
  const env = { PATH: process.env.PATH, HOME: `${folder.work}/home`, AZURITE_ACCOUNTS: `${ACCOUNT}:${KEY}` };
  const logFile = join(folder.work, 'azurite.log');
  const program = startProgram({ file: process.execPath, args, cwd: folder.work, env, logFile });
  const ports = services.map(({ port }) => port);
  const listening = async () => (await Promise.all(ports.map(canConnect))).every(Boolean);
  const ready = await waitUntil(async () => program.exit !== undefined || (await listening()), 30_000, 200);
  if (!ready || program.exit !== undefined) {
    await stopProgram(program, 1000);
    throw new Error(`Azurite did not start: ${readFileSync(logFile, 'utf8').slice(-500)}`);
  }
  const endpoints = services.map(
    ({ name, port }) => `${name[0]?.toUpperCase()}${name.slice(1)}Endpoint=http://127.0.0.1:${port}/${ACCOUNT}`,
  );
  return {
    ports,
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};${endpoints.join(';')};`,
    stop: () => stopProgram(program, 2000),
  };
}
