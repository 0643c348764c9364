// Collects the problems of one document: gives each its place, and words for what the option tables report.
import type { JsonValue } from '../core/function-app.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { BadValue, OptionTable, Path, Report } from '../core/options.ts';
import type { Problem } from '../core/problem.ts';
import { keyUnknown, timeSpanInDays, valueNotAllowed } from '../core/problems/any-file.ts';
import { formatTimeSpan, parseTimeSpan } from '../core/time-span.ts';
import type { JsonDocument } from './json-document.ts';

const DAY_MS = 86_400_000;
const LONGEST_QUOTE = 60;

export type Findings = {
  readonly problems: readonly Problem[];
  /** Where the path is written, unless the problem says where itself. */
  add(problem: Problem, path?: Path, part?: 'name' | 'value'): void;
  /** For the readers of option tables. */
  readonly report: Report;
  /** Whether this function, or the whole app when none is named, cannot run. */
  hasError(functionName?: string): boolean;
};

export type FindingsOptions = {
  readonly document: JsonDocument;
  /** What may stand at the top of the document. */
  readonly table: OptionTable;
  /** The function that what stands there belongs to: a value it cannot use takes it down. */
  functionAt?(path: Path): string | undefined;
  /** What Azure does with a value that cannot be read: a sentence for the reader, and its own words. */
  onAzure?(issue: BadValue): { readonly hint?: string; readonly azureMessage?: string | undefined };
};

export function createFindings({ document, table, functionAt = () => undefined, onAzure }: FindingsOptions): Findings {
  const problems: Problem[] = [];
  const add: Findings['add'] = (problem, path = [], part = 'value') => {
    const functionName = functionAt(path);
    const place = problem.file === undefined ? document.place(path, part) : {};
    problems.push({ ...problem, ...place, ...(functionName !== undefined && { functionName }) });
  };

  const reportBadValue = (issue: BadValue) => {
    const { path, found, option, used } = issue;
    const takesDownFunction = functionAt(path) !== undefined;
    const azure = onAzure?.(issue);
    const problem = valueNotAllowed({
      option: nameOf(path),
      found: quote(found),
      expected: option.expected,
      nearest: option.type === 'choice' && typeof found === 'string' ? nearestChoice(found, option.schema().enum as string[]) : undefined,
      instead: takesDownFunction ? undefined : [consequence(path, used), azure?.hint].filter(Boolean).join(' '),
      azureMessage: azure?.azureMessage,
    });
    add(takesDownFunction ? { ...problem, severity: 'error' } : problem, path);
  };

  return {
    problems,
    add,
    hasError: (name) => problems.some(({ severity, functionName }) => severity === 'error' && functionName === name),
    report(issue) {
      switch (issue.kind) {
        case 'bad-value':
          return reportBadValue(issue);
        case 'unknown-key':
          return add(keyUnknown(nameOf(issue.path), suggestion(issue.path, issue.siblings, table), issue.siblings), issue.path, 'name');
        case 'days':
          return add(timeSpanInDays(nameOf(issue.path), issue.found, inDays(issue.found), inHours(issue.found)), issue.path);
      }
    },
  };
}

/** `a.b[0]["c d"]` */
export function nameOf(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : /^[\w$-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`))
    .join('')
    .replace(/^\./, '');
}

/** A value as it was found, short enough for a message. */
export function quote(value: JsonValue): string {
  const written = JSON.stringify(value);
  return written.length > LONGEST_QUOTE ? `${written.slice(0, LONGEST_QUOTE)}…` : written;
}

/** "input" is "in" with more behind it, although "inout" has more of its letters. */
function nearestChoice(found: string, names: readonly string[]): string | undefined {
  const beginnings = names.filter((name) => found.toLowerCase().startsWith(name.toLowerCase()));
  return beginnings.sort((one, other) => other.length - one.length)[0] ?? nearestName(found, names);
}

function consequence(path: Path, used: JsonValue | undefined): string {
  if (used !== undefined) return `${quote(used)} is used.`;
  return typeof path.at(-1) === 'number' ? 'It is left out.' : 'It counts as absent.';
}

/** What was meant: the same name elsewhere in the file, a similar one beside it, or a similar one elsewhere. */
function suggestion(path: Path, siblings: readonly string[], table: OptionTable): string | undefined {
  const written = String(path.at(-1));
  const everywhere = namesIn(table);
  // Of two alike the first counts.
  const byName = new Map(everywhere.reverse().map((known) => [String(known.at(-1)).toLowerCase(), known] as const));
  const same = byName.get(written.toLowerCase());
  const beside = nearestName(written, siblings);
  if (!same && beside) return nameOf([...path.slice(0, -1), beside]);
  const elsewhere = same ?? byName.get(nearestName(written, byName.keys()) ?? '');
  return elsewhere && nameOf(elsewhere);
}

function namesIn(table: OptionTable, parent: Path = []): Path[] {
  return Object.entries(table).flatMap(([name, { table: members = {} }]) => [[...parent, name], ...namesIn(members, [...parent, name])]);
}

function inDays(found: string): string {
  const ms = parseTimeSpan(found) ?? 0;
  const days = Math.floor(ms / DAY_MS);
  const rest = ms % DAY_MS === 0 ? '' : ` and ${formatTimeSpan(ms % DAY_MS)}`;
  return `${days} ${days === 1 ? 'day' : 'days'}${rest}`;
}

function inHours(found: string): string {
  const [first, minutes = 0, seconds = 0] = found.trim().split(':').map(Number) as [number, number?, number?];
  const inSeconds = (count: number) => JSON.stringify(formatTimeSpan(count * 1_000));
  if (!found.includes(':')) return `For ${first} seconds write ${inSeconds(first)}, for ${first} minutes ${inSeconds(first * 60)}.`;
  return `For ${first} hours write ${inSeconds((first * 60 + minutes) * 60 + seconds)}.`;
}
