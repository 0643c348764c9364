// Whether finding one function among 10,000 costs more than among 10. Every request names another function, so nothing stays at hand by chance.
import { join } from 'node:path';
import { makeApp } from '../apps.ts';
import type { Bench, Outcome } from '../bench.ts';
import { newFolder, type Server, startPortico } from '../candidates.ts';
import { type LoadSample, measureLoad } from '../load.ts';
import { benchFolder } from '../prerequisites.ts';
import { cleanCount, interleave, medianOf } from '../rounds.ts';
import { table } from '../tables.ts';
import { figure } from './small-replies.ts';

export async function routing(bench: Bench): Promise<Outcome> {
  const { workshop, options, report } = bench;
  if (bench.chosen(['forward']).length === 0) return { tables: [], figures: {}, samples: {} };
  await using running = new AsyncDisposableStack();
  const functionCounts = new Map([10, 10_000].map((count) => [`${count} functions`, count]));
  const servers: Server[] = [];
  for (const [name, count] of functionCounts) {
    const functionNames = Array.from({ length: count }, (_, index) => `f${index}`);
    const root = makeApp(newFolder(workshop, `functions-${count}`), 'forward', workshop.programs.handler, functionNames);
    const started = performance.now();
    servers.push(await startPortico(workshop, name, root, running, '/api/f0'));
    report(`${name}: first answer after ${Math.round(performance.now() - started)} ms`);
  }
  const measure = (server: Server) => {
    const script = [join(benchFolder, 'many-functions.lua'), String(functionCounts.get(server.name))];
    return measureLoad(workshop, server, { path: '/', connectionCount: 8, seconds: options.loadSeconds, script });
  };
  for (const server of servers) await measure(server); // For the compiler, as everywhere.
  const rounds = await interleave(servers, options, measure, report);
  const p50Ms = (sample: LoadSample) => sample.p50Ms;
  return {
    tables: [
      table(
        'Requests to random functions, forward mode, 8 connections',
        ['app', 'p50 µs', 'p99 µs', 'CPU µs/request', 'RSS MB', 'clean rounds'],
        servers.map(({ name }) => [
          name,
          (medianOf(rounds, name, p50Ms) * 1000).toFixed(0),
          (medianOf(rounds, name, (sample) => sample.p99Ms) * 1000).toFixed(0),
          medianOf(rounds, name, (sample) => sample.cpuUsPerRequest).toFixed(1),
          medianOf(rounds, name, (sample) => sample.peakRssMb).toFixed(0),
          cleanCount(rounds, name),
        ]),
      ),
    ],
    figures: figure('routing', rounds, '10000 functions', '10 functions', p50Ms),
    samples: Object.fromEntries(rounds),
  };
}
