// Performs the scenarios of one group, one after another, on a host of the group's own.
import { setTimeout as sleep } from 'node:timers/promises';
import { createAppFolder } from './app-folder.ts';
import { startAzurite } from './azurite.ts';
import { type HostOptions, startHost, stopHost } from './host.ts';
import { type Performed, type Recorded, recordingOf, type Surroundings } from './recording.ts';
import { noResults, runPreparation, runSteps, type StepContext } from './steps.ts';
import { storageClients } from './storage.ts';
import type { Group, Scenario } from './types.ts';

export type RecorderOptions = HostOptions & { bundleVersion: string; moduleFolders: readonly string[]; keepFolders: boolean };

/** What went wrong beside all comparing: a scenario that could not be performed, a host that died or left something behind. */
export type Fault = { id: string; reason: string };
export type GroupOutcome = { recordings: Recorded[]; faults: Fault[]; log: string };

/** Starts the group's host, again whenever a scenario has ended it. */
export async function recordGroup(group: Group, options: RecorderOptions): Promise<GroupOutcome> {
  const outcome: GroupOutcome = { recordings: [], faults: [], log: '' };
  const waiting = [...group.scenarios];
  for (let run = 1; waiting.length > 0; run += 1) {
    try {
      await recordRun(group, run, waiting, options, outcome);
    } catch (error) {
      // What failed is the place the scenarios run in, so the next run would fail the same way.
      outcome.faults.push(...waiting.splice(0).map(({ id }) => ({ id, reason: (error as Error).message })));
    }
  }
  return outcome;
}

async function recordRun(group: Group, run: number, waiting: Scenario[], options: RecorderOptions, outcome: GroupOutcome): Promise<void> {
  const { app, own } = group;
  const folder = createAppFolder(app, options.bundleVersion, options.openKey);
  const storage = app.storage ? await startAzurite(folder, options.moduleFolders) : undefined;
  const performed: Performed[] = [];
  let surroundings: Omit<Surroundings, 'ending'> | undefined;
  try {
    const clients = storage && storageClients(storage.connectionString, options.moduleFolders);
    if (app.before) await within(60_000, runPreparation(app.before, clients), 'the preparation of the storage account');
    folder.setRules(own && waiting[0] ? rulesOf(waiting[0]) : { scenario: null });
    const host = await startHost(options, group, folder, storage);
    surroundings = { host, folder, storage, own };
    while (waiting.length > 0) {
      const scenario = waiting.shift() as Scenario;
      try {
        performed.push(await perform(scenario, app, { host, folder, clients, scenarioId: scenario.id }, own));
      } catch (error) {
        outcome.faults.push({ id: scenario.id, reason: (error as Error).message });
      }
      if (host.program.exit === undefined) continue;
      if (!own) outcome.faults.push({ id: scenario.id, reason: `the host ended: ${JSON.stringify(host.program.exit)}` });
      break;
    }
  } finally {
    // What the handler notices of the end belongs to the group, not to its last scenario.
    if (!own) folder.setRules({ scenario: null });
    if (surroundings) outcome.faults.push(...(await finish(group, run, performed, surroundings, outcome.recordings)));
    await storage?.stop();
    outcome.log += folder.log();
    if (!options.keepFolders) folder.remove();
  }
}

async function finish(
  group: Group,
  run: number,
  performed: Performed[],
  surroundings: Omit<Surroundings, 'ending'>,
  recordings: Recorded[],
): Promise<Fault[]> {
  const ending = await stopHost(surroundings.host);
  const boot: Performed = {
    scenario: {
      id: `boot.${group.name}`,
      about: `How the host started and ended the handler of "${group.name}".`,
      tags: ['boot'],
      app: group.app,
      steps: [],
      rules: [],
    },
    results: noResults(),
    log: '',
  };
  // A second start in one group follows the end of the first by a fault, which is reported as such.
  if (!group.own && run === 1) performed.push(boot);
  recordings.push(...performed.map((one) => recordingOf(one, { ...surroundings, ending })));
  return ending.orphans > 0 ? [{ id: boot.scenario.id, reason: `the host left ${ending.orphans} handler(s) behind` }] : [];
}

const rulesOf = ({ id, rules, start }: Scenario) => ({ scenario: id, rules, start });

async function perform(scenario: Scenario, app: Group['app'], context: Omit<StepContext, 'signal'>, own: boolean): Promise<Performed> {
  const { folder } = context;
  if (!own) folder.setRules(rulesOf(scenario));
  const logStart = own ? 0 : folder.log().length;
  const abort = new AbortController();
  try {
    const results = await within(
      scenario.timeoutMs ?? 90_000,
      runSteps(scenario.steps, { ...context, signal: abort.signal }),
      'the scenario',
    );
    await sleep(scenario.settleMs ?? 150);
    return { scenario: { ...scenario, app }, results, log: folder.log().slice(logStart) };
  } finally {
    // After a time-out the step in progress still ends by its own limit; no further one begins.
    abort.abort();
  }
}

async function within<T>(limitMs: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
