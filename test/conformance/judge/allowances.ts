// The differences that are meant: intended.json says what Portico gives instead and asserts it,
// not-to-copy.json names what is a fact of the original's platform. README.md has the rules.
import { readFileSync } from 'node:fs';
import { globToRegExp } from '../record/scenarios.ts';
import {
  type Clause,
  clausesOf,
  fieldsOf,
  type IntendedEntry,
  isObject,
  keepsPromise,
  listOf,
  matcher,
  nameOf,
  patternOf,
} from './clauses.ts';
import type { Difference } from './diff.ts';

type NotToCopyEntry = { scenario: string; path: string; kind?: Difference['kind']; reason: string };

export type Allowances = {
  readonly intended: readonly IntendedEntry[];
  readonly notToCopy: readonly NotToCopyEntry[];
};

export const MOST_ENTRIES = 60;
/** More than a quarter of the cases may not be touched; what is true of one header everywhere does not count. */
export const mostCases = (caseCount: number): number => Math.floor(caseCount / 4);
/** The path of one header, wherever headers stand. */
const ONE_HEADER = /^\*(?:rawHeaders|Headers|eaders)\.([A-Za-z0-9-]+)\*?$/;

export function readAllowances(folder: URL): Allowances {
  const read = <T>(name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T;
  return { intended: read('intended.json'), notToCopy: read('not-to-copy.json') };
}

/** What is wrong with the list itself. */
export function faultsOf(intended: readonly IntendedEntry[]): string[] {
  const faults = intended.flatMap((entry) => faultsOfEntry(entry).map((fault) => `intended.json: ${nameOf(entry)}: ${fault}`));
  if (intended.length > MOST_ENTRIES) faults.push(`intended.json: ${intended.length} entries; at most ${MOST_ENTRIES} are allowed`);
  return faults;
}

function faultsOfEntry(entry: IntendedEntry): string[] {
  const { reason, ours } = entry;
  const [scenarios, paths] = [listOf(entry.scenario), listOf(entry.path)];
  const faults: string[] = [];
  if (!reason) faults.push('a reason is missing');
  if (ours === undefined) faults.push('"ours" is missing: the value or the pattern that Portico gives instead');
  if (!areNamed(scenarios) || !areNamed(paths) || paths.some((path) => /^\**$/.test(path)))
    faults.push('it must name a scenario and a path that is more than "*"');
  if (scenarios.includes('*') && !areOfOneHeader(paths)) faults.push('for every scenario only the path of one header may be allowed');
  if (paths.length > 1 && !isObject(ours)) faults.push('for a list of paths "ours" must have a key for each field');
  const idle = scenarios.filter((scenario) => fieldsOf(ours, scenario, scenarios).length === 0);
  faults.push(...idle.map((scenario) => `"ours" says nothing of "${scenario}"`));
  if (leavesOf(ours).some((leaf) => patternOf(leaf)?.test(''))) faults.push('a pattern that matches nothing at all asserts nothing');
  return faults;
}

const areNamed = (globs: readonly string[]) => globs.length > 0 && globs.every((glob) => glob);

/** One header can have two paths, because payloads and raw headers spell its name differently. */
function areOfOneHeader(paths: readonly string[]): boolean {
  const names = paths.map((path) => ONE_HEADER.exec(path)?.[1]?.toLowerCase());
  return names.every((name) => name !== undefined && name === names[0]);
}

const leavesOf = (value: unknown): unknown[] => (isObject(value) ? Object.values(value).flatMap(leavesOf) : [value]);

export function faultsOfReach(touched: ReadonlySet<string>, caseCount: number): string[] {
  const most = mostCases(caseCount);
  return touched.size > most ? [`intended.json: it touches ${touched.size} cases; at most ${most} of ${caseCount} are allowed`] : [];
}

/** Allowed here, allowed for one header everywhere, not allowed, or not what was promised. */
export type Judgement = 'intended' | 'everywhere' | 'open' | { expected: unknown };

/** Judges differences and remembers which parts of intended.json were needed. */
export class AllowanceJudge {
  readonly #clauses: Clause[];
  readonly #notToCopy: { judgement: Judgement; matches(id: string, difference: Difference): boolean }[];
  readonly #touched = new Set<string>();

  constructor({ intended, notToCopy }: Allowances) {
    this.#clauses = intended.flatMap(clausesOf);
    this.#notToCopy = notToCopy.map(({ scenario, path, kind }) => ({
      judgement: scenario === '*' ? 'everywhere' : 'intended',
      matches: matcher(scenario, [globToRegExp(path)], kind),
    }));
  }

  judge(id: string, difference: Difference): Judgement {
    const fitting = this.#clauses.filter((clause) => clause.matches(id, difference));
    const kept = fitting.find((clause) => keepsPromise(clause.ours, difference.ours));
    if (kept) {
      kept.used = true;
      const path = kept.paths.find(({ pattern }) => pattern.test(difference.path));
      if (path) path.used = true;
      if (kept.scenario === '*') return 'everywhere';
      this.#touched.add(id);
      return 'intended';
    }
    if (fitting[0]) return { expected: fitting[0].ours };
    return this.#notToCopy.find((entry) => entry.matches(id, difference))?.judgement ?? 'open';
  }

  /** The cases that an entry other than one for every scenario was needed for. */
  get touched(): ReadonlySet<string> {
    return this.#touched;
  }

  /** Entries, and single fields and paths of entries, that no difference needed. */
  get unused(): string[] {
    const lists = new Set(this.#clauses.map(({ paths }) => paths).filter(({ length }) => length > 1));
    const idle = [...this.#clauses, ...[...lists].flat()].filter(({ used }) => !used);
    return idle.map(({ name }) => `intended.json: ${name}: matches nothing`);
  }
}
