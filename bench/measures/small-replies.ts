// Requests per second and processor time per request for a reply of five bytes, over 64 connections.
import type { Bench, Outcome } from '../bench.ts';
import { type CandidateName, candidateNames, startCandidates } from '../candidates.ts';
import type { Figures, GoalName } from '../goals.ts';
import { type LoadSample, measureLoad } from '../load.ts';
import { cleanCount, hasCleanRounds, interleave, medianOf, type Rounds, ratioOf, type Sample } from '../rounds.ts';
import { table } from '../tables.ts';

const browserHeaders = [
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Encoding: gzip, deflate, br',
  'Accept-Language: en-GB,en;q=0.5',
  'Cookie: session=8f1a9c3e5d7b; theme=dark; consent=yes',
  'Referer: https://app.example.com/dashboard',
  'Sec-Fetch-Dest: document',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Site: same-origin',
  'Upgrade-Insecure-Requests: 1',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
];

export async function throughput(bench: Bench): Promise<Outcome> {
  const rounds = await smallReplies(bench, candidateNames, []);
  return {
    tables: [smallReplyTable('Small reply, 64 connections', rounds)],
    samples: Object.fromEntries(rounds),
    figures: {
      ...figure('forwardRate', rounds, 'forward', 'nginx', requestsPerSecond),
      ...figure('proxyRate', rounds, 'proxy', 'nginx', requestsPerSecond),
      ...figure('payloadRate', rounds, 'payload', 'nginx', requestsPerSecond),
      ...figure('forwardCpuToNginx', rounds, 'forward', 'nginx', cpuUsPerRequest),
      ...figure('proxyCpuToNginx', rounds, 'proxy', 'nginx', cpuUsPerRequest),
      ...figure('forwardCpuToHttpProxy', rounds, 'forward', 'http-proxy', cpuUsPerRequest),
      ...figure('proxyCpuToHttpProxy', rounds, 'proxy', 'http-proxy', cpuUsPerRequest),
    },
  };
}

export async function headers(bench: Bench): Promise<Outcome> {
  const rounds = await smallReplies(bench, ['direct', 'nginx', 'http-proxy', 'forward', 'proxy'], browserHeaders);
  return {
    tables: [smallReplyTable('Small reply, ten browser-like headers, 64 connections', rounds)],
    samples: Object.fromEntries(rounds),
    figures: {
      ...figure('forwardHeadersRate', rounds, 'forward', 'nginx', requestsPerSecond),
      ...figure('proxyHeadersRate', rounds, 'proxy', 'nginx', requestsPerSecond),
    },
  };
}

async function smallReplies(bench: Bench, wanted: readonly CandidateName[], headers: readonly string[]): Promise<Rounds<LoadSample>> {
  const { workshop, options, report } = bench;
  await using running = new AsyncDisposableStack();
  const servers = await startCandidates(workshop, bench.chosen(wanted), running);
  const load = { path: '/api/hello', connectionCount: 64, seconds: options.loadSeconds, headers };
  for (const server of servers) {
    await measureLoad(workshop, server, { ...load, seconds: 2 }); // For the compiler: a cold Node is half as fast.
  }
  // Awaited here: the servers stop when this function is left.
  return await interleave(servers, options, (server) => measureLoad(workshop, server, load), report);
}

const requestsPerSecond = (sample: LoadSample) => sample.requestsPerSecond;
const cpuUsPerRequest = (sample: LoadSample) => sample.cpuUsPerRequest;

/** Nothing when one of the two took no part. */
export function figure<S extends Sample>(
  goal: GoalName,
  rounds: Rounds<S>,
  name: string,
  reference: string,
  of: (sample: S) => number,
): Figures {
  if (!rounds.has(name) || !rounds.has(reference)) return {};
  return { [goal]: hasCleanRounds(rounds, name, reference) ? ratioOf(rounds, name, reference, of) : 'disturbed' };
}

function smallReplyTable(title: string, rounds: Rounds<LoadSample>): string {
  const ratio = (name: string, reference: string, of: (sample: LoadSample) => number) =>
    rounds.has(reference) ? ratioOf(rounds, name, reference, of).toFixed(2) : '–';
  return table(
    title,
    [
      'candidate',
      'requests/s',
      '÷ direct',
      '÷ nginx',
      'p50 ms',
      'p99 ms',
      'CPU µs/request (user + system)',
      'CPU ÷ nginx',
      'CPU ÷ http-proxy',
      'RSS MB',
      'clean rounds',
    ],
    [...rounds.keys()].map((name) => {
      const of = (pick: (sample: LoadSample) => number, digits: number) => medianOf(rounds, name, pick).toFixed(digits);
      const hasProcess = name !== 'direct';
      return [
        name,
        of(requestsPerSecond, 0),
        ratio(name, 'direct', requestsPerSecond),
        ratio(name, 'nginx', requestsPerSecond),
        of((sample) => sample.p50Ms, 2),
        of((sample) => sample.p99Ms, 2),
        hasProcess
          ? `${of(cpuUsPerRequest, 1)} (${of((sample) => sample.userUsPerRequest, 1)} + ${of((sample) => sample.systemUsPerRequest, 1)})`
          : '–',
        hasProcess ? ratio(name, 'nginx', cpuUsPerRequest) : '–',
        hasProcess ? ratio(name, 'http-proxy', cpuUsPerRequest) : '–',
        hasProcess ? of((sample) => sample.peakRssMb, 0) : '–',
        cleanCount(rounds, name),
      ];
    }),
  );
}
