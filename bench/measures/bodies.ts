// Large bodies both ways: megabytes per second, and what a gigabyte does to memory.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Outcome } from '../bench.ts';
import { type CandidateName, type Server, startCandidates } from '../candidates.ts';
import type { Figures } from '../goals.ts';
import { type Load, type LoadSample, measureLoad, watchPeak } from '../load.ts';
import { loadCore, residentMb } from '../machine.ts';
import { benchFolder } from '../prerequisites.ts';
import { run } from '../processes.ts';
import { cleanCount, interleave, median, medianOf, type Rounds, ratioOf } from '../rounds.ts';
import { table } from '../tables.ts';
import { figure } from './small-replies.ts';

type Way = 'down' | 'up';
type Case = { readonly title: string; readonly way: Way; readonly sizeMb: number; readonly connectionCount: number };

const cases: readonly Case[] = [
  { title: '1 MB replies', way: 'down', sizeMb: 1, connectionCount: 8 },
  { title: '1 MB uploads', way: 'up', sizeMb: 1, connectionCount: 8 },
  { title: '64 MB replies', way: 'down', sizeMb: 64, connectionCount: 2 },
  { title: '64 MB uploads', way: 'up', sizeMb: 64, connectionCount: 2 },
];

export async function bodies(bench: Bench): Promise<Outcome> {
  const { workshop, options, report } = bench;
  await using running = new AsyncDisposableStack();
  const servers = await startCandidates(workshop, bench.chosen(['direct', 'nginx', 'http-proxy', 'forward', 'proxy']), running);
  const tables: string[] = [];
  const samples: Record<string, unknown> = {};
  let figures: Figures = {};
  for (const body of options.quick ? cases.slice(0, 2) : cases) {
    const rounds = await interleave(servers, options, (server) => measureLoad(workshop, server, loadOf(body, options.loadSeconds)), report);
    tables.push(bodyTable(body, rounds));
    samples[body.title] = Object.fromEntries(rounds);
    figures = { ...figures, ...figuresOf(body, rounds) };
  }
  if (options.quick) return { tables, figures, samples };
  const gigabyte = await gigabyteGrowth(bench);
  return {
    tables: [...tables, ...gigabyte.tables],
    figures: { ...figures, ...gigabyte.figures },
    samples: { ...samples, '1 GB': gigabyte.samples },
  };
}

function loadOf({ way, sizeMb, connectionCount }: Case, seconds: number): Load {
  const byteCount = sizeMb * 2 ** 20;
  return way === 'down'
    ? { path: `/api/big?n=${byteCount}`, connectionCount, seconds }
    : { path: '/api/up', connectionCount, seconds, script: [join(benchFolder, 'upload.lua'), String(byteCount)] };
}

const bodyMbPerSecond =
  ({ way, sizeMb }: Case) =>
  (sample: LoadSample) =>
    way === 'down' ? sample.receivedMbPerSecond : sample.requestsPerSecond * sizeMb;

function figuresOf(body: Case, rounds: Rounds<LoadSample>): Figures {
  if (body.way === 'up') return {};
  const [forward, proxy] =
    body.sizeMb === 1 ? (['forwardReply1Mb', 'proxyReply1Mb'] as const) : (['forwardReply64Mb', 'proxyReply64Mb'] as const);
  return {
    ...figure(forward, rounds, 'forward', 'nginx', bodyMbPerSecond(body)),
    ...figure(proxy, rounds, 'proxy', 'nginx', bodyMbPerSecond(body)),
  };
}

function bodyTable(body: Case, rounds: Rounds<LoadSample>): string {
  const mbPerSecond = bodyMbPerSecond(body);
  const cpuMsPerGb = (sample: LoadSample) => (sample.cpuUsPerRequest * sample.requestsPerSecond * 1.024) / mbPerSecond(sample);
  return table(
    `${body.title}, ${body.connectionCount} connections`,
    ['candidate', 'MB/s', '÷ nginx', 'CPU ms/GB', 'peak RSS MB', 'clean rounds'],
    [...rounds.keys()].map((name) => [
      name,
      medianOf(rounds, name, mbPerSecond).toFixed(0),
      rounds.has('nginx') ? ratioOf(rounds, name, 'nginx', mbPerSecond).toFixed(2) : '–',
      name === 'direct' ? '–' : medianOf(rounds, name, cpuMsPerGb).toFixed(0),
      name === 'direct' ? '–' : medianOf(rounds, name, (sample) => sample.peakRssMb).toFixed(0),
      cleanCount(rounds, name),
    ]),
  );
}

type Growth = { readonly growthMb: number; readonly mbPerSecond: number };

async function gigabyteGrowth(bench: Bench): Promise<Outcome> {
  const names = bench.chosen(['nginx', 'http-proxy', 'forward', 'proxy']);
  const samples: Record<Way, Partial<Record<CandidateName, Growth[]>>> = { down: {}, up: {} };
  for (let repetition = 0; repetition < Math.min(3, bench.options.roundCount); repetition += 1) {
    for (const way of ['down', 'up'] as const) {
      // Fresh processes each time: what the transfer before left behind would hide the growth.
      await using running = new AsyncDisposableStack();
      for (const server of await startCandidates(bench.workshop, names, running)) {
        const name = server.name as CandidateName;
        samples[way][name] = [...(samples[way][name] ?? []), await moveGigabyte(bench, server, way)];
        bench.report(`1 GB ${way}: ${name}`);
      }
    }
  }
  const of = (way: Way, name: CandidateName, pick: keyof Growth) => median((samples[way][name] ?? []).map((growth) => growth[pick]));
  const worst = (way: Way) =>
    Math.max(...names.filter((name) => name === 'forward' || name === 'proxy').map((name) => of(way, name, 'growthMb')));
  return {
    tables: [
      table(
        '1 GB bodies, one at a time',
        ['candidate', 'reply MB/s', 'RSS growth MB', 'request MB/s', 'RSS growth MB'],
        names.map((name) => [
          name,
          of('down', name, 'mbPerSecond').toFixed(0),
          of('down', name, 'growthMb').toFixed(1),
          of('up', name, 'mbPerSecond').toFixed(0),
          of('up', name, 'growthMb').toFixed(1),
        ]),
      ),
    ],
    figures: names.includes('forward') || names.includes('proxy') ? { growth1GbDown: worst('down'), growth1GbUp: worst('up') } : {},
    samples,
  };
}

async function moveGigabyte({ workshop }: Bench, server: Server, way: Way): Promise<Growth> {
  // A server that has not worked yet grows by its first requests, whatever their size.
  await measureLoad(workshop, server, { path: '/api/hello', connectionCount: 8, seconds: 1 });
  await sleep(500);
  const beforeMb = residentMb(server.pids());
  const peak = watchPeak(server.pids());
  const url = `http://127.0.0.1:${server.port}/api/${way === 'up' ? 'up' : 'big'}`;
  const took = await run(
    'taskset',
    ['-c', String(loadCore), workshop.programs.transfer, ...(way === 'up' ? ['-up'] : []), url],
    workshop.env,
  );
  return { growthMb: peak.stop() - beforeMb, mbPerSecond: 1024 / (Number(took) / 1000) };
}
