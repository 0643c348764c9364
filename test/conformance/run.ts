// Performs the scenarios on Portico and lays what happened beside what the original host did. README.md explains it.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { judgeRun } from './judge/judge-run.ts';
import { type Later, readLater } from './judge/later.ts';
import { linesOf, sumsOf } from './judge/report.ts';
import { type RecorderOptions, recordGroup } from './record/group.ts';
import { estimatedMs, runInParallel } from './record/parallel.ts';
import { globToRegExp, loadGroups } from './record/scenarios.ts';
import type { Group } from './record/types.ts';
import { clearResults, keepGroup, keepRun, keepSummary, lastRun } from './results.ts';

const HERE = new URL('./', import.meta.url);
const ROOT = new URL('../../', import.meta.url);
const PORTICO = `node ${fileURLToPath(new URL('packages/portico/bin/portico.cjs', ROOT))} start {app} --port {port} --grace 5 {auth}`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    sample: { type: 'string', default: '1' },
    later: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    judge: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(Math.min(4, availableParallelism() + 1)) },
    'host-command': { type: 'string', default: PORTICO },
    'auth-arguments': { type: 'string', default: '--auth' },
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
  if (!options.judge) await perform(groups);
  const scenarioIds = all.flatMap(({ scenarios }) => scenarios.map(({ id }) => id));
  const outcome = judgeRun(HERE, scenarioIds, lastRun(), later);
  for (const line of linesOf(outcome)) console.log(line);
  keepSummary(sumsOf(outcome));
  return sumsOf(outcome).failed === 0;
}

async function perform(groups: readonly Group[]): Promise<void> {
  clearResults();
  const startedAt = performance.now();
  const outcomes = await runInParallel(groups, Number(options.jobs), estimatedMs, async (group) => {
    const outcome = await recordGroup(group, recorder);
    keepGroup(group, outcome);
    return outcome;
  });
  keepRun({
    isWhole: options.only.length === 0 && options.sample === '1',
    seconds: (performance.now() - startedAt) / 1000,
    faults: outcomes.flatMap(({ faults }) => faults),
  });
}

/** Groups with the scenarios that are asked for and built, in their order. */
function wantedGroups(all: readonly Group[], later: Later): Group[] {
  const globs = options.only.map((glob) => globToRegExp(glob));
  const isWanted = (id: string) =>
    (globs.length === 0 || globs.some((glob) => glob.test(id))) && (options.later || later.waitsFor(id) === undefined);
  let count = 0;
  const isChosen = (id: string) => isWanted(id) && count++ % Number(options.sample) === 0;
  const chosen = new Set(all.flatMap(({ scenarios }) => scenarios.filter(({ id }) => isChosen(id))));
  const followed = new Set([...chosen].map(({ follows }) => follows));
  const groups = all.map((group) => ({
    ...group,
    scenarios: group.scenarios.filter((scenario) => chosen.has(scenario) || followed.has(scenario.id)),
  }));
  return groups.filter(({ scenarios }) => scenarios.length > 0);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const isGood = await main();
// Storage clients keep their connections open; there is nothing left to wait for.
process.exit(isGood ? 0 : 1);
