// What an app with one queue trigger costs while its queue is empty: requests to the storage service, and the host's processor time.
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';
import { makeApp, makeEventApp } from '../apps.ts';
import type { Bench, Outcome } from '../bench.ts';
import { newFolder, type Server, startPortico, withSettings } from '../candidates.ts';
import { countRequests, type RequestCounter } from '../counting-proxy.ts';
import { watchForeign } from '../load.ts';
import { cpuTime, residentMb } from '../machine.ts';
import { connectionStringFor, type ServiceName, type ServicePorts, services, startStorage } from '../storage.ts';
import { table } from '../tables.ts';

const watchMs = { quick: 15_000, full: 60_000 };
/** With the default interval the pauses have grown to a minute after about two. */
const settleMs = { quick: 5_000, full: 150_000 };

type IdleHost = { readonly server: Server; readonly counters: Readonly<Record<ServiceName, RequestCounter>> };
type IdleSample = { readonly requests: Readonly<Record<ServiceName, number>>; readonly cpuMs: number; readonly rssMb: number };

export async function idle(bench: Bench): Promise<Outcome> {
  const { workshop, options, report } = bench;
  if (bench.chosen(['forward']).length === 0) return { tables: [], figures: {}, samples: {} };
  await using running = new AsyncDisposableStack();
  const storage = await startStorage(workshop, running);
  const queueName = 'empty';
  await new QueueClient(connectionStringFor(storage), queueName).createIfNotExists();
  const { handler } = workshop.programs;
  const queueApp = () => makeEventApp(newFolder(workshop, 'idle'), handler, 'Message', { type: 'queueTrigger', queueName });
  const hosts = [
    await start('HTTP functions alone', 'Development', makeApp(newFolder(workshop, 'idle'), 'forward', handler, ['hello'])),
    await start('one queue, Development', 'Development', queueApp()),
    await start('one queue, Production', 'Production', queueApp()),
  ];
  report('waiting until the pauses have grown');
  await sleep(options.quick ? settleMs.quick : settleMs.full);
  const forMs = options.quick ? watchMs.quick : watchMs.full;
  report(`${forMs / 1000} s of nothing`);
  const foreign = watchForeign();
  const before = hosts.map(lookAt);
  await sleep(forMs);
  const perMinute = (after: number, earlier = 0) => ((after - earlier) * 60_000) / forMs;
  const samples = hosts.map((host, index): readonly [string, IdleSample] => {
    const now = lookAt(host);
    const then = before[index];
    const requests = Object.fromEntries(services.map((service) => [service, perMinute(now.requests[service], then?.requests[service])]));
    return [host.server.name, { ...now, requests: requests as IdleSample['requests'], cpuMs: perMinute(now.cpuMs, then?.cpuMs) }];
  });
  return {
    tables: [
      table(
        `At rest, ${Math.round(foreign.share() * 100)} % of both cores taken by others: per minute`,
        ['app', 'queue requests', 'blob requests', 'table requests', 'CPU ms', 'RSS MB'],
        samples.map(([name, { requests, cpuMs, rssMb }]) => [
          name,
          ...(['queue', 'blob', 'table'] as const).map((service) => requests[service].toFixed(0)),
          cpuMs.toFixed(0),
          rssMb.toFixed(0),
        ]),
      ),
    ],
    figures: {},
    samples: Object.fromEntries(samples),
  };

  async function start(name: string, environment: string, root: string): Promise<IdleHost> {
    const counters = {
      blob: await countRequests(storage.blob, running),
      queue: await countRequests(storage.queue, running),
      table: await countRequests(storage.table, running),
    };
    const ports: ServicePorts = { blob: counters.blob.port, queue: counters.queue.port, table: counters.table.port };
    const settings = { AZURE_FUNCTIONS_ENVIRONMENT: environment, AzureWebJobsStorage: connectionStringFor(ports) };
    return { server: await startPortico(withSettings(workshop, settings), name, root, running), counters };
  }
}

/** Since the start of the host. */
function lookAt({ server, counters }: IdleHost): IdleSample {
  const pids = server.pids();
  const { userUs, systemUs } = cpuTime(pids);
  const requests = { blob: counters.blob.count, queue: counters.queue.count, table: counters.table.count };
  return { requests, cpuMs: (userUs + systemUs) / 1000, rssMb: residentMb(pids) };
}
