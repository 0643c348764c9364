// What became of each case.
import { existsSync, readFileSync } from 'node:fs';
import { globToRegExp } from '../record/scenarios.ts';
import type { AllowanceJudge, Judgement } from './allowances.ts';
import { type Difference, diffRecordings } from './diff.ts';

/** A difference in no list, or one whose entry promises something else. */
export type OpenDifference = Difference & { expected?: unknown };

export type Verdict =
  /** Alike: identical but for headers that differ in every case. */
  | { id: string; outcome: 'identical' | 'alike' | 'intended'; derived: boolean }
  | { id: string; outcome: 'differs'; derived: boolean; about: string; differences: OpenDifference[] }
  | { id: string; outcome: 'unrecorded' };

/** What is to be expected: what was recorded, or where nothing was, what the contract and recordings of its like say. */
export type Expected = { about: string; derivedFrom?: string; notKnown?: string[]; [field: string]: unknown };

export function readExpected(folder: URL, id: string): Expected | undefined {
  const file = ['recordings', 'derived'].map((name) => new URL(`${name}/${id}.json`, folder)).find((path) => existsSync(path));
  return file && (JSON.parse(readFileSync(file, 'utf8')) as Expected);
}

export function verdictOf(id: string, expected: Expected | undefined, ours: Record<string, unknown>, judge: AllowanceJudge): Verdict {
  if (expected === undefined) return { id, outcome: 'unrecorded' };
  const notKnown = (expected.notKnown ?? []).map((path) => globToRegExp(path));
  const all = diffRecordings(expected, ours).filter(({ path }) => !notKnown.some((glob) => glob.test(path)));
  const judgements = new Set<Judgement>();
  const open = all.flatMap((difference): OpenDifference[] => {
    const judgement = judge.judge(id, difference);
    judgements.add(judgement);
    if (typeof judgement === 'object') return [{ ...difference, expected: judgement.expected }];
    return judgement === 'open' ? [difference] : [];
  });
  const derived = expected.derivedFrom !== undefined;
  if (open.length > 0) return { id, outcome: 'differs', derived, about: expected.about, differences: open };
  const outcome = all.length === 0 ? 'identical' : judgements.has('intended') ? 'intended' : 'alike';
  return { id, outcome, derived };
}
