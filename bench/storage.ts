// Azurite for the measures that need a storage service: the one that Portico brings, on the load's core, in a folder as Portico starts it.
// In memory it loses what is being sent while it looks for what can be thrown away, a minute after its start, and answers nobody any more.
import { join } from 'node:path';
import { newFolder, type Workshop } from './candidates.ts';
import { loadCore } from './machine.ts';
import { benchFolder } from './prerequisites.ts';
import { launch, run, stopProcess, untilSaid } from './processes.ts';

export const services = ['blob', 'queue', 'table'] as const;
export type ServiceName = (typeof services)[number];
export type ServicePorts = Readonly<Record<ServiceName, number>>;

const bundle = join(benchFolder, '../packages/portico/dist/azurite.cjs');
// The account that every emulator has, and its published key.
const account = 'devstoreaccount1';
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export async function startStorage(workshop: Workshop, running: AsyncDisposableStack): Promise<ServicePorts> {
  // Makes the bundle when there is none yet, and does nothing otherwise.
  await run(workshop.nodePath, [join(benchFolder, '../scripts/bundle-azurite.mjs')], workshop.env);
  const logFile = `${newFolder(workshop, 'azurite')}.log`;
  const ports = services.flatMap((service) => [`--${service}Host`, '127.0.0.1', `--${service}Port`, '0']);
  const args = [bundle, '--location', newFolder(workshop, 'storage'), '--silent', '--skipApiVersionCheck', '--disableTelemetry', ...ports];
  const child = launch({ command: workshop.nodePath, args, core: loadCore, env: workshop.env, logFile });
  running.defer(() => stopProcess(child));
  const lines = await untilSaid(/^Azurite \w+ service is successfully listening at \S+$/m, { count: services.length, child, logFile });
  const portOf = (service: ServiceName) =>
    Number(/\d+$/.exec(lines.find((line) => line.toLowerCase().includes(` ${service} `)) ?? '')?.[0]);
  return { blob: portOf('blob'), queue: portOf('queue'), table: portOf('table') };
}

export function connectionStringFor(ports: ServicePorts): string {
  const endpoints = services.map((service) => {
    const name = `${service[0]?.toUpperCase()}${service.slice(1)}Endpoint`;
    return `${name}=http://127.0.0.1:${ports[service]}/${account};`;
  });
  return `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};${endpoints.join('')}`;
}
