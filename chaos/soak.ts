// Ten minutes of full load in all modes at once: what a host holds afterwards must be what it held at the start.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../bench/tables.ts';
import { type Mode, makeApp, modes } from './app.ts';
import { type Check, check } from './checks.ts';
import { openControl } from './control.ts';
import { median } from './figures.ts';
import { startHost } from './host-process.ts';
import { Load } from './load.ts';
import { type Footprint, footprintOf, isAlive } from './processes.ts';
import { createRandom } from './random.ts';
import { describeCheck } from './report.ts';
import { pause, until } from './wait.ts';

export type SoakPlan = { readonly seed: number; readonly minutes: number };
export type SoakReport = { readonly text: string; readonly checks: readonly Check[] };

const SAMPLE_EVERY_MS = 5000;
const MINUTE_MS = 60_000;
/** Of a run too short for whole minutes, the part that is left out at the start, and the parts that are compared. */
const SHORT_SHARE = 1 / 5;
/** Above 1: flat all the same. */
const FLAT_UP_TO = 1.1;
/** A guard has 0.2 MB of its own, and who else shares its pages changes a tenth of that. A host's tenth is more than this. */
const MEMORY_TOLERANCE_MB = 1;
/** Three connections more or less are no trend. */
const DESCRIPTOR_TOLERANCE = 3;
const AT_ONCE_PER_MODE = 40;
const GONE_WITHIN_MS = 1000;
const REPORT_EVERY_MS = 30_000;

type Role = 'host' | 'guard' | 'handler';
type Sample = Footprint & { readonly atMs: number };
type Series = { readonly mode: Mode; readonly role: Role; readonly samples: Sample[] };

const FIGURES = [
  { key: 'rssMb', name: 'RSS in MB', digits: 1, tolerance: MEMORY_TOLERANCE_MB },
  { key: 'pssMb', name: 'PSS in MB', digits: 1, tolerance: MEMORY_TOLERANCE_MB },
  { key: 'descriptorCount', name: 'descriptors', digits: 0, tolerance: DESCRIPTOR_TOLERANCE },
] as const;

