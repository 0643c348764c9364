// A run in plain text: a table for each fault, what failed below it, and the sums at the end.
import { table } from '../bench/tables.ts';
import type { Check } from './checks.ts';
import { describeTimes } from './figures.ts';
import { outcomeKinds } from './outcome.ts';
import type { TrialReport } from './run-trial.ts';

/** After a crash of a handler that starts in 50 ms. */
const OUTAGE_AIM_MS = 150;

const HEADINGS: readonly string[] = [
  'mode',
  'requests',
  'correct',
  'honest error',
  'cut',
  'host down',
  'lost',
  'hung',
  'wrong',
  'orphans',
  's',
];

/** The trials of one fault. */
export function describeFault(reports: readonly TrialReport[]): string {
  const fault = reports[0]?.fault;
  if (fault === undefined) return '';
  const rows = reports.map(({ mode, tally, orphanCount, seconds }) => [
    mode,
    tally.total,
    ...outcomeKinds.map((kind) => tally.counts[kind]),
    orphanCount,
    Math.round(seconds),
  ]);
  const lines = reports.flatMap(({ mode, tally, notes, checks }) => [
    ...notes.map((note) => `${mode}: ${note}`),
    ...(tally.errorStatuses.size > 0 ? [`${mode}: errors ${describeStatuses(tally.errorStatuses)}`] : []),
    ...checks.filter(({ holds }) => !holds).map((failed) => `FAILED ${mode}: ${describeCheck(failed)}`),
  ]);
  return `${table(`${fault.name}: ${fault.does}`, HEADINGS, rows)}${lines.map((line) => `\n${line}`).join('')}\n`;
}

export function describeRun(reports: readonly TrialReport[], bareStartMs: number): string {
  const count = (kind: (typeof outcomeKinds)[number]) => reports.reduce((sum, { tally }) => sum + tally.counts[kind], 0);
  const reloads = reports.filter(({ fault }) => fault.name === 'reloads');
  const outagesMs = reports.flatMap((report) => report.outagesMs);
  const metCount = outagesMs.filter((ms) => ms < OUTAGE_AIM_MS).length;
  const rows: [string, string | number][] = [
    ['requests answered correctly', count('correct')],
    ['answered with an honest error', count('honest')],
    ['cut off by the handler, visibly', count('cut')],
    ['without an answer because we had ended the host', count('hostDown')],
    ['lost', count('lost')],
    ['hung', count('hung')],
    ['wrong', count('wrong')],
    ['orphans', reports.reduce((sum, { orphanCount }) => sum + orphanCount, 0)],
  ];
  if (reloads.length > 0) rows.push(['failed during reloads', reloads.reduce((sum, { tally }) => sum + tally.failures.length, 0)]);
  const outage =
    outagesMs.length === 0
      ? ''
      : `\nOutage after a first crash: ${describeTimes(outagesMs)}; the aim, under ${OUTAGE_AIM_MS} ms, was met ${metCount} of ${outagesMs.length} times.` +
        `\nThe handler alone starts in ${Math.round(bareStartMs)} ms.\n`;
  return `${table('In all', ['what', 'count'], rows)}${outage}`;
}

/** The last line of a run. */
export function summarise(checks: readonly Check[]): string {
  const failedCount = checks.filter(({ holds }) => !holds).length;
  return `${checks.length - failedCount} passed, ${failedCount} failed`;
}

export const describeCheck = ({ must, found }: Check): string => `${must}${found === '' ? '' : ` (found: ${found})`}`;

function describeStatuses(statuses: ReadonlyMap<number, number>): string {
  return [...statuses]
    .toSorted(([one], [other]) => one - other)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ');
}
