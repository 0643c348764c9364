// Performs the scenarios on Portico and lays what happened beside what the original host did. README.md explains it.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AllowanceJudge, faultsOf, faultsOfReach, readAllowances } from './judge/allowances.ts';
import { type Later, readLater } from './judge/later.ts';
import { linesOf, type Outcome, sumsOf } from './judge/report.ts';
import { readExpected, verdictOf } from './judge/verdict.ts';
import { type GroupOutcome, type RecorderOptions, recordGroup } from './record/group.ts';
import { estimatedMs, runInParallel } from './record/parallel.ts';
import { globToRegExp, loadGroups } from './record/scenarios.ts';
import type { Group } from './record/types.ts';

const HERE = new URL('./', import.meta.url);
const ROOT = new URL('../../', import.meta.url);
const RESULTS = new URL('results/', HERE);
const PORTICO = `node ${fileURLToPath(new URL('packages/portico/bin/portico.js', ROOT))} start {app} --port {port} {auth}`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    sample: { type: 'string', default: '1' },
    later: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(Math.min(4, availableParallelism() + 1)) },
    'host-command': { type: 'string', default: PORTICO },
    'auth-arguments': { type: 'string', default: '' },
    'open-key': { type: 'string' },
    env: { type: 'string', multiple: true, default: ['WEBSITE_HOSTNAME=localhost:{port}'] },
    'bundle-version': { type: 'string', default: '[4.*, 5.0.0)' },
    'ready-timeout-ms': { type: 'string', default: '20000' },
    modules: { type: 'string', multiple: true, default: [] },
    'keep-folders': { type: 'boolean', default: false },
  },
});

const recorder: RecorderOptions = {
  command: options['host-command'],
  authArguments: options['auth-arguments'],
  openKey: options['open-key'],
  env: Object.fromEntries(options.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
  readyTimeoutMs: Number(options['ready-timeout-ms']),
  bundleVersion: options['bundle-version'],
  moduleFolders: [...options.modules, fileURLToPath(HERE)],
  keepFolders: options['keep-folders'],
};

async function main(): Promise<boolean> {
  const later = readLater(HERE);
  const all = await loadGroups(fileURLToPath(new URL('scenarios/', HERE)));
  const groups = wantedGroups(all, later);
  if (options.list) {
    for (const { name, scenarios } of groups) for (const { id, about } of scenarios) console.log(`${name}\t${id}\t${about}`);
    return true;
  }
  prepareResults();
  const startedAt = performance.now();
  const judge = new AllowanceJudge(readAllowances(HERE));
  const outcomes = await runInParallel(groups, Number(options.jobs), estimatedMs, async (group) => {
    const outcome = await recordGroup(group, recorder);
    keep(group, outcome);
    return outcome;
  });
  const outcome = judgeAll(all, outcomes, judge, later, (performance.now() - startedAt) / 1000);
  const sums = sumsOf(outcome);
  writeFileSync(new URL('summary.json', RESULTS), `${JSON.stringify({ ...sums, later: Object.fromEntries(outcome.later) }, null, 2)}\n`);
  for (const line of linesOf(outcome)) console.log(line);
  return sums.failed === 0;
}

const isWholeRun = options.only.length === 0 && options.sample === '1';

/** Groups with the scenarios that are asked for and built, in their order. */
function wantedGroups(all: readonly Group[], later: Later): Group[] {
  const globs = options.only.map((glob) => globToRegExp(glob));
  const isWanted = (id: string) =>
    (globs.length === 0 || globs.some((glob) => glob.test(id))) && (options.later || later.waitsFor(id) === undefined);
  const groups = all.map((group) => ({ ...group, scenarios: group.scenarios.filter(({ id }) => isWanted(id)) }));
  let count = 0;
  const sampled = groups.map((group) => ({ ...group, scenarios: group.scenarios.filter(() => count++ % Number(options.sample) === 0) }));
  return sampled.filter(({ scenarios }) => scenarios.length > 0);
}

function prepareResults(): void {
  rmSync(RESULTS, { recursive: true, force: true });
  for (const folder of ['full', 'normalised', 'logs']) mkdirSync(new URL(`${folder}/`, RESULTS), { recursive: true });
}

function keep(group: Group, { recordings, log }: GroupOutcome): void {
  const write = (path: string, content: object) => writeFileSync(new URL(path, RESULTS), `${JSON.stringify(content, null, 1)}\n`);
  writeFileSync(new URL(`logs/${group.name}.log`, RESULTS), log);
  for (const { id, full, normalised } of recordings) {
    write(`full/${id}.json`, full);
    write(`normalised/${id}.json`, normalised);
  }
}

function judgeAll(all: readonly Group[], outcomes: GroupOutcome[], judge: AllowanceJudge, later: Later, seconds: number): Outcome {
  const recorded = outcomes.flatMap(({ recordings }) => recordings).sort((a, b) => (a.id < b.id ? -1 : 1));
  const judged = recorded.map(({ id, normalised }) => verdictOf(id, readExpected(HERE, id), normalised, judge));
  const verdicts = judged.filter(({ id }) => later.waitsFor(id) === undefined);
  const faults = outcomes.flatMap((outcome) => outcome.faults).filter(({ id }) => later.waitsFor(id) === undefined);
  const cases = casesOf(all);
  const waiting = cases.flatMap((id): [string, string][] => {
    const reason = later.waitsFor(id);
    return reason === undefined ? [] : [[id, reason]];
  });
  if (isWholeRun) {
    const compared = verdicts.filter(({ outcome }) => outcome !== 'unrecorded');
    const complaints = [
      ...faultsOf(readAllowances(HERE).intended),
      ...judge.unused,
      ...faultsOfReach(judge.touched, compared.length),
      ...later.unused(cases),
    ];
    faults.push(...complaints.map((reason) => ({ id: reason.split(':')[0] ?? '', reason })));
    const met = new Set([...judged, ...faults].map(({ id }) => id));
    faults.push(
      ...cases.filter((id) => !met.has(id) && later.waitsFor(id) === undefined).map((id) => ({ id, reason: 'it was not performed' })),
    );
  }
  const couldMoveUp = judged.filter(
    ({ id, outcome }) => later.waitsFor(id) !== undefined && (outcome === 'identical' || outcome === 'intended'),
  );
  return { verdicts, faults, later: new Map(waiting), couldMoveUp: couldMoveUp.map(({ id }) => id), seconds };
}

/** Every scenario, and every recording whether or not a scenario of that name is there. */
function casesOf(all: readonly Group[]): string[] {
  const recordings = readdirSync(new URL('recordings/', HERE)).map((name) => name.replace(/\.json$/, ''));
  return [...new Set([...all.flatMap(({ scenarios }) => scenarios.map(({ id }) => id)), ...recordings])].sort();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const isGood = await main();
// Storage clients keep their connections open; there is nothing left to wait for.
process.exit(isGood ? 0 : 1);
