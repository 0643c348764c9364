import { table } from '../../bench/tables.ts';
import { describeCheck } from '../report.ts';
import { damageKinds } from './damage.ts';
import type { EventReport } from './trial.ts';
import type { Tally } from './verdict.ts';

const HEADINGS: readonly string[] = [
  'function',
  'sent',
  'handled',
  'of these again',
  'poison queue',
  'in the queue',
  'lost',
  'doubled',
  'not acknowledged',
];

export function describeEvents({ settings, tallies, ticks, damages, heldCount, orphanCount, notes, checks, seconds }: EventReport): string {
  const rows = [...tallies].map(([source, { sent, handled, again, poison, left, lost, doubled, unsure }]) => [
    source,
    sent,
    handled,
    again,
    poison,
    left,
    lost,
    doubled,
    unsure,
  ]);
  const done = damageKinds.map((kind) => `${damages.filter((one) => one.kind === kind).length} × ${kind}`).join(', ');
  const lines = [
    `${done}; ${Math.round(seconds)} s`,
    `${heldCount} messages were invisible when nothing else was left; they came again eleven minutes later.`,
    `The timer fired in ${ticks.fired} seconds, in ${ticks.doubled} of them twice without a reason; its longest pause was ${ticks.longestGapS} s.`,
    `Orphans: ${orphanCount}`,
    ...notes,
    ...checks.filter(({ holds }) => !holds).map((failed) => `FAILED: ${describeCheck(failed)}`),
  ];
  return `${table(`Events: ${settings.hostCount} hosts on one app`, HEADINGS, rows)}${lines.map((line) => `\n${line}`).join('')}\n`;
}

export function describeAllEvents(reports: readonly EventReport[]): string {
  const sum = (of: (report: EventReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const count = (member: keyof Tally) => sum(({ tallies }) => [...tallies.values()].reduce((total, tally) => total + tally[member], 0));
  return table(
    'In all',
    ['what', 'count'],
    [
      ['messages and blobs sent', count('sent')],
      ['handled', count('handled')],
      ['of these again, after a failure or a crash', count('again')],
      ['in a poison queue', count('poison')],
      ['still in a queue', count('left')],
      ['lost', count('lost')],
      ['run again although nothing had happened', count('doubled')],
      ['seconds of the timer', sum(({ ticks }) => ticks.fired)],
      ['of these twice although nothing had happened', sum(({ ticks }) => ticks.doubled)],
      ...damageKinds.map((kind): [string, number] => [kind, sum(({ damages }) => damages.filter((one) => one.kind === kind).length)]),
      ['orphans', sum(({ orphanCount }) => orphanCount)],
    ],
  );
}
