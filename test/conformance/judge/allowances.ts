// The differences that are meant: intended.json says what Portico gives instead and asserts it,
// not-to-copy.json names what is a fact of the original's platform. README.md has the rules.
import { readFileSync } from 'node:fs';
import { globToRegExp } from '../record/scenarios.ts';
import type { Difference } from './diff.ts';

export type IntendedEntry = { scenario: string; path: string; kind?: Difference['kind']; reason: string; ours: unknown };
type NotToCopyEntry = Omit<IntendedEntry, 'ours'>;

export type Allowances = {
  readonly intended: readonly IntendedEntry[];
  readonly notToCopy: readonly NotToCopyEntry[];
};

export const MOST_ENTRIES = 60;
/** More than a quarter of the cases may not be touched; what is true of one header everywhere does not count. */
export const mostCases = (caseCount: number): number => Math.floor(caseCount / 4);
const ABSENT = '(absent)';
/** The path of one header, wherever headers stand. */
const ONE_HEADER = /^\*(rawHeaders|Headers|eaders)\.[A-Za-z0-9-]+\*?$/;

export function readAllowances(folder: URL): Allowances {
  const read = <T>(name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T;
  return { intended: read('intended.json'), notToCopy: read('not-to-copy.json') };
}

/** What is wrong with the list itself. */
export function faultsOf(intended: readonly IntendedEntry[]): string[] {
  const faults = intended.flatMap((entry) =>
    faultsOfEntry(entry).map((fault) => `intended.json: ${entry.scenario} ${entry.path}: ${fault}`),
  );
  if (intended.length > MOST_ENTRIES) faults.push(`intended.json: ${intended.length} entries; at most ${MOST_ENTRIES} are allowed`);
  return faults;
}

function faultsOfEntry({ scenario, path, reason, ours }: Partial<IntendedEntry>): string[] {
  const faults: string[] = [];
  if (!reason) faults.push('a reason is missing');
  if (ours === undefined) faults.push('"ours" is missing: the value or the pattern that Portico gives instead');
  if (!scenario || !path || /^\**$/.test(path)) faults.push('it must name a scenario and a path that is more than "*"');
  if (scenario === '*' && !ONE_HEADER.test(path ?? '')) faults.push('for every scenario only the path of one header may be allowed');
  if (leavesOf(ours).some((leaf) => patternOf(leaf)?.test(''))) faults.push('a pattern that matches nothing at all asserts nothing');
  return faults;
}

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
      matches: matcher(scenario, path, kind),
    }));
  }

  judge(id: string, difference: Difference): Judgement {
    const fitting = this.#clauses.filter((clause) => clause.matches(id, difference));
    const kept = fitting.find((clause) => equals(clause.ours, difference.ours));
    if (kept) {
      kept.used = true;
      if (kept.entry.scenario === '*') return 'everywhere';
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

  /** Entries, or single fields of entries, that no difference needed. */
  get unused(): string[] {
    return this.#clauses.filter(({ used }) => !used).map(({ entry, path }) => `intended.json: ${entry.scenario} ${path}: matches nothing`);
  }
}

type Clause = { entry: IntendedEntry; path: string; ours: unknown; used: boolean; matches(id: string, difference: Difference): boolean };

/** An "ours" that is an object has the ends of paths as keys and speaks of each of those fields: one clause for each. */
function clausesOf(entry: IntendedEntry): Clause[] {
  const { scenario, path, kind, ours } = entry;
  const matches = matcher(scenario, path, kind);
  if (!isObject(ours)) return [{ entry, path, ours, used: false, matches }];
  return Object.entries(ours).map(([key, value]) => {
    const end = new RegExp(`(^|\\.|(?=\\[))${globToRegExp(key).source.slice(1)}`);
    const endsSo = (id: string, found: Difference) => matches(id, found) && end.test(found.path);
    return { entry, path: `${path} … ${key}`, ours: value, used: false, matches: endsSo };
  });
}

function matcher(scenario: string, path: string, kind: Difference['kind'] | undefined) {
  const [isScenario, isPath] = [globToRegExp(scenario), globToRegExp(path)];
  return (id: string, found: Difference) => isScenario.test(id) && isPath.test(found.path) && (kind === undefined || kind === found.kind);
}

const isObject = (value: unknown): value is { [key: string]: unknown } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A text between slashes is a pattern, held against a text as it is and against anything else as JSON. */
function patternOf(value: unknown): RegExp | undefined {
  const match = typeof value === 'string' ? /^\/(.+)\/$/s.exec(value) : undefined;
  return match ? new RegExp(match[1] ?? '') : undefined;
}

function equals(expected: unknown, ours: unknown): boolean {
  if (expected === ABSENT) return ours === undefined;
  const pattern = patternOf(expected);
  if (pattern) return ours !== undefined && pattern.test(typeof ours === 'string' ? ours : JSON.stringify(ours));
  return JSON.stringify(expected) === JSON.stringify(ours);
}

const leavesOf = (value: unknown): unknown[] => (isObject(value) ? Object.values(value).flatMap(leavesOf) : [value]);
