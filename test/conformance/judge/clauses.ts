// What the entries of intended.json promise: an entry comes apart into clauses, each of which has to be met.
import { globToRegExp } from '../record/scenarios.ts';
import type { Difference } from './diff.ts';

type Globs = string | readonly string[];
export type IntendedEntry = { scenario: Globs; path: Globs; kind?: Difference['kind']; reason: string; ours: unknown };

export type Clause = {
  name: string;
  scenario: string;
  /** The paths of the entry: all its clauses have them in common. */
  paths: readonly EntryPath[];
  ours: unknown;
  used: boolean;
  matches(id: string, difference: Difference): boolean;
};
type EntryPath = { name: string; pattern: RegExp; used: boolean };

/** An entry for several scenarios is one for each of them, and each field that it speaks of is a clause. */
export function clausesOf(entry: IntendedEntry): Clause[] {
  const scenarios = listOf(entry.scenario);
  const paths = listOf(entry.path).map((path) => ({ name: nameOf({ ...entry, path }), pattern: globToRegExp(path), used: false }));
  const patterns = paths.map(({ pattern }) => pattern);
  return scenarios.flatMap((scenario) => {
    const inEntry = matcher(scenario, patterns, entry.kind);
    return fieldsOf(entry.ours, scenario, scenarios).map(({ end, value }): Clause => {
      const name = nameOf({ ...entry, scenario });
      if (end === undefined) return { name, scenario, paths, ours: value, used: false, matches: inEntry };
      const isEnd = new RegExp(`(^|\\.|(?=\\[))${globToRegExp(end).source.slice(1)}`);
      const matches = (id: string, found: Difference) => inEntry(id, found) && isEnd.test(found.path);
      return { name: `${name} … ${end}`, scenario, paths, ours: value, used: false, matches };
    });
  });
}

/**
 * What "ours" promises for one of the scenarios of its entry.
 * An object has the ends of paths as keys and speaks of each of those fields;
 * a key that begins with one of the scenarios and a space is for that one only.
 */
export function fieldsOf(ours: unknown, scenario: string, scenarios: readonly string[]): { end?: string; value: unknown }[] {
  if (!isObject(ours)) return [{ value: ours }];
  return Object.entries(ours).flatMap(([key, value]) => {
    const only = scenarios.find((glob) => key.startsWith(`${glob} `));
    if (only === undefined) return [{ end: key, value }];
    return only === scenario ? [{ end: key.slice(only.length + 1), value }] : [];
  });
}

export function matcher(scenario: string, paths: readonly RegExp[], kind: Difference['kind'] | undefined) {
  const isScenario = globToRegExp(scenario);
  return (id: string, found: Difference) =>
    isScenario.test(id) && (kind === undefined || kind === found.kind) && paths.some((pattern) => pattern.test(found.path));
}

/** What a glob, or a list of them, holds. */
export const listOf = (globs: Globs): readonly string[] => (typeof globs === 'string' ? [globs] : globs);

export const nameOf = ({ scenario, path }: Pick<IntendedEntry, 'scenario' | 'path'>) =>
  `${listOf(scenario).join(', ')} ${listOf(path).join(', ')}`;

export const isObject = (value: unknown): value is { [key: string]: unknown } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A text between slashes is a pattern, held against a text as it is and against anything else as JSON. */
export function patternOf(value: unknown): RegExp | undefined {
  const match = typeof value === 'string' ? /^\/(.+)\/$/s.exec(value) : undefined;
  return match ? new RegExp(match[1] ?? '') : undefined;
}

const ABSENT = '(absent)';

export function keepsPromise(expected: unknown, ours: unknown): boolean {
  if (expected === ABSENT) return ours === undefined;
  const pattern = patternOf(expected);
  if (pattern) return ours !== undefined && pattern.test(typeof ours === 'string' ? ours : JSON.stringify(ours));
  return JSON.stringify(expected) === JSON.stringify(ours);
}
