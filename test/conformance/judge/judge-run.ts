// Holds all a run saw against recordings and lists.
import { readdirSync } from 'node:fs';
import type { lastRun } from '../results.ts';
import { AllowanceJudge, faultsOf, faultsOfReach, MOST_ENTRIES, mostCases, readAllowances } from './allowances.ts';
import type { Later } from './later.ts';
import type { Outcome } from './report.ts';
import { readExpected, verdictOf } from './verdict.ts';

export function judgeRun(
  folder: URL,
  scenarioIds: readonly string[],
  { run, recordings }: ReturnType<typeof lastRun>,
  later: Later,
): Outcome {
  const allowances = readAllowances(folder);
  const judge = new AllowanceJudge(allowances);
  const isLater = ({ id }: { id: string }) => later.waitsFor(id) !== undefined;
  const judged = recordings.map(({ id, normalised }) => verdictOf(id, readExpected(folder, id), normalised, judge));
  const verdicts = judged.filter((verdict) => !isLater(verdict));
  const faults = run.faults.filter((fault) => !isLater(fault));
  const cases = casesOf(folder, scenarioIds);
  const compared = verdicts.filter(({ outcome }) => outcome !== 'unrecorded').length;
  if (run.isWhole) {
    const met = new Set([...judged, ...faults].map(({ id }) => id));
    const missed = cases.filter((id) => !met.has(id) && !isLater({ id }));
    const complaints = [
      ...faultsOf(allowances.intended),
      ...judge.unused,
      ...faultsOfReach(judge.touched, compared),
      ...later.unused(cases),
    ];
    faults.push(...missed.map((id) => ({ id, reason: 'it was not performed' })), ...complaints.map((reason) => ({ id: reason, reason })));
  }
  return {
    verdicts,
    faults,
    later: new Map(cases.flatMap((id): [string, string][] => (isLater({ id }) ? [[id, later.waitsFor(id) ?? '']] : []))),
    couldMoveUp: judged.filter((verdict) => isLater(verdict) && /identical|alike|intended/.test(verdict.outcome)).map(({ id }) => id),
    intendedReach: `intended.json: ${allowances.intended.length} entries (at most ${MOST_ENTRIES}) over ${judge.touched.size} cases (at most ${mostCases(compared)})`,
    seconds: run.seconds,
  };
}

/** Every scenario, and every recording whether or not a scenario of that name is there. */
function casesOf(folder: URL, scenarioIds: readonly string[]): string[] {
  const recorded = readdirSync(new URL('recordings/', folder)).map((name) => name.replace(/\.json$/, ''));
  return [...new Set([...scenarioIds, ...recorded])].sort();
}
