// What the run prints: every open difference with both values, then the sums.
import type { Fault } from '../record/group.ts';
import type { OpenDifference, Verdict } from './verdict.ts';

export type Outcome = {
  verdicts: readonly Verdict[];
  faults: readonly Fault[];
  /** Case → what it waits for. */
  later: ReadonlyMap<string, string>;
  /** Cases of later.json that were run and that agree with the recording. */
  couldMoveUp: readonly string[];
  /** How much of what the rules allow intended.json takes. */
  intendedReach: string;
  seconds: number;
};

export type Sums = { passed: number; failed: number; later: number; unrecorded: number };

export function sumsOf({ verdicts, faults, later }: Outcome): Sums {
  const failing = new Set([...verdicts.filter(({ outcome }) => outcome === 'differs'), ...faults].map(({ id }) => id));
  const compared = verdicts.filter(({ outcome }) => outcome !== 'unrecorded');
  const passed = compared.filter(({ id }) => !failing.has(id)).length;
  return { passed, failed: failing.size, later: later.size, unrecorded: verdicts.length - compared.length };
}

export function linesOf(outcome: Outcome): string[] {
  const { verdicts, faults, later, couldMoveUp, intendedReach, seconds } = outcome;
  const { passed, failed, unrecorded } = sumsOf(outcome);
  const count = (wanted: Verdict['outcome']) => verdicts.filter((verdict) => verdict.outcome === wanted).length;
  const derived = verdicts.filter((verdict) => 'derived' in verdict && verdict.derived).length;
  const reasons = Map.groupBy(later.values(), (reason) => reason);
  return [
    ...verdicts.flatMap(linesOfVerdict),
    ...faults.map(({ id, reason }) => `fault      ${id}: ${reason}`),
    ...couldMoveUp.map((id) => `could move up  ${id}: it passes, and stands in later.json`),
    '',
    `${count('identical')} identical, ${count('alike')} identical but for headers that differ everywhere, ${count('intended')} intended, ${count('differs')} differ, ${faults.length} other faults, in ${Math.round(seconds)} s`,
    ...[...reasons].map(([reason, cases]) => `later: ${cases.length} cases wait for ${reason}`),
    intendedReach,
    `${derived} of these cases have no recording and are held against what the contract says`,
    ...(unrecorded > 0 ? [`compared with nothing: ${unrecorded} cases, which neither a recording nor the contract settles`] : []),
    `conformance: ${passed} passed, ${failed} failed, ${later.size} later`,
  ];
}

function linesOfVerdict(verdict: Verdict): string[] {
  if (verdict.outcome !== 'differs') return [];
  return [`differs    ${verdict.id}: ${verdict.about}`, ...verdict.differences.flatMap(linesOfDifference)];
}

function linesOfDifference(difference: OpenDifference): string[] {
  const { path, kind, original, ours } = difference;
  const lines = [`    ${path} (${kind})`, `      original  ${show(original)}`, `      ours      ${show(ours)}`];
  return 'expected' in difference ? [...lines, `      intended  ${show(difference.expected)}`] : lines;
}

function show(value: unknown): string {
  if (value === undefined) return '(absent)';
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
