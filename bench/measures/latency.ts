// What a proxy adds to a request when nothing is busy: 2,000 requests a second over 8 connections, sent when due, not when the last one is back.
import type { Bench, Outcome } from '../bench.ts';
import { startCandidates } from '../candidates.ts';
import type { Figure, Figures } from '../goals.ts';
import { watchForeign } from '../load.ts';
import { loadCore } from '../machine.ts';
import { run } from '../processes.ts';
import { cleanCount, hasCleanRounds, interleave, medianOf, type Rounds } from '../rounds.ts';
import { table } from '../tables.ts';

type LatencySample = { readonly p50Us: number; readonly p99Us: number; readonly foreignShare: number };

export async function latency(bench: Bench): Promise<Outcome> {
  const { workshop, options, report } = bench;
  await using running = new AsyncDisposableStack();
  const names = bench.chosen(['direct', 'nginx', 'http-proxy', 'forward', 'proxy', 'payload']);
  const servers = await startCandidates(workshop, names, running);
  const atRate = async (port: number): Promise<LatencySample> => {
    const foreign = watchForeign();
    const flags = ['-address', `127.0.0.1:${port}`, '-c', '8', '-r', '2000', '-d', `${options.loadSeconds}s`];
    const output = await run('taskset', ['-c', String(loadCore), workshop.programs.fixrate, ...flags], workshop.env);
    const { p50Us, p99Us } = JSON.parse(output) as { p50Us: number; p99Us: number };
    return { p50Us, p99Us, foreignShare: foreign.share() };
  };
  for (const { port } of servers) await atRate(port); // For the compiler, as everywhere.
  const rounds = await interleave(servers, options, ({ port }) => atRate(port), report);
  return { tables: [latencyTable(rounds)], figures: figuresOf(rounds), samples: Object.fromEntries(rounds) };
}

function addedP50(rounds: Rounds<LatencySample>, name: string): number {
  const p50Us = (candidate: string) => medianOf(rounds, candidate, (sample) => sample.p50Us);
  return p50Us(name) - p50Us('direct');
}

function figuresOf(rounds: Rounds<LatencySample>): Figures {
  if (!rounds.has('direct') || !rounds.has('nginx')) return {};
  const toNginx = (name: string): Figure =>
    hasCleanRounds(rounds, 'direct', 'nginx', name) ? addedP50(rounds, name) / addedP50(rounds, 'nginx') : 'disturbed';
  return {
    ...(rounds.has('forward') ? { forwardAddedP50: toNginx('forward') } : {}),
    ...(rounds.has('proxy') ? { proxyAddedP50: toNginx('proxy') } : {}),
  };
}

function latencyTable(rounds: Rounds<LatencySample>): string {
  return table(
    'Latency at 2,000 requests/s, 8 connections',
    ['candidate', 'p50 µs', 'added to direct µs', 'p99 µs', 'clean rounds'],
    [...rounds.keys()].map((name) => [
      name,
      medianOf(rounds, name, (sample) => sample.p50Us).toFixed(0),
      rounds.has('direct') ? addedP50(rounds, name).toFixed(0) : '–',
      medianOf(rounds, name, (sample) => sample.p99Us).toFixed(0),
      cleanCount(rounds, name),
    ]),
  );
}
