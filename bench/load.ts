// One load on one candidate: wrk on the load's core, and what it cost.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server, Workshop } from './candidates.ts';
import { coreTime, cpuTime, loadCore, ownCpuUs, residentMb } from './machine.ts';
import { run } from './processes.ts';

export type Load = {
  readonly path: string;
  readonly connectionCount: number;
  readonly seconds: number;
  readonly headers?: readonly string[];
  /** A Lua file for wrk, and its arguments. */
  readonly script?: readonly string[];
};

export type LoadSample = {
  readonly requestsPerSecond: number;
  readonly receivedMbPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requestCount: number;
  readonly userUsPerRequest: number;
  readonly systemUsPerRequest: number;
  readonly cpuUsPerRequest: number;
  readonly peakRssMb: number;
  /** Part of both cores that others took: strangers on this machine, and the hypervisor. */
  readonly foreignShare: number;
};

export async function measureLoad(workshop: Workshop, server: Server, load: Load): Promise<LoadSample> {
  const pids = server.pids();
  const foreign = watchForeign();
  const before = cpuTime(pids);
  const peak = watchPeak(pids);
  const output = await run('taskset', wrkArguments(server, load), workshop.env);
  const peakRssMb = peak.stop();
  const after = cpuTime(pids);
  const foreignShare = foreign.share();

  const wrk = parseWrk(output, server.name);
  const userUs = after.userUs - before.userUs;
  const systemUs = after.systemUs - before.systemUs;
  return {
    ...wrk,
    userUsPerRequest: userUs / wrk.requestCount,
    systemUsPerRequest: systemUs / wrk.requestCount,
    cpuUsPerRequest: (userUs + systemUs) / wrk.requestCount,
    peakRssMb,
    foreignShare,
  };
}

/** The part of both cores that neither this program nor anything it started has used, from now on. */
export function watchForeign(): { share(): number } {
  const before = { core: coreTime(), ownUs: ownCpuUs() };
  return {
    share: () => {
      const after = { core: coreTime(), ownUs: ownCpuUs() };
      const strangersUs = Math.max(0, after.core.busyUs - before.core.busyUs - (after.ownUs - before.ownUs));
      return (strangersUs + after.core.stolenUs - before.core.stolenUs) / (after.core.totalUs - before.core.totalUs);
    },
  };
}

/** The highest memory seen until it is stopped. */
export function watchPeak(pids: readonly number[]): { stop(): number } {
  let peakMb = residentMb(pids);
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb(pids));
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return Math.max(peakMb, residentMb(pids));
    },
  };
}

const cleanBelow = 0.06;

/** Repeats a measurement that others disturbed; of disturbed ones alone it takes the least disturbed. */
export async function calmly<S extends { foreignShare: number }>(attemptCount: number, measure: () => Promise<S>): Promise<S> {
  let best = await measure();
  for (let attempt = 1; attempt < attemptCount && best.foreignShare >= cleanBelow; attempt += 1) {
    await sleep(1000);
    const again = await measure();
    if (again.foreignShare < best.foreignShare) best = again;
  }
  return best;
}

export const isClean = (sample: { foreignShare: number }): boolean => sample.foreignShare < cleanBelow;

function wrkArguments(server: Server, { path, connectionCount, seconds, headers = [], script }: Load): string[] {
  const [file, ...scriptArguments] = script ?? [];
  return [
    ...['-c', String(loadCore), 'wrk', '-t1', `-c${connectionCount}`, `-d${seconds}s`, '--latency', '--timeout', '10s'],
    ...headers.flatMap((header) => ['-H', header]),
    ...(file === undefined ? [] : ['-s', file]),
    `http://127.0.0.1:${server.port}${path}`,
    ...(file === undefined ? [] : ['--', ...scriptArguments]),
  ];
}

function parseWrk(output: string, name: string) {
  const failure = /Non-2xx.*|Socket errors: .*/.exec(output)?.[0];
  if (failure !== undefined) throw new Error(`${name} did not answer everything: ${failure.trim()}`);
  const [, count = '', time = ''] = /(\d+) requests in ([\d.]+m?s)/.exec(output) ?? [];
  const requestCount = Number(count);
  if (requestCount === 0) throw new Error(`${name} answered nothing:\n${output}`);
  return {
    requestCount,
    requestsPerSecond: (requestCount / milliseconds(time)) * 1000,
    receivedMbPerSecond: megabytes(/Transfer\/sec:\s+(\S+)/.exec(output)?.[1] ?? ''),
    p50Ms: milliseconds(/ 50%\s+(\S+)/.exec(output)?.[1] ?? ''),
    p99Ms: milliseconds(/ 99%\s+(\S+)/.exec(output)?.[1] ?? ''),
  };
}

function milliseconds(text: string): number {
  const factor = text.endsWith('us') ? 0.001 : text.endsWith('ms') ? 1 : text.endsWith('m') ? 60_000 : 1000;
  return Number.parseFloat(text) * factor;
}

function megabytes(text: string): number {
  const factor = { K: 1 / 1024, M: 1, G: 1024 }[text.at(-2) ?? ''] ?? 1 / 1024 / 1024;
  return Number.parseFloat(text) * factor;
}