export async function runSoak({ seed, minutes }: SoakPlan, report: (line: string) => void, signal: AbortSignal): Promise<SoakReport> {
  await using running = new AsyncDisposableStack();
  const soaked: Soaked[] = [];
  for (const mode of modes) soaked.push(await startSoaked(mode, seed, running, signal));
  const lengthMs = minutes * MINUTE_MS;
  const startedMs = performance.now();
  let reportedMs = 0;
  for (const { load } of soaked) load.start();
  for (;;) {
    await pause(SAMPLE_EVERY_MS, signal);
    const atMs = performance.now() - startedMs;
    for (const one of soaked) one.sample(atMs);
    if (atMs - reportedMs >= REPORT_EVERY_MS) {
      reportedMs = atMs;
      report(`${Math.round(atMs / 1000)} s: ${soaked.map((one) => one.describe()).join('; ')}`);
    }
    if (atMs >= lengthMs) break;
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const checks: Check[] = [];
  for (const one of soaked) checks.push(...(await one.finish()));
  const series = soaked.flatMap((one) => one.series());
  checks.push(...series.filter(({ role }) => role !== 'handler').flatMap((one) => judgeSeries(one, lengthMs)));
  return { text: describeSoak(soaked, series, seconds, lengthMs, checks), checks };
}

type Soaked = Awaited<ReturnType<typeof startSoaked>>;

async function startSoaked(mode: Mode, seed: number, running: AsyncDisposableStack, signal: AbortSignal) {
  const folder = mkdtempSync(join(tmpdir(), 'portico-chaos-'));
  running.defer(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'app');
  mkdirSync(root);
  makeApp(root, mode);
  const control = running.use(await openControl(join(folder, 'control')));
  const host = await startHost({ root, flags: [], environment: { CHAOS_CONTROL: control.path } }, signal);
  running.defer(async () => void (await host.stop()));
  const load = new Load({ mode, random: createRandom(seed, `soak ${mode}`), pace: { atOnce: AT_ONCE_PER_MODE }, wasHarmed: () => false });
  load.pointTo(host.port);
  const series = new Map<string, Series>();

  return {
    mode,
    load,
    sample(atMs: number): void {
      const handlerPids = new Set(control.living().map(({ pid }) => pid));
      for (const { pid } of host.tree()) {
        const role = pid === host.pid ? 'host' : handlerPids.has(pid) ? 'handler' : 'guard';
        const footprint = footprintOf(pid);
        const name = `${role} ${pid}`;
        if (!series.has(name)) series.set(name, { mode, role, samples: [] });
        if (footprint !== undefined) series.get(name)?.samples.push({ ...footprint, atMs });
      }
    },
    series: () => [...series.values()],
    describe(): string {
      const last = [...series.values()].find(({ role }) => role === 'host')?.samples.at(-1);
      return `${mode} ${load.tally.total} requests, host ${last?.rssMb.toFixed(1)} MB, ${last?.descriptorCount} descriptors`;
    },
    async finish(): Promise<Check[]> {
      await load.stop();
      const { exitCode, started } = await host.stop();
      await until(() => !started.some(isAlive), { limitMs: GONE_WITHIN_MS }, signal);
      const left = started.filter(isAlive);
      const { counts, total, failures } = load.tally;
      return [
        check(`${mode}: every request is answered correctly`, counts.correct === total, failures.slice(0, 3).join('; ')),
        check(`${mode}: SIGTERM ends the host with exit code 0`, exitCode === 0, String(exitCode)),
        check(`${mode}: orphans: 0`, left.length === 0, left.length),
      ];
    },
  };
}

/** The minute after the first, and the last one. */
function windows({ samples }: Series, lengthMs: number): { first: readonly Sample[]; last: readonly Sample[]; steady: readonly Sample[] } {
  const windowMs = Math.min(MINUTE_MS, lengthMs * SHORT_SHARE);
  const steady = samples.filter(({ atMs }) => atMs > windowMs);
  const endMs = samples.at(-1)?.atMs ?? 0;
  return {
    steady,
    first: steady.filter(({ atMs }) => atMs <= 2 * windowMs),
    last: steady.filter(({ atMs }) => atMs > endMs - windowMs),
  };
}

function judgeSeries(series: Series, lengthMs: number): Check[] {
  const { first, last } = windows(series, lengthMs);
  return FIGURES.map(({ key, name, digits, tolerance }) => {
    const [before, after] = [first, last].map((samples) => median(samples.map((sample) => sample[key])));
    const flat = before !== undefined && after !== undefined && after <= Math.max(before * FLAT_UP_TO, before + tolerance);
    return check(
      `${series.mode}: ${name} of the ${series.role} stay flat`,
      flat,
      `${before?.toFixed(digits)}, then ${after?.toFixed(digits)}`,
    );
  });
}

function describeSoak(
  soaked: readonly Soaked[],
  series: readonly Series[],
  seconds: number,
  lengthMs: number,
  checks: readonly Check[],
): string {
  const loads = table(
    `Soak: ${Math.round(seconds)} s of full load, ${AT_ONCE_PER_MODE} requests at once in each mode`,
    ['mode', 'requests', 'per second', 'correct'],
    soaked.map(({ mode, load: { tally } }) => [mode, tally.total, Math.round(tally.total / seconds), tally.counts.correct]),
  );
  const figures = FIGURES.map(({ key, name, digits }) =>
    table(
      `${name}: medians of the minute after the first, and of the last`,
      ['process', 'first', 'last', 'growth', 'per minute', 'highest'],
      series.map((one) => {
        const { first, last, steady } = windows(one, lengthMs);
        const [before = Number.NaN, after = Number.NaN] = [first, last].map((samples) => median(samples.map((sample) => sample[key])));
        const highest = Math.max(...one.samples.map((sample) => sample[key]));
        const slope = slopePerMinute(steady.map((sample) => [sample.atMs, sample[key]]));
        return [
          `${one.mode} ${one.role}`,
          before.toFixed(digits),
          after.toFixed(digits),
          `${((after / before - 1) * 100).toFixed(1)} %`,
          slope.toFixed(2),
          highest.toFixed(digits),
        ];
      }),
    ),
  );
  const failed = checks.filter(({ holds }) => !holds).map((one) => `FAILED ${describeCheck(one)}\n`);
  return [loads, ...figures, ...failed].join('\n');
}

/** Of the line with the least squares. */
function slopePerMinute(points: readonly (readonly [atMs: number, value: number])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanAt = mean(points.map(([atMs]) => atMs));
  const meanValue = mean(points.map(([, value]) => value));
  const covariance = mean(points.map(([atMs, value]) => (atMs - meanAt) * (value - meanValue)));
  return (covariance / mean(points.map(([atMs]) => (atMs - meanAt) ** 2))) * MINUTE_MS;
}
