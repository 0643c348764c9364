// Memory of all processes of Portico but the handler, above a bare node:http server on the same Node under the same load.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Outcome } from '../bench.ts';
import { type Server, startCandidates, startNodeProgram } from '../candidates.ts';
import { measureLoad } from '../load.ts';
import { residentMb } from '../machine.ts';
import { median } from '../rounds.ts';
import { table } from '../tables.ts';

type MemorySample = { readonly idleMb: number; readonly at64Mb: number; readonly at1000Mb: number };

export async function memory(bench: Bench): Promise<Outcome> {
  const names = bench.chosen(['http-proxy', 'forward']);
  const samples = new Map<string, MemorySample[]>();
  for (let repetition = 0; repetition < Math.min(3, bench.options.roundCount); repetition += 1) {
    await using running = new AsyncDisposableStack();
    const bare = await startNodeProgram(bench.workshop, 'bare', 0, running);
    for (const server of [bare, ...(await startCandidates(bench.workshop, names, running))]) {
      samples.set(server.name, [...(samples.get(server.name) ?? []), await memoryOf(bench, server)]);
      bench.report(server.name);
    }
  }
  const of = (name: string, pick: keyof MemorySample) => median((samples.get(name) ?? []).map((sample) => sample[pick]));
  const above = (pick: keyof MemorySample) => of('forward', pick) - of('bare', pick);
  return {
    tables: [
      table(
        'RSS in MB: idle, and the peak under load',
        ['candidate', 'idle', '64 connections', '1,000 connections'],
        [...samples.keys()].map((name) => [
          name,
          of(name, 'idleMb').toFixed(1),
          of(name, 'at64Mb').toFixed(1),
          of(name, 'at1000Mb').toFixed(1),
        ]),
      ),
    ],
    figures: names.includes('forward') ? { idleRss: above('idleMb'), rss64: above('at64Mb'), rss1000: above('at1000Mb') } : {},
    samples: Object.fromEntries(samples),
  };
}

async function memoryOf({ workshop, options }: Bench, server: Server): Promise<MemorySample> {
  await sleep(1000); // What a start leaves behind is given back within the second, or not at all.
  const idleMb = residentMb(server.pids());
  const peakAt = async (connectionCount: number) =>
    (await measureLoad(workshop, server, { path: '/api/hello', connectionCount, seconds: options.loadSeconds })).peakRssMb;
  return { idleMb, at64Mb: await peakAt(64), at1000Mb: await peakAt(1000) };
}
